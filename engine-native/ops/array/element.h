// How arrays and records lie in memory; host only. One value is a bytea:
//
//   form | elements | 0 | ndim | lengths | lower bounds | ndim | rest | size of all before rest
//
// An element is 1 and its value, or 2 for NULL. Values are written so that the order of the bytes is
// the order of the values, and equal values are equal bytes: so arrays compare, hash, group and join
// as the bytes they are, by PostgreSQL's rules. What equality does not see (a numeric's scale, the
// sign of a zero) stands in `rest`, element by element; forms that have no such thing have no rest
// and no size. A record's elements have their form and OID before them, and it has no dimensions.
#pragma once
#include <string>
#include <string_view>

#include "ops/context.h"

namespace millrace::ops::array {

/// What elements are. The numbers are the frontend's too (src/types/array-type.ts).
enum class Form : u8 {
  Bool = 1,
  I16 = 2,
  I32 = 3,
  I64 = 4,
  F32 = 5,
  F64 = 6,
  Numeric = 7,
  Date = 8,
  Time = 9,
  Timestamp = 10,
  TimestampTz = 11,
  Interval = 12,
  Uuid = 13,
  Text = 14,
  Bytea = 15,
  Bpchar = 16,
  Oid = 17,
  Record = 18,
  Array = 19,  // a field of a record only
};
constexpr u8 kFormCount = 20;

bool is_form(i32 number);
/// The physical type of elements; arrays and records are Bytea.
Type type_of(Form form);
/// Whether equal values may be told apart.
bool has_rest(Form form);

/// One element in its physical form.
struct Datum {
  Form form = Form::Bool;
  bool is_null = true;
  alignas(16) char bytes[32] = {};

  template <class T>
  const T& as() const {
    return *reinterpret_cast<const T*>(bytes);
  }
  template <class T>
  void set(const T& value) {
    is_null = false;
    *reinterpret_cast<T*>(bytes) = value;
  }
};

/// Elements being written: what compares, and what does not.
struct Body {
  std::string key;
  std::string rest;
  void clear() {
    key.clear();
    rest.clear();
  }
};
void append(Body& body, const Datum& value);

/// Elements being read one by one. Strings view the bytes or come from the arena.
class Elements {
 public:
  Elements() = default;
  Elements(Form form, std::string_view key, std::string_view rest)
      : form_(form),
        at_(key.data()),
        end_(key.data() + key.size()),
        rest_(rest.data()),
        rest_end_(rest.data() + rest.size()) {}
  bool done() const { return at_ == end_; }
  /// The next element's value; OutOfMemory if the arena is used up.
  ErrorCode next(OpContext& c, Datum& out);
  /// The next element's bytes: marker and value, and what of `rest` is its own.
  void skip(std::string_view& key, std::string_view& rest);

 private:
  Form form_ = Form::Bool;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  const char* rest_ = nullptr;
  const char* rest_end_ = nullptr;
};

/// The bytes of one element at `at`, marker and all, and the rest that stands right behind them.
struct Measured {
  std::string_view key;
  std::string_view rest;
};
Measured measure(Form form, const char* at);

constexpr i32 kMostDimensions = 6;
/// PostgreSQL's MaxArraySize.
constexpr i64 kMostElements = 134217727;

struct Shape {
  i32 dimensions = 0;
  i32 lengths[kMostDimensions] = {};
  i32 lowers[kMostDimensions] = {};

  i64 count() const {
    i64 all = dimensions == 0 ? 0 : 1;
    for (i32 i = 0; i < dimensions; i++) all *= lengths[i];
    return all;
  }
  static Shape list(i64 length, i32 lower = 1) {
    Shape shape;
    if (length == 0) return shape;
    shape.dimensions = 1;
    shape.lengths[0] = static_cast<i32>(length);
    shape.lowers[0] = lower;
    return shape;
  }
};

/// An array taken apart; views the bytes it was made of, which must not be inline.
struct View {
  Form form = Form::Bool;
  Shape shape;
  std::string_view key;   // elements
  std::string_view rest;  // of elements

  Elements elements() const { return {form, key, rest}; }
};
View view_of(const StringView& array);
/// The part that compares.
std::string_view key_of(std::string_view value);

/// The bytes of an array; 54000 where it would have more elements than PostgreSQL's.
ErrorCode finish(OpContext& c, Form form, const Body& body, const Shape& shape, StringView& out);
/// Any bytes as a result.
ErrorCode keep(OpContext& c, std::string_view bytes, StringView& out);
/// Memory of the thread's own for one result.
Body& scratch();

/// A field of a record.
struct Field {
  u32 oid = 0;
  Datum value;
};
/// Adds a field to a record's elements.
void append(Body& body, u32 oid, const Datum& value);
ErrorCode finish_record(OpContext& c, const Body& body, StringView& out);
/// The fields of a record.
class Fields {
 public:
  explicit Fields(const StringView& record);
  bool done() const { return at_ == end_; }
  ErrorCode next(OpContext& c, Field& out);
  std::string_view key() const { return {at_, static_cast<size_t>(end_ - at_)}; }
  std::string_view rest() const { return {rest_, static_cast<size_t>(rest_end_ - rest_)}; }

 private:
  const char* at_;
  const char* end_;
  const char* rest_;
  const char* rest_end_;
};

/// 54000 for more elements than PostgreSQL's arrays have.
ErrorCode too_large(OpContext& c);
ErrorCode fail_text(OpContext& c, ErrorCode code, std::string_view text);
ErrorCode fail_text(OpContext& c, ErrorCode code, std::string_view text, std::string_view detail);

}  // namespace millrace::ops::array
