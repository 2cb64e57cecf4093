// Transcendental functions of numeric, to the digits that PostgreSQL shows. Host only.
#pragma once

#include "ops/scalar/numeric.h"

namespace millrace::ops {

struct NumericExp {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Numeric a, Numeric& out);
};
struct NumericLn {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Numeric a, Numeric& out);
};
/// Base first.
struct NumericLog {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Numeric base, Numeric a, Numeric& out);
};
struct NumericLog10 {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Numeric a, Numeric& out);
};
struct NumericPower {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Numeric base, Numeric exponent, Numeric& out);
};

}  // namespace millrace::ops
