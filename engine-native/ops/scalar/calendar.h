// The proleptic Gregorian calendar: days and microseconds from 2000-01-01 to fields and back.
#pragma once

#include "ops/scalar/overflow.h"

namespace millrace::ops {

constexpr i64 kMicrosPerSecond = 1000000;
constexpr i64 kMicrosPerMinute = 60 * kMicrosPerSecond;
constexpr i64 kMicrosPerHour = 60 * kMicrosPerMinute;
constexpr i64 kMicrosPerDay = 24 * kMicrosPerHour;
/// Julian day numbers of 2000-01-01 and 1970-01-01.
constexpr i32 kEpochJulian = 2451545;
constexpr i32 kUnixEpochJulian = 2440588;
/// Microseconds from 1970-01-01 to 2000-01-01.
constexpr i64 kUnixEpochGap = static_cast<i64>(kEpochJulian - kUnixEpochJulian) * kMicrosPerDay;
/// Finite dates are in [kLeastDate, kEndDate), timestamps in [kLeastTimestamp, kEndTimestamp).
constexpr i32 kLeastDate = -kEpochJulian;
constexpr i32 kEndDate = 2147483494 - kEpochJulian;
constexpr i64 kLeastTimestamp = -211813488000000000L;
constexpr i64 kEndTimestamp = 9223371331200000000L;

MR_HD inline bool is_valid_date(i64 days) { return days >= kLeastDate && days < kEndDate; }
MR_HD inline bool is_valid_timestamp(i64 micros) {
  return micros >= kLeastTimestamp && micros < kEndTimestamp;
}
MR_HD inline bool is_infinite_date(i32 days) {
  return days == kDateInfinity || days == kDateNegativeInfinity;
}
MR_HD inline bool is_infinite_timestamp(i64 micros) {
  return micros == kTimestampInfinity || micros == kTimestampNegativeInfinity;
}

MR_HD inline i64 floor_div(i64 a, i64 b) {
  const i64 quotient = a / b;
  return a % b < 0 ? quotient - 1 : quotient;
}
MR_HD inline i64 floor_mod(i64 a, i64 b) {
  const i64 rest = a % b;
  return rest < 0 ? rest + b : rest;
}

/// Year 0 is 1 BC.
struct CivilDate {
  i32 year;
  i32 month;  // 1..12
  i32 day;    // 1..31
};

MR_HD inline CivilDate civil_from_days(i64 days) {
  // Years that begin in March put the leap day last; eras of 400 years repeat.
  const i64 shifted = days + 730425;  // days since 0000-03-01
  const i64 era = floor_div(shifted, 146097);
  const u32 day_of_era = static_cast<u32>(shifted - era * 146097);
  const u32 year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const u32 day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const u32 march_month = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = static_cast<i32>(day_of_year - (153 * march_month + 2) / 5 + 1);
  date.month = static_cast<i32>(march_month < 10 ? march_month + 3 : march_month - 9);
  date.year = static_cast<i32>(era * 400 + year_of_era) + (date.month <= 2 ? 1 : 0);
  return date;
}

/// The month may lie outside 1..12 and the day outside the month.
MR_HD inline i64 days_from_civil(i64 year, i64 month, i64 day) {
  year += floor_div(month - 1, 12);
  month = floor_mod(month - 1, 12) + 1;
  if (month <= 2) year--;
  const i64 era = floor_div(year, 400);
  const i64 year_of_era = year - era * 400;
  const i64 march_month = month > 2 ? month - 3 : month + 9;
  const i64 day_of_year = (153 * march_month + 2) / 5;
  const i64 day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 730425 + day - 1;
}

MR_HD inline bool is_leap_year(i64 year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

MR_HD inline i32 days_in_month(i64 year, i32 month) {
  if (month == 2) return is_leap_year(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/// Whether a date can be reckoned with at all: from November 4714 BC to May 5874898.
MR_HD inline bool is_valid_julian(i64 year, i64 month) {
  return (year > -4713 || (year == -4713 && month >= 11)) &&
         (year < 5874898 || (year == 5874898 && month < 6));
}

/// 0 = Sunday.
MR_HD inline i32 day_of_week(i64 days) { return static_cast<i32>(floor_mod(days + 6, 7)); }

/// Day number of the Monday that begins the ISO year.
MR_HD inline i64 first_iso_monday(i64 iso_year) {
  const i64 fourth = days_from_civil(iso_year, 1, 4);
  return fourth - floor_mod(day_of_week(fourth) + 6, 7);
}

struct IsoWeek {
  i64 year;
  i32 week;
};

MR_HD inline IsoWeek iso_week_of(const CivilDate& date) {
  const i64 days = days_from_civil(date.year, date.month, date.day);
  i64 year = date.year;
  i64 monday = first_iso_monday(year);
  if (days < monday) {
    monday = first_iso_monday(--year);
  } else if (days >= first_iso_monday(year + 1)) {
    monday = first_iso_monday(++year);
  }
  return IsoWeek{year, static_cast<i32>((days - monday) / 7 + 1)};
}

/// Fields of a timestamp.
struct CivilTime {
  CivilDate date;
  i32 hour;
  i32 minute;
  i32 second;
  i32 micros;
};

MR_HD inline void split_day(i64 micros_of_day, CivilTime& out) {
  out.hour = static_cast<i32>(micros_of_day / kMicrosPerHour);
  micros_of_day %= kMicrosPerHour;
  out.minute = static_cast<i32>(micros_of_day / kMicrosPerMinute);
  micros_of_day %= kMicrosPerMinute;
  out.second = static_cast<i32>(micros_of_day / kMicrosPerSecond);
  out.micros = static_cast<i32>(micros_of_day % kMicrosPerSecond);
}

MR_HD inline CivilTime split_timestamp(i64 micros) {
  const i64 days = floor_div(micros, kMicrosPerDay);
  CivilTime fields;
  fields.date = civil_from_days(days);
  split_day(micros - days * kMicrosPerDay, fields);
  return fields;
}

/// False when it overflows or is not a valid timestamp.
MR_HD inline bool join_timestamp(i64 days, i64 micros_of_day, i64& out) {
  i64 micros;
  if (mul_overflows(days, kMicrosPerDay, micros)) return false;
  if (add_overflows(micros, micros_of_day, micros)) return false;
  out = micros;
  return is_valid_timestamp(micros);
}

MR_HD inline i64 day_micros(const CivilTime& t) {
  return t.hour * kMicrosPerHour + t.minute * kMicrosPerMinute + t.second * kMicrosPerSecond +
         t.micros;
}

/// False when out of range. Fields may exceed their ranges (24:00:00, second 60).
MR_HD inline bool join_timestamp(const CivilTime& t, i64& out) {
  if (!is_valid_julian(t.date.year, t.date.month)) return false;
  return join_timestamp(days_from_civil(t.date.year, t.date.month, t.date.day), day_micros(t), out);
}

}  // namespace millrace::ops
