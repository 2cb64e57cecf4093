// generate_series: from a first value by steps up or down to a last one.
#pragma once
#include "ops/compare/compare.h"
#include "ops/scalar/date_arithmetic.h"
#include "ops/scalar/numeric.h"
#include "ops/scalar/utf8.h"
#include "ops/set_function.h"

namespace millrace::ops {

/// Over integers: ends where the type does.
template <class T>
class IntegerSeries : public SetCursor {
 public:
  static constexpr bool kStrict = true;
  static constexpr bool kNullable = false;
  ErrorCode open(OpContext& c, std::span<const SetArgument> arguments) override {
    next_ = arguments[0].as<T>();
    step_ = arguments[2].as<T>();
    const i128 last = arguments[1].as<T>();
    if (step_ == 0) {
      return c.fail(ErrorCode::InvalidParameterValue, literal("step size cannot equal zero"));
    }
    const i128 way = last - next_;
    more_ = way == 0 || (way > 0) == (step_ > 0);
    rest_ = more_ ? static_cast<u64>(way / step_) : 0;
    return ErrorCode::Ok;
  }
  ErrorCode next(OpContext&, u32 most, void* out, u8*, u32* made) override {
    *made = 0;
    if (!more_) return ErrorCode::Ok;
    // `rest_` elements follow the one at hand: 2^64 of them together would not fit a number.
    const u32 written = rest_ < most ? static_cast<u32>(rest_) + 1 : most;
    T* values = static_cast<T*>(out);
    u64 value = static_cast<u64>(next_);
    for (u32 i = 0; i < written; i++, value += static_cast<u64>(step_)) {
      values[i] = static_cast<T>(value);
    }
    next_ = static_cast<T>(value);
    more_ = rest_ >= written;
    rest_ -= written;
    *made = written;
    return ErrorCode::Ok;
  }

 private:
  T next_ = 0;
  T step_ = 0;
  u64 rest_ = 0;
  bool more_ = false;
};

/// Up, down or nowhere.
inline i32 sign_of_step(const Numeric& step) {
  return (step.coefficient > 0) - (step.coefficient < 0);
}
inline i32 sign_of_step(const Interval& step) { return three_way(step, Interval{0, 0, 0}); }

inline ErrorCode check_bound(OpContext&, i64, std::string_view) { return ErrorCode::Ok; }
inline ErrorCode check_bound(OpContext&, const Interval&, std::string_view) {
  return ErrorCode::Ok;
}
inline ErrorCode check_bound(OpContext& c, const Numeric& value, std::string_view name) {
  if (value.kind == Numeric::kFinite) return ErrorCode::Ok;
  const std::string_view what =
      value.kind == Numeric::kNaN ? " cannot be NaN" : " cannot be infinity";
  char* text = c.arena->allocate(static_cast<u32>(name.size() + what.size()));
  if (text == nullptr) return c.fail(ErrorCode::OutOfMemory);
  copy_bytes(text, name.data(), name.size());
  copy_bytes(text + name.size(), what.data(), what.size());
  return c.fail(ErrorCode::InvalidParameterValue,
                StringView::make(text, static_cast<u32>(name.size() + what.size())));
}

/// Over types whose addition may fail: a step out of range is an error, as any addition's.
template <class Add, class T, class Step>
class SteppedSeries : public SetCursor {
 public:
  static constexpr bool kStrict = true;
  static constexpr bool kNullable = false;
  ErrorCode open(OpContext& c, std::span<const SetArgument> arguments) override {
    next_ = arguments[0].as<T>();
    last_ = arguments[1].as<T>();
    step_ = arguments[2].as<Step>();
    done_ = false;
    ErrorCode code = check_bound(c, next_, "start value");
    if (code == ErrorCode::Ok) code = check_bound(c, last_, "stop value");
    if (code == ErrorCode::Ok) code = check_bound(c, step_, "step size");
    if (code != ErrorCode::Ok) return code;
    sign_ = sign_of_step(step_);
    if (sign_ != 0) return code;
    return c.fail(ErrorCode::InvalidParameterValue, literal("step size cannot equal zero"));
  }
  ErrorCode next(OpContext& c, u32 most, void* out, u8*, u32* made) override {
    T* values = static_cast<T*>(out);
    for (*made = 0; !done_ && *made < most; (*made)++) {
      done_ = sign_ > 0 ? three_way(next_, last_) > 0 : three_way(next_, last_) < 0;
      if (done_) break;
      // As in PostgreSQL, the step beyond a value is taken before that value is given.
      T following{};
      const ErrorCode code = Add::apply(c, next_, step_, following);
      if (code != ErrorCode::Ok) return code;
      values[*made] = next_;
      next_ = following;
    }
    return ErrorCode::Ok;
  }

 private:
  T next_{};
  T last_{};
  Step step_{};
  i32 sign_ = 0;
  bool done_ = true;
};

using NumericSeries = SteppedSeries<NumericAdd, Numeric, Numeric>;
using TimestampSeries = SteppedSeries<TimestampAddInterval, i64, Interval>;
using TimestampTzSeries = SteppedSeries<TimestampTzAddInterval, i64, Interval>;

}  // namespace millrace::ops
