// Decimals to the nearest float, ties to even: what reading their text would give.
#pragma once

#include "ops/scalar/decimal.h"

namespace millrace::ops {

template <class F>
struct FloatShape;
template <>
struct FloatShape<f64> {
  static constexpr i32 kMantissaBits = 53;
  static constexpr i32 kLeastExponent = -1074;
  static constexpr i32 kGreatestExponent = 1024;
};
template <>
struct FloatShape<f32> {
  static constexpr i32 kMantissaBits = 24;
  static constexpr i32 kLeastExponent = -149;
  static constexpr i32 kGreatestExponent = 128;
};

/// 2^exponent, exponent in -1074..1023.
MR_HD inline f64 power_of_two(i32 exponent) {
  if (exponent >= -1022) return float_of_bits(static_cast<u64>(exponent + 1023) << 52);
  return float_of_bits(1ul << (exponent + 1074));
}

/// mantissa * 2^exponent rounded to F; `has_more` tells of lower bits that were cut off.
/// Infinity where it overflows.
template <class F>
MR_HD inline F round_to_float(u64 mantissa, i32 exponent, bool has_more) {
  if (mantissa == 0) return 0;
  const i32 length = static_cast<i32>(bit_length(mantissa));
  i32 drop = length - FloatShape<F>::kMantissaBits;
  if (exponent + drop < FloatShape<F>::kLeastExponent) {
    drop = FloatShape<F>::kLeastExponent - exponent;
  }
  if (drop > 64) return 0;
  if (drop > 0) {
    const u64 kept = drop == 64 ? 0 : mantissa >> drop;
    const u64 half = 1ul << (drop - 1);
    const u64 rest = drop == 64 ? mantissa : mantissa & ((1ul << drop) - 1);
    const bool up = rest > half || (rest == half && (has_more || (kept & 1) != 0));
    mantissa = kept + (up ? 1 : 0);
    exponent += drop;
  }
  if (exponent + static_cast<i32>(bit_length(mantissa)) > FloatShape<F>::kGreatestExponent) {
    return static_cast<F>(float_infinity());
  }
  // Exact: the mantissa has at most 53 bits, and a tiny exponent is reached in one exact step.
  if (exponent > 900)
    return static_cast<F>(static_cast<f64>(mantissa) * power_of_two(900) *
                          power_of_two(exponent - 900));
  return static_cast<F>(static_cast<f64>(mantissa) * power_of_two(exponent));
}

template <u32 N, class F>
MR_HD inline F divide_to_float(u128 value, u32 scale) {
  Wide<N> divisor = make_wide<N>(1);
  scale_wide(divisor, scale);
  const i32 grow = 66 + static_cast<i32>(bit_length(divisor)) - static_cast<i32>(bit_length(value));
  Wide<N + 1> numerator = make_wide<N + 1>(value);
  const u32 shift = grow > 0 ? static_cast<u32>(grow) : 0;
  shift_left(numerator, shift);
  Wide<N> remainder;
  Wide<N + 1> quotient = divide_wide(numerator, divisor, remainder);
  const u32 length = bit_length(quotient);
  const u32 excess = length > 64 ? length - 64 : 0;
  bool has_more = !is_zero(remainder);
  for (u32 i = 0; i < excess && !has_more; i++) {
    has_more = (quotient.word[i / 64] >> (i % 64) & 1) != 0;
  }
  shift_right(quotient, excess);
  return round_to_float<F>(quotient.word[0], static_cast<i32>(excess) - static_cast<i32>(shift),
                           has_more);
}

/// value / 10^scale. Infinity or 0 where it overflows or underflows.
template <class F>
MR_HD inline F decimal_to_float(u128 value, bool negative, u32 scale) {
  F result;
  constexpr u32 kExactPower = FloatShape<F>::kMantissaBits == 53 ? 22 : 10;
  if (value >> FloatShape<F>::kMantissaBits == 0 && scale <= kExactPower) {
    result = static_cast<F>(static_cast<u64>(value)) /
             static_cast<F>(static_cast<f64>(power_of_ten(scale)));
  } else if (scale <= 38) {
    result = divide_to_float<4, F>(value, scale);
  } else if (value == 0 || scale > 400) {
    result = 0;  // below 10^-362
  } else {
    result = divide_to_float<22, F>(value, scale);
  }
  return negative ? -result : result;
}

}  // namespace millrace::ops
