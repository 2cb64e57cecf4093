// Aggregates of pairs (y, x): covariance, correlation, least squares. Sums are exact; each sum of
// deviations is rounded once, and the rest is PostgreSQL's arithmetic on those.
#pragma once

#include "ops/aggregate/exact_sum.h"

namespace millrace::ops {

struct Pairs {
  using Values = ExactShape<f64>::Values;
  using Products = ExactShape<f64>::Products;
  struct State {
    Values x;
    Values y;
    Products xx;
    Products yy;
    Products xy;
    i64 count;
    FloatSpecials x_specials;
    FloatSpecials y_specials;
  };
  MR_HD static void init(State& state) { state = State{}; }
  MR_HD static void update(State& state, f64 y, f64 x) {
    state.count++;
    const bool x_special = note_special(state.x_specials, x);
    const bool y_special = note_special(state.y_specials, y);
    if (!x_special) {
      add_value(state.x, x);
      add_product(state.xx, x, x);
    }
    if (!y_special) {
      add_value(state.y, y);
      add_product(state.yy, y, y);
    }
    if (!x_special && !y_special) add_product(state.xy, x, y);
  }
  MR_HD static void merge(State& state, const State& other) {
    add_wide(state.x.sum, other.x.sum);
    add_wide(state.y.sum, other.y.sum);
    add_wide(state.xx.sum, other.xx.sum);
    add_wide(state.yy.sum, other.yy.sum);
    add_wide(state.xy.sum, other.xy.sum);
    state.count += other.count;
    merge_specials(state.x_specials, other.x_specials);
    merge_specials(state.y_specials, other.y_specials);
  }

  MR_HD static ErrorCode check(f64 value) {
    return is_infinite(value) ? ErrorCode::FloatOverflow : ErrorCode::Ok;
  }
  MR_HD static ErrorCode sum_x(const State& state, f64& out) {
    out = any_special(state.x_specials) ? special_sum(state.x_specials) : round_sum<f64>(state.x);
    return any_special(state.x_specials) ? ErrorCode::Ok : check(out);
  }
  MR_HD static ErrorCode sum_y(const State& state, f64& out) {
    out = any_special(state.y_specials) ? special_sum(state.y_specials) : round_sum<f64>(state.y);
    return any_special(state.y_specials) ? ErrorCode::Ok : check(out);
  }
  MR_HD static ErrorCode deviations_xx(const State& state, f64& out) {
    out = any_special(state.x_specials) ? float_nan()
                                        : centered_sum(state.x, state.x, state.xx, state.count);
    return check(out);
  }
  MR_HD static ErrorCode deviations_yy(const State& state, f64& out) {
    out = any_special(state.y_specials) ? float_nan()
                                        : centered_sum(state.y, state.y, state.yy, state.count);
    return check(out);
  }
  MR_HD static ErrorCode deviations_xy(const State& state, f64& out) {
    out = any_special(state.x_specials) || any_special(state.y_specials)
              ? float_nan()
              : centered_sum(state.x, state.y, state.xy, state.count);
    return check(out);
  }
  /// All three; the first that overflows is the error.
  MR_HD static ErrorCode deviations(const State& state, f64& xx, f64& yy, f64& xy) {
    const ErrorCode codes[3] = {deviations_xx(state, xx), deviations_yy(state, yy),
                                deviations_xy(state, xy)};
    for (const ErrorCode code : codes) {
      if (code != ErrorCode::Ok) return code;
    }
    return ErrorCode::Ok;
  }
};

struct RegrCount : Pairs {
  MR_HD static ErrorCode finalize(OpContext&, const State& state, i64& out, bool& is_null) {
    is_null = false;
    out = state.count;
    return ErrorCode::Ok;
  }
};

#define MR_PAIR_AGGREGATE(name, least_count, body)                                             \
  struct name : Pairs {                                                                        \
    MR_HD static ErrorCode finalize(OpContext&, const State& state, f64& out, bool& is_null) { \
      is_null = state.count < least_count;                                                     \
      if (is_null) return ErrorCode::Ok;                                                       \
      [[maybe_unused]] const f64 count = static_cast<f64>(state.count);                        \
      f64 xx = 0;                                                                              \
      f64 yy = 0;                                                                              \
      f64 xy = 0;                                                                              \
      const ErrorCode code = deviations(state, xx, yy, xy);                                    \
      if (code != ErrorCode::Ok) return code;                                                  \
      body return ErrorCode::Ok;                                                               \
    }                                                                                          \
  };
MR_PAIR_AGGREGATE(RegrSxx, 1, out = xx;)
MR_PAIR_AGGREGATE(RegrSyy, 1, out = yy;)
MR_PAIR_AGGREGATE(RegrSxy, 1, out = xy;)
MR_PAIR_AGGREGATE(CovarPop, 1, out = xy / count;)
MR_PAIR_AGGREGATE(CovarSamp, 2, out = xy / (count - 1);)
MR_PAIR_AGGREGATE(Corr, 1, is_null = xx == 0 || yy == 0; out = xy / MR_FLOAT(sqrt)(xx * yy);)
MR_PAIR_AGGREGATE(RegrR2, 1, is_null = xx == 0; out = yy == 0 ? 1.0 : (xy * xy) / (xx * yy);)
MR_PAIR_AGGREGATE(RegrSlope, 1, is_null = xx == 0; out = xy / xx;)
MR_PAIR_AGGREGATE(RegrAvgx, 1, f64 sum = 0; const ErrorCode sum_code = sum_x(state, sum);
                  if (sum_code != ErrorCode::Ok) return sum_code; out = sum / count;)
MR_PAIR_AGGREGATE(RegrAvgy, 1, f64 sum = 0; const ErrorCode sum_code = sum_y(state, sum);
                  if (sum_code != ErrorCode::Ok) return sum_code; out = sum / count;)
MR_PAIR_AGGREGATE(RegrIntercept, 1, is_null = xx == 0; f64 x = 0; f64 y = 0;
                  const ErrorCode x_code = sum_x(state, x);
                  if (x_code != ErrorCode::Ok) return x_code;
                  const ErrorCode y_code = sum_y(state, y);
                  if (y_code != ErrorCode::Ok) return y_code; out = (y - x * xy / xx) / count;)
#undef MR_PAIR_AGGREGATE

}  // namespace millrace::ops
