// Variance and standard deviation. Exact numbers: count, sum and sum of squares without rounding,
// then PostgreSQL's division. Floats: the sum of squared deviations is exact and rounded once.
#pragma once

#include "ops/aggregate/exact_sum.h"

namespace millrace::ops {

/// What a spread is: with n - 1 for n below the line, and its square root.
struct SpreadForm {
  bool is_sample;
  bool is_root;
};

/// From n, sum and sum of squares (at twice the scale) of exact numbers.
MR_HD inline ErrorCode exact_spread(SpreadForm form, i64 count, const Wide<5>& sum,
                                    const Wide<9>& squares, i32 scale, Numeric& out) {
  Wide<10> top = resize<10>(squares);
  multiply_small(top, static_cast<u64>(count));
  subtract_wide(top, multiply_wide(sum, sum));
  if (is_zero(top)) return set_numeric(0, false, 0, out);
  const u128 bottom =
      static_cast<u128>(count) * static_cast<u128>(form.is_sample ? count - 1 : count);
  const i32 result_scale =
      division_scale(leading_digit(top, 2 * scale), 2 * scale, leading_digit(bottom, 0), 0);
  Wide<14> numerator = resize<14>(top);
  if (!scale_wide(numerator, static_cast<u32>(result_scale - 2 * scale))) {
    return ErrorCode::NumericDigitsExceeded;
  }
  Wide<14> spread = divide_rounded(numerator, make_wide<2>(bottom));
  if (form.is_root) {
    if (!scale_wide(spread, static_cast<u32>(result_scale))) {
      return ErrorCode::NumericDigitsExceeded;
    }
    spread = square_root_rounded(spread);
  }
  return set_numeric(spread, false, result_scale, out);
}
MR_HD inline bool is_spread_null(SpreadForm form, i64 count) {
  return count < (form.is_sample ? 2 : 1);
}

/// Sums of T (words of `sum`) and of its squares.
template <class T>
struct WholeMomentsState {
  static constexpr u32 kSumWords = sizeof(T) == 16 ? 3 : 2;
  static constexpr u32 kSquareWords = sizeof(T) == 16 ? 5 : 3;
  Wide<kSumWords> sum;  // two's complement
  Wide<kSquareWords> squares;
  i64 count;
  i32 scale;
};
template <class T>
MR_HD inline void add_moments(WholeMomentsState<T>& state, T value) {
  constexpr u32 kSquareWords = WholeMomentsState<T>::kSquareWords;
  add_signed(state.sum, value);
  if constexpr (sizeof(T) == 16) {
    const u128 size = magnitude(value);
    add_wide(state.squares, resize<kSquareWords>(multiply_wide(size, size)));
  } else {
    const u64 size = magnitude_of(static_cast<i64>(value));
    add_wide(state.squares, make_wide<kSquareWords>(static_cast<u128>(size) * size));
  }
  state.count++;
}
template <class T>
struct WholeMoments {
  using State = WholeMomentsState<T>;
  using Result = Numeric;
  MR_HD static void init(State& state) { state = State{}; }
  MR_HD static void merge(State& state, const State& other) {
    add_wide(state.sum, other.sum);
    add_wide(state.squares, other.squares);
    state.count += other.count;
    if (other.count != 0) state.scale = other.scale;
  }
  MR_HD static ErrorCode spread(SpreadForm form, const State& state, Numeric& out) {
    return exact_spread(form, state.count, resize<5>(magnitude_of(state.sum)),
                        resize<9>(state.squares), state.scale, out);
  }
};

struct IntegerMoments {
  template <class T>
  struct Of : WholeMoments<T> {
    MR_HD static void update(WholeMomentsState<T>& state, T value) { add_moments(state, value); }
  };
};
struct DecimalMoments {
  template <class T>
  struct Of : WholeMoments<T> {
    MR_HD static void update(WholeMomentsState<T>& state, T value, i32 scale) {
      add_moments(state, value);
      state.scale = scale;
    }
  };
};

struct NumericMoments {
  template <class T>
  struct Of {
    struct State {
      NumericSum<5> values;
      Wide<9> squares;  // at twice the scale of `values`
      i64 count;
    };
    using Result = Numeric;
    MR_HD static void init(State& state) { state = State{}; }
    MR_HD static ErrorCode update(State& state, T value) {
      state.count++;
      const i32 scale = state.values.scale;
      ErrorCode code = add_numeric(state.values, value);
      if (value.kind != Numeric::kFinite || code != ErrorCode::Ok) return code;
      const u32 growth = static_cast<u32>(state.values.scale - scale);
      if (!scale_wide(state.squares, 2 * growth)) return ErrorCode::NumericDigitsExceeded;
      Wide<4> aligned;
      code = align_numeric(value, state.values.scale, aligned);
      if (code != ErrorCode::Ok) return code;
      add_wide(state.squares, resize<9>(multiply_wide(aligned, aligned)));
      return ErrorCode::Ok;
    }
    MR_HD static void merge(State& state, const State& other) {
      const i32 scale = state.values.scale;
      merge_numeric(state.values, other.values);
      state.count += other.count;
      if (state.values.scale == kScaleOverflow) return;
      Wide<9> squares = other.squares;
      const bool fits =
          scale_wide(state.squares, 2 * static_cast<u32>(state.values.scale - scale)) &&
          scale_wide(squares, 2 * static_cast<u32>(state.values.scale - other.values.scale));
      if (!fits) state.values.scale = kScaleOverflow;
      add_wide(state.squares, squares);
    }
    MR_HD static ErrorCode spread(SpreadForm form, const State& state, Numeric& out) {
      if (is_special(state.values)) {
        out = make_special(Numeric::kNaN);
        return ErrorCode::Ok;
      }
      if (state.values.scale == kScaleOverflow) return ErrorCode::NumericDigitsExceeded;
      return exact_spread(form, state.count, magnitude_of(state.values.sum), state.squares,
                          state.values.scale, out);
    }
  };
};

struct FloatMoments {
  template <class F>
  struct Of {
    struct State {
      typename ExactShape<F>::Values values;
      typename ExactShape<F>::Products squares;
      i64 count;
      FloatSpecials specials;
    };
    using Result = f64;
    MR_HD static void init(State& state) { state = State{}; }
    MR_HD static void update(State& state, F value) {
      state.count++;
      if (note_special(state.specials, value)) return;
      add_value(state.values, value);
      add_product(state.squares, value, value);
    }
    MR_HD static void merge(State& state, const State& other) {
      add_wide(state.values.sum, other.values.sum);
      add_wide(state.squares.sum, other.squares.sum);
      state.count += other.count;
      merge_specials(state.specials, other.specials);
    }
    MR_HD static ErrorCode spread(SpreadForm form, const State& state, f64& out) {
      if (any_special(state.specials)) {
        out = float_nan();
        return ErrorCode::Ok;
      }
      const f64 deviations = centered_sum(state.values, state.values, state.squares, state.count);
      if (is_infinite(deviations)) return ErrorCode::FloatOverflow;
      out = deviations / static_cast<f64>(form.is_sample ? state.count - 1 : state.count);
      if (form.is_root) out = MR_FLOAT(sqrt)(out);
      return ErrorCode::Ok;
    }
  };
};

template <class Moments, bool is_sample, bool is_root>
struct Spread : Moments {
  MR_HD static ErrorCode finalize(OpContext&, const typename Moments::State& state,
                                  typename Moments::Result& out, bool& is_null) {
    constexpr SpreadForm kForm{is_sample, is_root};
    is_null = is_spread_null(kForm, state.count);
    return is_null ? ErrorCode::Ok : Moments::spread(kForm, state, out);
  }
};
template <class Moments>
struct VarSamp {
  template <class T>
  struct Of : Spread<typename Moments::template Of<T>, true, false> {};
};
template <class Moments>
struct VarPop {
  template <class T>
  struct Of : Spread<typename Moments::template Of<T>, false, false> {};
};
template <class Moments>
struct StddevSamp {
  template <class T>
  struct Of : Spread<typename Moments::template Of<T>, true, true> {};
};
template <class Moments>
struct StddevPop {
  template <class T>
  struct Of : Spread<typename Moments::template Of<T>, false, true> {};
};

}  // namespace millrace::ops
