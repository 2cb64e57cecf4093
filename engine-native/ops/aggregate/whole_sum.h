// Exact sums of whole numbers and decimals in two's complement of N words.
#pragma once

#include "ops/scalar/numeric.h"

namespace millrace::ops {

template <u32 N>
MR_HD inline bool is_negative(const Wide<N>& a) {
  return static_cast<i64>(a.word[N - 1]) < 0;
}
template <u32 N>
MR_HD inline void negate_wide(Wide<N>& a) {
  u64 carry = 1;
  for (u32 i = 0; i < N; i++) {
    a.word[i] = ~a.word[i] + carry;
    carry = carry & (a.word[i] == 0 ? 1 : 0);
  }
}
template <u32 N>
MR_HD inline Wide<N> magnitude_of(Wide<N> a) {
  if (is_negative(a)) negate_wide(a);
  return a;
}
template <u32 N>
MR_HD inline void add_signed(Wide<N>& sum, i128 value) {
  const u64 sign = value < 0 ? ~0ul : 0;
  u64 carry = 0;
  for (u32 i = 0; i < N; i++) {
    const u64 word = i == 0   ? static_cast<u64>(value)
                     : i == 1 ? static_cast<u64>(static_cast<u128>(value) >> 64)
                              : sign;
    const u128 total = static_cast<u128>(sum.word[i]) + word + carry;
    sum.word[i] = static_cast<u64>(total);
    carry = static_cast<u64>(total >> 64);
  }
}

/// sum / count of a sum at a scale, at the scale PostgreSQL divides to. The count is not 0.
template <u32 N>
MR_HD inline ErrorCode divide_sum(const Wide<N>& sum, bool negative, i32 scale, i64 count,
                                  Numeric& out) {
  const u128 divisor = static_cast<u128>(count);
  const i32 result_scale =
      division_scale(leading_digit(sum, scale), scale, leading_digit(divisor, 0), 0);
  Wide<N + 3> numerator = resize<N + 3>(sum);
  if (!scale_wide(numerator, static_cast<u32>(result_scale - scale))) {
    return ErrorCode::NumericDigitsExceeded;
  }
  return set_numeric(divide_rounded(numerator, make_wide<2>(divisor)), negative, result_scale, out);
}

/// Sum of numerics of any scales: kept at the largest seen. Finite values whose coefficient at
/// that scale needs more than 77 digits are refused.
template <u32 N>
struct NumericSum {
  Wide<N> sum;  // two's complement
  i64 count;    // all values, special ones too
  i32 scale;
  u8 has_nan;
  u8 has_infinity;
  u8 has_negative_infinity;
};

/// `value` at `scale`, which is not below its own.
MR_HD inline ErrorCode align_numeric(const Numeric& value, i32 scale, Wide<4>& out) {
  out = make_wide<4>(magnitude(value.coefficient));
  const bool fits = scale_wide(out, static_cast<u32>(scale - value.display_scale));
  return fits ? ErrorCode::Ok : ErrorCode::NumericDigitsExceeded;
}

/// Grows a sum to a larger scale; false if it does not fit.
template <u32 N>
MR_HD inline bool rescale_sum(Wide<N>& sum, u32 digits) {
  const bool negative = is_negative(sum);
  Wide<N> size = magnitude_of(sum);
  if (!scale_wide(size, digits) || is_negative(size)) return false;
  if (negative) negate_wide(size);
  sum = size;
  return true;
}

template <u32 N>
MR_HD inline bool note_special(NumericSum<N>& state, const Numeric& value) {
  state.count++;
  state.has_nan |= value.kind == Numeric::kNaN;
  state.has_infinity |= value.kind == Numeric::kInfinity;
  state.has_negative_infinity |= value.kind == Numeric::kNegativeInfinity;
  return value.kind != Numeric::kFinite;
}
template <u32 N>
MR_HD inline bool is_special(const NumericSum<N>& state) {
  return (state.has_nan | state.has_infinity | state.has_negative_infinity) != 0;
}
template <u32 N>
MR_HD inline Numeric special_sum(const NumericSum<N>& state) {
  if (state.has_nan != 0 || (state.has_infinity != 0 && state.has_negative_infinity != 0)) {
    return make_special(Numeric::kNaN);
  }
  return make_infinity(state.has_infinity != 0 ? 1 : -1);
}

template <u32 N>
MR_HD inline ErrorCode add_numeric(NumericSum<N>& state, const Numeric& value) {
  if (note_special(state, value)) return ErrorCode::Ok;
  if (value.display_scale == state.scale) {
    add_signed(state.sum, value.coefficient);
    return ErrorCode::Ok;
  }
  if (value.display_scale > state.scale) {
    const u32 digits = static_cast<u32>(value.display_scale - state.scale);
    if (!rescale_sum(state.sum, digits)) return ErrorCode::NumericDigitsExceeded;
    state.scale = value.display_scale;
    add_signed(state.sum, value.coefficient);
    return ErrorCode::Ok;
  }
  Wide<4> aligned;
  const ErrorCode code = align_numeric(value, state.scale, aligned);
  Wide<N> term = resize<N>(aligned);
  if (value.coefficient < 0) negate_wide(term);
  add_wide(state.sum, term);
  return code;
}

/// A merge cannot fail: what does not fit marks the sum as unrepresentable by its scale.
constexpr i32 kScaleOverflow = kNumericDisplayScaleLimit + 1;
template <u32 N>
MR_HD inline void merge_numeric(NumericSum<N>& state, const NumericSum<N>& other) {
  state.count += other.count;
  state.has_nan |= other.has_nan;
  state.has_infinity |= other.has_infinity;
  state.has_negative_infinity |= other.has_negative_infinity;
  const bool grows = other.scale > state.scale;
  const u32 digits =
      static_cast<u32>(grows ? other.scale - state.scale : state.scale - other.scale);
  Wide<N> term = other.sum;
  if (!rescale_sum(grows ? state.sum : term, digits)) state.scale = kScaleOverflow;
  if (grows && state.scale != kScaleOverflow) state.scale = other.scale;
  add_wide(state.sum, term);
}

}  // namespace millrace::ops
