// Reads dates, times, timestamps and intervals from text as PostgreSQL does; host only.
// Settings read: zone, date_order, interval_style, transaction_timestamp (for now and today).
#pragma once

#include "ops/context.h"

namespace millrace::ops {

ErrorCode parse_date(OpContext& c, const StringView& text, i32& out);
ErrorCode parse_time(OpContext& c, const StringView& text, i64& out);
ErrorCode parse_timestamp(OpContext& c, const StringView& text, i64& out);
ErrorCode parse_timestamptz(OpContext& c, const StringView& text, i64& out);

/// Which fields an interval may have, as bits of PostgreSQL's interval typmod.
struct IntervalRange {
  static constexpr i32 kMonth = 1 << 1;
  static constexpr i32 kYear = 1 << 2;
  static constexpr i32 kDay = 1 << 3;
  static constexpr i32 kHour = 1 << 10;
  static constexpr i32 kMinute = 1 << 11;
  static constexpr i32 kSecond = 1 << 12;
  static constexpr i32 kFull = 0x7FFF;
};

/// `range` decides the unit of a number that has none.
ErrorCode parse_interval(OpContext& c, const StringView& text, i32 range, Interval& out);

}  // namespace millrace::ops
