// Reads an operation's form (ops/README.md) from the signature of its `apply`. Host only.
#pragma once
#include <concepts>
#include <utility>

#include "ops/context.h"

namespace millrace::ops {

/// What a loop must know of an operation.
struct Form {
  bool takes_context = false;     // may fail, allocate, read settings
  bool takes_nulls = false;       // arguments are Nullable
  bool answers_nullable = false;  // result is Nullable
  bool host_only = false;
};

template <class S, Type R, Type... A>
constexpr bool kPure = requires(Storage<A>... a) {
  { S::apply(a...) } -> std::convertible_to<Storage<R>>;
};
template <class S, Type R, Type... A>
constexpr bool kPureNullableResult = requires(Storage<A>... a) {
  { S::apply(a...) } -> std::same_as<Nullable<Storage<R>>>;
};
template <class S, Type R, Type... A>
constexpr bool kPureNulls = requires(Nullable<Storage<A>>... a) {
  { S::apply(a...) } -> std::convertible_to<Storage<R>>;
};
template <class S, Type R, Type... A>
constexpr bool kPureNullsNullableResult = requires(Nullable<Storage<A>>... a) {
  { S::apply(a...) } -> std::same_as<Nullable<Storage<R>>>;
};
template <class S, Type R, Type... A>
constexpr bool kContext = requires(OpContext& c, Storage<A>... a, Storage<R>& out) {
  { S::apply(c, a..., out) } -> std::same_as<ErrorCode>;
};
template <class S, Type R, Type... A>
constexpr bool kContextNullableResult = requires(OpContext& c, Storage<A>... a,
                                                 Nullable<Storage<R>>& out) {
  { S::apply(c, a..., out) } -> std::same_as<ErrorCode>;
};
template <class S, Type R, Type... A>
constexpr bool kContextNulls = requires(OpContext& c, Nullable<Storage<A>>... a, Storage<R>& out) {
  { S::apply(c, a..., out) } -> std::same_as<ErrorCode>;
};
template <class S, Type R, Type... A>
constexpr bool kContextNullsNullableResult = requires(OpContext& c, Nullable<Storage<A>>... a,
                                                      Nullable<Storage<R>>& out) {
  { S::apply(c, a..., out) } -> std::same_as<ErrorCode>;
};

template <class S>
constexpr bool kIsHostOnly = [] {
  if constexpr (requires { S::kHostOnly; }) return S::kHostOnly;
  return false;
}();

/// The form of operation S; a signature that is none of the eight does not compile.
template <class S, Type R, Type... A>
constexpr Form form_of() {
  constexpr bool context = kContext<S, R, A...> || kContextNullableResult<S, R, A...> ||
                           kContextNulls<S, R, A...> || kContextNullsNullableResult<S, R, A...>;
  // With arguments that are not Nullable the plain forms are tried first: a Nullable would not
  // convert from a plain value.
  constexpr bool nulls =
      sizeof...(A) > 0 && (context ? !(kContext<S, R, A...> || kContextNullableResult<S, R, A...>)
                                   : !(kPure<S, R, A...> || kPureNullableResult<S, R, A...>));
  constexpr bool nullable_result =
      context
          ? (nulls ? kContextNullsNullableResult<S, R, A...> : kContextNullableResult<S, R, A...>)
          : (nulls ? kPureNullsNullableResult<S, R, A...> : kPureNullableResult<S, R, A...>);
  static_assert(context || kPure<S, R, A...> || kPureNullableResult<S, R, A...> ||
                    kPureNulls<S, R, A...> || kPureNullsNullableResult<S, R, A...>,
                "apply has none of the forms of ops/README.md");
  return Form{context, nulls, nullable_result, kIsHostOnly<S>};
}

}  // namespace millrace::ops
