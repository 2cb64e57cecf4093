// avg: of exact numbers exact, at the scale PostgreSQL divides to; of floats the rounded sum
// divided by the count.
#pragma once

#include "ops/aggregate/sum.h"
#include "ops/scalar/interval_arithmetic.h"

namespace millrace::ops {

template <class T>
struct AvgInteger : WholeSum<T> {
  MR_HD static ErrorCode finalize(OpContext&, const WholeSumState& state, Numeric& out,
                                  bool& is_null) {
    is_null = state.count == 0;
    return is_null ? ErrorCode::Ok : divide_finite(state.sum, 0, state.count, 0, out);
  }
};

template <class T>
struct AvgDecimal;
template <>
struct AvgDecimal<i64> {
  struct State {
    i128 sum;
    i64 count;
    i32 scale;
  };
  MR_HD static void init(State& state) { state = State{}; }
  MR_HD static void update(State& state, i64 value, i32 scale) {
    state.sum += value;
    state.count++;
    state.scale = scale;
  }
  MR_HD static void merge(State& state, const State& other) {
    state.sum += other.sum;
    state.count += other.count;
    if (other.count != 0) state.scale = other.scale;
  }
  template <class Atomics>
  MR_HD static void merge_atomic(State& state, const State& other) {
    if (other.count == 0) return;
    Atomics::add(state.sum, other.sum);
    Atomics::add(state.count, other.count);
    Atomics::store(state.scale, other.scale);
  }
  MR_HD static ErrorCode finalize(OpContext&, const State& state, Numeric& out, bool& is_null) {
    is_null = state.count == 0;
    return is_null ? ErrorCode::Ok : divide_finite(state.sum, state.scale, state.count, 0, out);
  }
};
template <>
struct AvgDecimal<i128> {
  struct State {
    DecimalSumState total;
    i32 scale;
  };
  MR_HD static void init(State& state) { state = State{}; }
  MR_HD static void update(State& state, i128 value, i32 scale) {
    DecimalSum::update(state.total, value);
    state.scale = scale;
  }
  MR_HD static void merge(State& state, const State& other) {
    DecimalSum::merge(state.total, other.total);
    if (other.total.count != 0) state.scale = other.scale;
  }
  template <class Atomics>
  MR_HD static void merge_atomic(State& state, const State& other) {
    if (other.total.count == 0) return;
    DecimalSum::merge_atomic<Atomics>(state.total, other.total);
    Atomics::store(state.scale, other.scale);
  }
  MR_HD static ErrorCode finalize(OpContext&, const State& state, Numeric& out, bool& is_null) {
    is_null = state.total.count == 0;
    if (is_null) return ErrorCode::Ok;
    return divide_sum(magnitude_of(state.total.sum), is_negative(state.total.sum), state.scale,
                      state.total.count, out);
  }
};

struct AvgNumeric : NumericSumming {
  MR_HD static ErrorCode finalize(OpContext&, const State& state, Numeric& out, bool& is_null) {
    is_null = state.count == 0;
    if (is_null) return ErrorCode::Ok;
    if (is_special(state)) {
      out = special_sum(state);
      return ErrorCode::Ok;
    }
    if (state.scale == kScaleOverflow) return ErrorCode::NumericDigitsExceeded;
    return divide_sum(magnitude_of(state.sum), is_negative(state.sum), state.scale, state.count,
                      out);
  }
};

template <class F>
struct AvgFloat : FloatSumming<F> {
  MR_HD static ErrorCode finalize(OpContext&, const FloatSumState<F>& state, f64& out,
                                  bool& is_null) {
    is_null = state.count == 0;
    if (is_null) return ErrorCode::Ok;
    const ErrorCode code = float_sum(state, out);
    out /= static_cast<f64>(state.count);
    return code;
  }
};

struct AvgInterval : IntervalSumming {
  MR_HD static ErrorCode finalize(OpContext& c, const State& state, Interval& out, bool& is_null) {
    is_null = state.count == 0;
    if (is_null) return ErrorCode::Ok;
    Interval sum;
    const ErrorCode code = total(state, sum);
    if (code != ErrorCode::Ok) return code;
    return IntervalDivide::apply(c, sum, static_cast<f64>(state.count), out);
  }
};

}  // namespace millrace::ops
