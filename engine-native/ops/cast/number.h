// Casts among numbers. Cast<A>::To<R> converts A to R; the tags stand for decimals of one scale.
#pragma once

#include "ops/cast/decimal_to_float.h"
#include "ops/cast/parse_number.h"
#include "ops/cast/print_number.h"

namespace millrace::ops {

struct Decimal64 {
  using Coefficient = i64;
};
struct Decimal128 {
  using Coefficient = i128;
};

template <class T>
concept IntegerType = __is_same(T, i16) || __is_same(T, i32) || __is_same(T, i64);
template <class T>
concept FloatType = __is_same(T, f32) || __is_same(T, f64);
template <class T>
concept DecimalTag = __is_same(T, Decimal64) || __is_same(T, Decimal128);

template <class A, class R>
struct CastStep;
template <class A>
struct Cast {
  template <class R>
  struct To : CastStep<A, R> {};
};

template <class T>
MR_HD inline StringView name_of_type() {
  if constexpr (__is_same(T, i16)) return StringView::make("smallint", 8);
  if constexpr (__is_same(T, i32)) return StringView::make("integer", 7);
  if constexpr (__is_same(T, i64)) return StringView::make("bigint", 6);
  if constexpr (__is_same(T, f32)) return StringView::make("real", 4);
  if constexpr (__is_same(T, f64)) return StringView::make("double precision", 16);
  if constexpr (__is_same(T, u8)) return StringView::make("boolean", 7);
  return StringView::make("numeric", 7);
}

/// A view of `size` bytes, copied to the arena unless they fit the view.
MR_HD inline ErrorCode store_text(OpContext& c, const char* bytes, u32 size, StringView& out) {
  if (size > StringView::kInlineSize) {
    char* copy = c.arena != nullptr ? c.arena->allocate(size) : nullptr;
    if (copy == nullptr) return ErrorCode::OutOfMemory;
    for (u32 i = 0; i < size; i++) copy[i] = bytes[i];
    bytes = copy;
  }
  out = StringView::make(bytes, size);
  return ErrorCode::Ok;
}

/// NumericFieldOverflow; the error's first argument is PostgreSQL's DETAIL.
MR_HD inline ErrorCode fail_field_overflow(OpContext& c, i32 precision, i32 scale,
                                           bool is_infinite_value) {
  char text[120];
  u32 size = print_word("A field with precision ", 23, text);
  size += print_i32(precision, text + size);
  size += print_word(", scale ", 8, text + size);
  size += print_i32(scale, text + size);
  if (is_infinite_value) {
    size += print_word(" cannot hold an infinite value.", 31, text + size);
  } else {
    size += print_word(" must round to an absolute value less than ", 43, text + size);
    if (precision != scale) size += print_word("10^", 3, text + size);
    size += print_i32(precision != scale ? precision - scale : 1, text + size);
    text[size++] = '.';
  }
  StringView detail;
  if (store_text(c, text, size, detail) != ErrorCode::Ok) detail = StringView::make("", 0);
  return c.fail(ErrorCode::NumericFieldOverflow, detail);
}

/// A finite value rounded to numeric(precision, scale); what it takes off is dropped half away
/// from zero. The scale may be negative.
MR_HD inline ErrorCode constrain_numeric(OpContext& c, const Numeric& a, i32 precision, i32 scale,
                                         Numeric& out) {
  if (a.kind == Numeric::kNaN) {
    out = a;
    return ErrorCode::Ok;
  }
  if (is_infinite(a)) return fail_field_overflow(c, precision, scale, true);
  const ErrorCode code = rescale_numeric(a, scale, Rounding::HalfAway, out);
  const i32 whole = precision - scale;
  if (code == ErrorCode::Ok) {
    // |out| < 10^whole, out being coefficient / 10^(scale or 0)
    const i32 digits = whole + out.display_scale;
    const u128 value = magnitude(out.coefficient);
    if (digits >= static_cast<i32>(kNumericDigits)) return ErrorCode::Ok;
    if (value != 0 && (digits <= 0 || value >= power_of_ten(static_cast<u32>(digits)))) {
      return fail_field_overflow(c, precision, scale, false);
    }
    return ErrorCode::Ok;
  }
  // More than 38 digits at that scale: more than the precision holds, unless it is wider itself.
  if (precision <= static_cast<i32>(kNumericDigits)) {
    return fail_field_overflow(c, precision, scale, false);
  }
  return code;
}

/// A numeric as the coefficient of a decimal of one scale.
template <class T>
MR_HD inline ErrorCode numeric_to_decimal(OpContext& c, const Numeric& a, i32 precision, i32 scale,
                                          T& out) {
  if (a.kind == Numeric::kNaN) {
    const char* text = "NaN in a numeric of fixed precision is not supported";
    return c.fail(ErrorCode::FeatureNotSupported, StringView::make(text, 52));
  }
  Numeric rounded;
  const ErrorCode code = constrain_numeric(c, a, precision, scale, rounded);
  return code == ErrorCode::Ok ? store_decimal(rounded.coefficient, out) : code;
}

template <class R>
MR_HD inline ErrorCode decimal_to_integer(u128 value, bool negative, i32 scale, R& out) {
  const u128 whole = drop_digits(value, static_cast<u32>(scale), Rounding::HalfAway, negative);
  return store_integer(with_sign(whole, negative), out);
}

template <IntegerType A, IntegerType R>
requires(sizeof(A) < sizeof(R)) struct CastStep<A, R> {
  MR_HD static R apply(A a) { return a; }
};
template <IntegerType A, IntegerType R>
requires(sizeof(A) > sizeof(R)) struct CastStep<A, R> {
  MR_HD static ErrorCode apply(OpContext&, A a, R& out) { return store_integer(a, out); }
};
template <IntegerType A, FloatType R>
struct CastStep<A, R> {
  MR_HD static R apply(A a) { return static_cast<R>(a); }
};
template <>
struct CastStep<f32, f64> {
  MR_HD static f64 apply(f32 a) { return a; }
};
template <>
struct CastStep<f64, f32> {
  MR_HD static ErrorCode apply(OpContext&, f64 a, f32& out) {
    out = static_cast<f32>(a);
    if (is_infinite(out) && !is_infinite(a)) return ErrorCode::FloatOverflow;
    return out == 0 && a != 0 ? ErrorCode::FloatUnderflow : ErrorCode::Ok;
  }
};
/// Half to even; NaN and infinities are out of range.
template <FloatType A, IntegerType R>
struct CastStep<A, R> {
  MR_HD static ErrorCode apply(OpContext&, A a, R& out) {
    const f64 whole = MR_FLOAT(rint)(static_cast<f64>(a));
    // -kMin is a power of two, hence exact.
    const f64 lowest = static_cast<f64>(IntegerLimits<R>::kMin);
    if (!(whole >= lowest && whole < -lowest)) return IntegerLimits<R>::kOutOfRange;
    out = static_cast<R>(whole);
    return ErrorCode::Ok;
  }
};

template <IntegerType A>
struct CastStep<A, Numeric> {
  MR_HD static Numeric apply(A a) { return make_numeric(a, 0); }
};
template <IntegerType R>
struct CastStep<Numeric, R> {
  MR_HD static ErrorCode apply(OpContext& c, Numeric a, R& out) {
    if (a.kind == Numeric::kNaN) {
      return c.fail(ErrorCode::NumericCannotConvertNaN, name_of_type<R>());
    }
    if (is_infinite(a)) {
      return c.fail(ErrorCode::NumericCannotConvertInfinity, name_of_type<R>());
    }
    return decimal_to_integer(magnitude(a.coefficient), a.coefficient < 0, a.display_scale, out);
  }
};

template <FloatType R>
struct CastStep<Numeric, R> {
  MR_HD static ErrorCode apply(OpContext& c, Numeric a, R& out) {
    if (a.kind == Numeric::kNaN) {
      out = static_cast<R>(float_nan());
      return ErrorCode::Ok;
    }
    if (is_infinite(a)) {
      out = static_cast<R>(a.kind == Numeric::kInfinity ? float_infinity() : -float_infinity());
      return ErrorCode::Ok;
    }
    out = decimal_to_float<R>(magnitude(a.coefficient), a.coefficient < 0,
                              static_cast<u32>(a.display_scale));
    const bool is_lost = is_infinite(out) || (out == 0 && a.coefficient != 0);
    return is_lost ? fail_range(c, a) : ErrorCode::Ok;
  }
  MR_HD static ErrorCode fail_range(OpContext& c, const Numeric& a) {
    StringView text = StringView::make("", 0);
    const u32 room = numeric_text_size(a);
    if (char* bytes = c.arena != nullptr ? c.arena->allocate(room) : nullptr; bytes != nullptr) {
      text = StringView::make(bytes, print_numeric(a, bytes));
    }
    return c.fail(ErrorCode::FloatOutOfRangeForType, text, name_of_type<R>());
  }
};

/// By the 15 (f64) or 6 (f32) digits that are always right.
MR_HD inline Numeric float_special(f64 a) {
  return is_nan(a) ? make_special(Numeric::kNaN) : make_infinity(a > 0 ? 1 : -1);
}
ErrorCode finite_to_numeric(f64 a, i32 digits, Numeric& out);
template <FloatType A>
struct CastStep<A, Numeric> {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext&, A a, Numeric& out) {
    if (is_finite(a)) return finite_to_numeric(a, sizeof(A) == 8 ? 15 : 6, out);
    out = float_special(a);
    return ErrorCode::Ok;
  }
};

template <DecimalTag A, IntegerType R>
struct CastStep<A, R> {
  MR_HD static ErrorCode apply(OpContext&, typename A::Coefficient a, i32 scale, R& out) {
    return decimal_to_integer(magnitude(a), a < 0, scale, out);
  }
};
template <DecimalTag A, FloatType R>
struct CastStep<A, R> {
  MR_HD static R apply(typename A::Coefficient a, i32 scale) {
    return decimal_to_float<R>(magnitude(a), a < 0, static_cast<u32>(scale & 63));
  }
};
template <DecimalTag A>
struct CastStep<A, Numeric> {
  MR_HD static Numeric apply(typename A::Coefficient a, i32 scale) {
    return make_numeric(a, scale);
  }
};
template <DecimalTag A, DecimalTag R>
struct CastStep<A, R> {
  MR_HD static ErrorCode apply(OpContext& c, typename A::Coefficient a, i32 from_scale,
                               i32 precision, i32 scale, typename R::Coefficient& out) {
    return numeric_to_decimal(c, make_numeric(a, from_scale), precision, scale, out);
  }
};
template <IntegerType A, DecimalTag R>
struct CastStep<A, R> {
  MR_HD static ErrorCode apply(OpContext& c, A a, i32 precision, i32 scale,
                               typename R::Coefficient& out) {
    return numeric_to_decimal(c, make_numeric(a, 0), precision, scale, out);
  }
};
template <FloatType A, DecimalTag R>
struct CastStep<A, R> {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, A a, i32 precision, i32 scale,
                         typename R::Coefficient& out) {
    Numeric value;
    const ErrorCode code = CastStep<A, Numeric>::apply(c, a, value);
    return code == ErrorCode::Ok ? numeric_to_decimal(c, value, precision, scale, out) : code;
  }
};
template <DecimalTag R>
struct CastStep<Numeric, R> {
  MR_HD static ErrorCode apply(OpContext& c, Numeric a, i32 precision, i32 scale,
                               typename R::Coefficient& out) {
    return numeric_to_decimal(c, a, precision, scale, out);
  }
};

struct ConstrainNumeric {
  MR_HD static ErrorCode apply(OpContext& c, Numeric a, i32 precision, i32 scale, Numeric& out) {
    return constrain_numeric(c, a, precision, scale, out);
  }
};

template <>
struct CastStep<u8, i32> {
  MR_HD static i32 apply(u8 a) { return a; }
};
template <>
struct CastStep<i32, u8> {
  MR_HD static u8 apply(i32 a) { return a != 0; }
};

}  // namespace millrace::ops
