// Casts of numbers and booleans to text and back.
#pragma once

#include "ops/cast/number.h"

namespace millrace::ops {

template <>
struct CastStep<u8, StringView> {
  MR_HD static StringView apply(u8 a) {
    return a != 0 ? StringView::make("true", 4) : StringView::make("false", 5);
  }
};
template <IntegerType A>
struct CastStep<A, StringView> {
  MR_HD static ErrorCode apply(OpContext& c, A a, StringView& out) {
    char text[kMaxIntegerText];
    return store_text(c, text, print_i64(a, text), out);
  }
};
template <DecimalTag A>
struct CastStep<A, StringView> {
  MR_HD static ErrorCode apply(OpContext& c, typename A::Coefficient a, i32 scale,
                               StringView& out) {
    char text[kMaxDecimalText];
    return store_text(c, text, print_d128(a, scale, text), out);
  }
};
template <>
struct CastStep<Numeric, StringView> {
  MR_HD static ErrorCode apply(OpContext& c, Numeric a, StringView& out) {
    if (a.display_scale <= static_cast<i32>(kNumericDigits)) {
      char text[kMaxDecimalText];
      return store_text(c, text, print_numeric(a, text), out);
    }
    char* text = c.arena->allocate(numeric_text_size(a));
    if (text == nullptr) return ErrorCode::OutOfMemory;
    out = StringView::make(text, print_numeric(a, text));
    return ErrorCode::Ok;
  }
};
template <FloatType A>
struct CastStep<A, StringView> {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, A a, StringView& out) {
    char text[kMaxFloatText];
    const i32 extra = c.settings->extra_float_digits;
    const u32 size =
        sizeof(A) == 8 ? print_f64(a, extra, text) : print_f32(static_cast<f32>(a), extra, text);
    return store_text(c, text, size, out);
  }
};

template <class R>
MR_HD inline ErrorCode fail_syntax(OpContext& c, const StringView& text) {
  return c.fail(ErrorCode::InvalidTextRepresentation, name_of_type<R>(), text);
}

template <>
struct CastStep<StringView, u8> {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, u8& out) {
    return parse_bool(a, out) == ParseOutcome::Ok ? ErrorCode::Ok : fail_syntax<u8>(c, a);
  }
};
template <IntegerType R>
struct CastStep<StringView, R> {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, R& out) {
    i64 value = 0;
    switch (parse_integer(a, IntegerLimits<R>::kMin, IntegerLimits<R>::kMax, value)) {
      case ParseOutcome::Ok:
        out = static_cast<R>(value);
        return ErrorCode::Ok;
      case ParseOutcome::OutOfRange:
        return c.fail(ErrorCode::ValueOutOfRangeForType, a, name_of_type<R>());
      case ParseOutcome::Invalid:
        break;
    }
    return fail_syntax<R>(c, a);
  }
};
template <FloatType R>
struct CastStep<StringView, R> {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView a, R& out) {
    StringView number;
    ParseOutcome outcome;
    if constexpr (sizeof(R) == 8) {
      outcome = parse_f64(a, out, number);
    } else {
      outcome = parse_f32(a, out, number);
    }
    if (outcome == ParseOutcome::Ok) return ErrorCode::Ok;
    if (outcome == ParseOutcome::Invalid) return fail_syntax<R>(c, a);
    return c.fail(ErrorCode::FloatOutOfRangeForType, number, name_of_type<R>());
  }
};

MR_HD inline ErrorCode read_decimal(OpContext& c, const StringView& text, ParsedDecimal& out) {
  switch (parse_decimal(text, out)) {
    case ParseOutcome::Ok:
      return ErrorCode::Ok;
    case ParseOutcome::OutOfRange:
      return ErrorCode::NumericFormatOverflow;
    case ParseOutcome::Invalid:
      break;
  }
  return fail_syntax<Numeric>(c, text);
}

template <>
struct CastStep<StringView, Numeric> {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, Numeric& out) {
    ParsedDecimal parsed;
    const ErrorCode code = read_decimal(c, a, parsed);
    if (code != ErrorCode::Ok) return code;
    if (parsed.kind != Numeric::kFinite) {
      out = make_special(parsed.kind);
      return ErrorCode::Ok;
    }
    if (parsed.display_scale > kNumericDisplayScaleLimit) return ErrorCode::NumericFormatOverflow;
    const i32 scale = static_cast<i32>(parsed.display_scale);
    if (parsed.value == 0) return set_numeric(0, false, scale, out);
    if (parsed.is_cut) return ErrorCode::NumericDigitsExceeded;
    const i64 grow = scale - parsed.scale;  // the exponent's zeros
    if (grow > static_cast<i64>(kNumericDigits)) return ErrorCode::NumericDigitsExceeded;
    u128 value;
    const ErrorCode grown = add_digits(parsed.value, static_cast<u32>(grow), value);
    return grown == ErrorCode::Ok ? set_numeric(value, parsed.negative, scale, out) : grown;
  }
};

/// To numeric(precision, scale): text may hold more digits than a numeric, if rounding drops them.
struct ConstrainText {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, i32 precision, i32 scale, Numeric& out) {
    ParsedDecimal parsed;
    const ErrorCode code = read_decimal(c, a, parsed);
    if (code != ErrorCode::Ok) return code;
    if (parsed.kind != Numeric::kFinite) {
      return constrain_numeric(c, make_special(parsed.kind), precision, scale, out);
    }
    if (parsed.display_scale > kNumericDisplayScaleLimit) return ErrorCode::NumericFormatOverflow;
    if (parsed.value == 0) return set_numeric(0, false, scale < 0 ? 0 : scale, out);
    if (parsed.scale < -static_cast<i64>(kNumericDigits)) {
      return fail_field_overflow(c, precision, scale, false);
    }
    if (parsed.is_cut && scale == parsed.scale && parsed.cut_rounds_up) {
      parsed.value++;  // at most 10^38: one digit too many is an overflow below
    }
    if (parsed.scale < 0) {
      const u32 zeros = static_cast<u32>(-parsed.scale);
      if (add_digits(parsed.value, zeros, parsed.value) != ErrorCode::Ok) {
        return fail_field_overflow(c, precision, scale, false);
      }
      parsed.scale = 0;
    }
    if (parsed.value >= numeric_limit()) return fail_field_overflow(c, precision, scale, false);
    return constrain_numeric(
        c, make_numeric(with_sign(parsed.value, parsed.negative), static_cast<i32>(parsed.scale)),
        precision, scale, out);
  }
};
template <DecimalTag R>
struct CastStep<StringView, R> {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, i32 precision, i32 scale,
                               typename R::Coefficient& out) {
    Numeric value;
    const ErrorCode code = ConstrainText::apply(c, a, precision, scale, value);
    return code == ErrorCode::Ok ? numeric_to_decimal(c, value, precision, scale, out) : code;
  }
};

}  // namespace millrace::ops
