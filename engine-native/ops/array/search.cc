// What arrays are asked: sizes, elements, membership, order.
#include <unordered_set>
#include <vector>

#include "ops/array.h"
#include "ops/array/value.h"
#include "ops/cast/print_number.h"
#include "ops/scalar/utf8.h"

namespace millrace::ops {

using array::Body;
using array::Datum;
using array::Elements;
using array::Form;
using array::Shape;
using array::View;

namespace {

constexpr char kPresent = 1;

bool is_present(std::string_view key) { return key[0] == kPresent; }

/// = <> < <= > >= by their numbers; keys order as their values do.
bool holds(i32 comparison, std::string_view left, std::string_view right) {
  const int order = left.compare(right);
  switch (comparison) {
    case 0:
      return order == 0;
    case 1:
      return order != 0;
    case 2:
      return order < 0;
    case 3:
      return order <= 0;
    case 4:
      return order > 0;
    default:
      return order >= 0;
  }
}

/// ANY (`decides` true) and ALL (false): the first comparison with that outcome decides.
ErrorCode quantified(const StringView& one, const StringView& of, i32 comparison, bool decides,
                     Nullable<u8>& out) {
  const std::string_view left = array::view_of(one).key;
  Elements elements = array::view_of(of).elements();
  out.value = decides ? 0 : 1;
  out.is_null = false;
  while (!elements.done()) {
    std::string_view right;
    std::string_view rest;
    elements.skip(right, rest);
    if (!is_present(left) || !is_present(right)) {
      out.is_null = true;
    } else if (holds(comparison, left, right) == decides) {
      out = {static_cast<u8>(decides ? 1 : 0), false};
      return ErrorCode::Ok;
    }
  }
  return ErrorCode::Ok;
}

std::unordered_set<std::string_view> present_of(const View& view) {
  std::unordered_set<std::string_view> keys;
  Elements elements = view.elements();
  while (!elements.done()) {
    std::string_view key;
    std::string_view rest;
    elements.skip(key, rest);
    if (is_present(key)) keys.insert(key);
  }
  return keys;
}

bool has_dimension(const Shape& shape, i32 dimension) {
  return dimension >= 1 && dimension <= shape.dimensions;
}

ErrorCode search_refused(OpContext& c) {
  return c.fail(ErrorCode::FeatureNotSupported,
                literal("searching for elements in multidimensional arrays is not supported"));
}

ErrorCode position(OpContext& c, const StringView& of, const StringView& one, i32 start,
                   Nullable<i32>& out) {
  const View view = array::view_of(of);
  if (view.shape.dimensions > 1) return search_refused(c);
  const std::string_view wanted = array::view_of(one).key;
  out.is_null = true;
  i32 at = view.shape.lowers[0];
  Elements elements = view.elements();
  for (; !elements.done(); at++) {
    std::string_view key;
    std::string_view rest;
    elements.skip(key, rest);
    if (at < start || key != wanted) continue;
    out = {at, false};
    return ErrorCode::Ok;
  }
  return ErrorCode::Ok;
}

ErrorCode to_string(OpContext& c, const StringView& of, const StringView& delimiter,
                    const StringView* null_text, StringView& out) {
  std::string text;
  bool first = true;
  Elements elements = array::view_of(of).elements();
  while (!elements.done()) {
    Datum value;
    ErrorCode code = elements.next(c, value);
    if (code != ErrorCode::Ok) return code;
    if (value.is_null && null_text == nullptr) continue;
    if (!first) text.append(delimiter.bytes(), delimiter.size);
    first = false;
    if (value.is_null) {
      text.append(null_text->bytes(), null_text->size);
    } else {
      code = array::print(c, value, *c.settings, text);
    }
    if (code != ErrorCode::Ok) return code;
  }
  return array::keep(c, text, out);
}

/// Parts between delimiters; characters where the delimiter is NULL.
ErrorCode to_array(OpContext& c, const StringView& text, const Nullable<StringView>& delimiter,
                   const Nullable<StringView>& null_text, StringView& out) {
  const std::string_view all(text.bytes(), text.size);
  const std::string_view between =
      delimiter.is_null ? std::string_view{}
                        : std::string_view(delimiter.value.bytes(), delimiter.value.size);
  Body& body = array::scratch();
  i64 count = 0;
  for (size_t at = 0; at <= all.size() && !all.empty();) {
    size_t end;
    size_t next;
    if (delimiter.is_null) {
      if (at == all.size()) break;
      end = next = at + utf8::length_of(all[at]);
    } else {
      end = between.empty() ? std::string_view::npos : all.find(between, at);
      next = end == std::string_view::npos ? all.size() + 1 : end + between.size();
      if (end == std::string_view::npos) end = all.size();
    }
    const std::string_view part = all.substr(at, end - at);
    Datum value;
    value.form = Form::Text;
    const bool is_null = !null_text.is_null &&
                         part == std::string_view(null_text.value.bytes(), null_text.value.size);
    if (!is_null) value.set(StringView::make(part.data(), static_cast<u32>(part.size())));
    array::append(body, value);
    count++;
    at = next;
  }
  return array::finish(c, Form::Text, body, Shape::list(count), out);
}

}  // namespace

ErrorCode ArrayOffset::apply(OpContext& c, StringView array, StringView subscripts,
                             Nullable<i32>& out) {
  const View view = array::view_of(array);
  const View wanted = array::view_of(subscripts);
  out.is_null = true;
  if (wanted.shape.count() != view.shape.dimensions) return ErrorCode::Ok;
  Elements elements = wanted.elements();
  i64 offset = 0;
  for (i32 i = 0; i < view.shape.dimensions; i++) {
    Datum value;
    const ErrorCode code = elements.next(c, value);
    if (code != ErrorCode::Ok) return code;
    if (value.is_null) return ErrorCode::Ok;
    const i64 at = i64{value.as<i32>()} - view.shape.lowers[i];
    if (at < 0 || at >= view.shape.lengths[i]) return ErrorCode::Ok;
    offset = offset * view.shape.lengths[i] + at;
  }
  out = {static_cast<i32>(offset), false};
  return ErrorCode::Ok;
}

ErrorCode ArrayAny::apply(OpContext& c, StringView one, StringView array, i32 comparison,
                          Nullable<u8>& out) {
  (void)c;
  return quantified(one, array, comparison, true, out);
}
ErrorCode ArrayAll::apply(OpContext& c, StringView one, StringView array, i32 comparison,
                          Nullable<u8>& out) {
  (void)c;
  return quantified(one, array, comparison, false, out);
}

ErrorCode ArrayContains::apply(OpContext& c, StringView array, StringView part, u8& out) {
  (void)c;
  const auto present = present_of(array::view_of(array));
  Elements wanted = array::view_of(part).elements();
  out = 1;
  while (!wanted.done() && out != 0) {
    std::string_view key;
    std::string_view rest;
    wanted.skip(key, rest);
    out = present.contains(key) ? 1 : 0;
  }
  return ErrorCode::Ok;
}

ErrorCode ArrayOverlaps::apply(OpContext& c, StringView left, StringView right, u8& out) {
  (void)c;
  const auto present = present_of(array::view_of(left));
  Elements wanted = array::view_of(right).elements();
  out = 0;
  while (!wanted.done() && out == 0) {
    std::string_view key;
    std::string_view rest;
    wanted.skip(key, rest);
    out = present.contains(key) ? 1 : 0;
  }
  return ErrorCode::Ok;
}

ErrorCode ArrayDimensions::apply(OpContext& c, StringView array, Nullable<i32>& out) {
  (void)c;
  const i32 dimensions = array::view_of(array).shape.dimensions;
  out = {dimensions, dimensions == 0};
  return ErrorCode::Ok;
}

ErrorCode ArrayDimensionsText::apply(OpContext& c, StringView array, Nullable<StringView>& out) {
  const Shape shape = array::view_of(array).shape;
  std::string text;
  for (i32 i = 0; i < shape.dimensions; i++) {
    text += "[" + std::to_string(shape.lowers[i]) + ":" +
            std::to_string(i64{shape.lowers[i]} + shape.lengths[i] - 1) + "]";
  }
  out.is_null = shape.dimensions == 0;
  return array::keep(c, text, out.value);
}

ErrorCode ArrayLength::apply(OpContext& c, StringView array, i32 dimension, Nullable<i32>& out) {
  (void)c;
  const Shape shape = array::view_of(array).shape;
  out.is_null = !has_dimension(shape, dimension);
  if (!out.is_null) out.value = shape.lengths[dimension - 1];
  return ErrorCode::Ok;
}
ErrorCode ArrayLower::apply(OpContext& c, StringView array, i32 dimension, Nullable<i32>& out) {
  (void)c;
  const Shape shape = array::view_of(array).shape;
  out.is_null = !has_dimension(shape, dimension);
  if (!out.is_null) out.value = shape.lowers[dimension - 1];
  return ErrorCode::Ok;
}
ErrorCode ArrayUpper::apply(OpContext& c, StringView array, i32 dimension, Nullable<i32>& out) {
  (void)c;
  const Shape shape = array::view_of(array).shape;
  out.is_null = !has_dimension(shape, dimension);
  if (!out.is_null) out.value = shape.lowers[dimension - 1] + shape.lengths[dimension - 1] - 1;
  return ErrorCode::Ok;
}

ErrorCode ArrayCardinality::apply(OpContext& c, StringView array, i32& out) {
  (void)c;
  out = static_cast<i32>(array::view_of(array).shape.count());
  return ErrorCode::Ok;
}

ErrorCode ArrayPosition::apply(OpContext& c, StringView array, StringView one, Nullable<i32>& out) {
  return position(c, array, one, -2147483647 - 1, out);
}
ErrorCode ArrayPositionFrom::apply(OpContext& c, StringView array, StringView one, i32 start,
                                   Nullable<i32>& out) {
  return position(c, array, one, start, out);
}

ErrorCode ArrayPositions::apply(OpContext& c, StringView array, StringView one, StringView& out) {
  const View view = array::view_of(array);
  if (view.shape.dimensions > 1) return search_refused(c);
  const std::string_view wanted = array::view_of(one).key;
  Body& body = array::scratch();
  i64 count = 0;
  i32 at = view.shape.lowers[0];
  Elements elements = view.elements();
  for (; !elements.done(); at++) {
    std::string_view key;
    std::string_view rest;
    elements.skip(key, rest);
    if (key != wanted) continue;
    Datum value;
    value.form = Form::I32;
    value.set(at);
    array::append(body, value);
    count++;
  }
  return array::finish(c, Form::I32, body, Shape::list(count), out);
}

ErrorCode ArrayToString::apply(OpContext& c, StringView array, StringView delimiter,
                               StringView& out) {
  return to_string(c, array, delimiter, nullptr, out);
}
ErrorCode ArrayToStringWithNulls::apply(OpContext& c, Nullable<StringView> array,
                                        Nullable<StringView> delimiter,
                                        Nullable<StringView> null_text, Nullable<StringView>& out) {
  out.is_null = array.is_null || delimiter.is_null;
  if (out.is_null) return ErrorCode::Ok;
  return to_string(c, array.value, delimiter.value, null_text.is_null ? nullptr : &null_text.value,
                   out.value);
}

ErrorCode StringToArray::apply(OpContext& c, Nullable<StringView> text,
                               Nullable<StringView> delimiter, Nullable<StringView>& out) {
  out.is_null = text.is_null;
  if (out.is_null) return ErrorCode::Ok;
  return to_array(c, text.value, delimiter, {empty_string(), true}, out.value);
}
ErrorCode StringToArrayWithNulls::apply(OpContext& c, Nullable<StringView> text,
                                        Nullable<StringView> delimiter,
                                        Nullable<StringView> null_text, Nullable<StringView>& out) {
  out.is_null = text.is_null;
  if (out.is_null) return ErrorCode::Ok;
  return to_array(c, text.value, delimiter, null_text, out.value);
}

/// How many thresholds, which rise, the operand has reached.
ErrorCode ArrayWidthBucket::apply(OpContext& c, StringView one, StringView thresholds, i32& out) {
  const View view = array::view_of(thresholds);
  if (view.shape.dimensions > 1) {
    return c.fail(ErrorCode::ArraySubscriptError,
                  literal("thresholds must be one-dimensional array"));
  }
  const std::string_view operand = array::view_of(one).key;
  std::vector<std::string_view> keys;
  Elements elements = view.elements();
  while (!elements.done()) {
    std::string_view key;
    std::string_view rest;
    elements.skip(key, rest);
    if (!is_present(key)) {
      return c.fail(ErrorCode::NullValueNotAllowed,
                    literal("thresholds array must not contain NULLs"));
    }
    keys.push_back(key);
  }
  size_t low = 0;
  size_t high = keys.size();
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (operand.compare(keys[middle]) < 0) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  out = static_cast<i32>(low);
  return ErrorCode::Ok;
}

}  // namespace millrace::ops
