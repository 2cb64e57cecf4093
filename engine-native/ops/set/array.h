// Sets of what arrays hold. Host only.
#pragma once
#include "ops/array/element.h"
#include "ops/scalar/utf8.h"
#include "ops/set_function.h"

namespace millrace::ops {

/// unnest(array): all elements in storage order.
template <class T>
class Unnest : public SetCursor {
 public:
  static constexpr bool kStrict = true;
  static constexpr bool kNullable = true;
  ErrorCode open(OpContext&, std::span<const SetArgument> arguments) override {
    // Arrays with elements are never inline: what is viewed are the argument's own bytes.
    elements_ = array::view_of(arguments[0].as<StringView>()).elements();
    return ErrorCode::Ok;
  }
  ErrorCode next(OpContext& c, u32 most, void* out, u8* validity, u32* made) override {
    T* values = static_cast<T*>(out);
    for (*made = 0; *made < most && !elements_.done(); (*made)++) {
      array::Datum element;
      const ErrorCode code = elements_.next(c, element);
      if (code != ErrorCode::Ok) return code;
      validity[*made] = element.is_null ? 0 : 1;
      values[*made] = element.is_null ? T{} : element.as<T>();
    }
    return ErrorCode::Ok;
  }

 private:
  array::Elements elements_;
};

/// generate_subscripts(array, dimension, reverse).
class Subscripts : public SetCursor {
 public:
  static constexpr bool kStrict = true;
  static constexpr bool kNullable = false;
  ErrorCode open(OpContext&, std::span<const SetArgument> arguments) override {
    const array::Shape shape = array::view_of(arguments[0].as<StringView>()).shape;
    const i32 dimension = arguments[1].as<i32>();
    left_ = 0;
    if (dimension < 1 || dimension > shape.dimensions) return ErrorCode::Ok;
    left_ = static_cast<u32>(shape.lengths[dimension - 1]);
    step_ = arguments[2].as<u8>() != 0 ? -1 : 1;
    next_ = shape.lowers[dimension - 1];
    if (step_ < 0) next_ += shape.lengths[dimension - 1] - 1;
    return ErrorCode::Ok;
  }
  ErrorCode next(OpContext&, u32 most, void* out, u8*, u32* made) override {
    i32* values = static_cast<i32*>(out);
    for (*made = 0; *made < most && left_ > 0; (*made)++, left_--, next_ += step_) {
      values[*made] = next_;
    }
    return ErrorCode::Ok;
  }

 private:
  u32 left_ = 0;
  i64 next_ = 0;
  i32 step_ = 1;
};

/// regexp_matches(text, pattern [, flags]): the groups of the first match, or with g of each.
class RegexpMatches : public SetCursor {
 public:
  static constexpr bool kStrict = true;
  static constexpr bool kNullable = false;
  ErrorCode open(OpContext& c, std::span<const SetArgument> arguments) override;
  ErrorCode next(OpContext& c, u32 most, void* out, u8* validity, u32* made) override;

 private:
  StringView text_ = empty_string();
  StringView pattern_ = empty_string();
  StringView flags_ = empty_string();
  i64 search_from_ = 0;  // in characters
  bool done_ = true;
};

}  // namespace millrace::ops
