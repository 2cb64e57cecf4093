// The structs behind array.def. Host only: arrays are made of bytes of any number.
#pragma once

#include "ops/array/element.h"

namespace millrace::ops {

/// A value, NULL too, as an array of one element of that form.
template <class T>
struct ArrayPack {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Nullable<T> value, Nullable<i32> form, StringView& out) {
    array::Datum element;
    element.form = static_cast<array::Form>(form.value);
    if (!value.is_null) element.set(value.value);
    array::Body& body = array::scratch();
    array::append(body, element);
    return array::finish(c, element.form, body, array::Shape::list(1), out);
  }
};

/// The element at an offset in storage order, which there is.
template <class T>
struct ArrayAt {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView from, i32 offset, Nullable<T>& out) {
    array::Elements elements = array::view_of(from).elements();
    std::string_view key;
    std::string_view rest;
    for (i32 i = 0; i < offset && !elements.done(); i++) elements.skip(key, rest);
    out.is_null = true;
    if (elements.done()) return ErrorCode::Ok;
    array::Datum element;
    const ErrorCode code = elements.next(c, element);
    out.is_null = element.is_null;
    if (!out.is_null) out.value = element.as<T>();
    return code;
  }
};

struct RecordNew {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView& out);
};
struct ArrayIn {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, i32 form, StringView& out);
};
struct ArrayOut {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, StringView& out);
};
struct ArrayLiteral {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, StringView& out);
};
struct ArrayReceive {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView bytes, i32 form, StringView& out);
};
struct ArraySend {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, i32 element_oid, StringView& out);
};
struct ArrayKey {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView value, StringView& out);
};
struct ArrayCast {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, i32 form, i32 modifier, StringView& out);
};
struct ArrayJoin {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView left, StringView right, StringView& out);
};
struct ArrayStack {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView list, i32 form, u8 is_aggregate, StringView& out);
};
struct ArrayPart {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView one, StringView& out);
};
struct ArrayOfParts {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView parts, i32 form, u8 is_distinct, StringView& out);
};
struct ArrayOffset {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, StringView subscripts, Nullable<i32>& out);
};
struct ArraySlice {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, StringView lowers, StringView uppers,
                         i32 given, Nullable<StringView>& out);
};
struct ArrayAny {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView one, StringView array, i32 comparison,
                         Nullable<u8>& out);
};
struct ArrayAll {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView one, StringView array, i32 comparison,
                         Nullable<u8>& out);
};
struct ArrayContains {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, StringView part, u8& out);
};
struct ArrayOverlaps {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView left, StringView right, u8& out);
};
struct ArrayCat {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Nullable<StringView> left, Nullable<StringView> right,
                         Nullable<StringView>& out);
};
struct ArrayAppend {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Nullable<StringView> array, Nullable<StringView> one,
                         StringView& out);
};
struct ArrayPrepend {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Nullable<StringView> one, Nullable<StringView> array,
                         StringView& out);
};
struct ArrayDimensions {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, Nullable<i32>& out);
};
struct ArrayDimensionsText {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, Nullable<StringView>& out);
};
struct ArrayLength {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, i32 dimension, Nullable<i32>& out);
};
struct ArrayLower {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, i32 dimension, Nullable<i32>& out);
};
struct ArrayUpper {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, i32 dimension, Nullable<i32>& out);
};
struct ArrayCardinality {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, i32& out);
};
struct ArrayPosition {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, StringView one, Nullable<i32>& out);
};
struct ArrayPositionFrom {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, StringView one, i32 start,
                         Nullable<i32>& out);
};
struct ArrayPositions {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, StringView one, StringView& out);
};
struct ArrayRemove {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, StringView one, StringView& out);
};
struct ArrayReplace {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, StringView old, StringView with,
                         StringView& out);
};
struct ArrayToString {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, StringView delimiter, StringView& out);
};
struct ArrayToStringWithNulls {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Nullable<StringView> array, Nullable<StringView> delimiter,
                         Nullable<StringView> null_text, Nullable<StringView>& out);
};
struct StringToArray {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Nullable<StringView> text, Nullable<StringView> delimiter,
                         Nullable<StringView>& out);
};
struct StringToArrayWithNulls {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Nullable<StringView> text, Nullable<StringView> delimiter,
                         Nullable<StringView> null_text, Nullable<StringView>& out);
};
struct ArrayFill {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Nullable<StringView> one, Nullable<StringView> lengths,
                         Nullable<StringView> lowers, StringView& out);
};
struct TrimArray {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView array, i32 count, StringView& out);
};
struct ArrayWidthBucket {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView one, StringView thresholds, i32& out);
};
struct RegexpMatch {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern,
                         Nullable<StringView>& out);
};
struct RegexpMatchFlags {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, StringView flags,
                         Nullable<StringView>& out);
};
struct RegexpSplitToArray {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, StringView& out);
};
struct RegexpSplitToArrayFlags {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, StringView flags,
                         StringView& out);
};
struct RecordAdd {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView record, StringView one, i32 oid, StringView& out);
};
struct RecordOut {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView record, StringView& out);
};
struct RecordSend {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView record, StringView& out);
};
/// What of the first row decides a comparison with the second, whose fields must have the same types.
struct RecordMatched {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView record, StringView other, StringView& out);
};

}  // namespace millrace::ops
