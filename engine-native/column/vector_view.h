// Rows in flight, decoded: what kernels of the CPU back end hand to run-time structures.
#pragma once
#include "column/chunk.h"

namespace millrace::column {

/// A flat vector, or one value for all lanes (stride 0). Owns nothing.
struct VectorView {
  TypeParameters type;
  const void* values = nullptr;
  const uint8_t* validity = nullptr;  // null: no NULL
  uint32_t stride = 1;

  template <class T>
  const T& at(uint32_t lane) const {
    return static_cast<const T*>(values)[lane * stride];
  }
  bool is_null(uint32_t lane) const { return validity != nullptr && validity[lane * stride] == 0; }
};

/// Rows of a vector that take part: lanes[0..count), or 0..count where `lanes` is null.
struct LanesView {
  const uint16_t* lanes = nullptr;
  uint32_t count = 0;
  uint32_t operator[](uint32_t at) const { return lanes == nullptr ? at : lanes[at]; }
};

}  // namespace millrace::column
