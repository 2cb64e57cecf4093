// Casts among dates, times and timestamps, and to text.
#pragma once

#include "ops/cast/parse_datetime.h"
#include "ops/cast/print_datetime.h"
#include "ops/scalar/date_trunc.h"

namespace millrace::ops {

struct DateToTimestamp {
  MR_HD static ErrorCode apply(OpContext& c, i32 date, i64& out) {
    return timestamp_of_date(c, date, out);
  }
};

struct DateToTimestampTz {
  MR_HD static ErrorCode apply(OpContext& c, i32 date, i64& out) {
    const ErrorCode code = timestamp_of_date(c, date, out);
    if (code != ErrorCode::Ok || is_infinite_date(date)) return code;
    if (utc_from_local(*c.settings->zone, out, out)) return ErrorCode::Ok;
    return c.fail(ErrorCode::DateOutOfRangeForTimestamp);
  }
};

/// A number to compare timestamps with: one past all of them, but below infinity, for later dates.
struct DateAsTimestamp {
  MR_HD static i64 apply(i32 date) {
    if (is_infinite_date(date)) return date < 0 ? kTimestampNegativeInfinity : kTimestampInfinity;
    i64 out = 0;
    return join_timestamp(date, 0, out) ? out : kTimestampInfinity - 1;
  }
};

/// The same for a local time, whose UTC may lie past the range by the zone's offset.
struct TimestampAsTimestampTz {
  MR_HD static ErrorCode apply(OpContext& c, i64 value, i64& out) {
    out = value;
    if (is_infinite_timestamp(value) || !is_valid_timestamp(value)) return ErrorCode::Ok;
    out -= offset_of_local(*c.settings->zone, value) * kMicrosPerSecond;
    return ErrorCode::Ok;
  }
};

struct DateAsTimestampTz {
  MR_HD static ErrorCode apply(OpContext& c, i32 date, i64& out) {
    return TimestampAsTimestampTz::apply(c, DateAsTimestamp::apply(date), out);
  }
};

struct TimestampToDate {
  MR_HD static i32 apply(i64 value) {
    if (is_infinite_timestamp(value)) return value < 0 ? kDateNegativeInfinity : kDateInfinity;
    return static_cast<i32>(floor_div(value, kMicrosPerDay));
  }
};

struct TimestampTzToDate {
  MR_HD static ErrorCode apply(OpContext& c, i64 value, i32& out) {
    const bool infinite = is_infinite_timestamp(value);
    out = TimestampToDate::apply(infinite ? value : local_from_utc(*c.settings->zone, value));
    return ErrorCode::Ok;
  }
};

struct TimestampToTime {
  MR_HD static Nullable<i64> apply(i64 value) {
    return Nullable<i64>{floor_mod(value, kMicrosPerDay), is_infinite_timestamp(value)};
  }
};

struct TimestampTzToTime {
  MR_HD static ErrorCode apply(OpContext& c, i64 value, Nullable<i64>& out) {
    const bool infinite = is_infinite_timestamp(value);
    out = TimestampToTime::apply(infinite ? value : local_from_utc(*c.settings->zone, value));
    return ErrorCode::Ok;
  }
};

struct TimestampToTimestampTz {
  MR_HD static ErrorCode apply(OpContext& c, i64 value, i64& out) {
    out = value;
    if (is_infinite_timestamp(value)) return ErrorCode::Ok;
    if (utc_from_local(*c.settings->zone, value, out)) return ErrorCode::Ok;
    return c.fail(ErrorCode::TimestampOutOfRange);
  }
};

struct TimestampTzToTimestamp {
  MR_HD static ErrorCode apply(OpContext& c, i64 value, i64& out) {
    out = value;
    if (is_infinite_timestamp(value)) return ErrorCode::Ok;
    out = local_from_utc(*c.settings->zone, value);
    return is_valid_timestamp(out) ? ErrorCode::Ok : c.fail(ErrorCode::TimestampOutOfRange);
  }
};

struct TimeToInterval {
  MR_HD static Interval apply(i64 value) {
    Interval out{};
    out.microseconds = value;
    return out;
  }
};

struct IntervalToTime {
  MR_HD static i64 apply(Interval value) { return floor_mod(value.microseconds, kMicrosPerDay); }
};

struct TextToDate {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, i32& out) {
    return parse_date(c, text, out);
  }
};
struct TextToTime {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, i64& out) {
    return parse_time(c, text, out);
  }
};
struct TextToTimestamp {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, i64& out) {
    return parse_timestamp(c, text, out);
  }
};
struct TextToTimestampTz {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, i64& out) {
    return parse_timestamptz(c, text, out);
  }
};
struct TextToInterval {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, Interval& out) {
    return parse_interval(c, text, IntervalRange::kFull, out);
  }
};
/// The typmod's range says what a bare number counts, and which fields the answer keeps.
struct TextToIntervalTypmod {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, i32 typmod, Interval& out) {
    const i32 range = typmod < 0 ? IntervalRange::kFull : typmod >> 16 & 0x7FFF;
    const ErrorCode code = parse_interval(c, text, range, out);
    if (code == ErrorCode::Ok) out = IntervalFields::apply(out, typmod);
    return code;
  }
};

/// Copies what `print` wrote to where results live.
MR_HD inline ErrorCode keep_text(OpContext& c, const char* text, const char* end, StringView& out) {
  StringWriter writer;
  const u32 size = static_cast<u32>(end - text);
  if (!writer.reserve(c, size)) return c.fail(ErrorCode::OutOfMemory);
  writer.append(text, size);
  out = writer.finish();
  return ErrorCode::Ok;
}

struct DateToText {
  MR_HD static ErrorCode apply(OpContext& c, i32 value, StringView& out) {
    char text[kDatetimeTextSize];
    return keep_text(c, text, print_date(value, *c.settings, text), out);
  }
};
struct TimeToText {
  MR_HD static ErrorCode apply(OpContext& c, i64 value, StringView& out) {
    char text[kDatetimeTextSize];
    return keep_text(c, text, print_time(value, text), out);
  }
};
struct TimestampToText {
  MR_HD static ErrorCode apply(OpContext& c, i64 value, StringView& out) {
    char text[kDatetimeTextSize];
    return keep_text(c, text, print_timestamp(value, *c.settings, text), out);
  }
};
struct TimestampTzToText {
  MR_HD static ErrorCode apply(OpContext& c, i64 value, StringView& out) {
    char text[kDatetimeTextSize];
    return keep_text(c, text, print_timestamptz(value, *c.settings, text), out);
  }
};
struct IntervalToText {
  MR_HD static ErrorCode apply(OpContext& c, Interval value, StringView& out) {
    char text[kDatetimeTextSize];
    return keep_text(c, text, print_interval(value, c.settings->interval_style, text), out);
  }
};

}  // namespace millrace::ops
