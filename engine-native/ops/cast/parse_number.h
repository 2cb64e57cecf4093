// Numbers from text, by the rules of PostgreSQL's input functions.
#pragma once

#include "ops/scalar/numeric_value.h"

namespace millrace::ops {

enum class ParseOutcome : u8 { Ok, Invalid, OutOfRange };

MR_HD inline bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
MR_HD inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
MR_HD inline char lower_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Reads text from left to right.
struct Reader {
  const char* at;
  const char* end;
  MR_HD static Reader over(const StringView& text) {
    return {text.bytes(), text.bytes() + text.size};
  }
  MR_HD char peek() const { return at < end ? *at : '\0'; }
  MR_HD bool take(char c) {
    if (peek() != c || at == end) return false;
    at++;
    return true;
  }
  MR_HD bool take_word(const char* lower_case, u32 size) {
    if (static_cast<u64>(end - at) < size) return false;
    for (u32 i = 0; i < size; i++) {
      if (lower_ascii(at[i]) != lower_case[i]) return false;
    }
    at += size;
    return true;
  }
  MR_HD void skip_space() {
    while (at < end && is_space(*at)) at++;
  }
};

/// Digits with a sign, blanks around them.
MR_HD inline ParseOutcome parse_integer(const StringView& text, i64 lowest, i64 highest, i64& out) {
  Reader reader = Reader::over(text);
  reader.skip_space();
  const bool negative = reader.take('-');
  if (!negative) reader.take('+');
  if (!is_digit(reader.peek())) return ParseOutcome::Invalid;
  const u64 limit = negative ? -static_cast<u64>(lowest) : static_cast<u64>(highest);
  u64 value = 0;
  for (; is_digit(reader.peek()); reader.at++) {
    const u64 digit = static_cast<u64>(*reader.at - '0');
    if (value > (limit - digit) / 10) return ParseOutcome::OutOfRange;
    value = value * 10 + digit;
  }
  reader.skip_space();
  if (reader.at != reader.end) return ParseOutcome::Invalid;
  out = static_cast<i64>(negative ? -value : value);
  return ParseOutcome::Ok;
}

/// A decimal as read: value / 10^scale, `value` being its first 38 significant digits.
struct ParsedDecimal {
  u128 value;
  i64 scale;          // of `value`; negative where zeros follow it
  i64 display_scale;  // digits after the point as written, exponent applied
  bool negative;
  bool is_cut;         // digits were left off
  bool cut_rounds_up;  // the first of them is 5 or more
  Numeric::Kind kind;
};

MR_HD inline ParseOutcome parse_digits(Reader& reader, ParsedDecimal& out) {
  u32 kept = 0;
  bool has_point = reader.take('.');
  if (!is_digit(reader.peek())) return ParseOutcome::Invalid;
  for (; reader.at < reader.end; reader.at++) {
    const char c = *reader.at;
    if (c == '.') {
      if (has_point) return ParseOutcome::Invalid;
      has_point = true;
      continue;
    }
    if (!is_digit(c)) break;
    if (has_point) out.display_scale++;
    if (kept == kNumericDigits) {
      if (!out.is_cut) out.cut_rounds_up = c >= '5';
      out.is_cut = true;
      if (!has_point) out.scale--;
      continue;
    }
    out.value = out.value * 10 + static_cast<u32>(c - '0');
    if (out.value != 0) kept++;
    if (has_point) out.scale++;
  }
  if (lower_ascii(reader.peek()) != 'e') return ParseOutcome::Ok;
  reader.at++;
  reader.skip_space();
  const bool negative = reader.take('-');
  if (!negative) reader.take('+');
  if (!is_digit(reader.peek())) return ParseOutcome::Invalid;
  i64 exponent = 0;
  for (; is_digit(reader.peek()); reader.at++) {
    if (exponent < 4000000000L) exponent = exponent * 10 + (*reader.at - '0');
  }
  if (exponent >= 1073741823) return ParseOutcome::OutOfRange;
  if (negative) exponent = -exponent;
  out.scale -= exponent;
  out.display_scale -= exponent;
  if (out.display_scale < 0) out.display_scale = 0;
  return ParseOutcome::Ok;
}

MR_HD inline ParseOutcome parse_decimal(const StringView& text, ParsedDecimal& out) {
  out = ParsedDecimal{};
  Reader reader = Reader::over(text);
  reader.skip_space();
  if (reader.take_word("nan", 3)) {
    out.kind = Numeric::kNaN;
  } else {
    out.negative = reader.take('-');
    if (!out.negative) reader.take('+');
    if (reader.take_word("infinity", 8) || reader.take_word("inf", 3)) {
      out.kind = out.negative ? Numeric::kNegativeInfinity : Numeric::kInfinity;
    } else {
      const ParseOutcome outcome = parse_digits(reader, out);
      if (outcome != ParseOutcome::Ok) return outcome;
    }
  }
  reader.skip_space();
  return reader.at == reader.end ? ParseOutcome::Ok : ParseOutcome::Invalid;
}

/// Host only. `out_of_range` is what PostgreSQL names in that error: the number without blanks.
ParseOutcome parse_f64(const StringView& text, f64& out, StringView& out_of_range);
ParseOutcome parse_f32(const StringView& text, f32& out, StringView& out_of_range);

/// true, yes, on, 1 and their negations, or any beginning of theirs that is unique.
MR_HD inline ParseOutcome parse_bool(const StringView& text, u8& out) {
  Reader reader = Reader::over(text);
  reader.skip_space();
  while (reader.end > reader.at && is_space(reader.end[-1])) reader.end--;
  const u32 size = static_cast<u32>(reader.end - reader.at);
  struct Word {
    char text[6];
    u32 size;
    u32 least;
    u8 value;
  };
  static constexpr Word kWords[] = {{"true", 4, 1, 1}, {"false", 5, 1, 0}, {"yes", 3, 1, 1},
                                    {"no", 2, 1, 0},   {"on", 2, 2, 1},    {"off", 3, 2, 0},
                                    {"1", 1, 1, 1},    {"0", 1, 1, 0}};
  for (const Word& word : kWords) {
    if (size < word.least || size > word.size) continue;
    Reader attempt = reader;
    if (!attempt.take_word(word.text, size)) continue;
    out = word.value;
    return ParseOutcome::Ok;
  }
  return ParseOutcome::Invalid;
}

}  // namespace millrace::ops
