#include "ops/array/value.h"

#include <cstring>

#include "ops/array/print.h"
#include "ops/cast/big_endian.h"
#include "ops/cast/numeric_binary.h"
#include "ops/cast/parse_bytes.h"
#include "ops/cast/parse_datetime.h"
#include "ops/cast/print_bytes.h"
#include "ops/cast/print_datetime.h"
#include "ops/casts_number.h"
#include "ops/zone_cache.h"

namespace millrace::ops::array {

const Settings& plain_settings() {
  static const Settings settings = [] {
    Settings made{};
    made.zone = find_zone("UTC");
    made.extra_float_digits = 1;
    return made;
  }();
  return settings;
}

namespace {

char* print_fixed(const Datum& value, const Settings& settings, char* to) {
  switch (value.form) {
    case Form::Bool:
      *to = value.as<u8>() != 0 ? 't' : 'f';
      return to + 1;
    case Form::I16:
      return to + print_i16(value.as<i16>(), to);
    case Form::I32:
      return to + print_i32(value.as<i32>(), to);
    case Form::I64:
    case Form::Oid:
      return to + print_i64(value.as<i64>(), to);
    case Form::F32:
      return to + print_f32(value.as<f32>(), settings.extra_float_digits, to);
    case Form::F64:
      return to + print_f64(value.as<f64>(), settings.extra_float_digits, to);
    case Form::Date:
      return print_date(value.as<i32>(), settings, to);
    case Form::Time:
      return print_time(value.as<i64>(), to);
    case Form::Timestamp:
      return print_timestamp(value.as<i64>(), settings, to);
    case Form::TimestampTz:
      return print_timestamptz(value.as<i64>(), settings, to);
    case Form::Interval:
      return print_interval(value.as<types::Interval>(), settings.interval_style, to);
    case Form::Uuid:
      return print_uuid(value.as<types::Uuid>(), to);
    default:
      return to;
  }
}

}  // namespace

ErrorCode print(OpContext& c, const Datum& value, const Settings& settings, std::string& to) {
  switch (value.form) {
    case Form::Text:
    case Form::Bpchar:
      to.append(value.as<StringView>().bytes(), value.as<StringView>().size);
      return ErrorCode::Ok;
    case Form::Bytea: {
      const StringView& bytes = value.as<StringView>();
      const size_t before = to.size();
      to.resize(before + bytea_text_size_limit(bytes.size, settings.bytea_output));
      char* const end = print_bytea(bytes, settings.bytea_output, to.data() + before);
      to.resize(static_cast<size_t>(end - to.data()));
      return ErrorCode::Ok;
    }
    case Form::Numeric: {
      const auto& numeric = value.as<types::Numeric>();
      const size_t before = to.size();
      to.resize(before + numeric_text_size(numeric));
      to.resize(before + print_numeric(numeric, to.data() + before));
      return ErrorCode::Ok;
    }
    case Form::Record:
      return print_record(c, value.as<StringView>(), settings, to);
    case Form::Array:
      return print_array(c, value.as<StringView>(), settings, to);
    default: {
      char text[kDatetimeTextSize];
      to.append(text, static_cast<size_t>(print_fixed(value, settings, text) - text));
      return ErrorCode::Ok;
    }
  }
}

namespace {

template <class T>
ErrorCode parse_number_as(OpContext& c, const StringView& text, Datum& out) {
  T value{};
  const ErrorCode code = Cast<StringView>::To<T>::apply(c, text, value);
  out.set(value);
  return code;
}

ErrorCode parse_oid(OpContext& c, const StringView& text, Datum& out) {
  i64 value = 0;
  switch (parse_integer(text, -2147483648L, 4294967295L, value)) {
    case ParseOutcome::Ok:
      out.set<i64>(static_cast<u32>(value));
      return ErrorCode::Ok;
    case ParseOutcome::OutOfRange:
      return c.fail(ErrorCode::ValueOutOfRangeForType, text, literal("oid"));
    case ParseOutcome::Invalid:
      break;
  }
  return c.fail(ErrorCode::InvalidTextRepresentation, literal("oid"), text);
}

}  // namespace

ErrorCode parse(OpContext& c, Form form, const StringView& text, Datum& out) {
  out.form = form;
  out.is_null = false;
  switch (form) {
    case Form::Bool:
      return parse_number_as<u8>(c, text, out);
    case Form::I16:
      return parse_number_as<i16>(c, text, out);
    case Form::I32:
      return parse_number_as<i32>(c, text, out);
    case Form::I64:
      return parse_number_as<i64>(c, text, out);
    case Form::Oid:
      return parse_oid(c, text, out);
    case Form::F32:
      return parse_number_as<f32>(c, text, out);
    case Form::F64:
      return parse_number_as<f64>(c, text, out);
    case Form::Numeric:
      return parse_number_as<types::Numeric>(c, text, out);
    case Form::Date:
      return parse_date(c, text, *reinterpret_cast<i32*>(out.bytes));
    case Form::Time:
      return parse_time(c, text, *reinterpret_cast<i64*>(out.bytes));
    case Form::Timestamp:
      return parse_timestamp(c, text, *reinterpret_cast<i64*>(out.bytes));
    case Form::TimestampTz:
      return parse_timestamptz(c, text, *reinterpret_cast<i64*>(out.bytes));
    case Form::Interval:
      return parse_interval(c, text, IntervalRange::kFull,
                            *reinterpret_cast<types::Interval*>(out.bytes));
    case Form::Uuid:
      if (parse_uuid(text, *reinterpret_cast<types::Uuid*>(out.bytes))) return ErrorCode::Ok;
      return c.fail(ErrorCode::InvalidTextRepresentation, literal("uuid"), text);
    case Form::Text:
    case Form::Bpchar:
      out.set(text);
      return ErrorCode::Ok;
    case Form::Bytea:
      return parse_bytea(c, text, *reinterpret_cast<StringView*>(out.bytes));
    case Form::Record:
    case Form::Array:
      break;
  }
  return c.fail(ErrorCode::FeatureNotSupported,
                literal("input of composite values is not supported"));
}

namespace {

template <class T>
void send_word(T value, std::string& to) {
  char bytes[sizeof value];
  put_big_endian(value, bytes);
  to.append(bytes, sizeof bytes);
}

}  // namespace

ErrorCode send(OpContext& c, const Datum& value, std::string& to) {
  switch (value.form) {
    case Form::Bool:
      to.push_back(static_cast<char>(value.as<u8>() != 0 ? 1 : 0));
      return ErrorCode::Ok;
    case Form::I16:
      send_word(value.as<i16>(), to);
      return ErrorCode::Ok;
    case Form::I32:
    case Form::F32:
    case Form::Date:
      send_word(value.as<i32>(), to);
      return ErrorCode::Ok;
    case Form::Oid:
      send_word(static_cast<u32>(value.as<i64>()), to);
      return ErrorCode::Ok;
    case Form::I64:
    case Form::F64:
    case Form::Time:
    case Form::Timestamp:
    case Form::TimestampTz:
      send_word(value.as<i64>(), to);
      return ErrorCode::Ok;
    case Form::Numeric: {
      char bytes[kMaxNumericBinarySize];
      char* const end = put_numeric_binary(value.as<types::Numeric>(), bytes);
      to.append(bytes, static_cast<size_t>(end - bytes));
      return ErrorCode::Ok;
    }
    case Form::Interval: {
      const auto& interval = value.as<types::Interval>();
      send_word(interval.microseconds, to);
      send_word(interval.days, to);
      send_word(interval.months, to);
      return ErrorCode::Ok;
    }
    case Form::Uuid:
      to.append(value.bytes, 16);
      return ErrorCode::Ok;
    case Form::Text:
    case Form::Bpchar:
    case Form::Bytea:
      to.append(value.as<StringView>().bytes(), value.as<StringView>().size);
      return ErrorCode::Ok;
    case Form::Record:
      return send_record(c, value.as<StringView>(), to);
    case Form::Array:
      break;
  }
  return send_array(c, value.as<StringView>(), 0, to);
}

}  // namespace millrace::ops::array
