#include "wire/data_row.h"

#include <cstring>

#include "ops/cast/print_bytes.h"
#include "ops/cast/print_datetime.h"
#include "ops/cast/print_number.h"
#include "wire/big_endian.h"
#include "wire/numeric_binary.h"

namespace millrace::wire {

using types::i128;
using types::Interval;
using types::Numeric;
using types::StringView;
using types::Type;
using types::Uuid;

namespace {

/// Writers may store this many bytes past what they answer.
constexpr size_t kSlack = 16;

struct Column;
/// Writes the value's bytes, without length, and answers the end.
using Writer = char* (*)(const Column& column, uint32_t index, char* to);
/// Most bytes that one value can take; for types whose size varies without bound.
using Measure = size_t (*)(const Column& column, uint32_t index);

struct Column {
  const void* values;
  const uint8_t* validity;
  const void* codes;
  uint8_t code_size;
  int32_t scale;
  Writer write;
  Measure measure;  // null: `size_limit` holds
  size_t size_limit;
  const ops::Settings* settings;

  uint32_t index_of(uint32_t row) const {
    switch (code_size) {
      case 0:
        return row;
      case 1:
        return static_cast<const uint8_t*>(codes)[row];
      case 2:
        return static_cast<const uint16_t*>(codes)[row];
      default:
        return static_cast<const uint32_t*>(codes)[row];
    }
  }
  template <class T>
  const T& at(uint32_t index) const {
    return static_cast<const T*>(values)[index];
  }
  bool is_null(uint32_t row) const { return validity != nullptr && validity[row] == 0; }
};

// Text.

char* text_of_bool(const Column& c, uint32_t i, char* to) {
  *to = c.at<uint8_t>(i) != 0 ? 't' : 'f';
  return to + 1;
}
template <class T>
char* text_of_integer(const Column& c, uint32_t i, char* to) {
  return to + ops::print_i64(c.at<T>(i), to);
}
char* text_of_f32(const Column& c, uint32_t i, char* to) {
  return to + ops::print_f32(c.at<float>(i), c.settings->extra_float_digits, to);
}
char* text_of_f64(const Column& c, uint32_t i, char* to) {
  return to + ops::print_f64(c.at<double>(i), c.settings->extra_float_digits, to);
}
/// Two decimals, as money and rates are kept: whole and fraction printed at once.
char* text_of_cents(const Column& c, uint32_t i, char* to) {
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
char* text_of_d64(const Column& c, uint32_t i, char* to) {
  return to + ops::print_d64(c.at<int64_t>(i), c.scale, to);
}
char* text_of_d128(const Column& c, uint32_t i, char* to) {
  return to + ops::print_d128(c.at<i128>(i), c.scale, to);
}
char* text_of_numeric(const Column& c, uint32_t i, char* to) {
  return to + ops::print_numeric(c.at<Numeric>(i), to);
}
size_t measure_numeric_text(const Column& c, uint32_t i) {
  return ops::numeric_text_size(c.at<Numeric>(i));
}
char* text_of_date(const Column& c, uint32_t i, char* to) {
  return ops::print_date(c.at<int32_t>(i), *c.settings, to);
}
char* text_of_time(const Column& c, uint32_t i, char* to) {
  return ops::print_time(c.at<int64_t>(i), to);
}
char* text_of_timestamp(const Column& c, uint32_t i, char* to) {
  return ops::print_timestamp(c.at<int64_t>(i), *c.settings, to);
}
char* text_of_timestamptz(const Column& c, uint32_t i, char* to) {
  return ops::print_timestamptz(c.at<int64_t>(i), *c.settings, to);
}
char* text_of_interval(const Column& c, uint32_t i, char* to) {
  return ops::print_interval(c.at<Interval>(i), c.settings->interval_style, to);
}
char* text_of_uuid(const Column& c, uint32_t i, char* to) {
  return ops::print_uuid(c.at<Uuid>(i), to);
}
char* bytes_of_string(const Column& c, uint32_t i, char* to) {
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
size_t measure_string(const Column& c, uint32_t i) { return c.at<StringView>(i).size; }
char* text_of_bytea(const Column& c, uint32_t i, char* to) {
  return ops::print_bytea(c.at<StringView>(i), c.settings->bytea_output, to);
}
size_t measure_bytea_text(const Column& c, uint32_t i) {
  return ops::bytea_text_size_limit(c.at<StringView>(i).size, c.settings->bytea_output);
}

// Binary.

char* binary_of_bool(const Column& c, uint32_t i, char* to) {
  *to = c.at<uint8_t>(i) != 0 ? 1 : 0;
  return to + 1;
}
template <class T>
char* binary_of_word(const Column& c, uint32_t i, char* to) {
  return put_big_endian(c.at<T>(i), to);
}
char* binary_of_d64(const Column& c, uint32_t i, char* to) {
  return put_numeric_binary(i128{c.at<int64_t>(i)}, c.scale, to);
}
char* binary_of_d128(const Column& c, uint32_t i, char* to) {
  return put_numeric_binary(c.at<i128>(i), c.scale, to);
}
char* binary_of_numeric(const Column& c, uint32_t i, char* to) {
  return put_numeric_binary(c.at<Numeric>(i), to);
}
char* binary_of_interval(const Column& c, uint32_t i, char* to) {
  const Interval& value = c.at<Interval>(i);
  to = put_big_endian(value.microseconds, to);
  to = put_big_endian(value.days, to);
  return put_big_endian(value.months, to);
}
char* binary_of_uuid(const Column& c, uint32_t i, char* to) {
  std::memcpy(to, c.at<Uuid>(i).bytes, 16);
  return to + 16;
}

void choose_text(Type type, Column& column) {
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

void choose_binary(Type type, Column& column) {
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

Column resolve(const EncodedColumn& from, const ops::Settings& settings) {
  Column column{};
  column.values = from.values;
  column.validity = from.validity;
  column.codes = from.codes;
  column.code_size = from.codes == nullptr ? uint8_t{0} : from.code_size;
  column.scale = from.type.scale;
  column.settings = &settings;
  if (from.is_binary) {
    choose_binary(from.type.type, column);
  } else {
    choose_text(from.type.type, column);
  }
  if (column.measure != nullptr) column.size_limit = 0;
  return column;
}

}  // namespace

EncodedRows encode_data_rows(std::span<const EncodedColumn> columns, uint32_t from, uint32_t to,
                             const ops::Settings& settings, char* buffer, size_t capacity) {
  std::vector<Column> resolved;
  resolved.reserve(columns.size());
  std::vector<const Column*> measured;
  // Type byte, length, column count, a length a column.
  size_t fixed_size = 7 + 4 * columns.size() + kSlack;
  for (const EncodedColumn& column : columns) {
    resolved.push_back(resolve(column, settings));
    fixed_size += resolved.back().size_limit;
    if (resolved.back().measure != nullptr) measured.push_back(&resolved.back());
  }
  EncodedRows done;
  char* at = buffer;
  char* const end = buffer + capacity;
  const Column* const first = resolved.data();
  const Column* const last = first + resolved.size();
  for (uint32_t row = from; row < to; row++) {
    size_t limit = fixed_size;
    for (const Column* column : measured) {
      if (!column->is_null(row)) limit += column->measure(*column, column->index_of(row));
    }
    if (limit > static_cast<size_t>(end - at)) {
      done.needed_bytes = limit;
      break;
    }
    char* const start = at;
    at += 5;
    at = put_big_endian(static_cast<int16_t>(columns.size()), at);
    for (const Column* column = first; column != last; column++) {
      if (column->is_null(row)) {
        at = put_big_endian(int32_t{-1}, at);
        continue;
      }
      char* const value = at + 4;
      char* const value_end = column->write(*column, column->index_of(row), value);
      put_big_endian(static_cast<int32_t>(value_end - value), at);
      at = value_end;
    }
    *start = 'D';
    put_big_endian(static_cast<int32_t>(at - start - 1), start + 1);
    done.row_count++;
  }
  done.size_bytes = static_cast<size_t>(at - buffer);
  return done;
}

}  // namespace millrace::wire
