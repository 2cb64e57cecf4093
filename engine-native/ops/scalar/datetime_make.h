// Dates and times from their parts, the current time, and AT TIME ZONE. Host only: their errors
// print numbers, and zones are found by name.
#pragma once

#include "ops/context.h"

namespace millrace::ops {

struct MakeDate {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, i32 year, i32 month, i32 day, i32& out);
};
struct MakeTime {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, i32 hour, i32 minute, f64 second, i64& out);
};
struct MakeTimestamp {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, i32 year, i32 month, i32 day, i32 hour, i32 minute,
                         f64 second, i64& out);
};
struct MakeTimestampTz {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, i32 year, i32 month, i32 day, i32 hour, i32 minute,
                         f64 second, i64& out);
};
struct MakeTimestampTzZone {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, i32 year, i32 month, i32 day, i32 hour, i32 minute,
                         f64 second, StringView zone, i64& out);
};
struct MakeInterval {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, i32 years, i32 months, i32 weeks, i32 days, i32 hours,
                         i32 minutes, f64 seconds, Interval& out);
};
struct ToTimestampEpoch {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, f64 seconds, i64& out);
};
struct TimezoneTimestamp {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView zone, i64 local, i64& out);
};
struct TimezoneTimestampTz {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView zone, i64 utc, i64& out);
};
struct TimezoneIntervalTimestamp {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Interval zone, i64 local, i64& out);
};
struct TimezoneIntervalTimestampTz {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Interval zone, i64 utc, i64& out);
};
struct DateTruncTimestampTzZone {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView field, i64 utc, StringView zone, i64& out);
};
struct ClockTimestamp {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, i64& out);
};
struct TimeOfDay {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView& out);
};

}  // namespace millrace::ops
