#include "ops/scalar/float_math.h"

#include <cerrno>
#include <cmath>

namespace millrace::ops {

namespace {

ErrorCode check_overflow(f64 result, f64 a) {
  return std::isinf(result) && !std::isinf(a) ? ErrorCode::FloatOverflow : ErrorCode::Ok;
}

/// An error of the library (errno) as a range error.
ErrorCode check_range(f64 result) {
  if (errno == ERANGE) return result != 0 ? ErrorCode::FloatOverflow : ErrorCode::FloatUnderflow;
  if (std::isinf(result)) return ErrorCode::FloatOverflow;
  return result == 0 ? ErrorCode::FloatUnderflow : ErrorCode::Ok;
}

/// Circular functions: NaN stays, infinities have no angle.
template <class Function>
ErrorCode circular(f64 a, f64& out, Function function) {
  out = a;
  if (std::isnan(a)) return ErrorCode::Ok;
  if (std::isinf(a)) return ErrorCode::InputOutOfRange;
  errno = 0;
  out = function(a);
  return errno != 0 ? ErrorCode::InputOutOfRange : ErrorCode::Ok;
}

template <class Function>
ErrorCode within_one(f64 a, f64& out, Function function) {
  out = a;
  if (std::isnan(a)) return ErrorCode::Ok;
  if (a < -1 || a > 1) return ErrorCode::InputOutOfRange;
  out = function(a);
  return ErrorCode::Ok;
}

/// Functions of degrees are scaled so that they are exact where a school book's are: the table
/// holds what the library says at the angles that fix the scale.
struct DegreeTable {
  f64 sin_30 = std::sin(30 * kRadiansPerDegree);
  f64 one_minus_cos_60 = 1 - std::cos(60 * kRadiansPerDegree);
  f64 asin_half = std::asin(0.5);
  f64 acos_half = std::acos(0.5);
  f64 atan_one = std::atan(1.0);
  f64 tan_45 = sin_quadrant(45) / cos_quadrant(45);
  f64 cot_45 = cos_quadrant(45) / sin_quadrant(45);

  f64 sin_to_30(f64 a) const { return (std::sin(a * kRadiansPerDegree) / sin_30) / 2; }
  f64 cos_to_60(f64 a) const {
    const f64 one_minus_cos = 1 - std::cos(a * kRadiansPerDegree);
    return 1 - (one_minus_cos / one_minus_cos_60) / 2;
  }
  f64 sin_quadrant(f64 a) const { return a <= 30 ? sin_to_30(a) : cos_to_60(90 - a); }
  f64 cos_quadrant(f64 a) const { return a <= 60 ? cos_to_60(a) : sin_to_30(90 - a); }
  f64 asin_quadrant(f64 a) const {
    return a <= 0.5 ? (std::asin(a) / asin_half) * 30 : 90 - (std::acos(a) / acos_half) * 60;
  }
  f64 acos_quadrant(f64 a) const {
    return a <= 0.5 ? 90 - (std::asin(a) / asin_half) * 30 : (std::acos(a) / acos_half) * 60;
  }
};
const DegreeTable& degree_table() {
  static const DegreeTable table;
  return table;
}

/// An angle brought into 0..90 degrees, and what that did to the signs.
struct Quadrant {
  f64 angle;
  f64 sin_sign;
  f64 cos_sign;
};
Quadrant quadrant_of(f64 degrees) {
  Quadrant q{std::fmod(degrees, 360.0), 1, 1};
  if (q.angle < 0) {
    q.angle = -q.angle;
    q.sin_sign = -q.sin_sign;
  }
  if (q.angle > 180) {
    q.angle = 360 - q.angle;
    q.sin_sign = -q.sin_sign;
  }
  if (q.angle > 90) {
    q.angle = 180 - q.angle;
    q.cos_sign = -q.cos_sign;
  }
  return q;
}

}  // namespace

ErrorCode FloatCbrt::apply(OpContext&, f64 a, f64& out) {
  out = std::cbrt(a);
  return check_overflow(out, a);
}

ErrorCode FloatExp::apply(OpContext&, f64 a, f64& out) {
  if (std::isnan(a)) {
    out = a;
    return ErrorCode::Ok;
  }
  if (std::isinf(a)) {
    out = a > 0 ? a : 0;
    return ErrorCode::Ok;
  }
  errno = 0;
  out = std::exp(a);
  return check_range(out);
}

ErrorCode FloatLn::apply(OpContext&, f64 a, f64& out) {
  if (a == 0) return ErrorCode::LogarithmOfZero;
  if (a < 0) return ErrorCode::LogarithmOfNegative;
  out = std::log(a);
  return check_overflow(out, a);
}

ErrorCode FloatLog10::apply(OpContext&, f64 a, f64& out) {
  if (a == 0) return ErrorCode::LogarithmOfZero;
  if (a < 0) return ErrorCode::LogarithmOfNegative;
  out = std::log10(a);
  return check_overflow(out, a);
}

ErrorCode FloatSin::apply(OpContext&, f64 a, f64& out) {
  return circular(a, out, [](f64 x) { return std::sin(x); });
}
ErrorCode FloatCos::apply(OpContext&, f64 a, f64& out) {
  return circular(a, out, [](f64 x) { return std::cos(x); });
}
ErrorCode FloatTan::apply(OpContext&, f64 a, f64& out) {
  return circular(a, out, [](f64 x) { return std::tan(x); });
}
ErrorCode FloatCot::apply(OpContext&, f64 a, f64& out) {
  return circular(a, out, [](f64 x) { return 1.0 / std::tan(x); });
}
ErrorCode FloatAsin::apply(OpContext&, f64 a, f64& out) {
  return within_one(a, out, [](f64 x) { return std::asin(x); });
}
ErrorCode FloatAcos::apply(OpContext&, f64 a, f64& out) {
  return within_one(a, out, [](f64 x) { return std::acos(x); });
}
ErrorCode FloatAtan::apply(OpContext&, f64 a, f64& out) {
  out = std::atan(a);
  return ErrorCode::Ok;
}
ErrorCode FloatAtan2::apply(OpContext&, f64 a, f64 b, f64& out) {
  out = std::atan2(a, b);
  return ErrorCode::Ok;
}

ErrorCode FloatSinh::apply(OpContext&, f64 a, f64& out) {
  out = std::sinh(a);
  return ErrorCode::Ok;
}
ErrorCode FloatCosh::apply(OpContext&, f64 a, f64& out) {
  out = std::cosh(a);
  return ErrorCode::Ok;
}
ErrorCode FloatTanh::apply(OpContext&, f64 a, f64& out) {
  out = std::tanh(a);
  return ErrorCode::Ok;
}
ErrorCode FloatAsinh::apply(OpContext&, f64 a, f64& out) {
  out = std::asinh(a);
  return ErrorCode::Ok;
}
ErrorCode FloatAcosh::apply(OpContext&, f64 a, f64& out) {
  if (a < 1) return ErrorCode::InputOutOfRange;
  out = std::acosh(a);
  return ErrorCode::Ok;
}
ErrorCode FloatAtanh::apply(OpContext&, f64 a, f64& out) {
  return within_one(a, out, [](f64 x) { return std::atanh(x); });
}

ErrorCode FloatSind::apply(OpContext&, f64 a, f64& out) {
  return circular(a, out, [](f64 x) {
    const Quadrant q = quadrant_of(x);
    return q.sin_sign * degree_table().sin_quadrant(q.angle);
  });
}
ErrorCode FloatCosd::apply(OpContext&, f64 a, f64& out) {
  return circular(a, out, [](f64 x) {
    const Quadrant q = quadrant_of(x);
    return q.cos_sign * degree_table().cos_quadrant(q.angle);
  });
}
ErrorCode FloatTand::apply(OpContext&, f64 a, f64& out) {
  return circular(a, out, [](f64 x) {
    const Quadrant q = quadrant_of(x);
    const DegreeTable& table = degree_table();
    const f64 tangent = table.sin_quadrant(q.angle) / table.cos_quadrant(q.angle);
    const f64 result = q.sin_sign * q.cos_sign * (tangent / table.tan_45);
    return result == 0 ? 0.0 : result;  // never -0
  });
}
ErrorCode FloatCotd::apply(OpContext&, f64 a, f64& out) {
  return circular(a, out, [](f64 x) {
    const Quadrant q = quadrant_of(x);
    const DegreeTable& table = degree_table();
    const f64 cotangent = table.cos_quadrant(q.angle) / table.sin_quadrant(q.angle);
    const f64 result = q.sin_sign * q.cos_sign * (cotangent / table.cot_45);
    return result == 0 ? 0.0 : result;
  });
}
ErrorCode FloatAsind::apply(OpContext&, f64 a, f64& out) {
  return within_one(a, out, [](f64 x) {
    return x >= 0 ? degree_table().asin_quadrant(x) : -degree_table().asin_quadrant(-x);
  });
}
ErrorCode FloatAcosd::apply(OpContext&, f64 a, f64& out) {
  return within_one(a, out, [](f64 x) {
    return x >= 0 ? degree_table().acos_quadrant(x) : 90 + degree_table().asin_quadrant(-x);
  });
}
ErrorCode FloatAtand::apply(OpContext&, f64 a, f64& out) {
  out = (std::atan(a) / degree_table().atan_one) * 45;
  return ErrorCode::Ok;
}
ErrorCode FloatAtan2d::apply(OpContext&, f64 a, f64 b, f64& out) {
  out = (std::atan2(a, b) / degree_table().atan_one) * 45;
  return ErrorCode::Ok;
}

ErrorCode FloatPower::apply(OpContext&, f64 a, f64 b, f64& out) {
  if (a == 0 && b < 0) return ErrorCode::PowerZeroNegative;
  if (a < 0 && !std::isnan(b) && std::floor(b) != b) return ErrorCode::PowerNegativeNonInteger;
  errno = 0;
  out = std::pow(a, b);
  // NaN and infinite arguments have the answers of POSIX, which the library gives.
  if (!std::isfinite(a) || !std::isfinite(b)) return ErrorCode::Ok;
  if (a == 0) return ErrorCode::Ok;
  return check_range(out);
}

}  // namespace millrace::ops
