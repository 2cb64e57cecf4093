// Arithmetic of integers: PostgreSQL raises where the result does not fit its type.
#pragma once

#include "ops/context.h"

namespace millrace::ops {

template <class T>
struct IntegerLimits;
template <>
struct IntegerLimits<i16> {
  static constexpr i16 kMin = -32767 - 1;
  static constexpr i16 kMax = 32767;
  static constexpr ErrorCode kOutOfRange = ErrorCode::SmallintOutOfRange;
};
template <>
struct IntegerLimits<i32> {
  static constexpr i32 kMin = -2147483647 - 1;
  static constexpr i32 kMax = 2147483647;
  static constexpr ErrorCode kOutOfRange = ErrorCode::IntegerOutOfRange;
};
template <>
struct IntegerLimits<i64> {
  static constexpr i64 kMin = -9223372036854775807L - 1;
  static constexpr i64 kMax = 9223372036854775807L;
  static constexpr ErrorCode kOutOfRange = ErrorCode::BigintOutOfRange;
};

/// Stores what fits; the error of T otherwise.
template <class T, class From>
MR_HD inline ErrorCode store_integer(From value, T& out) {
  out = static_cast<T>(value);
  return static_cast<From>(out) == value ? ErrorCode::Ok : IntegerLimits<T>::kOutOfRange;
}

MR_HD inline ErrorCode checked_add(i16 a, i16 b, i16& out) { return store_integer(a + b, out); }
MR_HD inline ErrorCode checked_sub(i16 a, i16 b, i16& out) { return store_integer(a - b, out); }
MR_HD inline ErrorCode checked_mul(i16 a, i16 b, i16& out) { return store_integer(a * b, out); }
MR_HD inline ErrorCode checked_add(i32 a, i32 b, i32& out) {
  return store_integer(static_cast<i64>(a) + b, out);
}
MR_HD inline ErrorCode checked_sub(i32 a, i32 b, i32& out) {
  return store_integer(static_cast<i64>(a) - b, out);
}
MR_HD inline ErrorCode checked_mul(i32 a, i32 b, i32& out) {
  return store_integer(static_cast<i64>(a) * b, out);
}
MR_HD inline ErrorCode checked_add(i64 a, i64 b, i64& out) {
  out = static_cast<i64>(static_cast<u64>(a) + static_cast<u64>(b));
  return ((a ^ out) & (b ^ out)) < 0 ? ErrorCode::BigintOutOfRange : ErrorCode::Ok;
}
MR_HD inline ErrorCode checked_sub(i64 a, i64 b, i64& out) {
  out = static_cast<i64>(static_cast<u64>(a) - static_cast<u64>(b));
  return ((a ^ b) & (a ^ out)) < 0 ? ErrorCode::BigintOutOfRange : ErrorCode::Ok;
}
MR_HD inline ErrorCode checked_mul(i64 a, i64 b, i64& out) {
  return store_integer(static_cast<i128>(a) * b, out);
}

template <class T>
MR_HD inline ErrorCode checked_neg(T a, T& out) {
  if (a == IntegerLimits<T>::kMin) return IntegerLimits<T>::kOutOfRange;
  out = static_cast<T>(-a);
  return ErrorCode::Ok;
}
template <class T>
MR_HD inline ErrorCode checked_abs(T a, T& out) {
  if (a >= 0) {
    out = a;
    return ErrorCode::Ok;
  }
  return checked_neg(a, out);
}
template <class T>
MR_HD inline ErrorCode checked_div(T a, T b, T& out) {
  if (b == 0) return ErrorCode::DivisionByZero;
  if (b == -1) return checked_neg(a, out);
  out = static_cast<T>(a / b);
  return ErrorCode::Ok;
}

template <class T>
struct Mod {
  MR_HD static ErrorCode apply(OpContext&, T a, T b, T& out) {
    if (b == 0) return ErrorCode::DivisionByZero;
    out = b == -1 ? T{0} : static_cast<T>(a % b);
    return ErrorCode::Ok;
  }
};

template <class T>
struct BitAnd {
  MR_HD static T apply(T a, T b) { return static_cast<T>(a & b); }
};
template <class T>
struct BitOr {
  MR_HD static T apply(T a, T b) { return static_cast<T>(a | b); }
};
template <class T>
struct BitXor {
  MR_HD static T apply(T a, T b) { return static_cast<T>(a ^ b); }
};
template <class T>
struct BitNot {
  MR_HD static T apply(T a) { return static_cast<T>(~a); }
};

/// Counts wrap at the register's width, as PostgreSQL's do on the processors it runs on.
template <class T>
struct ShiftLeft {
  MR_HD static T apply(T a, i32 count) {
    if constexpr (sizeof(T) == 8) return static_cast<T>(static_cast<u64>(a) << (count & 63));
    return static_cast<T>(static_cast<u32>(a) << (count & 31));
  }
};
template <class T>
struct ShiftRight {
  MR_HD static T apply(T a, i32 count) {
    return static_cast<T>(a >> (count & (sizeof(T) == 8 ? 63 : 31)));
  }
};

MR_HD inline u64 greatest_common_divisor(u64 a, u64 b) {
  while (b != 0) {
    const u64 rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}
MR_HD inline u64 magnitude_of(i64 a) { return a < 0 ? -static_cast<u64>(a) : static_cast<u64>(a); }

template <class T>
struct Gcd {
  MR_HD static ErrorCode apply(OpContext&, T a, T b, T& out) {
    const u64 divisor = greatest_common_divisor(magnitude_of(a), magnitude_of(b));
    out = static_cast<T>(divisor);
    return divisor > static_cast<u64>(IntegerLimits<T>::kMax) ? IntegerLimits<T>::kOutOfRange
                                                              : ErrorCode::Ok;
  }
};

template <class T>
struct Lcm {
  MR_HD static ErrorCode apply(OpContext&, T a, T b, T& out) {
    out = 0;
    if (a == 0 || b == 0) return ErrorCode::Ok;
    const u64 left = magnitude_of(a);
    const u64 right = magnitude_of(b);
    const u128 multiple = static_cast<u128>(left / greatest_common_divisor(left, right)) * right;
    out = static_cast<T>(multiple);
    return multiple > static_cast<u128>(IntegerLimits<T>::kMax) ? IntegerLimits<T>::kOutOfRange
                                                                : ErrorCode::Ok;
  }
};

}  // namespace millrace::ops
