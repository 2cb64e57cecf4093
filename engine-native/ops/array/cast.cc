// array_cast: each element by the cast between the two types.
#include "ops/array.h"
#include "ops/array/value.h"
#include "ops/cast/datetime.h"
#include "ops/casts_number.h"
#include "ops/scalar/utf8.h"

namespace millrace::ops::array {

namespace {

bool is_string(Form form) { return form == Form::Text || form == Form::Bpchar; }

template <class A>
ErrorCode number_to(OpContext& c, A value, Datum& out) {
  const auto into = [&]<class R>(R result) {
    ErrorCode code = ErrorCode::Ok;
    if constexpr (__is_same(A, R)) {
      result = value;
    } else if constexpr (requires { Cast<A>::template To<R>::apply(c, value, result); }) {
      code = Cast<A>::template To<R>::apply(c, value, result);
    } else {
      result = Cast<A>::template To<R>::apply(value);
    }
    out.set(result);
    return code;
  };
  switch (out.form) {
    case Form::I16:
      return into(i16{});
    case Form::I32:
      return into(i32{});
    case Form::I64:
      return into(i64{});
    case Form::F32:
      return into(f32{});
    case Form::F64:
      return into(f64{});
    case Form::Numeric:
      return into(types::Numeric{});
    default:
      return c.fail(ErrorCode::Internal, literal("no cast between elements"));
  }
}

ErrorCode oid_of(OpContext& c, i64 value, Datum& out) {
  if (value < -2147483648L || value > 4294967295L) {
    return c.fail(ErrorCode::DataException, literal("OID out of range"));
  }
  out.set<i64>(static_cast<u32>(value));
  return ErrorCode::Ok;
}

ErrorCode from_number(OpContext& c, const Datum& value, Datum& out) {
  if (out.form == Form::Bool) {
    out.set<u8>(value.as<i32>() != 0 ? 1 : 0);
    return ErrorCode::Ok;
  }
  switch (value.form) {
    case Form::I16:
      if (out.form == Form::Oid) return oid_of(c, value.as<i16>(), out);
      return number_to(c, value.as<i16>(), out);
    case Form::I32:
      if (out.form == Form::Oid) return oid_of(c, static_cast<u32>(value.as<i32>()), out);
      return number_to(c, value.as<i32>(), out);
    case Form::I64:
      if (out.form == Form::Oid) return oid_of(c, value.as<i64>(), out);
      return number_to(c, value.as<i64>(), out);
    case Form::Oid:
      if (out.form == Form::I32) {
        out.set<i32>(static_cast<i32>(value.as<i64>()));
        return ErrorCode::Ok;
      }
      return number_to(c, value.as<i64>(), out);
    case Form::F32:
      return number_to(c, value.as<f32>(), out);
    case Form::F64:
      return number_to(c, value.as<f64>(), out);
    case Form::Numeric:
      return number_to(c, value.as<types::Numeric>(), out);
    default:
      out.set<i32>(value.as<u8>() != 0 ? 1 : 0);
      return ErrorCode::Ok;
  }
}

template <class Step, class A, class R>
ErrorCode by(OpContext& c, A value, Datum& out) {
  R result{};
  ErrorCode code = ErrorCode::Ok;
  if constexpr (requires { Step::apply(c, value, result); }) {
    code = Step::apply(c, value, result);
  } else {
    result = Step::apply(value);
  }
  out.set(result);
  return code;
}

constexpr i32 pair(Form from, Form to) {
  return static_cast<i32>(from) * kFormCount + static_cast<i32>(to);
}

ErrorCode from_time(OpContext& c, const Datum& value, Datum& out) {
  switch (pair(value.form, out.form)) {
    case pair(Form::Date, Form::Timestamp):
      return by<DateToTimestamp, i32, i64>(c, value.as<i32>(), out);
    case pair(Form::Date, Form::TimestampTz):
      return by<DateToTimestampTz, i32, i64>(c, value.as<i32>(), out);
    case pair(Form::Timestamp, Form::Date):
      return by<TimestampToDate, i64, i32>(c, value.as<i64>(), out);
    case pair(Form::Timestamp, Form::TimestampTz):
      return by<TimestampToTimestampTz, i64, i64>(c, value.as<i64>(), out);
    case pair(Form::TimestampTz, Form::Date):
      return by<TimestampTzToDate, i64, i32>(c, value.as<i64>(), out);
    case pair(Form::TimestampTz, Form::Timestamp):
      return by<TimestampTzToTimestamp, i64, i64>(c, value.as<i64>(), out);
    case pair(Form::Time, Form::Interval):
      return by<TimeToInterval, i64, types::Interval>(c, value.as<i64>(), out);
    case pair(Form::Interval, Form::Time):
      return by<IntervalToTime, types::Interval, i64>(c, value.as<types::Interval>(), out);
    default:
      return c.fail(ErrorCode::FeatureNotSupported,
                    literal("a cast between arrays of these types is not supported"));
  }
}

ErrorCode to_string(OpContext& c, const Datum& value, Datum& out) {
  std::string text;
  if (value.form == Form::Bool) {
    text = value.as<u8>() != 0 ? "true" : "false";
  } else {
    const ErrorCode code = print(c, value, *c.settings, text);
    if (code != ErrorCode::Ok) return code;
  }
  // A char(n) loses its padding on the way to text.
  if (value.form == Form::Bpchar && out.form == Form::Text) {
    const size_t last = text.find_last_not_of(' ');
    text.resize(last == std::string::npos ? 0 : last + 1);
  }
  StringView kept;
  const ErrorCode code = keep(c, text, kept);
  out.set(kept);
  return code;
}

/// numeric(p, s), varchar(n) and char(n), as explicit casts apply them.
ErrorCode constrain(OpContext& c, i32 modifier, Datum& value) {
  if (value.form == Form::Numeric) {
    const i32 packed = modifier - 4;
    const i32 scale = ((packed & 0x7FF) ^ 1024) - 1024;
    types::Numeric result;
    const ErrorCode code =
        constrain_numeric(c, value.as<types::Numeric>(), packed >> 16 & 0xFFFF, scale, result);
    value.set(result);
    return code;
  }
  const u32 length = static_cast<u32>(modifier - 4);
  const StringView text = value.as<StringView>();
  const u32 end = utf8::offset_of(text.bytes(), text.size, length);
  std::string cut(text.bytes(), end);
  const u32 characters = utf8::count(cut.data(), end);
  if (value.form == Form::Bpchar && characters < length) cut.append(length - characters, ' ');
  StringView kept;
  const ErrorCode code = keep(c, cut, kept);
  value.set(kept);
  return code;
}

}  // namespace

ErrorCode convert(OpContext& c, const Datum& value, Form form, i32 modifier, Datum& out) {
  out.form = form;
  out.is_null = value.is_null;
  if (value.is_null) return ErrorCode::Ok;
  ErrorCode code = ErrorCode::Ok;
  if (value.form == form) {
    out = value;
  } else if (is_string(form)) {
    code = to_string(c, value, out);
  } else if (is_string(value.form)) {
    code = parse(c, form, value.as<StringView>(), out);
  } else if (value.form <= Form::Numeric || value.form == Form::Oid) {
    code = from_number(c, value, out);
  } else {
    code = from_time(c, value, out);
  }
  return code == ErrorCode::Ok && modifier >= 4 ? constrain(c, modifier, out) : code;
}

}  // namespace millrace::ops::array

namespace millrace::ops {

ErrorCode ArrayCast::apply(OpContext& c, StringView array, i32 form, i32 modifier,
                           StringView& out) {
  const array::View view = array::view_of(array);
  array::Body body;
  array::Elements elements = view.elements();
  while (!elements.done()) {
    array::Datum value;
    array::Datum converted;
    ErrorCode code = elements.next(c, value);
    if (code == ErrorCode::Ok) {
      code = array::convert(c, value, static_cast<array::Form>(form), modifier, converted);
    }
    if (code != ErrorCode::Ok) return code;
    array::append(body, converted);
  }
  return array::finish(c, static_cast<array::Form>(form), body, view.shape, out);
}

}  // namespace millrace::ops
