// Set-returning functions: each answers rows for one row of arguments. Host only.
#pragma once
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "ops/context.h"

namespace millrace::ops {

/// An argument's value in its physical form; undefined where it is NULL.
struct SetArgument {
  const void* value;
  bool is_null;
  template <class T>
  const T& as() const {
    return *static_cast<const T*>(value);
  }
};

/// One set at a time, element by element. A step may run on any thread, one after the other.
class SetCursor {
 public:
  virtual ~SetCursor() = default;
  /// Starts with one row's arguments, whose bytes outlive the set.
  virtual ErrorCode open(OpContext& c, std::span<const SetArgument> arguments) = 0;
  /// Writes up to `most` elements: `*made` of them, fewer only at the end or before an error. The
  /// elements made before an error count, and the next step answers that error again. `validity`
  /// is null where the function's elements are never NULL.
  virtual ErrorCode next(OpContext& c, u32 most, void* out, u8* validity, u32* made) = 0;
};

struct SetFunction {
  std::string_view name;
  Type result;
  std::vector<Type> arguments;
  bool is_strict;         // no element where an argument is NULL
  bool answers_nullable;  // elements may be NULL
  std::unique_ptr<SetCursor> (*make)();
};

std::span<const SetFunction> all_sets();

/// The overload for exactly these types; null if there is none.
const SetFunction* find_set(std::string_view name, std::span<const Type> arguments, Type result);

/// A value of `type` as a set of that one element, NULL included: what a function that answers no
/// set is in ROWS FROM.
const SetFunction* single_value_set(Type type);

}  // namespace millrace::ops
