// count and sum. Partial sums are wide enough for 2^63 rows, so only the answer can overflow.
#pragma once

#include "ops/aggregate/exact_sum.h"
#include "ops/compare/compare.h"

namespace millrace::ops {

struct CountState {
  i64 count;
};
struct CountStar {
  using State = CountState;
  MR_HD static void init(State& state) { state.count = 0; }
  MR_HD static void update(State& state) { state.count++; }
  MR_HD static void merge(State& state, const State& other) { state.count += other.count; }
  template <class Atomics>
  MR_HD static void merge_atomic(State& state, const State& other) {
    Atomics::add(state.count, other.count);
  }
  MR_HD static ErrorCode finalize(OpContext&, const State& state, i64& out, bool& is_null) {
    is_null = false;
    out = state.count;
    return ErrorCode::Ok;
  }
};
template <class T>
struct Count : CountStar {
  MR_HD static void update(State& state, T) { state.count++; }
};
/// Of counts: 0 where there are none.
struct SumCount : CountStar {
  MR_HD static void update(State& state, i64 count) { state.count += count; }
};

struct WholeSumState {
  i128 sum;
  i64 count;
};
/// Sums of integers of at most 64 bits.
template <class T>
struct WholeSum {
  using State = WholeSumState;
  MR_HD static void init(State& state) { state = {0, 0}; }
  MR_HD static void update(State& state, T value) {
    state.sum += value;
    state.count++;
  }
  MR_HD static void merge(State& state, const State& other) {
    state.sum += other.sum;
    state.count += other.count;
  }
  template <class Atomics>
  MR_HD static void merge_atomic(State& state, const State& other) {
    Atomics::add(state.sum, other.sum);
    Atomics::add(state.count, other.count);
  }
};

template <class T>
struct SumSmall : WholeSum<T> {
  MR_HD static ErrorCode finalize(OpContext&, const WholeSumState& state, i64& out, bool& is_null) {
    is_null = state.count == 0;
    return store_integer(state.sum, out);
  }
};
struct SumBigint : WholeSum<i64> {
  MR_HD static ErrorCode finalize(OpContext&, const State& state, Numeric& out, bool& is_null) {
    is_null = state.count == 0;
    return set_numeric(magnitude(state.sum), state.sum < 0, 0, out);
  }
};
struct SumBigintDecimal : WholeSum<i64> {
  MR_HD static ErrorCode finalize(OpContext&, const State& state, i128& out, bool& is_null) {
    is_null = state.count == 0;
    out = state.sum;
    return ErrorCode::Ok;
  }
};
/// Of coefficients; the scale stays.
struct SumDecimal64 : SumBigintDecimal {};

struct DecimalSumState {
  Wide<3> sum;  // two's complement
  i64 count;
};
struct DecimalSum {
  using State = DecimalSumState;
  MR_HD static void init(State& state) { state = State{}; }
  MR_HD static void update(State& state, i128 value) {
    add_signed(state.sum, value);
    state.count++;
  }
  MR_HD static void merge(State& state, const State& other) {
    add_wide(state.sum, other.sum);
    state.count += other.count;
  }
  template <class Atomics>
  MR_HD static void merge_atomic(State& state, const State& other) {
    Atomics::add(state.sum.word, other.sum.word);
    Atomics::add(state.count, other.count);
  }
};
struct SumDecimal128 : DecimalSum {
  MR_HD static ErrorCode finalize(OpContext&, const State& state, i128& out, bool& is_null) {
    is_null = state.count == 0;
    Numeric total;
    const ErrorCode code = set_numeric(magnitude_of(state.sum), is_negative(state.sum), 0, total);
    out = total.coefficient;
    return code;
  }
};

struct NumericSumming {
  using State = NumericSum<5>;
  MR_HD static void init(State& state) { state = State{}; }
  MR_HD static ErrorCode update(State& state, Numeric value) { return add_numeric(state, value); }
  MR_HD static void merge(State& state, const State& other) { merge_numeric(state, other); }
};
struct SumNumeric : NumericSumming {
  MR_HD static ErrorCode finalize(OpContext&, const State& state, Numeric& out, bool& is_null) {
    is_null = state.count == 0;
    if (is_special(state)) {
      out = special_sum(state);
      return ErrorCode::Ok;
    }
    if (state.scale == kScaleOverflow) return ErrorCode::NumericDigitsExceeded;
    return set_numeric(magnitude_of(state.sum), is_negative(state.sum), state.scale, out);
  }
};

template <class F>
struct FloatSumming {
  using State = FloatSumState<F>;
  MR_HD static void init(State& state) { state = State{}; }
  MR_HD static void update(State& state, F value) { add_float(state, value); }
  MR_HD static void merge(State& state, const State& other) { merge_floats(state, other); }
};
template <class F>
struct SumFloat : FloatSumming<F> {
  MR_HD static ErrorCode finalize(OpContext&, const FloatSumState<F>& state, F& out,
                                  bool& is_null) {
    is_null = state.count == 0;
    return float_sum(state, out);
  }
};

struct IntervalSumState {
  i128 microseconds;
  i64 days;
  i64 months;
  i64 count;
};
struct IntervalSumming {
  using State = IntervalSumState;
  MR_HD static void init(State& state) { state = State{}; }
  MR_HD static void update(State& state, Interval value) {
    state.microseconds += value.microseconds;
    state.days += value.days;
    state.months += value.months;
    state.count++;
  }
  MR_HD static void merge(State& state, const State& other) {
    state.microseconds += other.microseconds;
    state.days += other.days;
    state.months += other.months;
    state.count += other.count;
  }
  MR_HD static ErrorCode total(const State& state, Interval& out) {
    const bool fits = store_integer(state.microseconds, out.microseconds) == ErrorCode::Ok &&
                      store_integer(state.days, out.days) == ErrorCode::Ok &&
                      store_integer(state.months, out.months) == ErrorCode::Ok;
    return fits ? ErrorCode::Ok : ErrorCode::IntervalOutOfRange;
  }
};
struct SumInterval : IntervalSumming {
  MR_HD static ErrorCode finalize(OpContext&, const State& state, Interval& out, bool& is_null) {
    is_null = state.count == 0;
    return total(state, out);
  }
};

}  // namespace millrace::ops
