// The pieces of date, time and interval text, before they mean anything; host only.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ops/context.h"
#include "ops/scalar/datetime_units.h"

namespace millrace::ops::datetime_text {

enum class Outcome { Ok, BadFormat, FieldOverflow, MonthDayOverflow, ZoneOverflow, UnknownZone };

enum class TokenKind { Date, Time, Zone, Number, String, Special };

/// Letters are in lower case.
struct Token {
  TokenKind kind;
  std::string text;
};

Outcome tokenize(std::string_view text, size_t size_limit, std::vector<Token>& out);

/// What a word means in a date or time.
enum class WordKind {
  Unknown,
  Ignored,
  Reserved,  // value: a Special
  Month,     // value 1..12
  DayOfWeek,
  Half,  // value: a HalfDay
  Era,   // value 1 for BC
  Unit,  // value: a Unit
  IsoTime,
  Daylight,  // DST after a zone; value: seconds
};
enum class Special { Now, Today, Tomorrow, Yesterday, Midnight, Epoch, Late, Early };
enum class HalfDay { None, Morning, Afternoon };

struct Word {
  WordKind kind = WordKind::Unknown;
  int value = 0;
};
Word find_word(std::string_view token);

/// Leading integer of a text, like strtol: `rest` is what follows. False when it overflows.
bool read_int(std::string_view text, std::string_view& rest, int& out);
bool read_int64(std::string_view text, std::string_view& rest, i64& out);
/// ".123": the fraction, which may be empty.
Outcome read_fraction(std::string_view text, double& out);

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace millrace::ops::datetime_text
