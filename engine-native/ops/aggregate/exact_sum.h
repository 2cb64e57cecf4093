// Sums of floats without rounding: fixed point over the whole range of the format, so that the
// answer does not depend on the order of addition. Rounded to nearest once, at the end.
#pragma once

#include "ops/aggregate/whole_sum.h"
#include "ops/cast/decimal_to_float.h"

namespace millrace::ops {

/// Counts units of 2^lowest in two's complement; 2^63 terms fit.
template <i32 lowest, u32 words>
struct FixedSum {
  static constexpr i32 kLowest = lowest;
  static constexpr u32 kWords = words;
  Wide<words> sum;
};
/// Terms: values of F, or products of two values of F.
template <class F>
struct ExactShape;
template <>
struct ExactShape<f64> {
  using Values = FixedSum<-1074, 34>;    // up to 2^1024
  using Products = FixedSum<-2148, 67>;  // up to 2^2048
};
template <>
struct ExactShape<f32> {
  using Values = FixedSum<-149, 6>;
  using Products = FixedSum<-298, 10>;
};

/// A finite float as mantissa * 2^exponent.
struct Split {
  u64 mantissa;
  i32 exponent;
  bool negative;
};
MR_HD inline Split split_float(f64 a) {
  const u64 bits = bits_of(a);
  const u64 fraction = bits & 0xffffffffffffful;
  const i32 exponent = static_cast<i32>(bits >> 52 & 0x7ff);
  const bool negative = (bits >> 63) != 0;
  if (exponent == 0) return {fraction, -1074, negative};
  return {fraction | 1ul << 52, exponent - 1075, negative};
}

/// Adds or subtracts low + high * 2^128 at word `at`, which two more words follow unless high is 0.
template <u32 N>
MR_HD inline void add_at(Wide<N>& sum, u32 at, u128 low, u64 high, bool negative) {
  const u128 old = static_cast<u128>(sum.word[at + 1]) << 64 | sum.word[at];
  const u128 next = negative ? old - low : old + low;
  sum.word[at] = static_cast<u64>(next);
  sum.word[at + 1] = static_cast<u64>(next >> 64);
  u64 carry = (negative ? old < low : next < old) ? 1 : 0;
  for (u32 i = at + 2; i < N && (high | carry) != 0; i++) {
    const u64 word = sum.word[i];
    const u64 part = negative ? word - high : word + high;
    sum.word[i] = negative ? part - carry : part + carry;
    const bool runs_over =
        negative ? word < high || part < carry : part < word || sum.word[i] < part;
    carry = runs_over ? 1 : 0;
    high = 0;
  }
}

/// Adds or subtracts mantissa * 2^exponent. The exponent may lie below the sum's lowest if the
/// mantissa ends in as many zeros.
template <i32 lowest, u32 words>
MR_HD inline void add_term(FixedSum<lowest, words>& to, u128 mantissa, i32 exponent,
                           bool negative) {
  if (exponent < lowest) {
    const u32 excess = static_cast<u32>(lowest - exponent);
    mantissa = excess < 128 ? mantissa >> excess : 0;
    exponent = lowest;
  }
  const u32 offset = static_cast<u32>(exponent - lowest);
  const u32 shift = offset % 64;
  const u64 high = shift == 0 ? 0 : static_cast<u64>(mantissa >> 64) >> (64 - shift);
  add_at(to.sum, offset / 64, mantissa << shift, high, negative);
}

template <class Sum>
MR_HD inline void add_value(Sum& to, f64 a) {
  const Split split = split_float(a);
  add_term(to, split.mantissa, split.exponent, split.negative);
}
template <class Sum>
MR_HD inline void add_product(Sum& to, f64 a, f64 b) {
  const Split left = split_float(a);
  const Split right = split_float(b);
  add_term(to, static_cast<u128>(left.mantissa) * right.mantissa, left.exponent + right.exponent,
           left.negative != right.negative);
}

/// magnitude * 2^exponent to nearest; `has_more` tells of what a division left over.
template <class F, u32 N>
MR_HD inline F fixed_to_float(Wide<N> magnitude, i32 exponent, bool negative, bool has_more) {
  const u32 length = bit_length(magnitude);
  const u32 excess = length > 64 ? length - 64 : 0;
  for (u32 i = 0; i < excess / 64 && !has_more; i++) has_more = magnitude.word[i] != 0;
  for (u32 i = excess / 64 * 64; i < excess && !has_more; i++) {
    has_more = (magnitude.word[i / 64] >> (i % 64) & 1) != 0;
  }
  shift_right(magnitude, excess);
  const F size =
      round_to_float<F>(magnitude.word[0], exponent + static_cast<i32>(excess), has_more);
  return negative ? -size : size;
}
template <class F, i32 lowest, u32 words>
MR_HD inline F round_sum(const FixedSum<lowest, words>& sum) {
  return fixed_to_float<F>(magnitude_of(sum.sum), lowest, is_negative(sum.sum), false);
}

/// a /= divisor (not 0); answers the remainder.
template <u32 N>
MR_HD inline u64 divide_word(Wide<N>& a, u64 divisor) {
  u64 remainder = 0;
  for (u32 i = N; i-- > 0;) {
    const u128 part = static_cast<u128>(remainder) << 64 | a.word[i];
    a.word[i] = static_cast<u64>(part / divisor);
    remainder = static_cast<u64>(part % divisor);
  }
  return remainder;
}

/// The sum of products of the deviations from the means, sum(xy) - sum(x) sum(y) / count: exact,
/// then rounded once. The count is not 0.
template <class Values, class Products>
MR_HD inline f64 centered_sum(const Values& x, const Values& y, const Products& xy, i64 count) {
  static_assert(2 * Values::kLowest == Products::kLowest);
  constexpr u32 kWords = 2 * Values::kWords + 1;
  static_assert(kWords > Products::kWords);
  const bool product_negative = is_negative(x.sum) != is_negative(y.sum);
  Wide<kWords> product = resize<kWords>(multiply_wide(magnitude_of(x.sum), magnitude_of(y.sum)));
  Wide<kWords> total = resize<kWords>(magnitude_of(xy.sum));
  multiply_small(total, static_cast<u64>(count));
  if (is_negative(xy.sum)) negate_wide(total);
  if (!product_negative) negate_wide(product);
  add_wide(total, product);
  const bool negative = is_negative(total);
  // One word more below keeps the bits that the division would drop from the smallest sums.
  Wide<kWords + 1> numerator = resize<kWords + 1>(magnitude_of(total));
  shift_left(numerator, 64);
  const u64 remainder = divide_word(numerator, static_cast<u64>(count));
  return fixed_to_float<f64>(numerator, Products::kLowest - 64, negative, remainder != 0);
}

/// What is not finite among the terms.
struct FloatSpecials {
  u8 has_nan;
  u8 has_infinity;
  u8 has_negative_infinity;
};
/// True if the value is special: it must not be added then.
MR_HD inline bool note_special(FloatSpecials& specials, f64 a) {
  if (is_finite(a)) return false;
  specials.has_nan |= is_nan(a);
  specials.has_infinity |= a > 0;
  specials.has_negative_infinity |= a < 0;
  return true;
}
MR_HD inline void merge_specials(FloatSpecials& specials, const FloatSpecials& other) {
  specials.has_nan |= other.has_nan;
  specials.has_infinity |= other.has_infinity;
  specials.has_negative_infinity |= other.has_negative_infinity;
}
MR_HD inline bool any_special(const FloatSpecials& specials) {
  return (specials.has_nan | specials.has_infinity | specials.has_negative_infinity) != 0;
}
/// The sum of the special terms, which outweighs all others.
MR_HD inline f64 special_sum(const FloatSpecials& specials) {
  if (specials.has_nan != 0 ||
      (specials.has_infinity != 0 && specials.has_negative_infinity != 0)) {
    return float_nan();
  }
  return specials.has_infinity != 0 ? float_infinity() : -float_infinity();
}

/// Sum and count of floats, what sum and avg keep.
template <class F>
struct FloatSumState {
  typename ExactShape<F>::Values total;
  i64 count;
  FloatSpecials specials;
};
template <class F>
MR_HD inline void add_float(FloatSumState<F>& state, F a) {
  state.count++;
  if (!note_special(state.specials, a)) add_value(state.total, a);
}
template <class F>
MR_HD inline void merge_floats(FloatSumState<F>& state, const FloatSumState<F>& other) {
  state.count += other.count;
  merge_specials(state.specials, other.specials);
  add_wide(state.total.sum, other.total.sum);
}
template <class Result, class F>
MR_HD inline ErrorCode float_sum(const FloatSumState<F>& state, Result& out) {
  if (any_special(state.specials)) {
    out = static_cast<Result>(special_sum(state.specials));
    return ErrorCode::Ok;
  }
  out = round_sum<Result>(state.total);
  return is_infinite(out) ? ErrorCode::FloatOverflow : ErrorCode::Ok;
}

}  // namespace millrace::ops
