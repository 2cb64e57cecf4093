// Spreads values that were decoded without gaps over rows of which some are NULL.
#pragma once
#include <cstdint>
#include <cstring>

#include "types/physical.h"

namespace millrace::formats::parquet {

// Values of any type of the size; the attribute lets them stand for what they are not.
using Any8 = uint8_t;
using Any16 [[gnu::may_alias]] = uint16_t;
using Any32 [[gnu::may_alias]] = uint32_t;
using Any64 [[gnu::may_alias]] = uint64_t;
using Any128 [[gnu::may_alias]] = types::u128;

/// In place: the first `present` of `row_count` values move to the rows whose validity is 1. NULL
/// rows get a copy of some value, zeros where there is none.
template <class T>
void expand(T* values, const uint8_t* validity, uint32_t row_count, uint32_t present) {
  if (present == row_count) return;
  if (present == 0) {
    std::memset(static_cast<void*>(values), 0, uint64_t{row_count} * sizeof(T));
    return;
  }
  uint32_t left = present;
  for (uint32_t row = row_count; row-- > 0;) {
    left -= validity[row];
    // `left` is where this row's value stands; for a NULL, the next one's, or the last.
    values[row] = values[left < present ? left : present - 1];
  }
}

inline void expand(void* values, uint32_t stride, const uint8_t* validity, uint32_t row_count,
                   uint32_t present) {
  switch (stride) {
    case 1:
      return expand(static_cast<Any8*>(values), validity, row_count, present);
    case 2:
      return expand(static_cast<Any16*>(values), validity, row_count, present);
    case 4:
      return expand(static_cast<Any32*>(values), validity, row_count, present);
    case 8:
      return expand(static_cast<Any64*>(values), validity, row_count, present);
    case 16:
      return expand(static_cast<Any128*>(values), validity, row_count, present);
    default:
      return;
  }
}

}  // namespace millrace::formats::parquet
