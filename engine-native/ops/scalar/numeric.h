// numeric: arithmetic and rounding by PostgreSQL's scale rules. Coefficients stay below 10^38;
// intermediate results below 2^256.
#pragma once

#include "ops/scalar/float.h"
#include "ops/scalar/numeric_value.h"

namespace millrace::ops {

MR_HD inline ErrorCode add_finite(const Numeric& a, i128 b, i32 b_scale, Numeric& out) {
  const i32 a_scale = a.display_scale;
  if (a_scale == b_scale) {
    const i128 sum = static_cast<i128>(static_cast<u128>(a.coefficient) + static_cast<u128>(b));
    return set_numeric(magnitude(sum), sum < 0, a_scale, out);
  }
  const i32 scale = a_scale > b_scale ? a_scale : b_scale;
  const u32 grow = static_cast<u32>(a_scale > b_scale ? a_scale - b_scale : b_scale - a_scale);
  const i128 low = a_scale > b_scale ? b : a.coefficient;   // what must grow
  const i128 high = a_scale > b_scale ? a.coefficient : b;  // what has the scale already
  if (low == 0) return set_numeric(magnitude(high), high < 0, scale, out);
  if (grow > kNumericDigits) return ErrorCode::NumericDigitsExceeded;
  u128 grown;
  if (add_digits(magnitude(low), grow, grown) == ErrorCode::Ok) {
    const i128 sum =
        static_cast<i128>(static_cast<u128>(with_sign(grown, low < 0)) + static_cast<u128>(high));
    return set_numeric(magnitude(sum), sum < 0, scale, out);
  }
  Wide<4> total = multiply_wide(magnitude(low), power_of_ten(grow));
  const Wide<4> other = make_wide<4>(magnitude(high));
  if ((low < 0) == (high < 0)) {
    add_wide(total, other);
  } else {
    subtract_wide(total, other);  // |low| grew to 10^38 or more: it is the larger
  }
  return set_numeric(total, low < 0, scale, out);
}

struct NumericAdd {
  MR_HD static ErrorCode apply(OpContext&, Numeric a, Numeric b, Numeric& out) {
    if (a.kind == Numeric::kFinite && b.kind == Numeric::kFinite) {
      return add_finite(a, b.coefficient, b.display_scale, out);
    }
    if (a.kind == Numeric::kNaN || b.kind == Numeric::kNaN) {
      out = make_special(Numeric::kNaN);
    } else if (is_infinite(a) && is_infinite(b) && a.kind != b.kind) {
      out = make_special(Numeric::kNaN);
    } else {
      out = is_infinite(a) ? a : b;
    }
    return ErrorCode::Ok;
  }
};

struct NumericNeg {
  MR_HD static Numeric apply(Numeric a) {
    if (is_infinite(a)) return make_infinity(-sign_of(a));
    a.coefficient = static_cast<i128>(-static_cast<u128>(a.coefficient));
    return a;
  }
};
struct NumericAbs {
  MR_HD static Numeric apply(Numeric a) { return sign_of(a) < 0 ? NumericNeg::apply(a) : a; }
};

struct NumericSub {
  MR_HD static ErrorCode apply(OpContext& c, Numeric a, Numeric b, Numeric& out) {
    return NumericAdd::apply(c, a, NumericNeg::apply(b), out);
  }
};

struct NumericMul {
  MR_HD static ErrorCode apply(OpContext&, Numeric a, Numeric b, Numeric& out) {
    if (a.kind == Numeric::kFinite && b.kind == Numeric::kFinite) {
      const i32 scale = a.display_scale + b.display_scale;
      const i64 a_small = static_cast<i64>(a.coefficient);
      const i64 b_small = static_cast<i64>(b.coefficient);
      if (a_small == a.coefficient && b_small == b.coefficient &&
          scale <= kNumericDisplayScaleLimit) {
        out = make_numeric(static_cast<i128>(a_small) * b_small, scale);  // below 2^126
        return ErrorCode::Ok;
      }
      const bool negative = (a.coefficient < 0) != (b.coefficient < 0);
      const Wide<4> product = multiply_wide(magnitude(a.coefficient), magnitude(b.coefficient));
      if (scale <= kNumericDisplayScaleLimit) return set_numeric(product, negative, scale, out);
      if (!fits_128(product)) return ErrorCode::NumericDigitsExceeded;
      const u32 excess = static_cast<u32>(scale - kNumericDisplayScaleLimit);
      return set_numeric(drop_digits(low_128(product), excess, Rounding::HalfAway, negative),
                         negative, kNumericDisplayScaleLimit, out);
    }
    const i32 sign = sign_of(a) * sign_of(b);
    const bool undefined = a.kind == Numeric::kNaN || b.kind == Numeric::kNaN || sign == 0;
    out = undefined ? make_special(Numeric::kNaN) : make_infinity(sign);
    return ErrorCode::Ok;
  }
};

/// round(a * 10^grow / b) of magnitudes, with the sign given.
MR_HD inline ErrorCode divide_magnitudes(u128 a, u32 a_digits, u32 grow, u128 b, bool negative,
                                         i32 scale, Numeric& out) {
  if (a == 0) return set_numeric(0, false, scale, out);
  if (a_digits + grow <= kNumericDigits) {
    const u128 numerator = a * power_of_ten(grow);
    u128 quotient;
    u128 remainder;
    if (numerator >> 64 == 0 && b >> 64 == 0) {
      quotient = static_cast<u64>(numerator) / static_cast<u64>(b);
      remainder = static_cast<u64>(numerator) % static_cast<u64>(b);
    } else {
      quotient = numerator / b;
      remainder = numerator - quotient * b;
    }
    if (remainder >= b - remainder) quotient++;
    return set_numeric(quotient, negative, scale, out);
  }
  if (a_digits + grow > 2 * kNumericDigits + 1) return ErrorCode::NumericDigitsExceeded;
  Wide<4> numerator = make_wide<4>(a);
  scale_wide(numerator, grow);
  return set_numeric(divide_rounded(numerator, make_wide<2>(b)), negative, scale, out);
}

MR_HD inline ErrorCode divide_finite(i128 a, i32 a_scale, i128 b, i32 b_scale, Numeric& out) {
  if (b == 0) return ErrorCode::DivisionByZero;
  const u128 left = magnitude(a);
  const u128 right = magnitude(b);
  const u32 left_digits = digit_count(left);
  const i32 scale = division_scale(leading_digit(left, left_digits, a_scale), a_scale,
                                   leading_digit(right, b_scale), b_scale);
  // Beyond the largest result scale a dividend's own digits must be dropped.
  const i32 grow = scale - a_scale + b_scale;
  if (grow < 0) {
    u128 divisor;
    const ErrorCode code = add_digits(right, static_cast<u32>(-grow), divisor);
    if (code != ErrorCode::Ok) return set_numeric(0, false, scale, out);
    return divide_magnitudes(left, left_digits, 0, divisor, (a < 0) != (b < 0), scale, out);
  }
  return divide_magnitudes(left, left_digits, static_cast<u32>(grow), right, (a < 0) != (b < 0),
                           scale, out);
}

struct NumericDiv {
  MR_HD static ErrorCode apply(OpContext&, Numeric a, Numeric b, Numeric& out) {
    if (a.kind == Numeric::kFinite && b.kind == Numeric::kFinite) {
      return divide_finite(a.coefficient, a.display_scale, b.coefficient, b.display_scale, out);
    }
    return divide_special(a, b, out);
  }
  MR_HD static ErrorCode divide_special(Numeric a, Numeric b, Numeric& out) {
    if (a.kind == Numeric::kNaN || b.kind == Numeric::kNaN || (is_infinite(a) && is_infinite(b))) {
      out = make_special(Numeric::kNaN);
    } else if (is_infinite(b)) {
      out = make_numeric(0, 0);
    } else if (b.coefficient == 0) {
      return ErrorCode::DivisionByZero;
    } else {
      out = make_infinity(sign_of(a) * sign_of(b));
    }
    return ErrorCode::Ok;
  }
};

/// The whole part of a quotient.
struct NumericDivTrunc {
  MR_HD static ErrorCode apply(OpContext&, Numeric a, Numeric b, Numeric& out) {
    if (a.kind != Numeric::kFinite || b.kind != Numeric::kFinite) {
      return NumericDiv::divide_special(a, b, out);
    }
    if (b.coefficient == 0) return ErrorCode::DivisionByZero;
    const u128 left = magnitude(a.coefficient);
    const u128 right = magnitude(b.coefficient);
    const bool negative = (a.coefficient < 0) != (b.coefficient < 0);
    const i32 grow = b.display_scale - a.display_scale;
    if (left == 0) return set_numeric(0, false, 0, out);
    if (grow < 0) {
      u128 divisor;
      const ErrorCode code = add_digits(right, static_cast<u32>(-grow), divisor);
      return set_numeric(code == ErrorCode::Ok ? left / divisor : 0, negative, 0, out);
    }
    if (digit_count(left) + static_cast<u32>(grow) > 2 * kNumericDigits + 1) {
      return ErrorCode::NumericDigitsExceeded;
    }
    Wide<4> numerator = make_wide<4>(left);
    scale_wide(numerator, static_cast<u32>(grow));
    Wide<2> remainder;
    return set_numeric(divide_wide(numerator, make_wide<2>(right), remainder), negative, 0, out);
  }
};

/// a mod b of magnitudes at their scales, at the larger scale.
MR_HD inline u128 remainder_of_magnitudes(u128 a, i32 a_scale, u128 b, i32 b_scale) {
  if (a_scale >= b_scale) {
    u128 divisor;
    const ErrorCode code = add_digits(b, static_cast<u32>(a_scale - b_scale), divisor);
    return code == ErrorCode::Ok ? a % divisor : a;
  }
  u128 rest = a % b;
  for (u32 grow = static_cast<u32>(b_scale - a_scale); grow > 0 && rest != 0;) {
    const u32 step = grow < kNumericDigits ? grow : kNumericDigits;
    Wide<2> remainder;
    divide_wide(multiply_wide(rest, power_of_ten(step)), make_wide<2>(b), remainder);
    rest = low_128(remainder);
    grow -= step;
  }
  return rest;
}

struct NumericMod {
  MR_HD static ErrorCode apply(OpContext&, Numeric a, Numeric b, Numeric& out) {
    if (a.kind == Numeric::kNaN || b.kind == Numeric::kNaN) {
      out = make_special(Numeric::kNaN);
      return ErrorCode::Ok;
    }
    if (b.kind == Numeric::kFinite && b.coefficient == 0) return ErrorCode::DivisionByZero;
    if (is_infinite(a)) {
      out = make_special(Numeric::kNaN);
      return ErrorCode::Ok;
    }
    if (is_infinite(b)) {
      out = a;
      return ErrorCode::Ok;
    }
    const u128 rest = remainder_of_magnitudes(magnitude(a.coefficient), a.display_scale,
                                              magnitude(b.coefficient), b.display_scale);
    const i32 scale = a.display_scale > b.display_scale ? a.display_scale : b.display_scale;
    return set_numeric(rest, a.coefficient < 0, scale, out);
  }
};

struct NumericSign {
  MR_HD static Numeric apply(Numeric a) {
    return a.kind == Numeric::kNaN ? a : make_numeric(sign_of(a), 0);
  }
};

MR_HD inline ErrorCode round_numeric(const Numeric& a, i32 scale, Rounding rounding, Numeric& out) {
  if (a.kind != Numeric::kFinite) {
    out = a;
    return ErrorCode::Ok;
  }
  if (scale > kNumericMaxResultScale) scale = kNumericMaxResultScale;
  if (scale < -kNumericMaxResultScale) scale = -kNumericMaxResultScale;
  return rescale_numeric(a, scale, rounding, out);
}
struct NumericRound {
  MR_HD static ErrorCode apply(OpContext&, Numeric a, i32 scale, Numeric& out) {
    return round_numeric(a, scale, Rounding::HalfAway, out);
  }
};
struct NumericTrunc {
  MR_HD static ErrorCode apply(OpContext&, Numeric a, i32 scale, Numeric& out) {
    return round_numeric(a, scale, Rounding::Truncate, out);
  }
};
struct NumericRoundWhole {
  MR_HD static ErrorCode apply(OpContext&, Numeric a, Numeric& out) {
    return round_numeric(a, 0, Rounding::HalfAway, out);
  }
};
struct NumericTruncWhole {
  MR_HD static ErrorCode apply(OpContext&, Numeric a, Numeric& out) {
    return round_numeric(a, 0, Rounding::Truncate, out);
  }
};
struct NumericCeil {
  MR_HD static ErrorCode apply(OpContext&, Numeric a, Numeric& out) {
    return round_numeric(a, 0, Rounding::Ceil, out);
  }
};
struct NumericFloor {
  MR_HD static ErrorCode apply(OpContext&, Numeric a, Numeric& out) {
    return round_numeric(a, 0, Rounding::Floor, out);
  }
};

struct NumericScale {
  MR_HD static Nullable<i32> apply(Numeric a) {
    return {a.display_scale, a.kind != Numeric::kFinite};
  }
};
MR_HD inline i32 least_scale(const Numeric& a) {
  const i32 scale = strip_zeros(magnitude(a.coefficient), a.display_scale).scale;
  return scale < 0 ? 0 : scale;
}
struct NumericMinScale {
  MR_HD static Nullable<i32> apply(Numeric a) {
    if (a.kind != Numeric::kFinite) return {0, true};
    return {least_scale(a), false};
  }
};
struct NumericTrimScale {
  MR_HD static ErrorCode apply(OpContext&, Numeric a, Numeric& out) {
    out = a;
    if (a.kind != Numeric::kFinite) return ErrorCode::Ok;
    return rescale_numeric(a, least_scale(a), Rounding::Truncate, out);
  }
};

/// sqrt(a): at least 16 significant digits, at least a's scale.
struct NumericSqrt {
  MR_HD static ErrorCode apply(OpContext&, Numeric a, Numeric& out) {
    out = a;
    if (sign_of(a) < 0) return ErrorCode::SqrtOfNegative;
    if (a.kind != Numeric::kFinite) return ErrorCode::Ok;
    const u128 value = magnitude(a.coefficient);
    const i32 weight = leading_digit(value, a.display_scale).weight;
    i32 scale = kNumericMinSignificantDigits - (weight * 2 + 1);
    if (scale < a.display_scale) scale = a.display_scale;
    if (scale < 0) scale = 0;
    if (scale > kNumericMaxDisplayScale) scale = kNumericMaxDisplayScale;
    if (value == 0) return set_numeric(0, false, scale, out);
    const i32 grow = 2 * scale - a.display_scale;
    if (grow < 0) return ErrorCode::NumericDigitsExceeded;
    if (digit_count(value) + static_cast<u32>(grow) > 2 * kNumericDigits + 1) {
      return ErrorCode::NumericDigitsExceeded;
    }
    Wide<4> radicand = make_wide<4>(value);
    scale_wide(radicand, static_cast<u32>(grow));
    return set_numeric(square_root_rounded(radicand), false, scale, out);
  }
};

/// Of two numbers at the larger of their scales.
MR_HD inline u128 numeric_gcd(u128 a, i32 a_scale, u128 b, i32 b_scale) {
  if (b == 0) return a;
  u128 rest = remainder_of_magnitudes(a, a_scale, b, b_scale);
  if (b_scale < a_scale) {
    if (rest == 0) {
      add_digits(b, static_cast<u32>(a_scale - b_scale), b);  // divides a, so it fits
      return b;
    }
    const u128 next = remainder_of_magnitudes(b, b_scale, rest, a_scale);
    b = rest;
    rest = next;
  }
  // Now both stand at the larger scale.
  while (rest != 0) {
    const u128 next = b % rest;
    b = rest;
    rest = next;
  }
  return b;
}

struct NumericGcd {
  MR_HD static ErrorCode apply(OpContext&, Numeric a, Numeric b, Numeric& out) {
    if (a.kind != Numeric::kFinite || b.kind != Numeric::kFinite) {
      out = make_special(Numeric::kNaN);
      return ErrorCode::Ok;
    }
    const i32 scale = a.display_scale > b.display_scale ? a.display_scale : b.display_scale;
    return common_divisor(a, b, scale, out);
  }
  MR_HD static ErrorCode common_divisor(const Numeric& a, const Numeric& b, i32 scale,
                                        Numeric& out) {
    if (a.coefficient == 0 || b.coefficient == 0) {
      return rescale_numeric(NumericAbs::apply(a.coefficient == 0 ? b : a), scale,
                             Rounding::Truncate, out);
    }
    return set_numeric(numeric_gcd(magnitude(a.coefficient), a.display_scale,
                                   magnitude(b.coefficient), b.display_scale),
                       false, scale, out);
  }
};

struct NumericLcm {
  MR_HD static ErrorCode apply(OpContext& c, Numeric a, Numeric b, Numeric& out) {
    if (a.kind != Numeric::kFinite || b.kind != Numeric::kFinite) {
      out = make_special(Numeric::kNaN);
      return ErrorCode::Ok;
    }
    const i32 scale = a.display_scale > b.display_scale ? a.display_scale : b.display_scale;
    if (a.coefficient == 0 || b.coefficient == 0) return set_numeric(0, false, scale, out);
    Numeric divisor;
    ErrorCode code = NumericGcd::common_divisor(a, b, scale, divisor);
    if (code != ErrorCode::Ok) return code;
    Numeric quotient;
    code = NumericDivTrunc::apply(c, a, divisor, quotient);
    if (code != ErrorCode::Ok) return code;
    code = NumericMul::apply(c, NumericAbs::apply(quotient), NumericAbs::apply(b), out);
    if (code != ErrorCode::Ok) return code;
    return rescale_numeric(out, scale, Rounding::Truncate, out);
  }
};

struct NumericFactorial {
  MR_HD static ErrorCode apply(OpContext&, i64 n, Numeric& out) {
    if (n < 0) return ErrorCode::FactorialOfNegative;
    if (n > 33) return ErrorCode::NumericDigitsExceeded;  // 34! has 39 digits
    u128 product = 1;
    for (u32 i = 2; i <= static_cast<u32>(n); i++) product *= i;
    return set_numeric(product, false, 0, out);
  }
};

struct NumericWidthBucket {
  MR_HD static ErrorCode apply(OpContext& c, Numeric operand, Numeric low, Numeric high, i32 count,
                               i32& out) {
    if (count <= 0) return ErrorCode::WidthBucketCountNotPositive;
    if (operand.kind == Numeric::kNaN || low.kind == Numeric::kNaN || high.kind == Numeric::kNaN) {
      return FloatWidthBucket::fail_nan(c);
    }
    if (is_infinite(low) || is_infinite(high)) return FloatWidthBucket::fail_infinite(c);
    const i32 order = compare_numeric(low, high);
    if (order == 0) return ErrorCode::WidthBucketBoundsEqual;
    out = 0;
    if (compare_numeric(operand, low) * order > 0) return ErrorCode::Ok;
    if (compare_numeric(operand, high) * order <= 0) return checked_add(count, 1, out);
    Numeric distance;
    Numeric width;
    Numeric share;
    ErrorCode code = NumericSub::apply(c, operand, low, distance);
    if (code == ErrorCode::Ok) code = NumericSub::apply(c, high, low, width);
    if (code == ErrorCode::Ok) {
      code = NumericMul::apply(c, distance, make_numeric(count, 0), distance);
    }
    if (code != ErrorCode::Ok) return code;
    // Rounded as PostgreSQL rounds it, then cut: a share next to a border may reach it.
    code = NumericDiv::apply(c, distance, width, share);
    if (code == ErrorCode::NumericDigitsExceeded) {
      code = NumericDivTrunc::apply(c, distance, width, share);
    }
    if (code != ErrorCode::Ok) return code;
    if (compare_numeric(share, make_numeric(count, 0)) >= 0) {
      out = count;
      return ErrorCode::Ok;
    }
    out = static_cast<i32>(drop_digits(magnitude(share.coefficient),
                                       static_cast<u32>(share.display_scale), Rounding::Truncate,
                                       false)) +
          1;
    return ErrorCode::Ok;
  }
};

}  // namespace millrace::ops
