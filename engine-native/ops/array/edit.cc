// Arrays made of arrays: constructors, concatenation, slices, removal.
#include <algorithm>

#include "ops/array.h"
#include "ops/scalar/utf8.h"

namespace millrace::ops::array {

namespace {

void put(Body& body, const View& from) {
  body.key.append(from.key);
  body.rest.append(from.rest);
}

/// Elements by number as values of int4; NULL shows as absent.
struct Number {
  i32 value = 0;
  bool is_null = true;
};
ErrorCode numbers_of(OpContext& c, const StringView& array, Number (&out)[kMostDimensions],
                     i32& count) {
  count = 0;
  Elements elements = view_of(array).elements();
  while (!elements.done() && count < kMostDimensions) {
    Datum value;
    const ErrorCode code = elements.next(c, value);
    if (code != ErrorCode::Ok) return code;
    out[count].is_null = value.is_null;
    if (!value.is_null) out[count].value = value.as<i32>();
    count++;
  }
  return ErrorCode::Ok;
}

ErrorCode incompatible(OpContext& c, std::string_view detail) {
  return fail_text(c, ErrorCode::IncompatibleArrays, "cannot concatenate incompatible arrays",
                   detail);
}

/// One array behind the other where both have as many dimensions.
ErrorCode cat_alike(OpContext& c, const Shape& left, const Shape& right, Shape& shape) {
  shape = left;
  shape.lengths[0] += right.lengths[0];
  for (i32 i = 1; i < left.dimensions; i++) {
    if (left.lengths[i] != right.lengths[i] || left.lowers[i] != right.lowers[i]) {
      return incompatible(
          c, "Arrays with differing element dimensions are not compatible for concatenation.");
    }
  }
  return ErrorCode::Ok;
}

/// An array beside one whose elements are like it.
ErrorCode cat_nested(OpContext& c, const Shape& inner, const Shape& outer, Shape& shape) {
  shape = outer;
  shape.lengths[0]++;
  for (i32 i = 0; i < inner.dimensions; i++) {
    if (inner.lengths[i] != outer.lengths[i + 1] || inner.lowers[i] != outer.lowers[i + 1]) {
      return incompatible(c,
                          "Arrays with differing dimensions are not compatible for concatenation.");
    }
  }
  return ErrorCode::Ok;
}

ErrorCode cat(OpContext& c, const StringView& left_array, const StringView& right_array,
              StringView& out) {
  const View left = view_of(left_array);
  const View right = view_of(right_array);
  const i32 left_dimensions = left.shape.dimensions;
  const i32 right_dimensions = right.shape.dimensions;
  if (left_dimensions == 0 && right_dimensions > 0) {
    out = right_array;
    return ErrorCode::Ok;
  }
  if (right_dimensions == 0) {
    out = left_array;
    return ErrorCode::Ok;
  }
  Shape shape;
  ErrorCode code;
  if (left_dimensions == right_dimensions) {
    code = cat_alike(c, left.shape, right.shape, shape);
  } else if (left_dimensions == right_dimensions - 1) {
    code = cat_nested(c, left.shape, right.shape, shape);
  } else if (left_dimensions == right_dimensions + 1) {
    code = cat_nested(c, right.shape, left.shape, shape);
  } else {
    return incompatible(c, "Arrays of " + std::to_string(left_dimensions) + " and " +
                               std::to_string(right_dimensions) +
                               " dimensions are not compatible for concatenation.");
  }
  if (code != ErrorCode::Ok) return code;
  Body& body = scratch();
  put(body, left);
  put(body, right);
  return finish(c, left.form, body, shape, out);
}

ErrorCode not_a_list(OpContext& c) {
  return c.fail(ErrorCode::DataException,
                literal("argument must be empty or one-dimensional array"));
}

/// The elements of a box within the shape, in storage order.
void put_box(Body& body, const View& from, const i32 (&lowers)[kMostDimensions],
             const i32 (&uppers)[kMostDimensions]) {
  const Shape& shape = from.shape;
  i32 at[kMostDimensions] = {};
  Elements elements = from.elements();
  while (!elements.done()) {
    std::string_view key;
    std::string_view rest;
    elements.skip(key, rest);
    bool inside = true;
    for (i32 i = 0; i < shape.dimensions; i++) {
      const i32 subscript = shape.lowers[i] + at[i];
      inside &= subscript >= lowers[i] && subscript <= uppers[i];
    }
    if (inside) {
      body.key.append(key);
      body.rest.append(rest);
    }
    for (i32 level = shape.dimensions - 1; level >= 0; level--) {
      if (++at[level] < shape.lengths[level]) break;
      at[level] = 0;
    }
  }
}

/// Bounds outside the array are cut to it; an empty box is an empty array.
ErrorCode slice(OpContext& c, const View& from, i32 (&lowers)[kMostDimensions],
                i32 (&uppers)[kMostDimensions], i32 count, StringView& out) {
  const Shape& shape = from.shape;
  const Shape none;
  if (shape.dimensions < count || shape.dimensions == 0) return finish(c, from.form, {}, none, out);
  Shape cut;
  cut.dimensions = shape.dimensions;
  for (i32 i = 0; i < shape.dimensions; i++) {
    const i32 last = shape.lowers[i] + shape.lengths[i] - 1;
    if (i >= count || lowers[i] < shape.lowers[i]) lowers[i] = shape.lowers[i];
    if (i >= count || uppers[i] > last) uppers[i] = last;
    if (lowers[i] > uppers[i]) return finish(c, from.form, {}, none, out);
    cut.lengths[i] = uppers[i] - lowers[i] + 1;
    cut.lowers[i] = 1;
  }
  Body& body = scratch();
  put_box(body, from, lowers, uppers);
  return finish(c, from.form, body, cut, out);
}

ErrorCode mismatch(OpContext& c, bool is_aggregate) {
  return c.fail(
      ErrorCode::ArraySubscriptError,
      is_aggregate
          ? literal("cannot accumulate arrays of different dimensionality")
          : literal(
                "multidimensional arrays must have array expressions with matching dimensions"));
}

}  // namespace

}  // namespace millrace::ops::array

namespace millrace::ops {

using array::Body;
using array::Datum;
using array::Elements;
using array::Form;
using array::Shape;
using array::View;

ErrorCode ArrayKey::apply(OpContext& c, StringView value, StringView& out) {
  (void)c;
  const std::string_view key = array::key_of({value.bytes(), value.size});
  out = StringView::make(key.data(), static_cast<u32>(key.size()));
  return ErrorCode::Ok;
}

ErrorCode ArrayJoin::apply(OpContext& c, StringView left, StringView right, StringView& out) {
  const View first = array::view_of(left);
  const View second = array::view_of(right);
  Body& body = array::scratch();
  array::put(body, first);
  array::put(body, second);
  const Shape shape = Shape::list(first.shape.count() + second.shape.count());
  return array::finish(c, first.form, body, shape, out);
}

ErrorCode ArrayStack::apply(OpContext& c, StringView list, i32 form, u8 is_aggregate,
                            StringView& out) {
  Elements parts = array::view_of(list).elements();
  Body body;
  Shape inner;
  i32 count = 0;
  bool has_empty = false;
  while (!parts.done()) {
    Datum part;
    const ErrorCode code = parts.next(c, part);
    if (code != ErrorCode::Ok) return code;
    if (part.is_null && is_aggregate != 0) {
      return c.fail(ErrorCode::NullValueNotAllowed, literal("cannot accumulate null arrays"));
    }
    const View view = part.is_null ? View{} : array::view_of(part.as<StringView>());
    if (view.shape.dimensions == 0) {
      if (is_aggregate != 0) {
        return c.fail(ErrorCode::ArraySubscriptError, literal("cannot accumulate empty arrays"));
      }
      has_empty = true;
      continue;
    }
    if (count == 0) inner = view.shape;
    const Shape& shape = view.shape;
    bool same = shape.dimensions == inner.dimensions;
    for (i32 i = 0; same && i < shape.dimensions; i++) {
      same = shape.lengths[i] == inner.lengths[i] &&
             (is_aggregate != 0 || shape.lowers[i] == inner.lowers[i]);
    }
    if (!same) return array::mismatch(c, is_aggregate != 0);
    if (inner.dimensions == array::kMostDimensions) {
      return c.fail(ErrorCode::LimitExceeded,
                    literal("number of array dimensions (7) exceeds the maximum allowed (6)"));
    }
    array::put(body, view);
    count++;
  }
  if (has_empty && count > 0) return array::mismatch(c, false);
  if (count == 0) return array::finish(c, static_cast<Form>(form), body, Shape{}, out);
  Shape outer;
  outer.dimensions = inner.dimensions + 1;
  outer.lengths[0] = count;
  outer.lowers[0] = 1;
  for (i32 i = 0; i < inner.dimensions; i++) {
    outer.lengths[i + 1] = inner.lengths[i];
    outer.lowers[i + 1] = inner.lowers[i];
  }
  return array::finish(c, static_cast<Form>(form), body, outer, out);
}

/// The bytes of an array's only element with what belongs to them, so that such bytes one behind the
/// other can be taken apart again: string_agg makes array_agg of them.
ErrorCode ArrayPart::apply(OpContext& c, StringView one, StringView& out) {
  const View view = array::view_of(one);
  if (view.rest.empty()) {
    out = StringView::make(view.key.data(), static_cast<u32>(view.key.size()));
    return ErrorCode::Ok;
  }
  return array::keep(c, std::string(view.key) + std::string(view.rest), out);
}

ErrorCode ArrayOfParts::apply(OpContext& c, StringView parts, i32 form, u8 is_distinct,
                              StringView& out) {
  Body& body = array::scratch();
  const Form of = static_cast<Form>(form);
  const char* at = parts.bytes();
  const char* const end = at + parts.size;
  std::string_view last;
  i64 count = 0;
  while (at < end) {
    // Where the element's own bytes end is known only from reading them; then its rest follows.
    const array::Measured part = array::measure(of, at);
    const bool repeats = is_distinct != 0 && count > 0 && part.key == last;
    at = part.rest.data() + part.rest.size();
    last = part.key;
    if (repeats) continue;
    body.key.append(part.key);
    body.rest.append(part.rest);
    count++;
  }
  return array::finish(c, of, body, Shape::list(count), out);
}

ErrorCode ArraySlice::apply(OpContext& c, StringView array, StringView lowers, StringView uppers,
                            i32 given, Nullable<StringView>& out) {
  array::Number from[array::kMostDimensions];
  array::Number to[array::kMostDimensions];
  i32 count = 0;
  ErrorCode code = array::numbers_of(c, lowers, from, count);
  if (code == ErrorCode::Ok) code = array::numbers_of(c, uppers, to, count);
  if (code != ErrorCode::Ok) return code;
  i32 low[array::kMostDimensions] = {};
  i32 high[array::kMostDimensions] = {};
  // Bit 2i and 2i + 1 of `given`: dimension i has a lower and an upper bound.
  out.is_null = true;
  for (i32 i = 0; i < count; i++) {
    const bool has_low = (given >> (2 * i) & 1) != 0;
    const bool has_high = (given >> (2 * i + 1) & 1) != 0;
    if ((has_low && from[i].is_null) || (has_high && to[i].is_null)) return ErrorCode::Ok;
    low[i] = has_low ? from[i].value : -2147483647 - 1;
    high[i] = has_high ? to[i].value : 2147483647;
  }
  out.is_null = false;
  return array::slice(c, array::view_of(array), low, high, count, out.value);
}

ErrorCode TrimArray::apply(OpContext& c, StringView array, i32 count, StringView& out) {
  const View view = array::view_of(array);
  const i32 length = view.shape.dimensions > 0 ? view.shape.lengths[0] : 0;
  if (count < 0 || count > length) {
    return array::fail_text(
        c, ErrorCode::ArraySubscriptError,
        "number of elements to trim must be between 0 and " + std::to_string(length));
  }
  if (length == 0) {
    out = array;
    return ErrorCode::Ok;
  }
  i32 lowers[array::kMostDimensions] = {view.shape.lowers[0]};
  i32 uppers[array::kMostDimensions] = {view.shape.lowers[0] + length - count - 1};
  return array::slice(c, view, lowers, uppers, 1, out);
}

ErrorCode ArrayCat::apply(OpContext& c, Nullable<StringView> left, Nullable<StringView> right,
                          Nullable<StringView>& out) {
  out.is_null = left.is_null && right.is_null;
  if (left.is_null || right.is_null) {
    out.value = left.is_null ? right.value : left.value;
    return ErrorCode::Ok;
  }
  return array::cat(c, left.value, right.value, out.value);
}

ErrorCode ArrayAppend::apply(OpContext& c, Nullable<StringView> array, Nullable<StringView> one,
                             StringView& out) {
  const View element = array::view_of(one.value);
  const View view = array.is_null ? View{element.form, {}, {}, {}} : array::view_of(array.value);
  if (view.shape.dimensions > 1) return array::not_a_list(c);
  Body& body = array::scratch();
  array::put(body, view);
  array::put(body, element);
  const i32 lower = view.shape.dimensions == 0 ? 1 : view.shape.lowers[0];
  if (i64{lower} + view.shape.count() > 2147483647L) return ErrorCode::IntegerOutOfRange;
  return array::finish(c, element.form, body, Shape::list(view.shape.count() + 1, lower), out);
}

ErrorCode ArrayPrepend::apply(OpContext& c, Nullable<StringView> one, Nullable<StringView> array,
                              StringView& out) {
  const View element = array::view_of(one.value);
  const View view = array.is_null ? View{element.form, {}, {}, {}} : array::view_of(array.value);
  if (view.shape.dimensions > 1) return array::not_a_list(c);
  Body& body = array::scratch();
  array::put(body, element);
  array::put(body, view);
  const i32 lower = view.shape.dimensions == 0 ? 1 : view.shape.lowers[0];
  if (lower == -2147483647 - 1) return ErrorCode::IntegerOutOfRange;
  return array::finish(c, element.form, body, Shape::list(view.shape.count() + 1, lower), out);
}

ErrorCode ArrayRemove::apply(OpContext& c, StringView array, StringView one, StringView& out) {
  const View view = array::view_of(array);
  if (view.shape.dimensions > 1) {
    return c.fail(ErrorCode::FeatureNotSupported,
                  literal("removing elements from multidimensional arrays is not supported"));
  }
  const std::string_view removed = array::view_of(one).key;
  Body& body = array::scratch();
  i64 count = 0;
  Elements elements = view.elements();
  while (!elements.done()) {
    std::string_view key;
    std::string_view rest;
    elements.skip(key, rest);
    if (key == removed) continue;
    body.key.append(key);
    body.rest.append(rest);
    count++;
  }
  return array::finish(c, view.form, body, Shape::list(count, view.shape.lowers[0]), out);
}

ErrorCode ArrayReplace::apply(OpContext& c, StringView array, StringView old, StringView with,
                              StringView& out) {
  const View view = array::view_of(array);
  const std::string_view replaced = array::view_of(old).key;
  const View replacement = array::view_of(with);
  Body& body = array::scratch();
  Elements elements = view.elements();
  while (!elements.done()) {
    std::string_view key;
    std::string_view rest;
    elements.skip(key, rest);
    const bool is_replaced = key == replaced;
    body.key.append(is_replaced ? replacement.key : key);
    body.rest.append(is_replaced ? replacement.rest : rest);
  }
  return array::finish(c, view.form, body, view.shape, out);
}

ErrorCode ArrayFill::apply(OpContext& c, Nullable<StringView> one, Nullable<StringView> lengths,
                           Nullable<StringView> lowers, StringView& out) {
  if (lengths.is_null || lowers.is_null) {
    return c.fail(ErrorCode::NullValueNotAllowed,
                  literal("dimension array or low bound array cannot be null"));
  }
  const View dims = array::view_of(lengths.value);
  const View lows = array::view_of(lowers.value);
  const auto wrong = [&](std::string_view detail) {
    return array::fail_text(c, ErrorCode::IncompatibleArrays, "wrong number of array subscripts",
                            detail);
  };
  if (dims.shape.dimensions > 1 || lows.shape.dimensions > 1) {
    return wrong("Dimension array must be one dimensional.");
  }
  const i64 count = dims.shape.count();
  if (count > array::kMostDimensions) {
    return array::fail_text(c, ErrorCode::LimitExceeded,
                            "number of array dimensions (" + std::to_string(count) +
                                ") exceeds the maximum allowed (6)");
  }
  const bool has_lowers = lows.shape.dimensions > 0;
  if (has_lowers && lows.shape.count() != count) {
    return wrong("Low bound array has different size than dimensions array.");
  }
  array::Number sizes[array::kMostDimensions];
  array::Number starts[array::kMostDimensions];
  i32 used = 0;
  ErrorCode code = array::numbers_of(c, lengths.value, sizes, used);
  if (code == ErrorCode::Ok && has_lowers) code = array::numbers_of(c, lowers.value, starts, used);
  if (code != ErrorCode::Ok) return code;
  Shape shape;
  shape.dimensions = static_cast<i32>(count);
  i64 total = count == 0 ? 0 : 1;
  for (i32 i = 0; i < shape.dimensions; i++) {
    if (sizes[i].is_null || (has_lowers && starts[i].is_null)) {
      return c.fail(ErrorCode::NullValueNotAllowed, literal("dimension values cannot be null"));
    }
    shape.lengths[i] = sizes[i].value;
    shape.lowers[i] = has_lowers ? starts[i].value : 1;
    if (shape.lengths[i] < 0) return array::too_large(c);
    total *= shape.lengths[i];
    if (total > array::kMostElements) return array::too_large(c);
  }
  const View element = array::view_of(one.value);
  if (total == 0) return array::finish(c, element.form, {}, Shape{}, out);
  if (static_cast<u64>(total) * (element.key.size() + element.rest.size()) > kLargestValue) {
    return ErrorCode::RequestedLengthTooLarge;
  }
  Body& body = array::scratch();
  for (i64 i = 0; i < total; i++) array::put(body, element);
  return array::finish(c, element.form, body, shape, out);
}

}  // namespace millrace::ops
