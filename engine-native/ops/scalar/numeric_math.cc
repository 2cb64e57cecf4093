// The scales of results follow PostgreSQL's estimates step by step, with its doubles and its
// roundings; the digits come from Real, which is exact far beyond them.
#include "ops/scalar/numeric_math.h"

#include <algorithm>
#include <cmath>

#include "ops/cast/decimal_to_float.h"
#include "ops/scalar/real.h"

namespace millrace::ops {

namespace {

constexpr f64 kLog10OfE = 0.434294481903252;
constexpr f64 kLnOf10 = 2.302585092994046;
constexpr f64 kNumericMaxWholeDigits = 131072;  // of PostgreSQL's format
constexpr i32 kMaxExponent = kNumericMaxResultScale * 3;

Real real_of(const Numeric& a) {
  const Real size = Real::of(magnitude(a.coefficient)) / Real::power_of_ten(a.display_scale);
  return a.coefficient < 0 ? size.negated() : size;
}

/// |value| * 10^scale as a whole number, rounded half up.
bool scaled_whole(const Real& value, i32 scale, Wide<8>& out) {
  return (value * Real::power_of_ten(scale)).to_whole(out);
}

ErrorCode round_real(const Real& value, i32 scale, Numeric& out) {
  Wide<8> whole;
  if (!scaled_whole(value, scale, whole)) return ErrorCode::NumericDigitsExceeded;
  return set_numeric(whole, value.is_negative(), scale, out);
}

i32 clamp_scale(i32 scale) { return std::clamp(scale, 0, kNumericMaxDisplayScale); }

/// Decimal exponent of ln(a), estimated from a's first digits as PostgreSQL does.
i32 estimate_ln_exponent(const Numeric& a) {
  if (a.coefficient <= 0) return 0;
  const Numeric low = make_numeric(9, 1);
  const Numeric high = make_numeric(11, 1);
  const u128 value = magnitude(a.coefficient);
  if (compare_numeric(a, low) >= 0 && compare_numeric(a, high) <= 0) {
    const i128 distance =
        a.coefficient - static_cast<i128>(power_of_ten(static_cast<u32>(a.display_scale)));
    if (distance == 0) return 0;
    const LeadingDigit first = leading_digit(magnitude(distance), a.display_scale);
    return first.weight * 4 + static_cast<i32>(std::log10(first.digit));
  }
  const LeadingDigit first = leading_digit(value, a.display_scale);
  i64 digits = first.digit;
  i32 exponent = first.weight * 4;
  // Does the value go on after its first base-10000 digit?
  const Stripped stripped = strip_zeros(value, a.display_scale);
  if (-stripped.scale < exponent) {
    const i32 shift = exponent - 4 + a.display_scale;  // value / 10^shift has both digits
    digits = static_cast<i64>(
        shift >= 0 ? drop_digits(value, static_cast<u32>(shift), Rounding::Truncate, false)
                   : value * power_of_ten(static_cast<u32>(-shift)));
    exponent -= 4;
  }
  const f64 ln = std::log(static_cast<f64>(digits)) + exponent * kLnOf10;
  return static_cast<i32>(std::log10(std::fabs(ln)));
}

ErrorCode check_logarithm(const Numeric& a) {
  if (a.kind == Numeric::kNaN) return ErrorCode::Ok;
  const i32 sign = sign_of(a);
  if (sign < 0) return ErrorCode::LogarithmOfNegative;
  return sign == 0 ? ErrorCode::LogarithmOfZero : ErrorCode::Ok;
}

f64 to_double(const Numeric& a) {
  return decimal_to_float<f64>(magnitude(a.coefficient), a.coefficient < 0,
                               static_cast<u32>(a.display_scale));
}

/// ln(base) rounded to `scale`, times the exponent, rounded to `scale` again, as a whole number of
/// units of 10^-scale.
bool scaled_ln_product(const Real& ln_base, const Numeric& exponent, i32 scale, Wide<8>& out) {
  Wide<8> ln;
  if (!scaled_whole(ln_base, scale, ln)) return false;
  Wide<12> product = resize<12>(multiply_wide(ln, make_wide<4>(magnitude(exponent.coefficient))));
  Wide<12> divisor = make_wide<12>(1);
  if (!scale_wide(divisor, static_cast<u32>(exponent.display_scale))) {
    out = Wide<8>{};
    return true;
  }
  const Wide<12> rounded = divide_rounded(product, divisor);
  out = resize<8>(rounded);
  return bit_length(rounded) <= 512;
}

/// base^exponent for a 32-bit whole exponent: at least 16 decimals.
ErrorCode power_of_integer(const Numeric& base, i32 exponent, Numeric& out) {
  const i32 scale = clamp_scale(std::max<i32>(kNumericMinSignificantDigits, base.display_scale));
  if (exponent == 0) return rescale_numeric(make_numeric(1, 0), scale, Rounding::HalfAway, out);
  if (base.coefficient == 0) {
    return exponent < 0 ? ErrorCode::DivisionByZero : set_numeric(0, false, scale, out);
  }
  const i64 count = exponent < 0 ? -static_cast<i64>(exponent) : exponent;
  const f64 digits = exponent * std::log10(to_double(NumericAbs::apply(base)));
  if (digits >= kNumericMaxWholeDigits) return ErrorCode::NumericFormatOverflow;
  const Real power = Real::of(magnitude(base.coefficient)).raised(static_cast<u64>(count));
  const i64 tens = count * base.display_scale;
  // One division, so that a tie stays one.
  const i64 shift = exponent < 0 ? tens + scale : scale - tens;
  const Real whole = exponent < 0 ? Real::power_of_ten(shift) / power
                     : shift >= 0 ? power * Real::power_of_ten(shift)
                                  : power / Real::power_of_ten(-shift);
  Wide<8> rounded;
  if (!whole.to_whole(rounded)) return ErrorCode::NumericDigitsExceeded;
  return set_numeric(rounded, base.coefficient < 0 && count % 2 != 0, scale, out);
}

bool is_whole(const Numeric& a) {
  return a.kind != Numeric::kFinite ||
         strip_zeros(magnitude(a.coefficient), a.display_scale).scale <= 0;
}
bool is_odd(const Numeric& a) {
  const Stripped stripped = strip_zeros(magnitude(a.coefficient), a.display_scale);
  return stripped.scale == 0 && (stripped.magnitude & 1) != 0;
}

ErrorCode power_by_logarithm(const Numeric& base, const Numeric& exponent, Numeric& out) {
  if (base.coefficient == 0) return set_numeric(0, false, kNumericMinSignificantDigits, out);
  const bool negative = base.coefficient < 0 && is_odd(exponent);
  const Numeric size = NumericAbs::apply(base);
  const Real ln_base = real_of(size).ln();
  const bool falls = ln_base.is_negative() != (exponent.coefficient < 0);
  const i32 ln_exponent = estimate_ln_exponent(size);
  const i32 rough_scale = std::max(8 - ln_exponent, 0);
  Wide<8> rough;
  if (!scaled_ln_product(ln_base, exponent, rough_scale, rough) || !fits_128(rough)) {
    if (!falls) return ErrorCode::NumericFormatOverflow;
    return set_numeric(0, false, kNumericMaxDisplayScale, out);
  }
  f64 weight = decimal_to_float<f64>(low_128(rough), falls, static_cast<u32>(rough_scale));
  if (std::fabs(weight) > kNumericMaxResultScale * 3.01) {
    if (!falls) return ErrorCode::NumericFormatOverflow;
    return set_numeric(0, false, kNumericMaxDisplayScale, out);
  }
  weight *= kLog10OfE;
  const i32 whole_weight = static_cast<i32>(weight);
  const i32 scale = clamp_scale(std::max<i32>(
      {kNumericMinSignificantDigits - whole_weight, base.display_scale, exponent.display_scale}));
  const i32 digits = std::max(scale + whole_weight, 0);
  if (digits > static_cast<i32>(kNumericDigits) + 4) return ErrorCode::NumericDigitsExceeded;
  const i32 fine_scale = std::max(digits - ln_exponent + 8, 0);
  Wide<8> fine;
  if (!scaled_ln_product(ln_base, exponent, fine_scale, fine)) {
    return ErrorCode::NumericDigitsExceeded;
  }
  Real power = Real::of_wide(fine) / Real::power_of_ten(fine_scale);
  if (falls) power = power.negated();
  if (power.to_i64() >= kMaxExponent) return ErrorCode::NumericFormatOverflow;
  if (power.to_i64() <= -kMaxExponent) return set_numeric(0, false, scale, out);
  const ErrorCode code = round_real(power.exp(), scale, out);
  if (negative) out = NumericNeg::apply(out);
  return code;
}

/// POSIX's answers for NaN and infinities; `out` is set unless both are finite.
ErrorCode power_of_special(const Numeric& base, const Numeric& exponent, Numeric& out) {
  const Numeric one = make_numeric(1, 0);
  const Numeric zero = make_numeric(0, 0);
  const bool base_is_one = compare_numeric(base, one) == 0;
  const bool exponent_is_zero = exponent.kind == Numeric::kFinite && exponent.coefficient == 0;
  if (base_is_one || exponent_is_zero) {
    out = one;
    return ErrorCode::Ok;
  }
  if (base.kind == Numeric::kNaN || exponent.kind == Numeric::kNaN) {
    out = make_special(Numeric::kNaN);
    return ErrorCode::Ok;
  }
  if (sign_of(base) == 0 && sign_of(exponent) < 0) return ErrorCode::PowerZeroNegative;
  if (sign_of(base) < 0 && !is_whole(exponent)) return ErrorCode::PowerNegativeNonInteger;
  const bool grows = sign_of(exponent) > 0;
  if (sign_of(base) == 0) {
    out = zero;
  } else if (is_infinite(exponent)) {
    const i32 order = compare_numeric(NumericAbs::apply(base), one);
    out = order == 0 ? one : (order > 0) == grows ? make_infinity(1) : zero;
  } else if (!grows) {
    out = zero;
  } else {
    out = make_infinity(sign_of(base) < 0 && is_odd(exponent) ? -1 : 1);
  }
  return ErrorCode::Ok;
}

}  // namespace

ErrorCode NumericExp::apply(OpContext&, Numeric a, Numeric& out) {
  if (a.kind != Numeric::kFinite) {
    out = a.kind == Numeric::kNegativeInfinity ? make_numeric(0, 0) : a;
    return ErrorCode::Ok;
  }
  const f64 value = to_double(a);
  const f64 weight =
      std::clamp(value * kLog10OfE, -1.0 * kNumericMaxResultScale, 1.0 * kNumericMaxResultScale);
  const i32 scale = clamp_scale(
      std::max<i32>(kNumericMinSignificantDigits - static_cast<i32>(weight), a.display_scale));
  if (value >= kMaxExponent) return ErrorCode::NumericFormatOverflow;
  if (value <= -kMaxExponent) return set_numeric(0, false, scale, out);
  return round_real(real_of(a).exp(), scale, out);
}

ErrorCode NumericLn::apply(OpContext&, Numeric a, Numeric& out) {
  const ErrorCode code = check_logarithm(a);
  if (code != ErrorCode::Ok) return code;
  out = a;
  if (a.kind != Numeric::kFinite) return ErrorCode::Ok;
  const i32 scale = clamp_scale(
      std::max<i32>(kNumericMinSignificantDigits - estimate_ln_exponent(a), a.display_scale));
  return round_real(real_of(a).ln(), scale, out);
}

ErrorCode NumericLog::apply(OpContext&, Numeric base, Numeric a, Numeric& out) {
  if (base.kind == Numeric::kNaN || a.kind == Numeric::kNaN) {
    out = make_special(Numeric::kNaN);
    return ErrorCode::Ok;
  }
  if (is_infinite(base) || is_infinite(a)) {
    if (sign_of(base) < 0 || sign_of(a) < 0) return ErrorCode::LogarithmOfNegative;
    if (sign_of(base) == 0 || sign_of(a) == 0) return ErrorCode::LogarithmOfZero;
    if (!is_infinite(base)) {
      out = make_infinity(1);
    } else {
      out = is_infinite(a) ? make_special(Numeric::kNaN) : make_numeric(0, 0);
    }
    return ErrorCode::Ok;
  }
  ErrorCode code = check_logarithm(base);
  if (code == ErrorCode::Ok) code = check_logarithm(a);
  if (code != ErrorCode::Ok) return code;
  const i32 base_exponent = estimate_ln_exponent(base);
  const i32 a_exponent = estimate_ln_exponent(a);
  const i32 weight = a_exponent - base_exponent;
  const i32 scale = clamp_scale(
      std::max<i32>({kNumericMinSignificantDigits - weight, base.display_scale, a.display_scale}));
  // Both logarithms are rounded to a few digits more than the result shows.
  const i32 base_scale = std::max(scale + weight - base_exponent + 8, 0);
  const i32 a_scale = std::max(scale + weight - a_exponent + 8, 0);
  const Real ln_base = real_of(base).ln();
  const Real ln_a = real_of(a).ln();
  Wide<8> base_whole;
  Wide<8> a_whole;
  if (!scaled_whole(ln_base, base_scale, base_whole) || !scaled_whole(ln_a, a_scale, a_whole)) {
    return ErrorCode::NumericDigitsExceeded;
  }
  if (is_zero(base_whole)) return ErrorCode::DivisionByZero;
  const Real quotient = Real::of_wide(a_whole) / Real::of_wide(base_whole);
  const Real size = quotient * Real::power_of_ten(base_scale - a_scale);
  return round_real(ln_base.is_negative() != ln_a.is_negative() ? size.negated() : size, scale,
                    out);
}

ErrorCode NumericLog10::apply(OpContext& c, Numeric a, Numeric& out) {
  return NumericLog::apply(c, make_numeric(10, 0), a, out);
}

ErrorCode NumericPower::apply(OpContext&, Numeric base, Numeric exponent, Numeric& out) {
  if (base.kind != Numeric::kFinite || exponent.kind != Numeric::kFinite) {
    return power_of_special(base, exponent, out);
  }
  if (base.coefficient == 0 && exponent.coefficient < 0) return ErrorCode::PowerZeroNegative;
  if (base.coefficient < 0 && !is_whole(exponent)) return ErrorCode::PowerNegativeNonInteger;
  if (is_whole(exponent)) {
    Numeric whole;
    const ErrorCode code = rescale_numeric(exponent, 0, Rounding::Truncate, whole);
    const i32 small = static_cast<i32>(whole.coefficient);
    if (code == ErrorCode::Ok && small == whole.coefficient) {
      return power_of_integer(base, small, out);
    }
  }
  return power_by_logarithm(base, exponent, out);
}

}  // namespace millrace::ops
