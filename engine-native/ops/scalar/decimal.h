// Decimals of one scale a column: D64 (18 digits) and D128 (38 digits) as whole coefficients.
#pragma once

#include "ops/scalar/numeric.h"

namespace millrace::ops {

constexpr i64 kDecimal64Limit = 1000000000000000000L;

template <class T>
struct DecimalLimits;
template <>
struct DecimalLimits<i64> {
  using Magnitude = u64;
  static constexpr u32 kDigits = 18;
  static constexpr ErrorCode kExceeded = ErrorCode::Decimal64Exceeded;
};
template <>
struct DecimalLimits<i128> {
  using Magnitude = u128;
  static constexpr u32 kDigits = 38;
  static constexpr ErrorCode kExceeded = ErrorCode::NumericDigitsExceeded;
};

/// Whether a coefficient is one: below 10^18 or 10^38.
template <class T>
MR_HD inline ErrorCode check_decimal(T value) {
  using M = typename DecimalLimits<T>::Magnitude;
  const M limit = static_cast<M>(power_of_ten(DecimalLimits<T>::kDigits));
  return static_cast<M>(value) + (limit - 1) <= 2 * (limit - 1) ? ErrorCode::Ok
                                                                : DecimalLimits<T>::kExceeded;
}
template <class T>
MR_HD inline ErrorCode store_decimal(i128 value, T& out) {
  out = static_cast<T>(value);
  if (static_cast<i128>(out) != value) return DecimalLimits<T>::kExceeded;
  return check_decimal(out);
}

template <class T>
struct DecimalAdd {
  MR_HD static ErrorCode apply(OpContext&, T a, T b, T& out) {
    using M = typename DecimalLimits<T>::Magnitude;
    out = static_cast<T>(static_cast<M>(a) + static_cast<M>(b));
    return check_decimal(out);
  }
};
template <class T>
struct DecimalSub {
  MR_HD static ErrorCode apply(OpContext&, T a, T b, T& out) {
    using M = typename DecimalLimits<T>::Magnitude;
    out = static_cast<T>(static_cast<M>(a) - static_cast<M>(b));
    return check_decimal(out);
  }
};
struct DecimalAddWide {
  MR_HD static i128 apply(i64 a, i64 b) { return static_cast<i128>(a) + b; }
};
struct DecimalSubWide {
  MR_HD static i128 apply(i64 a, i64 b) { return static_cast<i128>(a) - b; }
};
struct DecimalMulWide {
  MR_HD static i128 apply(i64 a, i64 b) { return static_cast<i128>(a) * b; }
};

MR_HD inline ErrorCode multiply_decimals(i128 a, i128 b, i128& out) {
  const i64 a_small = static_cast<i64>(a);
  const i64 b_small = static_cast<i64>(b);
  if (a_small == a && b_small == b) {
    out = static_cast<i128>(a_small) * b_small;
    return ErrorCode::Ok;
  }
  const Wide<4> product = multiply_wide(magnitude(a), magnitude(b));
  out = with_sign(low_128(product), (a < 0) != (b < 0));
  return fits_128(product) && low_128(product) < numeric_limit() ? ErrorCode::Ok
                                                                 : ErrorCode::NumericDigitsExceeded;
}

template <class T>
struct DecimalMul {
  MR_HD static ErrorCode apply(OpContext&, T a, T b, T& out) {
    if constexpr (sizeof(T) == 16) return multiply_decimals(a, b, out);
    return store_decimal(static_cast<i128>(a) * b, out);
  }
};
struct DecimalMulMixed {
  MR_HD static ErrorCode apply(OpContext&, i128 a, i64 b, i128& out) {
    return multiply_decimals(a, b, out);
  }
};

/// Wrapping arithmetic, for operands proven small enough.
template <class T>
struct DecimalAddWithin {
  MR_HD static T apply(T a, T b) {
    using M = typename DecimalLimits<T>::Magnitude;
    return static_cast<T>(static_cast<M>(a) + static_cast<M>(b));
  }
};
template <class T>
struct DecimalSubWithin {
  MR_HD static T apply(T a, T b) {
    using M = typename DecimalLimits<T>::Magnitude;
    return static_cast<T>(static_cast<M>(a) - static_cast<M>(b));
  }
};
template <class T>
struct DecimalMulWithin {
  MR_HD static T apply(T a, T b) {
    using M = typename DecimalLimits<T>::Magnitude;
    return static_cast<T>(static_cast<M>(a) * static_cast<M>(b));
  }
};
struct DecimalMulMixedWithin {
  MR_HD static i128 apply(i128 a, i64 b) { return DecimalMulWithin<i128>::apply(a, b); }
};

template <class T>
struct DecimalMod {
  MR_HD static ErrorCode apply(OpContext&, T a, T b, T& out) {
    if (b == 0) return ErrorCode::DivisionByZero;
    out = b == -1 ? T{0} : static_cast<T>(a % b);
    return ErrorCode::Ok;
  }
};
template <class T>
struct DecimalDiv {
  MR_HD static ErrorCode apply(OpContext&, T a, T b, i32 a_scale, i32 b_scale, Numeric& out) {
    return divide_finite(a, a_scale, b, b_scale, out);
  }
};

template <class T>
struct DecimalNeg {
  MR_HD static T apply(T a) {
    return static_cast<T>(-static_cast<typename DecimalLimits<T>::Magnitude>(a));
  }
};
template <class T>
struct DecimalAbs {
  MR_HD static T apply(T a) { return a < 0 ? DecimalNeg<T>::apply(a) : a; }
};
template <class T>
struct DecimalSign {
  MR_HD static i32 apply(T a) { return a > 0 ? 1 : a < 0 ? -1 : 0; }
};

template <class T>
MR_HD inline ErrorCode grow_decimal(i128 a, i32 digits, T& out) {
  if (a == 0 || digits <= 0) {
    out = static_cast<T>(a);
    return ErrorCode::Ok;
  }
  if (digits >= static_cast<i32>(DecimalLimits<T>::kDigits)) return DecimalLimits<T>::kExceeded;
  const u128 factor = power_of_ten(static_cast<u32>(digits));
  const u128 limit = power_of_ten(DecimalLimits<T>::kDigits - static_cast<u32>(digits));
  const u128 value = magnitude(a);
  out = static_cast<T>(with_sign(value * factor, a < 0));
  return value < limit ? ErrorCode::Ok : DecimalLimits<T>::kExceeded;
}
template <class T>
struct RescaleUp {
  MR_HD static ErrorCode apply(OpContext&, T a, i32 digits, T& out) {
    return grow_decimal(a, digits, out);
  }
};
struct RescaleUpWide {
  MR_HD static ErrorCode apply(OpContext&, i64 a, i32 digits, i128& out) {
    return grow_decimal(a, digits, out);
  }
};

template <class T, Rounding rounding>
MR_HD inline T shrink_decimal(T a, i32 digits) {
  const u128 value =
      drop_digits(magnitude(a), digits < 0 ? 0 : static_cast<u32>(digits), rounding, a < 0);
  return static_cast<T>(with_sign(value, a < 0));
}
template <class T>
struct RescaleDown {
  MR_HD static T apply(T a, i32 digits) { return shrink_decimal<T, Rounding::HalfAway>(a, digits); }
};
template <class T>
struct RescaleTrunc {
  MR_HD static T apply(T a, i32 digits) { return shrink_decimal<T, Rounding::Truncate>(a, digits); }
};
template <class T>
struct RescaleFloor {
  MR_HD static T apply(T a, i32 digits) { return shrink_decimal<T, Rounding::Floor>(a, digits); }
};
template <class T>
struct RescaleCeil {
  MR_HD static T apply(T a, i32 digits) { return shrink_decimal<T, Rounding::Ceil>(a, digits); }
};

struct Widen {
  MR_HD static i128 apply(i64 a) { return a; }
};
struct WidenI16ToD64 {
  MR_HD static i64 apply(i16 a) { return a; }
};
struct WidenI16ToD128 {
  MR_HD static i128 apply(i16 a) { return a; }
};
struct WidenI32ToD64 {
  MR_HD static i64 apply(i32 a) { return a; }
};
struct WidenI32ToD128 {
  MR_HD static i128 apply(i32 a) { return a; }
};
struct WidenI64ToD64 {
  MR_HD static ErrorCode apply(OpContext&, i64 a, i64& out) {
    out = a;
    return check_decimal(a);
  }
};
struct WidenI64ToD128 {
  MR_HD static i128 apply(i64 a) { return a; }
};
struct Narrow {
  MR_HD static ErrorCode apply(OpContext&, i128 a, i64& out) { return store_decimal(a, out); }
};

}  // namespace millrace::ops
