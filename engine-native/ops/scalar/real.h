// Binary floating point of 384 bits for the transcendental functions of numeric: a hundred decimal
// digits where answers show at most 38. Host only.
#pragma once

#include "ops/scalar/wide.h"

namespace millrace::ops {

class Real {
 public:
  Real() = default;
  static Real of(i64 value);
  static Real of(u128 magnitude);
  template <u32 N>
  static Real of_wide(const Wide<N>& magnitude) {
    static_assert(N <= 12);
    return normalized(resize<12>(magnitude), 0, false);
  }
  static Real power_of_ten(i64 exponent);

  bool is_zero() const { return ops::is_zero(mantissa_); }
  bool is_negative() const { return is_negative_; }
  Real negated() const;
  Real operator+(const Real& other) const;
  Real operator-(const Real& other) const { return *this + other.negated(); }
  Real operator*(const Real& other) const;
  Real operator/(const Real& other) const;
  Real raised(u64 exponent) const;
  Real exp() const;
  /// Of a positive number.
  Real ln() const;

  /// |this| rounded half up to a whole number; false if it needs more than 512 bits.
  bool to_whole(Wide<8>& out) const;
  /// Rounded towards zero; the value must be small.
  i64 to_i64() const;

 private:
  static constexpr u32 kWords = 6;
  static constexpr i64 kBits = kWords * 64;
  /// wide * 2^exponent.
  static Real normalized(Wide<2 * kWords> wide, i64 exponent, bool is_negative);
  static const Real& ln_2();
  Real times_two_to(i64 power) const;
  /// 2 (z + z^3/3 + z^5/5 ...), the logarithm of (1+z)/(1-z); |z| at most 1/3.
  static Real ln_series(const Real& z);

  // mantissa_ * 2^exponent_; the highest bit of mantissa_ is set unless the value is 0.
  Wide<kWords> mantissa_{};
  i64 exponent_ = 0;
  bool is_negative_ = false;
};

}  // namespace millrace::ops
