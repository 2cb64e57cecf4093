// Hints that PostgreSQL gives with an error, by the error's code; host only.
#pragma once
#include <string_view>

#include "base/error_code.h"

namespace millrace::ops {

inline std::string_view hint_of(base::ErrorCode code) {
  switch (code) {
    case base::ErrorCode::DatetimeFieldOverflowDateStyle:
      return "Perhaps you need a different \"datestyle\" setting.";
    case base::ErrorCode::InvalidEscapeString:
      return "Escape string must be empty or one character.";
    case base::ErrorCode::NumericZoneWithoutSign:
      return "Numeric time zones must have \"-\" or \"+\" as first character.";
    case base::ErrorCode::InvalidUnicodeEscape:
      return "Unicode escapes must be \\XXXX, \\+XXXXXX, \\uXXXX, or \\UXXXXXXXX.";
    case base::ErrorCode::RegexpOptionIsNumber:
      return "If you meant to use regexp_replace() with a start parameter, cast the fourth "
             "argument "
             "to integer explicitly.";
    case base::ErrorCode::InvalidIntervalFormat:
      return "Intervals are not tied to specific calendar dates.";
    case base::ErrorCode::MixedCalendars:
      return "Do not mix Gregorian and ISO week date conventions in a formatting template.";
    case base::ErrorCode::InvalidHour12:
      return "Use the 24-hour clock, or give an hour between 1 and 12.";
    case base::ErrorCode::InvalidDatetimeTextWidth:
      return "If your source string is not fixed-width, try using the \"FM\" modifier.";
    case base::ErrorCode::InvalidBase64End:
      return "Input data is missing padding, is truncated, or is otherwise corrupted.";
    default:
      return {};
  }
}

}  // namespace millrace::ops
