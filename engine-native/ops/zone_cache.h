// Time zones by name, from the system's zone database; host only. Tables are made once a process,
// shared by all threads and never freed.
#pragma once
#include <string_view>

#include "ops/context.h"

namespace millrace::ops {

/// The zone of a name (in any case) or of a POSIX specification like EST5EDT,M3.2.0,M11.1.0; null
/// if it is neither. Thread-safe; reads a file the first time.
const ZoneTable* find_zone(std::string_view name);

/// UTC under that name, without asking the zone database.
const ZoneTable* utc_zone();

/// The nameless zone of SET TIME ZONE with a number: abbreviated and named as PostgreSQL does,
/// <+05>-05.
const ZoneTable* fixed_zone(i32 seconds_east);

/// What a zone abbreviation in a date or time means: an offset, or, where `zone` is set, whatever
/// that zone used the abbreviation for at the time.
struct ZoneAbbreviation {
  i32 offset;
  bool is_daylight;
  const ZoneTable* zone;
};
bool find_zone_abbreviation(std::string_view lowercase, ZoneAbbreviation& out);

/// Offset of a zone's own abbreviation (upper case): as last used at or before `utc`, else as first
/// used after. False if the zone never used it.
bool interpret_abbreviation(const ZoneTable& zone, std::string_view uppercase, i64 utc, i32& offset,
                            bool& is_daylight);

/// `zone` argument of AT TIME ZONE, date_trunc and make_timestamptz for a local or a UTC time:
/// abbreviation first, then zone. Answers a table where it is a zone, else sets `offset`;
/// false if it is neither. `value_is_local` says how to read `time`.
bool resolve_zone(std::string_view name, i64 time, bool value_is_local, const ZoneTable*& zone,
                  i32& offset);

}  // namespace millrace::ops
