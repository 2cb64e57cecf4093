// Fields of dates, times, timestamps and intervals: extract (exact) and date_part (float).
#pragma once

#include "ops/scalar/datetime_units.h"
#include "ops/scalar/numeric.h"
#include "ops/scalar/zone.h"

namespace millrace::ops {

/// The lowercase name of a unit as PostgreSQL quotes it in errors.
MR_HD inline StringView lowercase_name(OpContext& c, const StringView& name) {
  StringWriter writer;
  if (!writer.reserve(c, name.size)) return name;
  for (u32 i = 0; i < name.size; i++) {
    const char byte = name.bytes()[i];
    writer.put(byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte);
  }
  return writer.finish();
}
template <u32 N>
MR_HD inline ErrorCode fail_unit(OpContext& c, ErrorCode code, const StringView& name,
                                 const char (&type)[N]) {
  return c.fail(code, lowercase_name(c, name), literal(type));
}

/// What a field of a value is: a fixed-point number, an infinity, NULL or nothing the type has.
struct FieldValue {
  enum Kind : u8 {
    kNumber,
    kQuotient,
    kDayFraction,
    kNull,
    kInfinity,
    kNegativeInfinity,
    kUnsupported,
  } kind;
  /// kNumber: coefficient / 10^scale. kQuotient: the same, past 64 bits, where PostgreSQL divides
  /// and rounds to the quotient's scale. kDayFraction: whole days and microseconds of a day.
  i128 coefficient;
  i32 scale;
  i64 micros;

  MR_HD static FieldValue number(i128 coefficient, i32 scale = 0) {
    return FieldValue{kNumber, coefficient, scale, 0};
  }
  MR_HD static FieldValue of(Kind kind) { return FieldValue{kind, 0, 0, 0}; }
};

MR_HD inline FieldValue field_of_date(const CivilDate& d, Unit unit) {
  const i64 year = d.year;
  switch (unit) {
    case Unit::Day:
      return FieldValue::number(d.day);
    case Unit::Month:
      return FieldValue::number(d.month);
    case Unit::Quarter:
      return FieldValue::number((d.month - 1) / 3 + 1);
    case Unit::Week:
      return FieldValue::number(iso_week_of(d).week);
    case Unit::Year:
      return FieldValue::number(year > 0 ? year : year - 1);
    case Unit::Decade:
      return FieldValue::number(floor_div(year, 10));
    case Unit::Century:
      return FieldValue::number(year > 0 ? (year + 99) / 100 : -((99 - (year - 1)) / 100));
    case Unit::Millennium:
      return FieldValue::number(year > 0 ? (year + 999) / 1000 : -((999 - (year - 1)) / 1000));
    case Unit::IsoYear: {
      const i64 iso = iso_week_of(d).year;
      return FieldValue::number(iso > 0 ? iso : iso - 1);
    }
    case Unit::Dow:
      return FieldValue::number(day_of_week(days_from_civil(year, d.month, d.day)));
    case Unit::IsoDow: {
      const i32 dow = day_of_week(days_from_civil(year, d.month, d.day));
      return FieldValue::number(dow == 0 ? 7 : dow);
    }
    case Unit::Doy:
      return FieldValue::number(days_from_civil(year, d.month, d.day) -
                                days_from_civil(year, 1, 1) + 1);
    default:
      return FieldValue::of(FieldValue::kUnsupported);
  }
}

MR_HD inline FieldValue field_of_clock(const CivilTime& t, Unit unit) {
  const i64 micros = t.second * kMicrosPerSecond + t.micros;
  switch (unit) {
    case Unit::Microsecond:
      return FieldValue::number(micros);
    case Unit::Millisecond:
      return FieldValue::number(micros, 3);
    case Unit::Second:
      return FieldValue::number(micros, 6);
    case Unit::Minute:
      return FieldValue::number(t.minute);
    case Unit::Hour:
      return FieldValue::number(t.hour);
    default:
      return FieldValue::of(FieldValue::kUnsupported);
  }
}

/// Fields that grow without end are infinite for an infinite value, those that come round are NULL.
MR_HD inline FieldValue field_of_infinity(Unit unit, bool negative, bool is_date) {
  switch (unit) {
    case Unit::Year:
    case Unit::Decade:
    case Unit::Century:
    case Unit::Millennium:
    case Unit::Julian:
    case Unit::IsoYear:
    case Unit::Epoch:
      return FieldValue::of(negative ? FieldValue::kNegativeInfinity : FieldValue::kInfinity);
    case Unit::Day:
    case Unit::Month:
    case Unit::Quarter:
    case Unit::Week:
    case Unit::Dow:
    case Unit::IsoDow:
    case Unit::Doy:
      return FieldValue::of(FieldValue::kNull);
    case Unit::Microsecond:
    case Unit::Millisecond:
    case Unit::Second:
    case Unit::Minute:
    case Unit::Hour:
    case Unit::Zone:
    case Unit::ZoneHour:
    case Unit::ZoneMinute:
      return FieldValue::of(is_date ? FieldValue::kUnsupported : FieldValue::kNull);
    default:
      return FieldValue::of(FieldValue::kUnsupported);
  }
}

MR_HD inline FieldValue date_field(i32 days, Unit unit) {
  if (is_infinite_date(days)) return field_of_infinity(unit, days < 0, true);
  if (unit == Unit::Julian) return FieldValue::number(static_cast<i64>(days) + kEpochJulian);
  if (unit == Unit::Epoch) {
    return FieldValue::number((static_cast<i64>(days) + kEpochJulian - kUnixEpochJulian) * 86400);
  }
  return field_of_date(civil_from_days(days), unit);
}

MR_HD inline FieldValue time_field(i64 micros, Unit unit) {
  if (unit == Unit::Epoch) return FieldValue::number(micros, 6);
  CivilTime t;
  split_day(micros, t);
  return field_of_clock(t, unit);
}

/// `local` is the local time, `utc` what the epoch counts from.
MR_HD inline FieldValue timestamp_field(i64 local, i64 utc, Unit unit) {
  if (is_infinite_timestamp(local)) return field_of_infinity(unit, local < 0, false);
  if (unit == Unit::Epoch) {
    const i128 since_1970 = i128{utc} + kUnixEpochGap;
    FieldValue value = FieldValue::number(since_1970, 6);
    if (since_1970 > kTimestampInfinity) value.kind = FieldValue::kQuotient;
    return value;
  }
  const CivilTime t = split_timestamp(local);
  if (unit == Unit::Julian) {
    FieldValue value = FieldValue::of(FieldValue::kDayFraction);
    value.coefficient = days_from_civil(t.date.year, t.date.month, t.date.day) + kEpochJulian;
    value.micros = day_micros(t);
    return value;
  }
  const FieldValue value = field_of_clock(t, unit);
  return value.kind == FieldValue::kUnsupported ? field_of_date(t.date, unit) : value;
}

MR_HD inline FieldValue timestamptz_field(const ZoneTable& zone, i64 utc, Unit unit) {
  if (is_infinite_timestamp(utc)) return field_of_infinity(unit, utc < 0, false);
  const i32 offset = offset_at(zone, utc);
  switch (unit) {
    case Unit::Zone:
      return FieldValue::number(offset);
    case Unit::ZoneHour:
      return FieldValue::number(offset / 3600);
    case Unit::ZoneMinute:
      return FieldValue::number(offset / 60 % 60);
    default:
      return timestamp_field(utc + offset * kMicrosPerSecond, utc, unit);
  }
}

MR_HD inline FieldValue interval_field(const Interval& span, Unit unit) {
  const i64 seconds = span.microseconds % kMicrosPerMinute;
  const i32 months = span.months % 12;
  const i32 years = span.months / 12;
  switch (unit) {
    case Unit::Microsecond:
      return FieldValue::number(seconds);
    case Unit::Millisecond:
      return FieldValue::number(seconds, 3);
    case Unit::Second:
      return FieldValue::number(seconds, 6);
    case Unit::Minute:
      return FieldValue::number(span.microseconds % kMicrosPerHour / kMicrosPerMinute);
    case Unit::Hour:
      return FieldValue::number(span.microseconds / kMicrosPerHour);
    case Unit::Day:
      return FieldValue::number(span.days);
    case Unit::Month:
      return FieldValue::number(months);
    case Unit::Quarter:
      return FieldValue::number(months / 3 + 1);
    case Unit::Year:
      return FieldValue::number(years);
    case Unit::Decade:
      return FieldValue::number(years / 10);
    case Unit::Century:
      return FieldValue::number(years / 100);
    case Unit::Millennium:
      return FieldValue::number(years / 1000);
    case Unit::Epoch: {
      // A year counts 365.25 days: in quarters of a day all is whole.
      const i64 quarters = i64{1461} * years + i64{120} * months + i64{4} * span.days;
      return FieldValue::number(i128{quarters} * (21600 * kMicrosPerSecond) + span.microseconds, 6);
    }
    default:
      return FieldValue::of(FieldValue::kUnsupported);
  }
}

MR_HD inline ErrorCode numeric_of_field(OpContext& c, const FieldValue& field,
                                        Nullable<Numeric>& out) {
  out.is_null = false;
  switch (field.kind) {
    case FieldValue::kNumber:
      out.value = make_numeric(field.coefficient, field.scale);
      return ErrorCode::Ok;
    case FieldValue::kQuotient: {
      const ErrorCode code = NumericDiv::apply(c, make_numeric(field.coefficient, 0),
                                               make_numeric(kMicrosPerSecond, 0), out.value);
      return code != ErrorCode::Ok ? code
                                   : NumericRound::apply(c, out.value, field.scale, out.value);
    }
    case FieldValue::kDayFraction: {
      Numeric share;
      const ErrorCode code = NumericDiv::apply(c, make_numeric(field.micros, 0),
                                               make_numeric(kMicrosPerDay, 0), share);
      if (code != ErrorCode::Ok) return code;
      return NumericAdd::apply(c, make_numeric(field.coefficient, 0), share, out.value);
    }
    case FieldValue::kInfinity:
      out.value = make_infinity(1);
      return ErrorCode::Ok;
    case FieldValue::kNegativeInfinity:
      out.value = make_infinity(-1);
      return ErrorCode::Ok;
    default:
      out.value = Numeric{};
      out.is_null = true;
      return ErrorCode::Ok;
  }
}

/// Seconds and milliseconds of a float are reckoned from parts, as PostgreSQL does.
MR_HD inline Nullable<f64> float_of_field(const FieldValue& field, Unit unit) {
  switch (field.kind) {
    case FieldValue::kQuotient:
      return {static_cast<f64>(field.coefficient) / 1000000.0, false};
    case FieldValue::kNumber: {
      const i64 value = static_cast<i64>(field.coefficient);
      const i64 whole = value / kMicrosPerSecond;
      const i64 rest = value % kMicrosPerSecond;
      if (unit == Unit::Millisecond) {
        return {static_cast<f64>(whole) * 1000.0 + static_cast<f64>(rest) / 1000.0, false};
      }
      if (unit == Unit::Second) {
        return {static_cast<f64>(whole) + static_cast<f64>(rest) / 1000000.0, false};
      }
      if (field.scale == 6) return {static_cast<f64>(field.coefficient) / 1000000.0, false};
      return {static_cast<f64>(value), false};
    }
    case FieldValue::kDayFraction: {
      const f64 seconds = static_cast<f64>(field.micros / kMicrosPerSecond) +
                          static_cast<f64>(field.micros % kMicrosPerSecond) / 1000000.0;
      return {static_cast<f64>(static_cast<i64>(field.coefficient)) + seconds / 86400.0, false};
    }
    case FieldValue::kInfinity:
      return {__builtin_inf(), false};
    case FieldValue::kNegativeInfinity:
      return {-__builtin_inf(), false};
    default:
      return {0.0, true};
  }
}

/// Each says how to get a field, its type's name, and whether special words count as fields that
/// are known but not supported.
struct DateFields {
  using Value = i32;
  static constexpr bool kKnowsReserved = true;
  MR_HD static FieldValue get(OpContext&, i32 value, Unit unit) { return date_field(value, unit); }
  MR_HD static ErrorCode fail(OpContext& c, ErrorCode code, const StringView& name) {
    return fail_unit(c, code, name, "date");
  }
};
struct TimeFields {
  using Value = i64;
  static constexpr bool kKnowsReserved = false;
  MR_HD static FieldValue get(OpContext&, i64 value, Unit unit) { return time_field(value, unit); }
  MR_HD static ErrorCode fail(OpContext& c, ErrorCode code, const StringView& name) {
    return fail_unit(c, code, name, "time without time zone");
  }
};
struct TimestampFields {
  using Value = i64;
  static constexpr bool kKnowsReserved = true;
  MR_HD static FieldValue get(OpContext&, i64 value, Unit unit) {
    return timestamp_field(value, value, unit);
  }
  MR_HD static ErrorCode fail(OpContext& c, ErrorCode code, const StringView& name) {
    return fail_unit(c, code, name, "timestamp without time zone");
  }
};
struct TimestampTzFields {
  using Value = i64;
  static constexpr bool kKnowsReserved = true;
  MR_HD static FieldValue get(OpContext& c, i64 value, Unit unit) {
    return timestamptz_field(*c.settings->zone, value, unit);
  }
  MR_HD static ErrorCode fail(OpContext& c, ErrorCode code, const StringView& name) {
    return fail_unit(c, code, name, "timestamp with time zone");
  }
};
struct IntervalFieldsOf {
  using Value = Interval;
  static constexpr bool kKnowsReserved = false;
  MR_HD static FieldValue get(OpContext&, const Interval& value, Unit unit) {
    return interval_field(value, unit);
  }
  MR_HD static ErrorCode fail(OpContext& c, ErrorCode code, const StringView& name) {
    return fail_unit(c, code, name, "interval");
  }
};

template <class Fields>
MR_HD inline ErrorCode find_field_of(OpContext& c, const StringView& name,
                                     const typename Fields::Value& value, Unit& unit,
                                     FieldValue& field) {
  unit = find_field(name);
  if (unit == Unit::None || (unit == Unit::Reserved && !Fields::kKnowsReserved)) {
    return Fields::fail(c, ErrorCode::UnitNotRecognized, name);
  }
  field = Fields::get(c, value, unit);
  if (field.kind == FieldValue::kUnsupported) {
    return Fields::fail(c, ErrorCode::UnitNotSupported, name);
  }
  return ErrorCode::Ok;
}

template <class Fields>
struct Extract {
  MR_HD static ErrorCode apply(OpContext& c, StringView name, typename Fields::Value value,
                               Nullable<Numeric>& out) {
    Unit unit;
    FieldValue field;
    const ErrorCode code = find_field_of<Fields>(c, name, value, unit, field);
    return code != ErrorCode::Ok ? code : numeric_of_field(c, field, out);
  }
};

template <class Fields>
struct DatePart {
  MR_HD static ErrorCode apply(OpContext& c, StringView name, typename Fields::Value value,
                               Nullable<f64>& out) {
    Unit unit;
    FieldValue field;
    const ErrorCode code = find_field_of<Fields>(c, name, value, unit, field);
    if (code == ErrorCode::Ok) out = float_of_field(field, unit);
    return code;
  }
};

struct ExtractDate : Extract<DateFields> {};
struct ExtractTime : Extract<TimeFields> {};
struct ExtractTimestamp : Extract<TimestampFields> {};
struct ExtractTimestampTz : Extract<TimestampTzFields> {};
struct ExtractInterval : Extract<IntervalFieldsOf> {};
struct DatePartTime : DatePart<TimeFields> {};
struct DatePartTimestamp : DatePart<TimestampFields> {};
struct DatePartTimestampTz : DatePart<TimestampTzFields> {};

/// In floats the interval's epoch is summed up from the microseconds on.
struct DatePartInterval {
  MR_HD static ErrorCode apply(OpContext& c, StringView name, Interval value, Nullable<f64>& out) {
    const ErrorCode code = DatePart<IntervalFieldsOf>::apply(c, name, value, out);
    if (code != ErrorCode::Ok || find_field(name) != Unit::Epoch) return code;
    f64 seconds = static_cast<f64>(value.microseconds) / 1000000.0;
    seconds += 365.25 * 86400.0 * (value.months / 12);
    seconds += 30.0 * 86400.0 * (value.months % 12);
    seconds += 86400.0 * value.days;
    out = {seconds, false};
    return code;
  }
};

/// A date is taken as its midnight.
struct DatePartDate {
  MR_HD static ErrorCode apply(OpContext& c, StringView name, i32 value, Nullable<f64>& out) {
    i64 timestamp = 0;
    if (is_infinite_date(value)) {
      timestamp = value < 0 ? kTimestampNegativeInfinity : kTimestampInfinity;
    } else if (!join_timestamp(value, 0, timestamp)) {
      return c.fail(ErrorCode::DateOutOfRangeForTimestamp);
    }
    return DatePart<TimestampFields>::apply(c, name, timestamp, out);
  }
};

/// A constant field that comes round, as decimal64: NULL for infinities.
template <class Fields, Unit kUnit>
struct ExtractConstant {
  MR_HD static ErrorCode apply(OpContext& c, typename Fields::Value value, Nullable<i64>& out) {
    const FieldValue field = Fields::get(c, value, kUnit);
    out = {static_cast<i64>(field.coefficient), field.kind != FieldValue::kNumber};
    return ErrorCode::Ok;
  }
};
/// The year, which decimal64 cannot say of an infinity.
template <class Fields>
struct ExtractYear {
  MR_HD static ErrorCode apply(OpContext& c, typename Fields::Value value, i64& out) {
    const FieldValue field = Fields::get(c, value, Unit::Year);
    out = static_cast<i64>(field.coefficient);
    if (field.kind == FieldValue::kNumber) return ErrorCode::Ok;
    return c.fail(ErrorCode::FeatureNotSupported,
                  literal("the year of an infinite date or timestamp is not supported here"));
  }
};

struct ExtractYearDate : ExtractYear<DateFields> {};
struct ExtractYearTimestamp : ExtractYear<TimestampFields> {};
struct ExtractYearTimestampTz : ExtractYear<TimestampTzFields> {};
#define MR_EXTRACT_OF_DATES(unit)                                                    \
  struct Extract##unit##Date : ExtractConstant<DateFields, Unit::unit> {};           \
  struct Extract##unit##Timestamp : ExtractConstant<TimestampFields, Unit::unit> {}; \
  struct Extract##unit##TimestampTz : ExtractConstant<TimestampTzFields, Unit::unit> {};
#define MR_EXTRACT_OF_TIMES(unit)                                                    \
  struct Extract##unit##Time : ExtractConstant<TimeFields, Unit::unit> {};           \
  struct Extract##unit##Timestamp : ExtractConstant<TimestampFields, Unit::unit> {}; \
  struct Extract##unit##TimestampTz : ExtractConstant<TimestampTzFields, Unit::unit> {};
MR_EXTRACT_OF_DATES(Quarter)
MR_EXTRACT_OF_DATES(Month)
MR_EXTRACT_OF_DATES(Day)
MR_EXTRACT_OF_DATES(Dow)
MR_EXTRACT_OF_DATES(Doy)
MR_EXTRACT_OF_TIMES(Hour)
MR_EXTRACT_OF_TIMES(Minute)
MR_EXTRACT_OF_TIMES(Second)
#undef MR_EXTRACT_OF_DATES
#undef MR_EXTRACT_OF_TIMES

}  // namespace millrace::ops
