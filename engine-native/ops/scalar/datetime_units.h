// Names of date and time units, as extract, date_trunc and interval input know them.
#pragma once

#include "ops/scalar/utf8.h"

namespace millrace::ops {

enum class Unit : u8 {
  None,  // not a unit
  Microsecond,
  Millisecond,
  Second,
  Minute,
  Hour,
  Day,
  Week,
  Month,
  Quarter,
  Year,
  Decade,
  Century,
  Millennium,
  Julian,
  Dow,
  IsoDow,
  Doy,
  IsoYear,
  Epoch,
  Zone,
  ZoneHour,
  ZoneMinute,
  Reserved,  // a special value such as now: a unit of nothing
};

struct UnitName {
  char name[11];  // ten bytes count
  Unit unit;
};

MR_HD inline bool same_token(const char* key, const char* name) {
  for (u32 i = 0; i < 10; i++) {
    if (key[i] != name[i]) return false;
    if (key[i] == '\0') return true;
  }
  return true;
}

/// Unit of a lowercase token of at most ten bytes, NUL-terminated: those of intervals.
MR_HD inline Unit find_interval_unit(const char* token) {
  constexpr UnitName kNames[] = {
      {"c", Unit::Century},
      {"cent", Unit::Century},
      {"centuries", Unit::Century},
      {"century", Unit::Century},
      {"d", Unit::Day},
      {"day", Unit::Day},
      {"days", Unit::Day},
      {"dec", Unit::Decade},
      {"decade", Unit::Decade},
      {"decades", Unit::Decade},
      {"decs", Unit::Decade},
      {"h", Unit::Hour},
      {"hour", Unit::Hour},
      {"hours", Unit::Hour},
      {"hr", Unit::Hour},
      {"hrs", Unit::Hour},
      {"m", Unit::Minute},
      {"microsecon", Unit::Microsecond},
      {"mil", Unit::Millennium},
      {"millennia", Unit::Millennium},
      {"millennium", Unit::Millennium},
      {"millisecon", Unit::Millisecond},
      {"mils", Unit::Millennium},
      {"min", Unit::Minute},
      {"mins", Unit::Minute},
      {"minute", Unit::Minute},
      {"minutes", Unit::Minute},
      {"mon", Unit::Month},
      {"mons", Unit::Month},
      {"month", Unit::Month},
      {"months", Unit::Month},
      {"ms", Unit::Millisecond},
      {"msec", Unit::Millisecond},
      {"mseconds", Unit::Millisecond},
      {"msecs", Unit::Millisecond},
      {"qtr", Unit::Quarter},
      {"quarter", Unit::Quarter},
      {"s", Unit::Second},
      {"sec", Unit::Second},
      {"second", Unit::Second},
      {"seconds", Unit::Second},
      {"secs", Unit::Second},
      {"timezone", Unit::Zone},
      {"timezone_h", Unit::ZoneHour},
      {"timezone_m", Unit::ZoneMinute},
      {"us", Unit::Microsecond},
      {"usec", Unit::Microsecond},
      {"useconds", Unit::Microsecond},
      {"usecs", Unit::Microsecond},
      {"w", Unit::Week},
      {"week", Unit::Week},
      {"weeks", Unit::Week},
      {"y", Unit::Year},
      {"year", Unit::Year},
      {"years", Unit::Year},
      {"yr", Unit::Year},
      {"yrs", Unit::Year},
  };
  for (const UnitName& entry : kNames) {
    if (entry.name[0] == token[0] && same_token(entry.name, token)) return entry.unit;
  }
  return Unit::None;
}

/// Unit of a field name in any case, as extract and date_part take it.
MR_HD inline Unit find_field(const StringView& name) {
  constexpr UnitName kMore[] = {
      {"dow", Unit::Dow},
      {"doy", Unit::Doy},
      {"epoch", Unit::Epoch},
      {"isodow", Unit::IsoDow},
      {"isoyear", Unit::IsoYear},
      {"j", Unit::Julian},
      {"jd", Unit::Julian},
      {"julian", Unit::Julian},
      {"mm", Unit::Minute},
      {"now", Unit::Reserved},
      {"today", Unit::Reserved},
      {"tomorrow", Unit::Reserved},
      {"yesterday", Unit::Reserved},
      {"infinity", Unit::Reserved},
      {"-infinity", Unit::Reserved},
      {"allballs", Unit::Reserved},
  };
  char token[11];
  u32 size = 0;
  for (; size < name.size && size < 10; size++) {
    const char c = name.bytes()[size];
    token[size] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  token[size] = '\0';
  const Unit unit = find_interval_unit(token);
  if (unit != Unit::None) return unit;
  for (const UnitName& entry : kMore) {
    if (same_token(entry.name, token)) return entry.unit;
  }
  return Unit::None;
}

}  // namespace millrace::ops
