#include "wire/value_writer.h"

#include <cstring>

#include "ops/cast/big_endian.h"
#include "ops/cast/numeric_binary.h"
#include "ops/cast/print_bytes.h"
#include "ops/cast/print_datetime.h"
#include "ops/cast/print_number.h"

namespace millrace::wire {

using ops::kMaxNumericBinarySize;
using ops::put_big_endian;
using ops::put_numeric_binary;

using types::i128;
using types::Interval;
using types::Numeric;
using types::StringView;
using types::Type;
using types::Uuid;

namespace {

// Text.

char* text_of_bool(const ValueColumn& c, uint32_t i, char* to) {
  *to = c.at<uint8_t>(i) != 0 ? 't' : 'f';
  return to + 1;
}
template <class T>
char* text_of_integer(const ValueColumn& c, uint32_t i, char* to) {
  return to + ops::print_i64(c.at<T>(i), to);
}
char* text_of_f32(const ValueColumn& c, uint32_t i, char* to) {
  return to + ops::print_f32(c.at<float>(i), c.settings->extra_float_digits, to);
}
char* text_of_f64(const ValueColumn& c, uint32_t i, char* to) {
  return to + ops::print_f64(c.at<double>(i), c.settings->extra_float_digits, to);
}
/// Two decimals, as money and rates are kept: whole and fraction printed at once.
char* text_of_cents(const ValueColumn& c, uint32_t i, char* to) {
  const int64_t value = c.at<int64_t>(i);
  uint64_t size = static_cast<uint64_t>(value);
  if (value < 0) {
    *to++ = '-';
    size = -size;
  }
  const uint64_t whole = size / 100;
  to += ops::print_u64(whole, to);
  *to = '.';
  ops::put_pair(static_cast<uint32_t>(size - whole * 100), to + 1);
  return to + 3;
}
char* text_of_d64(const ValueColumn& c, uint32_t i, char* to) {
  return to + ops::print_d64(c.at<int64_t>(i), c.scale, to);
}
char* text_of_d128(const ValueColumn& c, uint32_t i, char* to) {
  return to + ops::print_d128(c.at<i128>(i), c.scale, to);
}
char* text_of_numeric(const ValueColumn& c, uint32_t i, char* to) {
  return to + ops::print_numeric(c.at<Numeric>(i), to);
}
size_t measure_numeric_text(const ValueColumn& c, uint32_t i) {
  return ops::numeric_text_size(c.at<Numeric>(i));
}
char* text_of_date(const ValueColumn& c, uint32_t i, char* to) {
  return ops::print_date(c.at<int32_t>(i), *c.settings, to);
}
char* text_of_time(const ValueColumn& c, uint32_t i, char* to) {
  return ops::print_time(c.at<int64_t>(i), to);
}
char* text_of_timestamp(const ValueColumn& c, uint32_t i, char* to) {
  return ops::print_timestamp(c.at<int64_t>(i), *c.settings, to);
}
char* text_of_timestamptz(const ValueColumn& c, uint32_t i, char* to) {
  return ops::print_timestamptz(c.at<int64_t>(i), *c.settings, to);
}
char* text_of_interval(const ValueColumn& c, uint32_t i, char* to) {
  return ops::print_interval(c.at<Interval>(i), c.settings->interval_style, to);
}
char* text_of_uuid(const ValueColumn& c, uint32_t i, char* to) {
  return ops::print_uuid(c.at<Uuid>(i), to);
}
char* bytes_of_string(const ValueColumn& c, uint32_t i, char* to) {
  const StringView& view = c.at<StringView>(i);
  if (view.size <= kSlack) {
    // Twelve inline bytes or sixteen pointed to: one or two fixed copies beat a sized one.
    if (view.size <= StringView::kInlineSize) {
      std::memcpy(to, view.inlined, StringView::kInlineSize);
    } else {
      std::memcpy(to, view.pointed.data, view.size);
    }
    return to + view.size;
  }
  std::memcpy(to, view.pointed.data, view.size);
  return to + view.size;
}
size_t measure_string(const ValueColumn& c, uint32_t i) { return c.at<StringView>(i).size; }
char* text_of_bytea(const ValueColumn& c, uint32_t i, char* to) {
  return ops::print_bytea(c.at<StringView>(i), c.settings->bytea_output, to);
}
size_t measure_bytea_text(const ValueColumn& c, uint32_t i) {
  return ops::bytea_text_size_limit(c.at<StringView>(i).size, c.settings->bytea_output);
}

// Binary.

char* binary_of_bool(const ValueColumn& c, uint32_t i, char* to) {
  *to = c.at<uint8_t>(i) != 0 ? 1 : 0;
  return to + 1;
}
template <class T>
char* binary_of_word(const ValueColumn& c, uint32_t i, char* to) {
  return put_big_endian(c.at<T>(i), to);
}
char* binary_of_oid(const ValueColumn& c, uint32_t i, char* to) {
  return put_big_endian(static_cast<int32_t>(c.at<int64_t>(i)), to);
}
char* binary_of_d64(const ValueColumn& c, uint32_t i, char* to) {
  return put_numeric_binary(i128{c.at<int64_t>(i)}, c.scale, to);
}
char* binary_of_d128(const ValueColumn& c, uint32_t i, char* to) {
  return put_numeric_binary(c.at<i128>(i), c.scale, to);
}
char* binary_of_numeric(const ValueColumn& c, uint32_t i, char* to) {
  return put_numeric_binary(c.at<Numeric>(i), to);
}
char* binary_of_interval(const ValueColumn& c, uint32_t i, char* to) {
  const Interval& value = c.at<Interval>(i);
  to = put_big_endian(value.microseconds, to);
  to = put_big_endian(value.days, to);
  return put_big_endian(value.months, to);
}
char* binary_of_uuid(const ValueColumn& c, uint32_t i, char* to) {
  std::memcpy(to, c.at<Uuid>(i).bytes, 16);
  return to + 16;
}

void choose_text(Type type, ValueColumn& column) {
  column.size_limit = ops::kDatetimeTextSize;
  switch (type) {
    case Type::Bool:
      column.write = text_of_bool;
      column.size_limit = 1;
      return;
    case Type::I16:
      column.write = text_of_integer<int16_t>;
      column.size_limit = ops::kMaxIntegerText;
      return;
    case Type::I32:
      column.write = text_of_integer<int32_t>;
      column.size_limit = ops::kMaxIntegerText;
      return;
    case Type::I64:
      column.write = text_of_integer<int64_t>;
      column.size_limit = ops::kMaxIntegerText;
      return;
    case Type::F32:
      column.write = text_of_f32;
      column.size_limit = ops::kMaxFloatText;
      return;
    case Type::F64:
      column.write = text_of_f64;
      column.size_limit = ops::kMaxFloatText;
      return;
    case Type::D64:
      column.write = column.scale == 2 ? text_of_cents : text_of_d64;
      column.size_limit = ops::kMaxDecimalText;
      return;
    case Type::D128:
      column.write = text_of_d128;
      column.size_limit = ops::kMaxDecimalText;
      return;
    case Type::Numeric:
      column.write = text_of_numeric;
      column.measure = measure_numeric_text;
      return;
    case Type::Date:
      column.write = text_of_date;
      column.size_limit = 24;
      return;
    case Type::Time:
      column.write = text_of_time;
      return;
    case Type::Timestamp:
      column.write = text_of_timestamp;
      return;
    case Type::TimestampTz:
      column.write = text_of_timestamptz;
      return;
    case Type::Interval:
      column.write = text_of_interval;
      return;
    case Type::Uuid:
      column.write = text_of_uuid;
      return;
    case Type::Text:
      column.write = bytes_of_string;
      column.measure = measure_string;
      return;
    case Type::Bytea:
      column.write = text_of_bytea;
      column.measure = measure_bytea_text;
      return;
  }
}

void choose_binary(Type type, ValueColumn& column) {
  column.size_limit = kMaxNumericBinarySize;
  switch (type) {
    case Type::Bool:
      column.write = binary_of_bool;
      return;
    case Type::I16:
      column.write = binary_of_word<int16_t>;
      return;
    case Type::I32:
    case Type::F32:
    case Type::Date:
      column.write = binary_of_word<int32_t>;
      return;
    case Type::I64:
    case Type::F64:
    case Type::Time:
    case Type::Timestamp:
    case Type::TimestampTz:
      column.write = binary_of_word<int64_t>;
      return;
    case Type::D64:
      column.write = binary_of_d64;
      return;
    case Type::D128:
      column.write = binary_of_d128;
      return;
    case Type::Numeric:
      column.write = binary_of_numeric;
      return;
    case Type::Interval:
      column.write = binary_of_interval;
      return;
    case Type::Uuid:
      column.write = binary_of_uuid;
      return;
    case Type::Text:
    case Type::Bytea:
      column.write = bytes_of_string;
      column.measure = measure_string;
      return;
  }
}

}  // namespace

ValueColumn resolve(const EncodedColumn& from, const ops::Settings& settings) {
  ValueColumn column{};
  column.values = from.values;
  column.validity = from.validity;
  column.codes = from.codes;
  column.code_size = from.codes == nullptr ? uint8_t{0} : from.code_size;
  column.scale = from.type.scale;
  column.settings = &settings;
  if (from.is_binary) {
    choose_binary(from.type.type, column);
    if (from.is_oid) column.write = binary_of_oid;
  } else {
    choose_text(from.type.type, column);
  }
  if (column.measure != nullptr) column.size_limit = 0;
  return column;
}

}  // namespace millrace::wire
