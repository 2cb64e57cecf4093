// min and max, the truth and bit aggregates, and those that take one value of many.
// A State with a string holds a view in `value`: whoever keeps the State past the batch copies the
// bytes when an update or merge has changed `value` (kHoldsString says so).
#pragma once

#include "ops/compare/compare.h"

namespace millrace::ops {

template <class T>
constexpr bool kIsString = false;
template <>
inline constexpr bool kIsString<StringView> = true;

/// Order among values that compare equal, so that the one that is kept does not depend on order:
/// 0 above -0, more decimals above fewer, months above days above time.
template <class T>
MR_HD inline i32 order_equals(const T&, const T&) {
  return 0;
}
MR_HD inline i32 order_equals(f64 a, f64 b) {
  return a != 0 ? 0 : three_way(bits_of(b) >> 63, bits_of(a) >> 63);
}
MR_HD inline i32 order_equals(f32 a, f32 b) {
  return order_equals(static_cast<f64>(a), static_cast<f64>(b));
}
MR_HD inline i32 order_equals(const Numeric& a, const Numeric& b) {
  return three_way(a.display_scale, b.display_scale);
}
MR_HD inline i32 order_equals(const Interval& a, const Interval& b) {
  return a.months != b.months ? three_way(a.months, b.months) : three_way(a.days, b.days);
}

template <class T>
struct KeptState {
  T value;
  u8 is_set;
};

/// `sign` is 1 for max, -1 for min.
template <class T, i32 sign>
struct Extreme {
  using State = KeptState<T>;
  static constexpr bool kHoldsString = kIsString<T>;
  MR_HD static void init(State& state) { state = State{}; }
  MR_HD static void update(State& state, T value) {
    i32 order = 1;
    if (state.is_set != 0) {
      order = three_way(value, state.value);
      if (order == 0) order = order_equals(value, state.value);
      order *= sign;
    }
    if (order > 0) state.value = value;
    state.is_set = 1;
  }
  MR_HD static void merge(State& state, const State& other) {
    if (other.is_set != 0) update(state, other.value);
  }
  MR_HD static ErrorCode finalize(OpContext&, const State& state, T& out, bool& is_null) {
    is_null = state.is_set == 0;
    out = state.value;
    return ErrorCode::Ok;
  }
};
template <class T>
struct Min : Extreme<T, -1> {};
template <class T>
struct Max : Extreme<T, 1> {};

template <i32 sign>
struct BpcharExtreme : Extreme<StringView, sign> {
  using State = KeptState<StringView>;
  MR_HD static void update(State& state, StringView value) {
    i32 order = 1;
    if (state.is_set != 0) {
      order = three_way_bpchar(value, state.value) * sign;
      if (order == 0) order = three_way(value.size, state.value.size);
    }
    if (order > 0) state.value = value;
    state.is_set = 1;
  }
  MR_HD static void merge(State& state, const State& other) {
    if (other.is_set != 0) update(state, other.value);
  }
};
struct BpcharMin : BpcharExtreme<-1> {};
struct BpcharMax : BpcharExtreme<1> {};

template <class T>
struct SeenState {
  T value;
  u8 is_null;
  u8 is_set;
  u8 is_many;
};
/// Any one of the group's values, which are all alike: a column that its key determines.
template <class T>
struct First {
  using State = SeenState<T>;
  static constexpr bool kHoldsString = kIsString<T>;
  static constexpr bool kTakesNulls = true;
  MR_HD static void init(State& state) { state = State{}; }
  MR_HD static void update(State& state, Nullable<T> value) {
    if (state.is_set != 0) return;
    if (!value.is_null) state.value = value.value;
    state.is_null = value.is_null;
    state.is_set = 1;
  }
  MR_HD static void merge(State& state, const State& other) {
    if (state.is_set == 0) state = other;
  }
  MR_HD static ErrorCode finalize(OpContext&, const State& state, T& out, bool& is_null) {
    is_null = state.is_set == 0 || state.is_null != 0;
    out = state.value;
    return ErrorCode::Ok;
  }
};
/// The answer of a scalar subquery: no row is NULL, a second row an error.
template <class T>
struct SingleValue {
  using State = SeenState<T>;
  static constexpr bool kHoldsString = kIsString<T>;
  static constexpr bool kTakesNulls = true;
  MR_HD static void init(State& state) { state = State{}; }
  MR_HD static ErrorCode update(State& state, Nullable<T> value) {
    if (state.is_set != 0) return ErrorCode::CardinalityViolation;
    First<T>::update(state, value);
    return ErrorCode::Ok;
  }
  MR_HD static void merge(State& state, const State& other) {
    const bool is_many = (state.is_set & other.is_set) != 0 || (state.is_many | other.is_many) != 0;
    First<T>::merge(state, other);
    state.is_many = is_many;
  }
  MR_HD static ErrorCode finalize(OpContext& c, const State& state, T& out, bool& is_null) {
    if (state.is_many != 0) return ErrorCode::CardinalityViolation;
    return First<T>::finalize(c, state, out, is_null);
  }
};

enum class Folding : u8 { And, Or, Xor };
template <class T, Folding folding>
struct Fold {
  using State = KeptState<T>;
  MR_HD static void init(State& state) {
    state.value = folding == Folding::And ? static_cast<T>(~T{0}) : T{0};
    state.is_set = 0;
  }
  MR_HD static void update(State& state, T value) {
    if constexpr (folding == Folding::And) {
      state.value = static_cast<T>(state.value & value);
    } else if constexpr (folding == Folding::Or) {
      state.value = static_cast<T>(state.value | value);
    } else {
      state.value = static_cast<T>(state.value ^ value);
    }
    state.is_set = 1;
  }
  MR_HD static void merge(State& state, const State& other) {
    if (other.is_set != 0) update(state, other.value);
  }
  MR_HD static ErrorCode finalize(OpContext&, const State& state, T& out, bool& is_null) {
    is_null = state.is_set == 0;
    out = state.value;
    return ErrorCode::Ok;
  }
};
struct BoolAnd : Fold<u8, Folding::And> {};
struct BoolOr : Fold<u8, Folding::Or> {};
template <class T>
struct BitAndAll : Fold<T, Folding::And> {};
template <class T>
struct BitOrAll : Fold<T, Folding::Or> {};
template <class T>
struct BitXorAll : Fold<T, Folding::Xor> {};

}  // namespace millrace::ops
