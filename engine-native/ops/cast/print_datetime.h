// The text of dates, times, timestamps and intervals under DateStyle and IntervalStyle.
// Each function writes at `to` and answers the end; kDatetimeTextSize bytes always suffice.
#pragma once

#include "ops/scalar/zone.h"

namespace millrace::ops {

constexpr u32 kDatetimeTextSize = 160;

/// Writes digits at a pointer that moves along.
struct TextCursor {
  char* at;
  MR_HD void put(char byte) { *at++ = byte; }
  MR_HD void two(u32 value) {
    at[0] = static_cast<char>('0' + value / 10);
    at[1] = static_cast<char>('0' + value % 10);
    at += 2;
  }
  /// At least `width` digits.
  MR_HD void number(u64 value, u32 width = 1) {
    char digits[20];
    u32 count = 0;
    while (value > 0 || count < width) {
      digits[count++] = static_cast<char>('0' + value % 10);
      value /= 10;
    }
    while (count > 0) *at++ = digits[--count];
  }
  MR_HD void signed_number(i64 value) {
    if (value < 0) put('-');
    number(value < 0 ? 0 - static_cast<u64>(value) : static_cast<u64>(value));
  }
  template <u32 N>
  MR_HD void text(const char (&literal)[N]) {
    for (u32 i = 0; i + 1 < N; i++) *at++ = literal[i];
  }
  /// ".ffffff" without trailing zeros; nothing for 0.
  MR_HD void fraction(u32 micros) {
    if (micros == 0) return;
    *at++ = '.';
    for (u32 i = 6; i > 0; i--) {
      at[i - 1] = static_cast<char>('0' + micros % 10);
      micros /= 10;
    }
    at += 6;
    while (at[-1] == '0') at--;
  }
  MR_HD void clock(const CivilTime& t) {
    two(t.hour);
    put(':');
    two(t.minute);
    put(':');
    two(t.second);
    fraction(t.micros);
  }
  MR_HD void year(i32 year) {
    const u32 shown = static_cast<u32>(year > 0 ? year : 1 - year);
    if (shown < 10000) {
      two(shown / 100);
      two(shown % 100);
    } else {
      number(shown);
    }
  }
  MR_HD void era(i32 year) {
    if (year <= 0) text(" BC");
  }
  MR_HD void offset(i32 seconds) {
    put(seconds < 0 ? '-' : '+');
    const u32 size = static_cast<u32>(seconds < 0 ? -seconds : seconds);
    two(size / 3600);
    if (size % 3600 != 0) {
      put(':');
      two(size / 60 % 60);
    }
    if (size % 60 != 0) {
      put(':');
      two(size % 60);
    }
  }
};

MR_HD inline char* print_date_fields(const CivilDate& d, const Settings& settings, char* to) {
  TextCursor out{to};
  const bool day_first = settings.date_order == DateOrder::Dmy;
  switch (settings.date_style) {
    case DateStyle::Iso:
      out.year(d.year);
      out.put('-');
      out.two(d.month);
      out.put('-');
      out.two(d.day);
      break;
    case DateStyle::German:
      out.two(d.day);
      out.put('.');
      out.two(d.month);
      out.put('.');
      out.year(d.year);
      break;
    default: {
      const char separator = settings.date_style == DateStyle::Sql ? '/' : '-';
      out.two(day_first ? d.day : d.month);
      out.put(separator);
      out.two(day_first ? d.month : d.day);
      out.put(separator);
      out.year(d.year);
    }
  }
  return out.at;
}

MR_HD inline char* print_infinity(bool negative, char* to) {
  TextCursor out{to};
  if (negative) out.put('-');
  out.text("infinity");
  return out.at;
}

MR_HD inline char* print_date(i32 days, const Settings& settings, char* to) {
  if (is_infinite_date(days)) return print_infinity(days < 0, to);
  const CivilDate d = civil_from_days(days);
  TextCursor out{print_date_fields(d, settings, to)};
  out.era(d.year);
  return out.at;
}

MR_HD inline char* print_time(i64 micros, char* to) {
  CivilTime t;
  split_day(micros, t);
  TextCursor out{to};
  out.clock(t);
  return out.at;
}

/// `zone_name` null: without zone. An abbreviation is cut off at ten bytes.
MR_HD inline char* print_timestamp_fields(const CivilTime& t, const Settings& settings,
                                          const char* zone_name, i32 offset, char* to) {
  constexpr char kDays[] = "SunMonTueWedThuFriSat";
  constexpr char kMonths[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  TextCursor out{to};
  if (settings.date_style == DateStyle::Postgres) {
    const i64 days = days_from_civil(t.date.year, t.date.month, t.date.day);
    const char* day_name = kDays + 3 * day_of_week(days);
    const char* month_name = kMonths + 3 * (t.date.month - 1);
    for (u32 i = 0; i < 3; i++) out.put(day_name[i]);
    out.put(' ');
    const bool day_first = settings.date_order == DateOrder::Dmy;
    if (day_first) {
      out.two(t.date.day);
      out.put(' ');
    }
    for (u32 i = 0; i < 3; i++) out.put(month_name[i]);
    out.put(' ');
    if (!day_first) {
      out.two(t.date.day);
      out.put(' ');
    }
    out.clock(t);
    out.put(' ');
    out.year(t.date.year);
  } else {
    out.at = print_date_fields(t.date, settings, to);
    out.put(' ');
    out.clock(t);
  }
  if (zone_name != nullptr) {
    if (settings.date_style == DateStyle::Iso) {
      out.offset(offset);
    } else {
      out.put(' ');
      for (u32 i = 0; i < 10 && zone_name[i] != '\0'; i++) out.put(zone_name[i]);
    }
  }
  out.era(t.date.year);
  return out.at;
}

MR_HD inline char* print_timestamp(i64 micros, const Settings& settings, char* to) {
  if (is_infinite_timestamp(micros)) return print_infinity(micros < 0, to);
  return print_timestamp_fields(split_timestamp(micros), settings, nullptr, 0, to);
}

MR_HD inline char* print_timestamptz(i64 micros, const Settings& settings, char* to) {
  if (is_infinite_timestamp(micros)) return print_infinity(micros < 0, to);
  const ZoneTable& zone = *settings.zone;
  const u32 index = zone_index(zone, micros);
  const i32 offset = zone.offsets[index];
  return print_timestamp_fields(split_timestamp(micros + offset * kMicrosPerSecond), settings,
                                zone.abbreviations[index], offset, to);
}

/// Fields of an interval, each with its sign.
struct IntervalParts {
  i64 year, month, day, hour, minute, second, micros;
  MR_HD static IntervalParts of(const Interval& v) {
    IntervalParts f;
    f.year = v.months / 12;
    f.month = v.months % 12;
    f.day = v.days;
    f.hour = v.microseconds / kMicrosPerHour;
    f.minute = v.microseconds % kMicrosPerHour / kMicrosPerMinute;
    f.second = v.microseconds % kMicrosPerMinute / kMicrosPerSecond;
    f.micros = v.microseconds % kMicrosPerSecond;
    return f;
  }
  MR_HD bool has_clock() const { return hour != 0 || minute != 0 || second != 0 || micros != 0; }
  MR_HD bool clock_is_negative() const {
    return hour < 0 || minute < 0 || second < 0 || micros < 0;
  }
};

MR_HD inline u64 unsigned_size(i64 value) {
  return value < 0 ? 0 - static_cast<u64>(value) : static_cast<u64>(value);
}

struct IntervalPrinter {
  TextCursor out;
  IntervalParts f;

  MR_HD void seconds(bool two_digits) {
    if (two_digits) {
      out.two(static_cast<u32>(unsigned_size(f.second)));
    } else {
      out.number(unsigned_size(f.second));
    }
    out.fraction(static_cast<u32>(unsigned_size(f.micros)));
  }

  /// "1 year 2 mons -3 days +04:05:06.7"
  MR_HD void postgres() {
    bool first = true;
    bool after_negative = false;
    const i64 values[3] = {f.year, f.month, f.day};
    for (u32 i = 0; i < 3; i++) {
      if (values[i] == 0) continue;
      if (!first) out.put(' ');
      if (after_negative && values[i] > 0) out.put('+');
      out.signed_number(values[i]);
      if (i == 0) out.text(" year");
      if (i == 1) out.text(" mon");
      if (i == 2) out.text(" day");
      if (values[i] != 1) out.put('s');
      after_negative = values[i] < 0;
      first = false;
    }
    if (!first && !f.has_clock()) return;
    if (!first) out.put(' ');
    if (f.clock_is_negative()) {
      out.put('-');
    } else if (after_negative) {
      out.put('+');
    }
    out.number(unsigned_size(f.hour), 2);
    out.put(':');
    out.two(static_cast<u32>(unsigned_size(f.minute)));
    out.put(':');
    seconds(true);
  }

  /// "@ 1 year 2 mons 3 days 4 hours 5 mins 6.7 secs ago"
  MR_HD void verbose() {
    out.put('@');
    bool is_zero = true;
    bool is_ago = false;
    const i64 values[5] = {f.year, f.month, f.day, f.hour, f.minute};
    for (u32 i = 0; i < 5; i++) {
      i64 value = values[i];
      if (value == 0) continue;
      if (is_zero) {
        is_ago = value < 0;
        value = value < 0 ? -value : value;
      } else if (is_ago) {
        value = -value;
      }
      out.put(' ');
      out.signed_number(value);
      if (i == 0) out.text(" year");
      if (i == 1) out.text(" mon");
      if (i == 2) out.text(" day");
      if (i == 3) out.text(" hour");
      if (i == 4) out.text(" min");
      if (value != 1) out.put('s');
      is_zero = false;
    }
    if (f.second != 0 || f.micros != 0) {
      out.put(' ');
      if (f.second < 0 || f.micros < 0) {
        if (is_zero) {
          is_ago = true;
        } else if (!is_ago) {
          out.put('-');
        }
      } else if (is_ago) {
        out.put('-');
      }
      seconds(false);
      out.text(" sec");
      if (unsigned_size(f.second) != 1 || f.micros != 0) out.put('s');
      is_zero = false;
    }
    if (is_zero) out.text(" 0");
    if (is_ago) out.text(" ago");
  }

  MR_HD void standard_clock() {
    out.number(unsigned_size(f.hour));
    out.put(':');
    out.two(static_cast<u32>(unsigned_size(f.minute)));
    out.put(':');
    seconds(true);
  }

  /// "1-2" or "3 4:05:06" where the standard knows the value, else "+1-2 -3 +4:05:06".
  MR_HD void sql_standard() {
    const bool negative = f.year < 0 || f.month < 0 || f.day < 0 || f.clock_is_negative();
    const bool positive = f.year > 0 || f.month > 0 || f.day > 0 || f.hour > 0 || f.minute > 0 ||
                          f.second > 0 || f.micros > 0;
    const bool has_months = f.year != 0 || f.month != 0;
    const bool has_days = f.day != 0 || f.has_clock();
    if (!negative && !positive) {
      out.put('0');
      return;
    }
    if ((negative && positive) || (has_months && has_days)) {
      out.put(f.year < 0 || f.month < 0 ? '-' : '+');
      out.number(unsigned_size(f.year));
      out.put('-');
      out.number(unsigned_size(f.month));
      out.put(' ');
      out.put(f.day < 0 ? '-' : '+');
      out.number(unsigned_size(f.day));
      out.put(' ');
      out.put(f.clock_is_negative() ? '-' : '+');
      standard_clock();
      return;
    }
    if (negative) out.put('-');
    if (has_months) {
      out.number(unsigned_size(f.year));
      out.put('-');
      out.number(unsigned_size(f.month));
      return;
    }
    if (f.day != 0) {
      out.number(unsigned_size(f.day));
      out.put(' ');
    }
    standard_clock();
  }

  /// "P1Y2M3DT4H5M6.7S"
  MR_HD void iso_8601() {
    if (f.year == 0 && f.month == 0 && f.day == 0 && !f.has_clock()) {
      out.text("PT0S");
      return;
    }
    out.put('P');
    part(f.year, 'Y');
    part(f.month, 'M');
    part(f.day, 'D');
    if (!f.has_clock()) return;
    out.put('T');
    part(f.hour, 'H');
    part(f.minute, 'M');
    if (f.second == 0 && f.micros == 0) return;
    if (f.second < 0 || f.micros < 0) out.put('-');
    seconds(false);
    out.put('S');
  }

  MR_HD void part(i64 value, char unit) {
    if (value == 0) return;
    out.signed_number(value);
    out.put(unit);
  }
};

MR_HD inline char* print_interval(const Interval& value, IntervalStyle style, char* to) {
  IntervalPrinter printer{TextCursor{to}, IntervalParts::of(value)};
  switch (style) {
    case IntervalStyle::Postgres:
      printer.postgres();
      break;
    case IntervalStyle::PostgresVerbose:
      printer.verbose();
      break;
    case IntervalStyle::SqlStandard:
      printer.sql_standard();
      break;
    case IntervalStyle::Iso8601:
      printer.iso_8601();
      break;
  }
  return printer.out.at;
}

}  // namespace millrace::ops
