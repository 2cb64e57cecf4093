// Where an interpreter keeps values and lane sets while a batch runs through a pipeline.
#pragma once
#include <span>

#include "backend/cpu/loop.h"
#include "column/vector_view.h"

namespace millrace::backend::cpu {

using column::ColumnView;
using column::Dictionary;
using column::Encoding;
using column::kVectorSize;
using column::LanesView;
using column::VectorView;

/// One value of the pipeline for the rows of its space.
struct Register {
  VectorView view;  // flat; not set while only codes are known
  /// Dictionary codes, where the value still is coded.
  Encoding encoding = Encoding::Flat;
  const void* codes = nullptr;
  const Dictionary* dictionary = nullptr;
  /// Own memory for computed values, made at the first use.
  column::Buffer values;
  column::Buffer validity;
  column::Buffer gathered_codes;

  void* own_values(uint32_t element_size) {
    if (values.size_bytes() == 0) values = column::Buffer(size_t{kVectorSize} * element_size);
    return values.as<char>();
  }
  uint8_t* own_validity() {
    if (validity.size_bytes() == 0) validity = column::Buffer(kVectorSize);
    return validity.as<uint8_t>();
  }
  bool is_coded() const { return dictionary != nullptr; }
};

/// A lane set: all rows of its space where `lanes` is null.
struct Lanes {
  const uint16_t* lanes = nullptr;
  uint32_t count = 0;
  column::Buffer memory;
  uint16_t* own() {
    if (memory.size_bytes() == 0) memory = column::Buffer(kVectorSize * sizeof(uint16_t));
    return memory.as<uint16_t>();
  }
  LanesView view() const { return {lanes, count}; }
};

/// The rows of a space: how many, and which row of the parent space each came from.
struct Space {
  uint32_t row_count = 0;
  column::Buffer parent_memory;
  uint16_t* parents() {
    if (parent_memory.size_bytes() == 0) {
      parent_memory = column::Buffer(kVectorSize * sizeof(uint16_t));
    }
    return parent_memory.as<uint16_t>();
  }
};

/// The code of `lane`.
inline uint32_t code_at(const Register& from, uint32_t lane) {
  switch (from.encoding) {
    case Encoding::Dictionary8:
      return static_cast<const uint8_t*>(from.codes)[lane];
    case Encoding::Dictionary16:
      return static_cast<const uint16_t*>(from.codes)[lane];
    default:
      return static_cast<const uint32_t*>(from.codes)[lane];
  }
}

/// Calls `function` with the codes as a typed pointer.
template <class Function>
void with_codes(const Register& from, Function function) {
  switch (from.encoding) {
    case Encoding::Dictionary8:
      return function(static_cast<const uint8_t*>(from.codes));
    case Encoding::Dictionary16:
      return function(static_cast<const uint16_t*>(from.codes));
    default:
      return function(static_cast<const uint32_t*>(from.codes));
  }
}

/// out[lane] = values[index(lane)] for elements of `element_size` bytes.
template <class Index>
void copy_elements(uint32_t element_size, const void* values, void* out, LanesView lanes,
                   Index index) {
  const auto copy = [&](auto sample) {
    using T = decltype(sample);
    const T* from = static_cast<const T*>(values);
    T* to = static_cast<T*>(out);
    for (uint32_t i = 0; i < lanes.count; i++) {
      const uint32_t lane = lanes[i];
      to[lane] = from[index(lane)];
    }
  };
  struct Wide {
    uint64_t words[4];
  };
  switch (element_size) {
    case 1:
      return copy(uint8_t{});
    case 2:
      return copy(uint16_t{});
    case 4:
      return copy(uint32_t{});
    case 8:
      return copy(uint64_t{});
    case 16:
      return copy(static_cast<unsigned __int128>(0));
    default:
      return copy(Wide{});
  }
}

}  // namespace millrace::backend::cpu
