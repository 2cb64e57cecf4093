#include "ops/scalar/format_datetime_template.h"

#include <list>

#include "ops/scalar/utf8.h"

namespace millrace::ops::datetime_format {

namespace {

constexpr auto U = LetterCase::Upper;
constexpr auto M = LetterCase::Capital;
constexpr auto L = LetterCase::Lower;
constexpr auto kNone = Calendar::None;
constexpr auto kGregorian = Calendar::Gregorian;
constexpr auto kIsoWeek = Calendar::IsoWeek;

// Of names with one beginning the longer stands first.
constexpr Keyword kKeywords[] = {
    {"A.D.", Field::EraDotted, U, false, kNone},
    {"A.M.", Field::HalfDayDotted, U, false, kNone},
    {"AD", Field::Era, U, false, kNone},
    {"AM", Field::HalfDay, U, false, kNone},
    {"B.C.", Field::EraDotted, U, false, kNone},
    {"BC", Field::Era, U, false, kNone},
    {"CC", Field::Century, U, true, kNone},
    {"DAY", Field::DayName, U, false, kNone},
    {"DDD", Field::DayOfYear, U, true, kGregorian},
    {"DD", Field::DayOfMonth, U, true, kGregorian},
    {"DY", Field::DayShort, U, false, kNone},
    {"Day", Field::DayName, M, false, kNone},
    {"Dy", Field::DayShort, M, false, kNone},
    {"D", Field::DayOfWeek, U, true, kGregorian},
    {"FF1", Field::Fraction1, U, true, kNone},
    {"FF2", Field::Fraction2, U, true, kNone},
    {"FF3", Field::Fraction3, U, true, kNone},
    {"FF4", Field::Fraction4, U, true, kNone},
    {"FF5", Field::Fraction5, U, true, kNone},
    {"FF6", Field::Fraction6, U, true, kNone},
    {"FX", Field::Exact, U, false, kNone},
    {"HH24", Field::Hour24, U, true, kNone},
    {"HH12", Field::Hour12, U, true, kNone},
    {"HH", Field::Hour12, U, true, kNone},
    {"IDDD", Field::IsoDayOfYear, U, true, kIsoWeek},
    {"ID", Field::IsoDayOfWeek, U, true, kIsoWeek},
    {"IW", Field::IsoWeek, U, true, kIsoWeek},
    {"IYYY", Field::IsoYear4, U, true, kIsoWeek},
    {"IYY", Field::IsoYear3, U, true, kIsoWeek},
    {"IY", Field::IsoYear2, U, true, kIsoWeek},
    {"I", Field::IsoYear1, U, true, kIsoWeek},
    {"J", Field::Julian, U, true, kNone},
    {"MI", Field::Minute, U, true, kNone},
    {"MM", Field::Month, U, true, kGregorian},
    {"MONTH", Field::MonthName, U, false, kGregorian},
    {"MON", Field::MonthShort, U, false, kGregorian},
    {"MS", Field::Millisecond, U, true, kNone},
    {"Month", Field::MonthName, M, false, kGregorian},
    {"Mon", Field::MonthShort, M, false, kGregorian},
    {"OF", Field::Offset, U, false, kNone},
    {"P.M.", Field::HalfDayDotted, U, false, kNone},
    {"PM", Field::HalfDay, U, false, kNone},
    {"Q", Field::Quarter, U, true, kNone},
    {"RM", Field::RomanMonth, U, false, kGregorian},
    {"SSSSS", Field::SecondOfDay, U, true, kNone},
    {"SSSS", Field::SecondOfDay, U, true, kNone},
    {"SS", Field::Second, U, true, kNone},
    {"TZH", Field::ZoneHour, U, false, kNone},
    {"TZM", Field::ZoneMinute, U, true, kNone},
    {"TZ", Field::Zone, U, false, kNone},
    {"US", Field::Microsecond, U, true, kNone},
    {"WW", Field::Week, U, true, kGregorian},
    {"W", Field::WeekOfMonth, U, true, kGregorian},
    {"Y,YYY", Field::YearComma, U, true, kGregorian},
    {"YYYY", Field::Year4, U, true, kGregorian},
    {"YYY", Field::Year3, U, true, kGregorian},
    {"YY", Field::Year2, U, true, kGregorian},
    {"Y", Field::Year1, U, true, kGregorian},
    {"a.d.", Field::EraDotted, L, false, kNone},
    {"a.m.", Field::HalfDayDotted, L, false, kNone},
    {"ad", Field::Era, L, false, kNone},
    {"am", Field::HalfDay, L, false, kNone},
    {"b.c.", Field::EraDotted, L, false, kNone},
    {"bc", Field::Era, L, false, kNone},
    {"cc", Field::Century, U, true, kNone},
    {"day", Field::DayName, L, false, kNone},
    {"ddd", Field::DayOfYear, U, true, kGregorian},
    {"dd", Field::DayOfMonth, U, true, kGregorian},
    {"dy", Field::DayShort, L, false, kNone},
    {"d", Field::DayOfWeek, U, true, kGregorian},
    {"ff1", Field::Fraction1, U, true, kNone},
    {"ff2", Field::Fraction2, U, true, kNone},
    {"ff3", Field::Fraction3, U, true, kNone},
    {"ff4", Field::Fraction4, U, true, kNone},
    {"ff5", Field::Fraction5, U, true, kNone},
    {"ff6", Field::Fraction6, U, true, kNone},
    {"fx", Field::Exact, U, false, kNone},
    {"hh24", Field::Hour24, U, true, kNone},
    {"hh12", Field::Hour12, U, true, kNone},
    {"hh", Field::Hour12, U, true, kNone},
    {"iddd", Field::IsoDayOfYear, U, true, kIsoWeek},
    {"id", Field::IsoDayOfWeek, U, true, kIsoWeek},
    {"iw", Field::IsoWeek, U, true, kIsoWeek},
    {"iyyy", Field::IsoYear4, U, true, kIsoWeek},
    {"iyy", Field::IsoYear3, U, true, kIsoWeek},
    {"iy", Field::IsoYear2, U, true, kIsoWeek},
    {"i", Field::IsoYear1, U, true, kIsoWeek},
    {"j", Field::Julian, U, true, kNone},
    {"mi", Field::Minute, U, true, kNone},
    {"mm", Field::Month, U, true, kGregorian},
    {"month", Field::MonthName, L, false, kGregorian},
    {"mon", Field::MonthShort, L, false, kGregorian},
    {"ms", Field::Millisecond, U, true, kNone},
    {"of", Field::Offset, U, false, kNone},
    {"p.m.", Field::HalfDayDotted, L, false, kNone},
    {"pm", Field::HalfDay, L, false, kNone},
    {"q", Field::Quarter, U, true, kNone},
    {"rm", Field::RomanMonth, L, false, kGregorian},
    {"sssss", Field::SecondOfDay, U, true, kNone},
    {"ssss", Field::SecondOfDay, U, true, kNone},
    {"ss", Field::Second, U, true, kNone},
    {"tzh", Field::ZoneHour, U, false, kNone},
    {"tzm", Field::ZoneMinute, U, true, kNone},
    {"tz", Field::Zone, L, false, kNone},
    {"us", Field::Microsecond, U, true, kNone},
    {"ww", Field::Week, U, true, kGregorian},
    {"w", Field::WeekOfMonth, U, true, kGregorian},
    {"y,yyy", Field::YearComma, U, true, kGregorian},
    {"yyyy", Field::Year4, U, true, kGregorian},
    {"yyy", Field::Year3, U, true, kGregorian},
    {"yy", Field::Year2, U, true, kGregorian},
    {"y", Field::Year1, U, true, kGregorian},
};

const Keyword* find_keyword(std::string_view text) {
  for (const Keyword& keyword : kKeywords) {
    if (text.starts_with(keyword.name)) return &keyword;
  }
  return nullptr;
}

Node literal_node(std::string_view text, size_t& at, bool is_quoted) {
  Node node{Node::kCharacter};
  const char byte = text[at];
  const bool is_letter_or_digit =
      (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
  if (!is_quoted) {
    if (byte > ' ' && byte < 0x7f && !is_letter_or_digit) node.kind = Node::kSeparator;
    if (byte == ' ' || (byte >= '\t' && byte <= '\r')) node.kind = Node::kSpace;
  }
  const size_t length = utf8::length_of(byte);
  node.character = text.substr(at, length);
  at += length;
  return node;
}

std::vector<Node> parse(std::string_view text) {
  std::vector<Node> nodes;
  for (size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    Node node{Node::kField};
    node.fill_mode = rest.starts_with("FM") || rest.starts_with("fm");
    node.translated = rest.starts_with("TM") || rest.starts_with("tm");
    if (node.fill_mode || node.translated) at += 2;
    if (at >= text.size()) break;
    node.keyword = find_keyword(text.substr(at));
    if (node.keyword != nullptr) {
      at += std::string_view(node.keyword->name).size();
      const std::string_view after = text.substr(at);
      if (after.starts_with("TH")) node.ordinal = 'T';
      if (after.starts_with("th")) node.ordinal = 't';
      if (node.ordinal != 0 || after.starts_with("SP") || after.starts_with("sp")) at += 2;
      nodes.push_back(std::move(node));
      continue;
    }
    if (text[at] != '"') {
      // Elsewhere a backslash means something only before a quote.
      if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '"') at++;
      nodes.push_back(literal_node(text, at, false));
      continue;
    }
    for (at++; at < text.size();) {
      if (text[at] == '"') {
        at++;
        break;
      }
      if (text[at] == '\\' && at + 1 < text.size()) at++;
      nodes.push_back(literal_node(text, at, true));
    }
  }
  return nodes;
}

}  // namespace

const std::vector<Node>& parse_template(std::string_view text) {
  struct Entry {
    std::string text;
    std::vector<Node> nodes;
  };
  thread_local std::list<Entry> cache;
  for (auto at = cache.begin(); at != cache.end(); ++at) {
    if (at->text != text) continue;
    if (at != cache.begin()) cache.splice(cache.begin(), cache, at);
    return cache.front().nodes;
  }
  cache.push_front({std::string(text), parse(text)});
  if (cache.size() > 20) cache.pop_back();
  return cache.front().nodes;
}

}  // namespace millrace::ops::datetime_format
