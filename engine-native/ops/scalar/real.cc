#include "ops/scalar/real.h"

namespace millrace::ops {

Real Real::normalized(Wide<2 * kWords> wide, i64 exponent, bool is_negative) {
  Real result;
  const i64 length = bit_length(wide);
  if (length == 0) return result;
  if (length > kBits) {
    shift_right(wide, static_cast<u32>(length - kBits));
  } else {
    shift_left(wide, static_cast<u32>(kBits - length));
  }
  result.mantissa_ = resize<kWords>(wide);
  result.exponent_ = exponent + length - kBits;
  result.is_negative_ = is_negative;
  return result;
}

Real Real::of(u128 magnitude) { return normalized(make_wide<2 * kWords>(magnitude), 0, false); }

Real Real::of(i64 value) {
  const u64 size = value < 0 ? -static_cast<u64>(value) : static_cast<u64>(value);
  return normalized(make_wide<2 * kWords>(size), 0, value < 0);
}

Real Real::power_of_ten(i64 exponent) {
  if (exponent < 0) return of(i64{1}) / power_of_ten(-exponent);
  return of(i64{10}).raised(static_cast<u64>(exponent));
}

Real Real::negated() const {
  Real result = *this;
  result.is_negative_ = !is_negative_ && !is_zero();
  return result;
}

Real Real::operator+(const Real& other) const {
  if (is_zero()) return other;
  if (other.is_zero()) return *this;
  if (exponent_ < other.exponent_) return other + *this;
  const i64 distance = exponent_ - other.exponent_;
  if (distance > kBits + 1) return *this;
  // A word above for the carry; the rest below keeps what alignment shifts out.
  constexpr u32 kRoom = (kWords - 1) * 64;
  Wide<2 * kWords> left = resize<2 * kWords>(mantissa_);
  Wide<2 * kWords> right = resize<2 * kWords>(other.mantissa_);
  shift_left(left, kRoom);
  shift_left(right, kRoom);
  shift_right(right, static_cast<u32>(distance));
  if (is_negative_ == other.is_negative_) {
    add_wide(left, right);
    return normalized(left, exponent_ - kRoom, is_negative_);
  }
  if (compare_wide(left, right) >= 0) {
    subtract_wide(left, right);
    return normalized(left, exponent_ - kRoom, is_negative_);
  }
  subtract_wide(right, left);
  return normalized(right, exponent_ - kRoom, other.is_negative_);
}

Real Real::operator*(const Real& other) const {
  return normalized(multiply_wide(mantissa_, other.mantissa_), exponent_ + other.exponent_,
                    is_negative_ != other.is_negative_);
}

Real Real::operator/(const Real& other) const {
  Wide<2 * kWords> numerator = resize<2 * kWords>(mantissa_);
  shift_left(numerator, kBits);
  Wide<kWords> remainder;
  return normalized(divide_wide(numerator, other.mantissa_, remainder),
                    exponent_ - kBits - other.exponent_, is_negative_ != other.is_negative_);
}

Real Real::raised(u64 exponent) const {
  Real result = of(i64{1});
  Real square = *this;
  for (; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result = result * square;
    if (exponent > 1) square = square * square;
  }
  return result;
}

Real Real::times_two_to(i64 power) const {
  Real result = *this;
  if (!is_zero()) result.exponent_ += power;
  return result;
}

Real Real::ln_series(const Real& z) {
  const Real square = z * z;
  Real sum = z;
  Real term = z;
  for (i64 odd = 3; !term.is_zero(); odd += 2) {
    term = term * square;
    const Real next = sum + term / of(odd);
    if (next.exponent_ == sum.exponent_ && compare_wide(next.mantissa_, sum.mantissa_) == 0) {
      break;
    }
    sum = next;
  }
  return sum.times_two_to(1);
}

const Real& Real::ln_2() {
  static const Real value = ln_series(of(i64{1}) / of(i64{3}));
  return value;
}

Real Real::ln() const {
  // this = m * 2^k with m in [0.75, 1.5)
  i64 k = exponent_ + kBits;
  Real m = times_two_to(-k);  // in [0.5, 1)
  if (m.mantissa_.word[kWords - 1] < 0xc000000000000000ul) {
    m = m.times_two_to(1);
    k--;
  }
  const Real one = of(i64{1});
  const Real small = m - one;
  return (small.is_zero() ? small : ln_series(small / (m + one))) + of(k) * ln_2();
}

Real Real::exp() const {
  constexpr i64 kHalvings = 16;
  const Real one = of(i64{1});
  const i64 k = (*this / ln_2()).to_i64();
  const Real rest = (*this - of(k) * ln_2()).times_two_to(-kHalvings);
  Real sum = one;
  Real term = one;
  for (i64 i = 1; !term.is_zero(); i++) {
    term = term * rest / of(i);
    if (term.exponent_ < -2 * kBits - 8) break;  // below the last bit of 1
    sum = sum + term;
  }
  for (i64 i = 0; i < kHalvings; i++) sum = sum * sum;
  return sum.times_two_to(k);
}

bool Real::to_whole(Wide<8>& out) const {
  out = Wide<8>{};
  if (is_zero() || exponent_ < -kBits - 1) return true;
  if (exponent_ > 512 - kBits) return false;
  Wide<8> value = resize<8>(mantissa_);
  if (exponent_ >= 0) {
    shift_left(value, static_cast<u32>(exponent_));
    out = value;
    return true;
  }
  // Half a unit of the last place kept, then cut.
  Wide<8> half = make_wide<8>(1);
  shift_left(half, static_cast<u32>(-exponent_ - 1));
  add_wide(value, half);
  shift_right(value, static_cast<u32>(-exponent_));
  out = value;
  return true;
}

i64 Real::to_i64() const {
  if (is_zero() || exponent_ <= -kBits) return 0;
  Wide<kWords> value = mantissa_;
  shift_right(value, static_cast<u32>(-exponent_));
  const i64 whole = static_cast<i64>(value.word[0]);
  return is_negative_ ? -whole : whole;
}

}  // namespace millrace::ops
