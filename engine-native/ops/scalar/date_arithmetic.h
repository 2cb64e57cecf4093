// Sums and differences of dates, times and timestamps.
#pragma once

#include "ops/scalar/zone.h"

namespace millrace::ops {

struct DateAddDays {
  MR_HD static ErrorCode apply(OpContext& c, i32 date, i32 days, i32& out) {
    if (is_infinite_date(date)) {
      out = date;
      return ErrorCode::Ok;
    }
    const i64 sum = static_cast<i64>(date) + days;
    if (!is_valid_date(sum)) return c.fail(ErrorCode::DateOutOfRange);
    out = static_cast<i32>(sum);
    return ErrorCode::Ok;
  }
};

struct DateSubtractDays {
  MR_HD static ErrorCode apply(OpContext& c, i32 date, i32 days, i32& out) {
    if (is_infinite_date(date)) {
      out = date;
      return ErrorCode::Ok;
    }
    const i64 difference = static_cast<i64>(date) - days;
    if (!is_valid_date(difference)) return c.fail(ErrorCode::DateOutOfRange);
    out = static_cast<i32>(difference);
    return ErrorCode::Ok;
  }
};

struct DateDifference {
  MR_HD static ErrorCode apply(OpContext& c, i32 a, i32 b, i32& out) {
    if (is_infinite_date(a) || is_infinite_date(b)) {
      return c.fail(ErrorCode::CannotSubtractInfiniteDates);
    }
    out = static_cast<i32>(static_cast<u32>(a) - static_cast<u32>(b));
    return ErrorCode::Ok;
  }
};

/// Midnight of a date; infinities stay.
MR_HD inline ErrorCode timestamp_of_date(OpContext& c, i32 date, i64& out) {
  if (is_infinite_date(date)) {
    out = date < 0 ? kTimestampNegativeInfinity : kTimestampInfinity;
    return ErrorCode::Ok;
  }
  if (!join_timestamp(date, 0, out)) return c.fail(ErrorCode::DateOutOfRangeForTimestamp);
  return ErrorCode::Ok;
}

struct DateAddTime {
  MR_HD static ErrorCode apply(OpContext& c, i32 date, i64 time, i64& out) {
    const ErrorCode code = timestamp_of_date(c, date, out);
    if (code != ErrorCode::Ok || is_infinite_timestamp(out)) return code;
    out += time;
    return is_valid_timestamp(out) ? ErrorCode::Ok : c.fail(ErrorCode::TimestampOutOfRange);
  }
};

/// Adds months (clamping the day to the month), then days, to the date part of a local time.
/// False when the outcome is out of range.
MR_HD inline bool add_months_and_days(i64 local, i32 months, i64 days, i64& out) {
  out = local;
  if (months != 0) {
    CivilTime t = split_timestamp(local);
    const i64 month = t.date.month - 1 + static_cast<i64>(months);
    const i64 year = t.date.year + floor_div(month, 12);
    if (year > 6000000 || year < -6000000) return false;
    t.date.year = static_cast<i32>(year);
    t.date.month = static_cast<i32>(floor_mod(month, 12)) + 1;
    const i32 last = days_in_month(year, t.date.month);
    if (t.date.day > last) t.date.day = last;
    if (!join_timestamp(t, out)) return false;
  }
  if (days != 0) {
    const i64 day = floor_div(out, kMicrosPerDay);
    const i64 clock = out - day * kMicrosPerDay;
    const i64 sum = day + days;
    if (sum < kLeastDate || !join_timestamp(sum, clock, out)) return false;
  }
  return true;
}

MR_HD inline ErrorCode add_interval(OpContext& c, i64 timestamp, const Interval& span, i64& out) {
  if (is_infinite_timestamp(timestamp)) {
    out = timestamp;
    return ErrorCode::Ok;
  }
  if (!add_months_and_days(timestamp, span.months, span.days, out) ||
      add_overflows(out, span.microseconds, out) || !is_valid_timestamp(out)) {
    return c.fail(ErrorCode::TimestampOutOfRange);
  }
  return ErrorCode::Ok;
}

/// Months and days are added to the local time of `zone`, microseconds to UTC.
MR_HD inline ErrorCode add_interval(OpContext& c, const ZoneTable& zone, i64 utc,
                                    const Interval& span, i64& out) {
  if (is_infinite_timestamp(utc)) {
    out = utc;
    return ErrorCode::Ok;
  }
  out = utc;
  bool fits = true;
  if (span.months != 0) {
    i64 local;
    fits = add_months_and_days(local_from_utc(zone, out), span.months, 0, local) &&
           utc_from_local(zone, local, out);
  }
  if (fits && span.days != 0) {
    i64 local;
    fits = add_months_and_days(local_from_utc(zone, out), 0, span.days, local) &&
           utc_from_local(zone, local, out);
  }
  if (!fits || add_overflows(out, span.microseconds, out) || !is_valid_timestamp(out)) {
    return c.fail(ErrorCode::TimestampOutOfRange);
  }
  return ErrorCode::Ok;
}

MR_HD inline Interval negated(const Interval& span) {
  Interval out;
  out.microseconds = static_cast<i64>(0 - static_cast<u64>(span.microseconds));
  out.days = static_cast<i32>(0 - static_cast<u32>(span.days));
  out.months = static_cast<i32>(0 - static_cast<u32>(span.months));
  return out;
}

struct TimestampAddInterval {
  MR_HD static ErrorCode apply(OpContext& c, i64 a, Interval b, i64& out) {
    return add_interval(c, a, b, out);
  }
};
struct TimestampSubtractInterval {
  MR_HD static ErrorCode apply(OpContext& c, i64 a, Interval b, i64& out) {
    return add_interval(c, a, negated(b), out);
  }
};
struct TimestampTzAddInterval {
  MR_HD static ErrorCode apply(OpContext& c, i64 a, Interval b, i64& out) {
    return add_interval(c, *c.settings->zone, a, b, out);
  }
};
struct TimestampTzSubtractInterval {
  MR_HD static ErrorCode apply(OpContext& c, i64 a, Interval b, i64& out) {
    return add_interval(c, *c.settings->zone, a, negated(b), out);
  }
};
struct DateAddInterval {
  MR_HD static ErrorCode apply(OpContext& c, i32 a, Interval b, i64& out) {
    i64 timestamp = 0;
    const ErrorCode code = timestamp_of_date(c, a, timestamp);
    return code != ErrorCode::Ok ? code : add_interval(c, timestamp, b, out);
  }
};
struct DateSubtractInterval {
  MR_HD static ErrorCode apply(OpContext& c, i32 a, Interval b, i64& out) {
    i64 timestamp = 0;
    const ErrorCode code = timestamp_of_date(c, a, timestamp);
    return code != ErrorCode::Ok ? code : add_interval(c, timestamp, negated(b), out);
  }
};

/// Whole days of microseconds go to the days, so that both have one sign.
MR_HD inline bool move_hours_to_days(Interval& span) {
  const i64 whole = span.microseconds / kMicrosPerDay;
  span.microseconds -= whole * kMicrosPerDay;
  const i64 days = span.days + whole;
  if (days > 2147483647L || days < -2147483648L) return false;
  span.days = static_cast<i32>(days);
  if (span.days > 0 && span.microseconds < 0) {
    span.microseconds += kMicrosPerDay;
    span.days--;
  } else if (span.days < 0 && span.microseconds > 0) {
    span.microseconds -= kMicrosPerDay;
    span.days++;
  }
  return true;
}

struct TimestampDifference {
  MR_HD static ErrorCode apply(OpContext& c, i64 a, i64 b, Interval& out) {
    if (is_infinite_timestamp(a) || is_infinite_timestamp(b)) {
      return c.fail(ErrorCode::CannotSubtractInfiniteTimestamps);
    }
    out = Interval{};
    if (sub_overflows(a, b, out.microseconds)) {
      return c.fail(ErrorCode::IntervalOutOfRange);
    }
    move_hours_to_days(out);
    return ErrorCode::Ok;
  }
};

struct TimeAddInterval {
  MR_HD static i64 apply(i64 a, Interval b) {
    return floor_mod(a + b.microseconds % kMicrosPerDay, kMicrosPerDay);
  }
};
struct TimeSubtractInterval {
  MR_HD static i64 apply(i64 a, Interval b) {
    return floor_mod(a - b.microseconds % kMicrosPerDay, kMicrosPerDay);
  }
};
struct TimeDifference {
  MR_HD static Interval apply(i64 a, i64 b) {
    Interval out{};
    out.microseconds = static_cast<i64>(static_cast<u64>(a) - static_cast<u64>(b));
    return out;
  }
};

struct DateIsFinite {
  MR_HD static u8 apply(i32 a) { return is_infinite_date(a) ? 0 : 1; }
};
struct TimestampIsFinite {
  MR_HD static u8 apply(i64 a) { return is_infinite_timestamp(a) ? 0 : 1; }
};
struct IntervalIsFinite {
  MR_HD static u8 apply(Interval) { return 1; }
};

/// SQL's OVERLAPS over two periods whose ends may be missing.
struct Overlaps {
  MR_HD static Nullable<u8> apply(Nullable<i64> start1, Nullable<i64> end1, Nullable<i64> start2,
                                  Nullable<i64> end2) {
    const Nullable<u8> unknown{0, true};
    if (!order(start1, end1) || !order(start2, end2)) return unknown;
    if (start1.value > start2.value) return later(start1, end1, end2);
    if (start1.value < start2.value) return later(start2, end2, end1);
    // Equal starts: they overlap, even if empty, unless both ends are missing.
    if (end1.is_null || end2.is_null) return unknown;
    return Nullable<u8>{1, false};
  }

 private:
  /// Puts the earlier end first and a missing one last; false if both are missing.
  MR_HD static bool order(Nullable<i64>& start, Nullable<i64>& end) {
    if (start.is_null && end.is_null) return false;
    if (start.is_null || (!end.is_null && start.value > end.value)) {
      const Nullable<i64> kept = start;
      start = end;
      end = kept;
    }
    return true;
  }
  /// `start` is later than the other period's start.
  MR_HD static Nullable<u8> later(const Nullable<i64>& start, const Nullable<i64>& end,
                                  const Nullable<i64>& other_end) {
    if (other_end.is_null) return Nullable<u8>{0, true};
    if (start.value < other_end.value) return Nullable<u8>{1, false};
    // The end of the later period decides only whether the answer is known.
    return Nullable<u8>{0, end.is_null};
  }
};

}  // namespace millrace::ops
