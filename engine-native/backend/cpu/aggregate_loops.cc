#include "backend/cpu/aggregate_loops.h"

#include <cstring>

#include "backend/cpu/family.h"
#include "ops/aggregate.h"
#include "ops/type_list.h"

namespace millrace::backend::cpu {

namespace {

using namespace millrace::ops;  // NOLINT: the list names structs of ops/

/// A state that holds a string (`value`) keeps it in the groups' heap: the input's bytes die with
/// the batch.
template <class S>
constexpr bool kHolds = [] {
  if constexpr (requires { S::kHoldsString; }) return S::kHoldsString;
  return false;
}();
template <class S>
constexpr bool kNulls = [] {
  if constexpr (requires { S::kTakesNulls; }) return S::kTakesNulls;
  return false;
}();

template <class S, Type R, Type... A>
struct AggregateLoopsOf {
  using State = typename S::State;

  static void init(char* state) { S::init(*reinterpret_cast<State*>(state)); }

  static ErrorCode keep(OpContext& context, State& state, const StringView& before,
                        runtime::RowCollection* heap) {
    if constexpr (kHolds<S>) {
      StringView& held = state.value;
      if (held.size <= StringView::kInlineSize) return ErrorCode::Ok;
      const bool had_bytes = before.size > StringView::kInlineSize;
      if (had_bytes && held.pointed.data == before.pointed.data) return ErrorCode::Ok;
      // The bytes of the value before are the heap's: they are used again where they suffice.
      char* bytes =
          had_bytes && before.size >= held.size ? const_cast<char*>(before.pointed.data) : nullptr;
      if (bytes == nullptr) {
        auto allocated = heap->allocate_bytes(held.size);
        if (!allocated.ok()) return context.fail(ErrorCode::OutOfMemory);
        bytes = allocated.value();
      }
      std::memcpy(bytes, held.pointed.data, held.size);
      held = StringView::make(bytes, held.size);
    } else {
      (void)context;
      (void)state;
      (void)before;
      (void)heap;
    }
    return ErrorCode::Ok;
  }

  static StringView held_by(const State& state) {
    if constexpr (kHolds<S>) {
      return state.value;
    } else {
      (void)state;
      return StringView{};
    }
  }

  static const StringView* held(const char* state) {
    if constexpr (kHolds<S>) {
      return &reinterpret_cast<const State*>(state)->value;
    } else {
      (void)state;
      return nullptr;
    }
  }

  template <class... V>
  static ErrorCode update_one(UpdateFrame& frame, State& state, const V&... values) {
    const StringView before = held_by(state);
    if constexpr (requires {
                    { S::update(state, values...) } -> std::same_as<ErrorCode>;
                  }) {
      if (const ErrorCode code = S::update(state, values...); code != ErrorCode::Ok) {
        return frame.context->fail(code);
      }
    } else {
      S::update(state, values...);
    }
    return keep(*frame.context, state, before, frame.heap);
  }

  static bool any_null(const UpdateFrame& frame, uint32_t lane) {
    for (size_t i = 0; i < sizeof...(A); i++) {
      const Argument& argument = frame.arguments[i];
      if (argument.validity != nullptr && argument.validity[lane * argument.stride] == 0) {
        return true;
      }
    }
    return false;
  }

  /// The lane's value as update() wants it.
  template <class T>
  static auto value_at(const Argument& argument, const T* values, uint32_t lane) {
    const uint32_t at = lane * argument.stride;
    if constexpr (kNulls<S>) {
      return Nullable<T>{values[at], argument.validity != nullptr && argument.validity[at] == 0};
    } else {
      return values[at];
    }
  }

  template <size_t... I>
  static ErrorCode update_impl(UpdateFrame& frame, std::index_sequence<I...>) {
    [[maybe_unused]] const auto pointers =
        std::make_tuple(static_cast<const Storage<A>*>(frame.arguments[I].values)...);
    bool nullable = false;
    for (size_t i = 0; i < sizeof...(A); i++) nullable |= frame.arguments[i].validity != nullptr;
    State* single = reinterpret_cast<State*>(frame.single);
    constexpr bool kLocal = sizeof(State) <= 64 && !kHolds<S>;
    if constexpr (kLocal) {
      if (single != nullptr && !nullable) {
        State local = *single;
        for (uint32_t at = 0; at < frame.count; at++) {
          const uint32_t lane = frame.lanes == nullptr ? at : frame.lanes[at];
          const ErrorCode code =
              update_one(frame, local,
                         value_at<Storage<A>>(frame.arguments[I], std::get<I>(pointers), lane)...);
          if (code != ErrorCode::Ok) return code;
        }
        *single = local;
        return ErrorCode::Ok;
      }
    }
    for (uint32_t at = 0; at < frame.count; at++) {
      const uint32_t lane = frame.lanes == nullptr ? at : frame.lanes[at];
      if (!kNulls<S> && nullable && any_null(frame, lane)) continue;
      State& state =
          single != nullptr ? *single : *reinterpret_cast<State*>(frame.rows[at] + frame.offset);
      const ErrorCode code = update_one(
          frame, state, value_at<Storage<A>>(frame.arguments[I], std::get<I>(pointers), lane)...);
      if (code != ErrorCode::Ok) return code;
    }
    return ErrorCode::Ok;
  }
  static ErrorCode update(UpdateFrame& frame) {
    return update_impl(frame, std::make_index_sequence<sizeof...(A)>());
  }

  static ErrorCode merge(OpContext& context, char* into, const char* from,
                         runtime::RowCollection* heap) {
    State other;
    std::memcpy(&other, from, sizeof(other));
    if constexpr (kHolds<S>) {
      if (other.value.size > StringView::kInlineSize) {
        other.value = StringView::make(from + sizeof(State), other.value.size);
      }
    }
    State& state = *reinterpret_cast<State*>(into);
    const StringView before = held_by(state);
    if constexpr (requires {
                    { S::merge(state, other) } -> std::same_as<ErrorCode>;
                  }) {
      if (const ErrorCode code = S::merge(state, other); code != ErrorCode::Ok) {
        return context.fail(code);
      }
    } else {
      S::merge(state, other);
    }
    return keep(context, state, before, heap);
  }

  static ErrorCode finalize(OpContext& context, const char* state, void* out, bool* is_null) {
    return S::finalize(context, *reinterpret_cast<const State*>(state),
                       *static_cast<Storage<R>*>(out), *is_null);
  }

  static constexpr AggregateLoops make() {
    return {&init, &update, &merge, &finalize, kHolds<S> ? &held : nullptr};
  }
};

#define AGGREGATE(name, structure, ...) AggregateLoopsOf<structure, MR_TYPES(__VA_ARGS__)>::make(),
constexpr AggregateLoops kAggregateLoops[] = {
#include "ops/aggregate.def"
};
#undef AGGREGATE

}  // namespace

const AggregateLoops& loops_of(const ops::AggregateDescriptor& aggregate) {
  return kAggregateLoops[aggregate.index];
}

const Loops& loops_of(const ops::OpDescriptor& op) {
  static const Loops* const kFamilies[] = {kArithmeticLoops, kCompareLoops, kNumericLoops,
                                           kMathLoops,       kCastsLoops,   kTextLoops,
                                           kDatetimeLoops,   kBytesLoops,   kArrayLoops};
  return kFamilies[op.family][op.index];
}

}  // namespace millrace::backend::cpu
