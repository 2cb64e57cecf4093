// The interpreter's loops over operations: instantiated here, stated in ops/.
#pragma once
#include <cstdint>
#include <string_view>
#include <tuple>

#include "ops/signature.h"

namespace millrace::backend::cpu {

using ops::ErrorCode;
using ops::Form;
using ops::Nullable;
using ops::OpContext;
using types::Storage;
using types::Type;

/// An argument's lanes: stride 1 for a vector, 0 for a constant at index 0.
struct Argument {
  const void* values;
  const uint8_t* validity;  // null: no NULL
  uint32_t stride;
};

/// One call of a loop. Lanes run over [0, count) where `lanes` is null, else over lanes[0..count).
struct Frame {
  OpContext* context;
  const Argument* arguments;
  const uint16_t* lanes;
  uint32_t count;
  void* out;
  /// For strict operations: where all arguments are present (null: everywhere). Input.
  const uint8_t* present;
  /// For operations that answer Nullable: written for every lane run over. Output.
  uint8_t* out_validity;
  /// Lane of the error, if the loop answers one.
  uint32_t error_lane;
};

using Loop = ErrorCode (*)(Frame&);

/// The loops of one overload. Dense forms run all lanes and exist only for forms that cannot fail
/// and take no NULLs; the selected form takes any lanes and any strides.
struct Loops {
  Loop dense = nullptr;                  // every argument a vector
  Loop dense_first_constant = nullptr;   // two arguments
  Loop dense_second_constant = nullptr;  // two arguments
  Loop selected = nullptr;
};

template <class S, Type R, Type... A>
struct LoopsOf {
  static constexpr Form kForm = ops::form_of<S, R, A...>();
  using Out = Storage<R>;

  template <size_t... I>
  static ErrorCode selected_impl(Frame& frame, std::index_sequence<I...>) {
    [[maybe_unused]] const auto pointers =
        std::make_tuple(static_cast<const Storage<A>*>(frame.arguments[I].values)...);
    Out* out = static_cast<Out*>(frame.out);
    for (uint32_t at = 0; at < frame.count; at++) {
      const uint32_t lane = frame.lanes == nullptr ? at : frame.lanes[at];
      const ErrorCode code =
          one(frame, lane, out, std::get<I>(pointers)[lane * frame.arguments[I].stride]...,
              is_null(frame.arguments[I], lane)...);
      if (code != ErrorCode::Ok) {
        frame.error_lane = lane;
        return code;
      }
    }
    return ErrorCode::Ok;
  }

  static bool is_null(const Argument& argument, uint32_t lane) {
    return argument.validity != nullptr && argument.validity[lane * argument.stride] == 0;
  }
  template <Type>
  using Flag = bool;

  static ErrorCode one(Frame& frame, uint32_t lane, Out* out, const Storage<A>&... values,
                       Flag<A>... nulls) {
    if constexpr (!kForm.takes_nulls) {
      ((void)nulls, ...);
      if (frame.present != nullptr && frame.present[lane] == 0) {
        if constexpr (kForm.answers_nullable) frame.out_validity[lane] = 0;
        return ErrorCode::Ok;
      }
      return store(frame, lane, out, values...);
    } else {
      return store(frame, lane, out, Nullable<Storage<A>>{values, nulls}...);
    }
  }

  template <class... V>
  static ErrorCode store(Frame& frame, uint32_t lane, Out* out, const V&... values) {
    if constexpr (kForm.answers_nullable) {
      Nullable<Out> answer{};
      ErrorCode code = ErrorCode::Ok;
      if constexpr (kForm.takes_context) {
        code = S::apply(*frame.context, values..., answer);
      } else {
        answer = S::apply(values...);
      }
      out[lane] = answer.value;
      frame.out_validity[lane] = answer.is_null ? 0 : 1;
      return code;
    } else if constexpr (kForm.takes_context) {
      return S::apply(*frame.context, values..., out[lane]);
    } else {
      out[lane] = static_cast<Out>(S::apply(values...));
      return ErrorCode::Ok;
    }
  }

  static ErrorCode selected(Frame& frame) {
    return selected_impl(frame, std::make_index_sequence<sizeof...(A)>());
  }

  template <bool... Constant>
  static ErrorCode dense(Frame& frame) {
    return dense_impl<Constant...>(frame, std::make_index_sequence<sizeof...(A)>());
  }

  template <bool... Constant, size_t... I>
  static ErrorCode dense_impl(Frame& frame, std::index_sequence<I...>) {
    Out* __restrict out = static_cast<Out*>(frame.out);
    [[maybe_unused]] const auto pointers =
        std::make_tuple(static_cast<const Storage<A>*>(frame.arguments[I].values)...);
    const uint32_t count = frame.count;
    [[maybe_unused]] const auto first = std::make_tuple(Storage<A>(*std::get<I>(pointers))...);
    for (uint32_t i = 0; i < count; i++) {
      out[i] =
          static_cast<Out>(S::apply((Constant ? std::get<I>(first) : std::get<I>(pointers)[i])...));
    }
    return ErrorCode::Ok;
  }

  static constexpr Loops make() {
    Loops loops;
    loops.selected = &selected;
    if constexpr (!kForm.takes_context && !kForm.takes_nulls && !kForm.answers_nullable) {
      if constexpr (sizeof...(A) == 1) loops.dense = &dense<false>;
      if constexpr (sizeof...(A) == 2) {
        loops.dense = &dense<false, false>;
        loops.dense_first_constant = &dense<true, false>;
        loops.dense_second_constant = &dense<false, true>;
      }
    }
    return loops;
  }
};

}  // namespace millrace::backend::cpu
