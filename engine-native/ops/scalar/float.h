// Arithmetic of floats, and the operations on them that every processor computes alike. Infinity
// from finite operands is an overflow, zero from non-zero ones an underflow, as in PostgreSQL.
// Build without contraction of a * b + c.
#pragma once

#include "ops/scalar/integer.h"

#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
#define MR_FLOAT(function) ::function
#else
#define MR_FLOAT(function) __builtin_##function
#endif

namespace millrace::ops {

MR_HD inline u64 bits_of(f64 a) {
  union {
    f64 value;
    u64 bits;
  } both{a};
  return both.bits;
}
MR_HD inline f64 float_of_bits(u64 bits) {
  union {
    u64 bits;
    f64 value;
  } both{bits};
  return both.value;
}
MR_HD inline f64 float_infinity() { return float_of_bits(0x7ff0000000000000ul); }
MR_HD inline f64 float_nan() { return float_of_bits(0x7ff8000000000000ul); }
MR_HD inline bool is_nan(f64 a) { return a != a; }
MR_HD inline bool is_infinite(f64 a) { return a - a != 0 && a == a; }
MR_HD inline bool is_finite(f64 a) { return a - a == 0; }

template <class F>
MR_HD inline ErrorCode checked_float_add(F a, F b, F& out) {
  out = a + b;
  return is_infinite(out) && is_finite(a) && is_finite(b) ? ErrorCode::FloatOverflow
                                                          : ErrorCode::Ok;
}
template <class F>
MR_HD inline ErrorCode checked_float_sub(F a, F b, F& out) {
  out = a - b;
  return is_infinite(out) && is_finite(a) && is_finite(b) ? ErrorCode::FloatOverflow
                                                          : ErrorCode::Ok;
}
template <class F>
MR_HD inline ErrorCode checked_float_mul(F a, F b, F& out) {
  out = a * b;
  if (is_infinite(out) && is_finite(a) && is_finite(b)) return ErrorCode::FloatOverflow;
  return out == 0 && a != 0 && b != 0 ? ErrorCode::FloatUnderflow : ErrorCode::Ok;
}
template <class F>
MR_HD inline ErrorCode checked_float_div(F a, F b, F& out) {
  if (b == 0 && !is_nan(a)) return ErrorCode::DivisionByZero;
  out = a / b;
  if (is_infinite(out) && !is_infinite(a)) return ErrorCode::FloatOverflow;
  return out == 0 && a != 0 && !is_infinite(b) ? ErrorCode::FloatUnderflow : ErrorCode::Ok;
}
MR_HD inline ErrorCode checked_add(f32 a, f32 b, f32& out) { return checked_float_add(a, b, out); }
MR_HD inline ErrorCode checked_sub(f32 a, f32 b, f32& out) { return checked_float_sub(a, b, out); }
MR_HD inline ErrorCode checked_mul(f32 a, f32 b, f32& out) { return checked_float_mul(a, b, out); }
MR_HD inline ErrorCode checked_div(f32 a, f32 b, f32& out) { return checked_float_div(a, b, out); }
MR_HD inline ErrorCode checked_add(f64 a, f64 b, f64& out) { return checked_float_add(a, b, out); }
MR_HD inline ErrorCode checked_sub(f64 a, f64 b, f64& out) { return checked_float_sub(a, b, out); }
MR_HD inline ErrorCode checked_mul(f64 a, f64 b, f64& out) { return checked_float_mul(a, b, out); }
MR_HD inline ErrorCode checked_div(f64 a, f64 b, f64& out) { return checked_float_div(a, b, out); }
MR_HD inline ErrorCode checked_neg(f32 a, f32& out) {
  out = -a;
  return ErrorCode::Ok;
}
MR_HD inline ErrorCode checked_neg(f64 a, f64& out) {
  out = -a;
  return ErrorCode::Ok;
}
MR_HD inline ErrorCode checked_abs(f32 a, f32& out) {
  out = MR_FLOAT(fabsf)(a);
  return ErrorCode::Ok;
}
MR_HD inline ErrorCode checked_abs(f64 a, f64& out) {
  out = MR_FLOAT(fabs)(a);
  return ErrorCode::Ok;
}

template <class T>
struct Add {
  MR_HD static ErrorCode apply(OpContext&, T a, T b, T& out) { return checked_add(a, b, out); }
};
template <class T>
struct Sub {
  MR_HD static ErrorCode apply(OpContext&, T a, T b, T& out) { return checked_sub(a, b, out); }
};
template <class T>
struct Mul {
  MR_HD static ErrorCode apply(OpContext&, T a, T b, T& out) { return checked_mul(a, b, out); }
};
template <class T>
struct Div {
  MR_HD static ErrorCode apply(OpContext&, T a, T b, T& out) { return checked_div(a, b, out); }
};
template <class T>
struct Neg {
  MR_HD static ErrorCode apply(OpContext&, T a, T& out) { return checked_neg(a, out); }
};
template <class T>
struct Abs {
  MR_HD static ErrorCode apply(OpContext&, T a, T& out) { return checked_abs(a, out); }
};

struct FloatSqrt {
  MR_HD static ErrorCode apply(OpContext&, f64 a, f64& out) {
    if (a < 0) return ErrorCode::SqrtOfNegative;
    out = MR_FLOAT(sqrt)(a);
    return ErrorCode::Ok;
  }
};
struct FloatCeil {
  MR_HD static f64 apply(f64 a) { return MR_FLOAT(ceil)(a); }
};
struct FloatFloor {
  MR_HD static f64 apply(f64 a) { return MR_FLOAT(floor)(a); }
};
/// Half to even.
struct FloatRound {
  MR_HD static f64 apply(f64 a) { return MR_FLOAT(rint)(a); }
};
struct FloatTrunc {
  MR_HD static f64 apply(f64 a) { return MR_FLOAT(trunc)(a); }
};
struct FloatSign {
  MR_HD static f64 apply(f64 a) { return a > 0 ? 1.0 : a < 0 ? -1.0 : 0.0; }
};
struct FloatPi {
  MR_HD static f64 apply() { return 3.14159265358979323846; }
};
constexpr f64 kRadiansPerDegree = 0.0174532925199432957692;
struct FloatDegrees {
  MR_HD static ErrorCode apply(OpContext&, f64 a, f64& out) {
    return checked_div(a, kRadiansPerDegree, out);
  }
};
struct FloatRadians {
  MR_HD static ErrorCode apply(OpContext&, f64 a, f64& out) {
    return checked_mul(a, kRadiansPerDegree, out);
  }
};

struct FloatWidthBucket {
  MR_HD static ErrorCode apply(OpContext& c, f64 operand, f64 low, f64 high, i32 count, i32& out) {
    if (count <= 0) return ErrorCode::WidthBucketCountNotPositive;
    if (is_nan(operand) || is_nan(low) || is_nan(high)) return fail_nan(c);
    if (is_infinite(low) || is_infinite(high)) return fail_infinite(c);
    if (low == high) return ErrorCode::WidthBucketBoundsEqual;
    const bool rising = low < high;
    out = 0;
    if (rising ? operand < low : operand > low) return ErrorCode::Ok;
    if (rising ? operand >= high : operand <= high) return checked_add(count, 1, out);
    const f64 bucket = rising ? count * (operand - low) / (high - low) + 1
                              : count * (low - operand) / (low - high) + 1;
    // Differences that overflow leave NaN, which PostgreSQL's conversion makes the least integer.
    out = bucket < 2147483648.0 ? static_cast<i32>(bucket) : IntegerLimits<i32>::kMin;
    return ErrorCode::Ok;
  }
  MR_HD static ErrorCode fail_nan(OpContext& c) {
    const char* text = "operand, lower bound, and upper bound cannot be NaN";
    return c.fail(ErrorCode::WidthBucketNotFinite, StringView::make(text, 51));
  }
  MR_HD static ErrorCode fail_infinite(OpContext& c) {
    const char* text = "lower and upper bounds must be finite";
    return c.fail(ErrorCode::WidthBucketNotFinite, StringView::make(text, 37));
  }
};

}  // namespace millrace::ops
