// One value of a column as PostgreSQL writes it, in text or binary: what DataRow and COPY share.
#pragma once
#include <cstddef>
#include <cstdint>

#include "wire/data_row.h"

namespace millrace::wire {

/// Writers may store this many bytes past what they answer.
constexpr size_t kSlack = 16;

struct ValueColumn;
/// Writes the value's bytes, without length, and answers the end.
using Writer = char* (*)(const ValueColumn& column, uint32_t index, char* to);
/// Most bytes that one value can take; for types whose size varies without bound.
using Measure = size_t (*)(const ValueColumn& column, uint32_t index);

/// A column with what writes it.
struct ValueColumn {
  const void* values;
  const uint8_t* validity;
  const void* codes;
  uint8_t code_size;
  int32_t scale;
  Writer write;
  Measure measure;  // null: `size_limit` holds
  size_t size_limit;
  const ops::Settings* settings;

  uint32_t index_of(uint32_t row) const {
    switch (code_size) {
      case 0:
        return row;
      case 1:
        return static_cast<const uint8_t*>(codes)[row];
      case 2:
        return static_cast<const uint16_t*>(codes)[row];
      default:
        return static_cast<const uint32_t*>(codes)[row];
    }
  }
  template <class T>
  const T& at(uint32_t index) const {
    return static_cast<const T*>(values)[index];
  }
  bool is_null(uint32_t row) const { return validity != nullptr && validity[row] == 0; }
};

/// Chooses the writer for the column's type and format.
ValueColumn resolve(const EncodedColumn& from, const ops::Settings& settings);

}  // namespace millrace::wire
