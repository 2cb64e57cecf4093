// numeric in PostgreSQL's binary format: digits in base 10000 with a weight and a display scale.
#pragma once
#include <cstddef>
#include <cstdint>

#include "types/physical.h"

namespace millrace::ops {

/// 38 digits take at most 11 groups of four; a value in base 10000 at most 8 + 2 * 12 bytes.
constexpr size_t kMaxNumericBinarySize = 8 + 2 * 12;

/// Writes |coefficient| / 10^scale; answers the end.
char* put_numeric_binary(types::i128 coefficient, int32_t scale, char* to);
char* put_numeric_binary(const types::Numeric& value, char* to);

enum class NumericBinaryOutcome {
  Ok,
  Short,        // fewer bytes than it says
  InvalidSign,  // the three refusals of numeric_recv
  InvalidScale,
  InvalidDigit,
  TooManyDigits,  // PostgreSQL's numeric, but past 38 digits
};
/// Reads a numeric and sets `used` to its size in bytes. Digits past the display scale are cut off.
NumericBinaryOutcome get_numeric_binary(const char* from, size_t size, types::Numeric& out,
                                        size_t& used);

}  // namespace millrace::ops
