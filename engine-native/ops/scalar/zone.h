// Reckoning with a time zone's table (ops/context.h). A table covers 400 years of its rule; the
// Gregorian calendar repeats after 400 years, weekdays included, so later times are mapped back.
// A zone that is nothing but a rule (its name is the rule) also repeats before its transitions.
#pragma once

#include "ops/scalar/calendar.h"

namespace millrace::ops {

constexpr i64 kMicrosPerEra = 146097 * kMicrosPerDay;

/// Maps a time into the table's years.
MR_HD inline i64 into_table(const ZoneTable& zone, i64 utc) {
  if (zone.transition_count == 0 || zone.posix_rule[0] == '\0') return utc;
  const i64 last = zone.transitions[zone.transition_count - 1];
  if (utc > last) return last - kMicrosPerEra + 1 + (utc - last - 1) % kMicrosPerEra;
  const i64 first = zone.transitions[0];
  if (zone.posix_rule == zone.name && utc < first) {
    return first + kMicrosPerEra - 1 - (first - utc - 1) % kMicrosPerEra;
  }
  return utc;
}

/// Transitions at or before a time: the index of what is in force.
MR_HD inline u32 zone_index(const ZoneTable& zone, i64 utc) {
  utc = into_table(zone, utc);
  u32 low = 0;
  u32 high = zone.transition_count;
  while (low < high) {
    const u32 middle = (low + high) / 2;
    if (zone.transitions[middle] <= utc) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/// Seconds east of UTC in force at a time.
MR_HD inline i32 offset_at(const ZoneTable& zone, i64 utc) {
  return zone.offsets[zone_index(zone, utc)];
}

/// Index in force for a local time. Where clocks sprang over it, the offset before counts; where
/// they went through it twice, the one after.
MR_HD inline u32 zone_index_of_local(const ZoneTable& zone, i64 local) {
  // Only the first transition later than a day before can matter. All is reckoned in the table's
  // years.
  const i64 day_before = into_table(zone, local - kMicrosPerDay);
  local = day_before + kMicrosPerDay;
  const u32 before = zone_index(zone, day_before);
  if (before >= zone.transition_count) return before;
  const i64 boundary = zone.transitions[before];
  const i64 if_before = local - zone.offsets[before] * kMicrosPerSecond;
  const i64 if_after = local - zone.offsets[before + 1] * kMicrosPerSecond;
  if (if_before < boundary && if_after < boundary) return before;
  if (if_before > boundary && if_after >= boundary) return before + 1;
  return if_before > if_after ? before : before + 1;
}

MR_HD inline i32 offset_of_local(const ZoneTable& zone, i64 local) {
  return zone.offsets[zone_index_of_local(zone, local)];
}

/// Local time at a finite UTC time. May leave the range of timestamps by a day.
MR_HD inline i64 local_from_utc(const ZoneTable& zone, i64 utc) {
  return utc + offset_at(zone, utc) * kMicrosPerSecond;
}

/// UTC of a finite local time; false when out of range.
MR_HD inline bool utc_from_local(const ZoneTable& zone, i64 local, i64& out) {
  out = local - offset_of_local(zone, local) * kMicrosPerSecond;
  return is_valid_timestamp(out);
}

}  // namespace millrace::ops
