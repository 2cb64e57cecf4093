// numeric as a value: making, rounding, ordering. What the operations in numeric.h build on.
#pragma once

#include "ops/scalar/wide.h"

namespace millrace::ops {

constexpr i32 kNumericMinSignificantDigits = 16;
constexpr i32 kNumericMaxDisplayScale = 1000;     // of results that choose their scale
constexpr i32 kNumericMaxResultScale = 2000;      // of round() and trunc()
constexpr i32 kNumericDisplayScaleLimit = 16383;  // of any value
constexpr u32 kNumericDigits = 38;

MR_HD inline u128 numeric_limit() { return power_of_ten(kNumericDigits); }
MR_HD inline u128 magnitude(i128 value) {
  return value < 0 ? -static_cast<u128>(value) : static_cast<u128>(value);
}
MR_HD inline i128 with_sign(u128 value, bool negative) {
  return static_cast<i128>(negative ? -value : value);
}

MR_HD inline Numeric make_numeric(i128 coefficient, i32 display_scale) {
  Numeric result{};
  result.coefficient = coefficient;
  result.display_scale = static_cast<i16>(display_scale);
  return result;
}
MR_HD inline Numeric make_special(Numeric::Kind kind) {
  Numeric result{};
  result.kind = kind;
  return result;
}
MR_HD inline Numeric make_infinity(i32 sign) {
  return make_special(sign < 0 ? Numeric::kNegativeInfinity : Numeric::kInfinity);
}
MR_HD inline bool is_infinite(const Numeric& a) { return a.kind >= Numeric::kInfinity; }
MR_HD inline i32 sign_of(const Numeric& a) {
  if (a.kind == Numeric::kInfinity) return 1;
  if (a.kind == Numeric::kNegativeInfinity) return -1;
  return a.coefficient > 0 ? 1 : a.coefficient < 0 ? -1 : 0;
}

/// Stores a magnitude with its sign; refuses more than 38 digits.
MR_HD inline ErrorCode set_numeric(u128 value, bool negative, i32 scale, Numeric& out) {
  out = make_numeric(with_sign(value, negative), scale);
  return value < numeric_limit() ? ErrorCode::Ok : ErrorCode::NumericDigitsExceeded;
}
template <u32 N>
MR_HD inline ErrorCode set_numeric(const Wide<N>& value, bool negative, i32 scale, Numeric& out) {
  if (!fits_128(value)) return ErrorCode::NumericDigitsExceeded;
  return set_numeric(low_128(value), negative, scale, out);
}

enum class Rounding : u8 { HalfAway, Truncate, Floor, Ceil };

/// value / 10^digits as a magnitude; `negative` tells floor from ceil.
MR_HD inline u128 drop_digits(u128 value, u32 digits, Rounding rounding, bool negative) {
  if (digits == 0 || value == 0) return value;
  const bool away =
      (rounding == Rounding::Floor && negative) || (rounding == Rounding::Ceil && !negative);
  if (digits > kNumericDigits) return away ? 1 : 0;
  u128 quotient;
  u128 remainder;
  u128 divisor;
  if (value >> 64 == 0) {
    if (digits > 19) return away ? 1 : 0;
    const u64 small = static_cast<u64>(power_of_ten(digits));
    quotient = static_cast<u64>(value) / small;
    remainder = static_cast<u64>(value) % small;
    divisor = small;
  } else {
    divisor = power_of_ten(digits);
    quotient = value / divisor;
    remainder = value - quotient * divisor;
  }
  const bool up =
      rounding == Rounding::HalfAway ? remainder >= divisor - remainder : away && remainder != 0;
  return quotient + (up ? 1 : 0);
}

/// value * 10^digits if that stays below 10^38.
MR_HD inline ErrorCode add_digits(u128 value, u32 digits, u128& out) {
  out = value;
  if (digits == 0 || value == 0) return ErrorCode::Ok;
  if (digits >= kNumericDigits || value >= power_of_ten(kNumericDigits - digits)) {
    return ErrorCode::NumericDigitsExceeded;
  }
  out = value * power_of_ten(digits);
  return ErrorCode::Ok;
}

/// A finite value at another scale (at least -kNumericMaxResultScale); a negative one shows as 0.
MR_HD inline ErrorCode rescale_numeric(const Numeric& a, i32 scale, Rounding rounding,
                                       Numeric& out) {
  const bool negative = a.coefficient < 0;
  u128 value = magnitude(a.coefficient);
  if (scale >= a.display_scale) {
    const ErrorCode code = add_digits(value, static_cast<u32>(scale - a.display_scale), value);
    if (code != ErrorCode::Ok) return code;
  } else {
    value = drop_digits(value, static_cast<u32>(a.display_scale - scale), rounding, negative);
    if (scale < 0) {
      const ErrorCode code = add_digits(value, static_cast<u32>(-scale), value);
      if (code != ErrorCode::Ok) return code;
    }
  }
  return set_numeric(value, negative, scale < 0 ? 0 : scale, out);
}

/// Where a value starts in base-10000 digits, as PostgreSQL's scale rules see it: the weight of
/// its first such digit, and that digit. 0 has both 0.
struct LeadingDigit {
  i32 weight;
  i32 digit;
};

MR_HD inline LeadingDigit leading_digit(u128 value, u32 digits, i32 scale) {
  if (value == 0) return {0, 0};
  const i32 exponent = static_cast<i32>(digits) - 1 - scale;
  const i32 weight = exponent >= 0 ? exponent / 4 : -((3 - exponent) / 4);
  const u32 shown = static_cast<u32>(exponent - weight * 4 + 1);
  if (digits < shown) {
    return {weight, static_cast<i32>(static_cast<u32>(value) *
                                     static_cast<u32>(power_of_ten(shown - digits)))};
  }
  const u128 divisor = power_of_ten(digits - shown);
  const i32 digit = value >> 64 == 0
                        ? static_cast<i32>(static_cast<u64>(value) / static_cast<u64>(divisor))
                        : static_cast<i32>(value / divisor);
  return {weight, digit};
}
MR_HD inline LeadingDigit leading_digit(u128 value, i32 scale) {
  return leading_digit(value, digit_count(value), scale);
}
template <u32 N>
MR_HD inline LeadingDigit leading_digit(const Wide<N>& value, i32 scale) {
  Wide<N> rest = value;
  while (!fits_128(rest) || low_128(rest) >= numeric_limit()) {
    divide_small(rest, 1000000000u);
    scale -= 9;
  }
  return leading_digit(low_128(rest), scale);
}

/// The scale of a quotient.
MR_HD inline i32 division_scale(LeadingDigit a, i32 a_scale, LeadingDigit b, i32 b_scale) {
  i32 weight = a.weight - b.weight;
  if (a.digit <= b.digit) weight--;
  i32 scale = kNumericMinSignificantDigits - weight * 4;
  if (scale < a_scale) scale = a_scale;
  if (scale < b_scale) scale = b_scale;
  if (scale < 0) scale = 0;
  return scale < kNumericMaxDisplayScale ? scale : kNumericMaxDisplayScale;
}

/// Without trailing zeros: the one form of equal values. Scale may turn negative.
struct Stripped {
  u128 magnitude;
  i32 scale;
};
MR_HD inline Stripped strip_zeros(u128 value, i32 scale) {
  if (value == 0) return {0, 0};
  while (value >> 64 != 0) {
    if (value % 10 != 0) return {value, scale};
    value /= 10;
    scale--;
  }
  u64 small = static_cast<u64>(value);
  while (small % 10000 == 0) {
    small /= 10000;
    scale -= 4;
  }
  while (small % 10 == 0) {
    small /= 10;
    scale--;
  }
  return {small, scale};
}

/// Magnitudes of different scales.
MR_HD inline i32 compare_magnitudes(u128 a, i32 a_scale, u128 b, i32 b_scale) {
  if (a == 0 || b == 0) return a == b ? 0 : a == 0 ? -1 : 1;
  if (a_scale < b_scale) return -compare_magnitudes(b, b_scale, a, a_scale);
  const u32 grow = static_cast<u32>(a_scale - b_scale);
  if (grow > kNumericDigits) return -1;
  const Wide<4> left = make_wide<4>(a);
  const Wide<4> right = multiply_wide(b, power_of_ten(grow));
  return compare_wide(left, right);
}

/// NaN is greatest and equal to itself; scale does not matter.
MR_HD inline i32 compare_numeric(const Numeric& a, const Numeric& b) {
  if (a.kind == Numeric::kFinite && b.kind == Numeric::kFinite) {
    if (a.display_scale == b.display_scale) {
      return a.coefficient < b.coefficient ? -1 : a.coefficient > b.coefficient ? 1 : 0;
    }
    const i32 a_sign = sign_of(a);
    const i32 b_sign = sign_of(b);
    if (a_sign != b_sign) return a_sign < b_sign ? -1 : 1;
    const i32 order = compare_magnitudes(magnitude(a.coefficient), a.display_scale,
                                         magnitude(b.coefficient), b.display_scale);
    return a_sign < 0 ? -order : order;
  }
  const i32 a_rank = a.kind == Numeric::kNaN ? 2 : is_infinite(a) ? sign_of(a) : 0;
  const i32 b_rank = b.kind == Numeric::kNaN ? 2 : is_infinite(b) ? sign_of(b) : 0;
  return a_rank < b_rank ? -1 : a_rank > b_rank ? 1 : 0;
}

}  // namespace millrace::ops
