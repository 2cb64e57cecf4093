// date_trunc, date_bin, age and rounding to fractional digits.
#pragma once

#include "ops/scalar/date_arithmetic.h"
#include "ops/scalar/extract.h"

namespace millrace::ops {

/// Cuts local fields off below a unit; false if the unit is not one of date_trunc's. Weeks are the
/// caller's.
MR_HD inline bool truncate_fields(CivilTime& t, Unit unit) {
  i32& year = t.date.year;
  switch (unit) {
    case Unit::Millennium:
      year = year > 0 ? (year + 999) / 1000 * 1000 - 999 : -((999 - (year - 1)) / 1000) * 1000 + 1;
      break;
    case Unit::Century:
      year = year > 0 ? (year + 99) / 100 * 100 - 99 : -((99 - (year - 1)) / 100) * 100 + 1;
      break;
    case Unit::Decade:
      year = year > 0 ? year / 10 * 10 : -((8 - (year - 1)) / 10) * 10;
      break;
    case Unit::Year:
    case Unit::Quarter:
    case Unit::Month:
    case Unit::Day:
    case Unit::Hour:
    case Unit::Minute:
    case Unit::Second:
    case Unit::Millisecond:
    case Unit::Microsecond:
      break;
    default:
      return false;
  }
  const bool keeps_year = unit == Unit::Quarter || unit == Unit::Month || unit == Unit::Day;
  const bool keeps_day = unit == Unit::Hour || unit == Unit::Minute || unit == Unit::Second ||
                         unit == Unit::Millisecond || unit == Unit::Microsecond;
  if (unit == Unit::Quarter) t.date.month = 3 * ((t.date.month - 1) / 3) + 1;
  if (!keeps_day) {
    if (!keeps_year) t.date.month = 1;
    if (unit != Unit::Day) t.date.day = 1;
    t.hour = 0;
  }
  if (!keeps_day || unit == Unit::Hour) t.minute = 0;
  if (!keeps_day || unit == Unit::Hour || unit == Unit::Minute) t.second = 0;
  if (unit == Unit::Millisecond) {
    t.micros = t.micros / 1000 * 1000;
  } else if (unit != Unit::Microsecond) {
    t.micros = 0;
  }
  return true;
}

enum class TruncOutcome : u8 { Ok, OutOfRange, Unsupported };

MR_HD inline TruncOutcome truncate_local(i64 local, Unit unit, i64& out) {
  if (unit == Unit::Week) {
    const i64 day = floor_div(local, kMicrosPerDay);
    const i64 monday = day - floor_mod(day_of_week(day) + 6, 7);
    return join_timestamp(monday, 0, out) ? TruncOutcome::Ok : TruncOutcome::OutOfRange;
  }
  CivilTime t = split_timestamp(local);
  if (!truncate_fields(t, unit)) return TruncOutcome::Unsupported;
  return join_timestamp(t, out) ? TruncOutcome::Ok : TruncOutcome::OutOfRange;
}

/// Only the names of intervals' units count, not those that extract adds.
MR_HD inline Unit find_trunc_unit(const StringView& name) {
  const Unit unit = find_field(name);
  switch (unit) {
    case Unit::Dow:
    case Unit::Doy:
    case Unit::IsoDow:
    case Unit::IsoYear:
    case Unit::Epoch:
    case Unit::Julian:
    case Unit::Reserved:
      return Unit::None;
    default:
      return unit == Unit::Minute && name.size == 2 ? Unit::None : unit;  // mm
  }
}

struct DateTruncTimestamp {
  MR_HD static ErrorCode apply(OpContext& c, StringView name, i64 value, i64& out) {
    out = value;
    if (is_infinite_timestamp(value)) return ErrorCode::Ok;
    const Unit unit = find_trunc_unit(name);
    if (unit == Unit::None) return TimestampFields::fail(c, ErrorCode::UnitNotRecognized, name);
    switch (truncate_local(value, unit, out)) {
      case TruncOutcome::Ok:
        return ErrorCode::Ok;
      case TruncOutcome::OutOfRange:
        return c.fail(ErrorCode::TimestampOutOfRange);
      case TruncOutcome::Unsupported:
        return TimestampFields::fail(c, ErrorCode::UnitNotSupported, name);
    }
    return ErrorCode::Internal;
  }
};

/// A day and more begin at the zone's local midnight; less is cut off within the offset in force.
MR_HD inline ErrorCode date_trunc_in_zone(OpContext& c, const ZoneTable& zone,
                                          const StringView& name, i64 utc, i64& out) {
  const Unit unit = find_trunc_unit(name);
  if (unit == Unit::None) return TimestampTzFields::fail(c, ErrorCode::UnitNotRecognized, name);
  const i32 offset = offset_at(zone, utc);
  i64 local;
  switch (truncate_local(utc + offset * kMicrosPerSecond, unit, local)) {
    case TruncOutcome::Ok:
      break;
    case TruncOutcome::OutOfRange:
      return c.fail(ErrorCode::TimestampOutOfRange);
    case TruncOutcome::Unsupported:
      return TimestampTzFields::fail(c, ErrorCode::UnitNotSupported, name);
  }
  const bool within_day = unit == Unit::Hour || unit == Unit::Minute || unit == Unit::Second ||
                          unit == Unit::Millisecond || unit == Unit::Microsecond;
  const i32 used = within_day ? offset : offset_of_local(zone, local);
  out = local - used * kMicrosPerSecond;
  return is_valid_timestamp(out) ? ErrorCode::Ok : c.fail(ErrorCode::TimestampOutOfRange);
}

struct DateTruncTimestampTz {
  MR_HD static ErrorCode apply(OpContext& c, StringView name, i64 value, i64& out) {
    out = value;
    if (is_infinite_timestamp(value)) return ErrorCode::Ok;
    return date_trunc_in_zone(c, *c.settings->zone, name, value, out);
  }
};

struct DateTruncInterval {
  MR_HD static ErrorCode apply(OpContext& c, StringView name, Interval value, Interval& out) {
    const Unit unit = find_trunc_unit(name);
    if (unit == Unit::None) return IntervalFieldsOf::fail(c, ErrorCode::UnitNotRecognized, name);
    out = value;
    i64 micros = 0;  // what the clock is cut to
    i32 months = 0;  // what the months are cut to
    switch (unit) {
      case Unit::Millennium:
        months = 12000;
        break;
      case Unit::Century:
        months = 1200;
        break;
      case Unit::Decade:
        months = 120;
        break;
      case Unit::Year:
        months = 12;
        break;
      case Unit::Quarter:
        months = 3;
        break;
      case Unit::Month:
        months = 1;
        break;
      case Unit::Day:
        break;
      case Unit::Hour:
        micros = kMicrosPerHour;
        break;
      case Unit::Minute:
        micros = kMicrosPerMinute;
        break;
      case Unit::Second:
        micros = kMicrosPerSecond;
        break;
      case Unit::Millisecond:
        micros = 1000;
        break;
      case Unit::Microsecond:
        micros = 1;
        break;
      default:
        return IntervalFieldsOf::fail(c, ErrorCode::UnitNotSupported, name);
    }
    out.microseconds = micros == 0 ? 0 : value.microseconds / micros * micros;
    if (months != 0) {
      out.days = 0;
      out.months = value.months / months * months;
    }
    return ErrorCode::Ok;
  }
};

struct DateBin {
  MR_HD static ErrorCode apply(OpContext& c, Interval stride, i64 source, i64 origin, i64& out) {
    out = source;
    if (is_infinite_timestamp(source)) return ErrorCode::Ok;
    if (is_infinite_timestamp(origin)) {
      return c.fail(ErrorCode::DatetimeValueError, literal("origin out of range"));
    }
    if (stride.months != 0) {
      return c.fail(
          ErrorCode::FeatureNotSupported,
          literal("timestamps cannot be binned into intervals containing months or years"));
    }
    i64 width;
    if (mul_overflows(i64{stride.days}, kMicrosPerDay, width) ||
        add_overflows(width, stride.microseconds, width)) {
      return c.fail(ErrorCode::IntervalOutOfRange);
    }
    if (width <= 0) {
      return c.fail(ErrorCode::DatetimeValueError, literal("stride must be greater than zero"));
    }
    i64 distance;
    if (sub_overflows(source, origin, distance)) {
      return c.fail(ErrorCode::IntervalOutOfRange);
    }
    const i64 rest = distance % width;
    out = origin + (distance - rest);
    if (rest < 0 && sub_overflows(out, width, out)) {
      return c.fail(ErrorCode::TimestampOutOfRange);
    }
    return is_valid_timestamp(out) ? ErrorCode::Ok : c.fail(ErrorCode::TimestampOutOfRange);
  }
};

/// Years, months and days between two local times, borrowing from the month of the earlier one.
MR_HD inline Interval age_between(i64 a, i64 b, bool a_is_earlier) {
  const CivilTime x = split_timestamp(a);
  const CivilTime y = split_timestamp(b);
  const i64 sign = a_is_earlier ? -1 : 1;
  i64 micros = sign * (day_micros(x) - day_micros(y));
  i64 days = sign * (x.date.day - y.date.day);
  i64 months =
      sign * ((static_cast<i64>(x.date.year) - y.date.year) * 12 + x.date.month - y.date.month);
  const CivilDate& lender = a_is_earlier ? x.date : y.date;
  while (micros < 0) {
    micros += kMicrosPerDay;
    days--;
  }
  while (days < 0) {
    days += days_in_month(lender.year, lender.month);
    months--;
  }
  Interval out;
  out.microseconds = sign * micros;
  out.days = static_cast<i32>(sign * days);
  out.months = static_cast<i32>(sign * months);
  return out;
}

/// As in PostgreSQL, "-infinity" has no calendar date, but "infinity" stands for its number.
struct AgeTimestamp {
  MR_HD static ErrorCode apply(OpContext& c, i64 a, i64 b, Interval& out) {
    if (a == kTimestampNegativeInfinity || b == kTimestampNegativeInfinity) {
      return c.fail(ErrorCode::TimestampOutOfRange);
    }
    out = age_between(a, b, a < b);
    return ErrorCode::Ok;
  }
};

struct AgeTimestampTz {
  MR_HD static ErrorCode apply(OpContext& c, i64 a, i64 b, Interval& out) {
    const ZoneTable& zone = *c.settings->zone;
    return AgeTimestamp::apply(c, local_or_infinite(zone, a), local_or_infinite(zone, b), out);
  }
  MR_HD static i64 local_or_infinite(const ZoneTable& zone, i64 utc) {
    return is_infinite_timestamp(utc) ? utc : local_from_utc(zone, utc);
  }
};

/// Local midnight of the transaction's day.
MR_HD inline i64 today_of(const OpContext& c) {
  const i64 local = local_from_utc(*c.settings->zone, c.settings->transaction_timestamp);
  return floor_div(local, kMicrosPerDay) * kMicrosPerDay;
}

struct AgeTodayTimestamp {
  MR_HD static ErrorCode apply(OpContext& c, i64 value, Interval& out) {
    return AgeTimestamp::apply(c, today_of(c), value, out);
  }
};
struct AgeTodayTimestampTz {
  MR_HD static ErrorCode apply(OpContext& c, i64 value, Interval& out) {
    const ZoneTable& zone = *c.settings->zone;
    const i64 today = today_of(c);
    const i64 today_utc = today - offset_of_local(zone, today) * kMicrosPerSecond;
    return AgeTimestampTz::apply(c, today_utc, value, out);
  }
};

MR_HD inline i64 round_to_digits(i64 micros, i32 digits) {
  if (digits < 0 || digits >= 6) return micros;
  i64 scale = 1;
  for (i32 i = digits; i < 6; i++) scale *= 10;
  const i64 half = scale / 2;
  const u64 size = micros < 0 ? 0 - static_cast<u64>(micros) : static_cast<u64>(micros);
  const u64 rounded =
      (size + static_cast<u64>(half)) / static_cast<u64>(scale) * static_cast<u64>(scale);
  return static_cast<i64>(micros < 0 ? 0 - rounded : rounded);
}

struct TimeScale {
  MR_HD static i64 apply(i64 value, i32 digits) { return round_to_digits(value, digits); }
};
struct TimestampScale {
  MR_HD static i64 apply(i64 value, i32 digits) {
    return is_infinite_timestamp(value) ? value : round_to_digits(value, digits);
  }
};
struct IntervalScale {
  MR_HD static Interval apply(Interval value, i32 digits) {
    value.microseconds = round_to_digits(value.microseconds, digits);
    return value;
  }
};

/// Keeps the fields that an interval's typmod allows and rounds to its precision.
struct IntervalFields {
  MR_HD static Interval apply(Interval value, i32 typmod) {
    if (typmod < 0) return value;
    const i32 range = typmod >> 16 & 0x7FFF;
    const i32 digits = typmod & 0xFFFF;
    constexpr i32 kMonth = 1 << 1, kYear = 1 << 2, kDay = 1 << 3, kHour = 1 << 10,
                  kMinute = 1 << 11, kSecond = 1 << 12;
    if (range != 0x7FFF) {
      if (range == kYear || range == kMonth || range == (kYear | kMonth)) {
        if (range == kYear) value.months = value.months / 12 * 12;
        value.days = 0;
        value.microseconds = 0;
      } else if (range == kDay) {
        value.microseconds = 0;
      } else if (range == kHour || range == (kDay | kHour)) {
        value.microseconds = value.microseconds / kMicrosPerHour * kMicrosPerHour;
      } else if (!(range & kSecond) && (range & kMinute)) {
        value.microseconds = value.microseconds / kMicrosPerMinute * kMicrosPerMinute;
      }
    }
    return IntervalScale::apply(value, digits);
  }
};

}  // namespace millrace::ops
