#include "ops/scalar/datetime_make.h"

#include <chrono>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <string>

#include "ops/cast/print_datetime.h"
#include "ops/scalar/date_arithmetic.h"
#include "ops/scalar/date_trunc.h"
#include "ops/zone_cache.h"

namespace millrace::ops {

namespace {

__attribute__((format(printf, 3, 4))) ErrorCode fail_format(OpContext& c, ErrorCode code,
                                                            const char* format, ...) {
  char text[200];
  va_list arguments;
  va_start(arguments, format);
  const int size = std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  char* kept = c.arena->allocate(static_cast<u32>(size));
  if (kept == nullptr) return c.fail(ErrorCode::OutOfMemory);
  copy_bytes(kept, text, static_cast<u64>(size));
  return c.fail(code, StringView::make(kept, static_cast<u32>(size)));
}

std::string_view view_of(const StringView& text) { return {text.bytes(), text.size}; }

/// Day number of a date whose negative years are BC; false where a field is out of range.
bool fields_are_valid(i32& year, i32 month, i32 day) {
  if (year == 0) return false;
  if (year < 0) {
    if (year == -2147483647 - 1) return false;
    year++;
  }
  return month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month);
}

/// Microseconds of a day; false where a field is out of range.
bool clock_micros(i32 hour, i32 minute, f64 second, i64& out) {
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || std::isnan(second)) return false;
  const f64 micros = std::rint(second * 1000000.0);
  if (micros < 0 || micros > 60000000.0) return false;
  out = hour * kMicrosPerHour + minute * kMicrosPerMinute + static_cast<i64>(micros);
  return out <= kMicrosPerDay;
}

/// A float as PostgreSQL's "%02g" prints it.
std::string printed(f64 value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  char text[40];
  std::snprintf(text, sizeof text, "%02g", value);
  return text;
}

ErrorCode make_local(OpContext& c, i32 year, i32 month, i32 day, i32 hour, i32 minute, f64 second,
                     i64& out) {
  const i32 said_year = year;
  if (!fields_are_valid(year, month, day)) {
    return fail_format(c, ErrorCode::DatetimeValueError,
                       "date field value out of range: %d-%02d-%02d", said_year, month, day);
  }
  if (!is_valid_julian(year, month)) {
    return fail_format(c, ErrorCode::DatetimeValueError, "date out of range: %d-%02d-%02d",
                       said_year, month, day);
  }
  i64 clock;
  if (!clock_micros(hour, minute, second, clock)) {
    return fail_format(c, ErrorCode::DatetimeValueError,
                       "time field value out of range: %d:%02d:%s", hour, minute,
                       printed(second).c_str());
  }
  if (!join_timestamp(days_from_civil(year, month, day), clock, out)) {
    return fail_format(c, ErrorCode::DatetimeValueError,
                       "timestamp out of range: %d-%02d-%02d %d:%02d:%s", said_year, month, day,
                       hour, minute, printed(second).c_str());
  }
  return ErrorCode::Ok;
}

ErrorCode utc_of(OpContext& c, const ZoneTable& zone, i64 local, i64& out) {
  return utc_from_local(zone, local, out) ? ErrorCode::Ok : c.fail(ErrorCode::TimestampOutOfRange);
}
ErrorCode shifted(OpContext& c, i64 value, i64 seconds, i64& out) {
  out = value + seconds * kMicrosPerSecond;
  return is_valid_timestamp(out) ? ErrorCode::Ok : c.fail(ErrorCode::TimestampOutOfRange);
}

/// "+hh", "-hh:mm", "+hhmm:…": 0 read, 1 not of this form, 2 out of range.
int read_numeric_zone(std::string_view text, i32& offset) {
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return 1;
  size_t at = 1;
  const auto number = [&](i64& out) {
    out = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; at++) {
      if (out < 10000000000L) out = out * 10 + (text[at] - '0');
    }
  };
  i64 hours, minutes = 0, seconds = 0;
  number(hours);
  if (hours > 2147483647L) return 2;
  if (at < text.size() && text[at] == ':') {
    at++;
    number(minutes);
    if (at < text.size() && text[at] == ':') {
      at++;
      number(seconds);
    }
  } else if (at == text.size() && text.size() > 3) {
    minutes = hours % 100;
    hours /= 100;
  }
  if (hours > 15 || minutes > 59 || seconds > 59) return 2;
  if (at != text.size()) return 1;
  offset = static_cast<i32>(hours * 3600 + minutes * 60 + seconds);
  if (text[0] == '-') offset = -offset;
  return 0;
}

/// Offset west of UTC of an interval used as a zone.
ErrorCode interval_offset(OpContext& c, const Interval& zone, i64& seconds) {
  if (zone.months != 0 || zone.days != 0) {
    char text[kDatetimeTextSize];
    const char* end = print_interval(zone, c.settings->interval_style, text);
    return fail_format(c, ErrorCode::InvalidParameterValue,
                       "interval time zone \"%.*s\" must not include months or days",
                       static_cast<int>(end - text), text);
  }
  seconds = zone.microseconds / kMicrosPerSecond;
  return ErrorCode::Ok;
}

i64 wall_clock() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since_1970).count() - kUnixEpochGap;
}

}  // namespace

ErrorCode MakeDate::apply(OpContext& c, i32 year, i32 month, i32 day, i32& out) {
  // PostgreSQL prints the year as it reckons it: 1 BC is 0.
  if (!fields_are_valid(year, month, day)) {
    return fail_format(c, ErrorCode::DatetimeValueError,
                       "date field value out of range: %d-%02d-%02d", year, month, day);
  }
  const i64 days = is_valid_julian(year, month) ? days_from_civil(year, month, day) : kEndDate;
  if (!is_valid_date(days)) {
    return fail_format(c, ErrorCode::DatetimeValueError, "date out of range: %d-%02d-%02d", year,
                       month, day);
  }
  out = static_cast<i32>(days);
  return ErrorCode::Ok;
}

ErrorCode MakeTime::apply(OpContext& c, i32 hour, i32 minute, f64 second, i64& out) {
  if (clock_micros(hour, minute, second, out)) return ErrorCode::Ok;
  return fail_format(c, ErrorCode::DatetimeValueError, "time field value out of range: %d:%02d:%s",
                     hour, minute, printed(second).c_str());
}

ErrorCode MakeTimestamp::apply(OpContext& c, i32 year, i32 month, i32 day, i32 hour, i32 minute,
                               f64 second, i64& out) {
  return make_local(c, year, month, day, hour, minute, second, out);
}

ErrorCode MakeTimestampTz::apply(OpContext& c, i32 year, i32 month, i32 day, i32 hour, i32 minute,
                                 f64 second, i64& out) {
  i64 local;
  const ErrorCode code = make_local(c, year, month, day, hour, minute, second, local);
  return code != ErrorCode::Ok ? code : utc_of(c, *c.settings->zone, local, out);
}

ErrorCode MakeTimestampTzZone::apply(OpContext& c, i32 year, i32 month, i32 day, i32 hour,
                                     i32 minute, f64 second, StringView zone, i64& out) {
  i64 local;
  const ErrorCode code = make_local(c, year, month, day, hour, minute, second, local);
  if (code != ErrorCode::Ok) return code;
  const std::string_view name = view_of(zone);
  if (!name.empty() && name[0] >= '0' && name[0] <= '9') {
    return c.fail(ErrorCode::NumericZoneWithoutSign, zone);
  }
  i32 offset;
  switch (read_numeric_zone(name, offset)) {
    case 0:
      return shifted(c, local, -offset, out);
    case 2:
      return fail_format(c, ErrorCode::InvalidParameterValue,
                         "numeric time zone \"%.*s\" out of range", static_cast<int>(name.size()),
                         name.data());
    default:
      return TimezoneTimestamp::apply(c, zone, local, out);
  }
}

ErrorCode MakeInterval::apply(OpContext& c, i32 years, i32 months, i32 weeks, i32 days, i32 hours,
                              i32 minutes, f64 seconds, Interval& out) {
  const i64 all_months = i64{years} * 12 + months;
  const i64 all_days = i64{weeks} * 7 + days;
  const f64 micros = std::rint(seconds * 1000000.0);
  i64 total = hours * kMicrosPerHour + minutes * kMicrosPerMinute;
  if (std::isnan(micros) || std::abs(micros) >= 9.2e18 ||
      all_months != static_cast<i32>(all_months) || all_days != static_cast<i32>(all_days) ||
      __builtin_add_overflow(total, static_cast<i64>(micros), &total)) {
    return c.fail(ErrorCode::IntervalOutOfRange);
  }
  out = Interval{total, static_cast<i32>(all_days), static_cast<i32>(all_months)};
  return ErrorCode::Ok;
}

ErrorCode ToTimestampEpoch::apply(OpContext& c, f64 seconds, i64& out) {
  if (std::isnan(seconds)) {
    return c.fail(ErrorCode::DatetimeValueError, literal("timestamp cannot be NaN"));
  }
  if (std::isinf(seconds)) {
    out = seconds < 0 ? kTimestampNegativeInfinity : kTimestampInfinity;
    return ErrorCode::Ok;
  }
  constexpr f64 kLeast = 86400.0 * -kUnixEpochJulian;
  constexpr f64 kEnd = 86400.0 * (109203528.0 - kUnixEpochJulian);
  if (seconds >= kLeast && seconds < kEnd) {
    const f64 since_2000 = seconds - 86400.0 * (kEpochJulian - kUnixEpochJulian);
    out = static_cast<i64>(std::rint(since_2000 * 1000000.0));
    if (is_valid_timestamp(out)) return ErrorCode::Ok;
  }
  return fail_format(c, ErrorCode::DatetimeValueError, "timestamp out of range: \"%g\"", seconds);
}

ErrorCode TimezoneTimestamp::apply(OpContext& c, StringView zone, i64 local, i64& out) {
  out = local;
  if (is_infinite_timestamp(local)) return ErrorCode::Ok;
  const ZoneTable* table;
  i32 offset;
  if (!resolve_zone(view_of(zone), local, true, table, offset)) {
    return c.fail(ErrorCode::TimeZoneNotRecognized, zone);
  }
  return table != nullptr ? utc_of(c, *table, local, out) : shifted(c, local, -offset, out);
}

ErrorCode TimezoneTimestampTz::apply(OpContext& c, StringView zone, i64 utc, i64& out) {
  out = utc;
  if (is_infinite_timestamp(utc)) return ErrorCode::Ok;
  const ZoneTable* table;
  i32 offset;
  if (!resolve_zone(view_of(zone), utc, false, table, offset)) {
    return c.fail(ErrorCode::TimeZoneNotRecognized, zone);
  }
  if (table != nullptr) offset = offset_at(*table, utc);
  return shifted(c, utc, offset, out);
}

ErrorCode TimezoneIntervalTimestamp::apply(OpContext& c, Interval zone, i64 local, i64& out) {
  out = local;
  if (is_infinite_timestamp(local)) return ErrorCode::Ok;
  i64 seconds;
  const ErrorCode code = interval_offset(c, zone, seconds);
  return code != ErrorCode::Ok ? code : shifted(c, local, -seconds, out);
}

ErrorCode TimezoneIntervalTimestampTz::apply(OpContext& c, Interval zone, i64 utc, i64& out) {
  out = utc;
  if (is_infinite_timestamp(utc)) return ErrorCode::Ok;
  i64 seconds;
  const ErrorCode code = interval_offset(c, zone, seconds);
  return code != ErrorCode::Ok ? code : shifted(c, utc, seconds, out);
}

ErrorCode DateTruncTimestampTzZone::apply(OpContext& c, StringView field, i64 utc, StringView zone,
                                          i64& out) {
  out = utc;
  if (is_infinite_timestamp(utc)) return ErrorCode::Ok;
  const ZoneTable* table;
  i32 offset;
  if (!resolve_zone(view_of(zone), utc, false, table, offset)) {
    return c.fail(ErrorCode::TimeZoneNotRecognized, zone);
  }
  return date_trunc_in_zone(c, table != nullptr ? *table : *fixed_zone(offset), field, utc, out);
}

ErrorCode ClockTimestamp::apply(OpContext&, i64& out) {
  out = wall_clock();
  return ErrorCode::Ok;
}

ErrorCode TimeOfDay::apply(OpContext& c, StringView& out) {
  const ZoneTable& zone = *c.settings->zone;
  const i64 now = wall_clock();
  const u32 index = zone_index(zone, now);
  const CivilTime t = split_timestamp(now + zone.offsets[index] * kMicrosPerSecond);
  // "Wed Jan 02 03:04:05.000006 2030 UTC": always six digits.
  constexpr char kDays[] = "SunMonTueWedThuFriSat";
  constexpr char kMonths[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  char text[96];
  const i32 dow = day_of_week(days_from_civil(t.date.year, t.date.month, t.date.day));
  const int size =
      std::snprintf(text, sizeof text, "%.3s %.3s %02d %02d:%02d:%02d.%06d %d %s", kDays + 3 * dow,
                    kMonths + 3 * (t.date.month - 1), t.date.day, t.hour, t.minute, t.second,
                    t.micros, t.date.year, zone.abbreviations[index]);
  char* kept = c.arena->allocate(static_cast<u32>(size));
  if (kept == nullptr) return c.fail(ErrorCode::OutOfMemory);
  copy_bytes(kept, text, static_cast<u64>(size));
  out = StringView::make(kept, static_cast<u32>(size));
  return ErrorCode::Ok;
}

}  // namespace millrace::ops
