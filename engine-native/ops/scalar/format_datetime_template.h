// Templates of dates and times, as to_char, to_date and to_timestamp read them; host only.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ops/context.h"

namespace millrace::ops::datetime_format {

/// Keywords by what they mean; their letter case is kept apart.
enum class Field : u8 {
  HalfDayDotted,
  HalfDay,
  EraDotted,
  Era,
  Century,
  DayName,
  DayShort,
  DayOfYear,
  DayOfMonth,
  DayOfWeek,
  Fraction1,
  Fraction2,
  Fraction3,
  Fraction4,
  Fraction5,
  Fraction6,
  Exact,
  Hour24,
  Hour12,
  IsoDayOfYear,
  IsoDayOfWeek,
  IsoWeek,
  IsoYear4,
  IsoYear3,
  IsoYear2,
  IsoYear1,
  Julian,
  Minute,
  Month,
  MonthName,
  MonthShort,
  Millisecond,
  Offset,
  Quarter,
  RomanMonth,
  SecondOfDay,
  Second,
  ZoneHour,
  ZoneMinute,
  Zone,
  Microsecond,
  Week,
  WeekOfMonth,
  YearComma,
  Year4,
  Year3,
  Year2,
  Year1,
};

enum class LetterCase : u8 { Upper, Capital, Lower };
enum class Calendar : u8 { None, Gregorian, IsoWeek };

struct Keyword {
  const char* name;
  Field field;
  LetterCase letter_case;
  bool is_digits;
  Calendar calendar;
};

struct Node {
  enum Kind : u8 { kField, kCharacter, kSeparator, kSpace } kind;
  const Keyword* keyword = nullptr;
  bool fill_mode = false;      // FM
  bool translated = false;     // TM
  char ordinal = 0;            // 't' for th, 'T' for TH
  std::string character = {};  // one character of a literal
};

/// The thread's nodes of a template, parsed at its first use; valid until the next call.
const std::vector<Node>& parse_template(std::string_view text);

constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                   "May",       "June",     "July",     "August",
                                   "September", "October",  "November", "December"};
constexpr const char* kDays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                 "Thursday", "Friday", "Saturday"};
/// From December to January.
constexpr const char* kRomanMonths[] = {"XII", "XI", "X",  "IX",  "VIII", "VII",
                                        "VI",  "V",  "IV", "III", "II",   "I"};

}  // namespace millrace::ops::datetime_format
