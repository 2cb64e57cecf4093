#include "ops/cast/datetime_tokens.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>

namespace millrace::ops::datetime_text {

namespace {

bool is_punctuation(char c) { return c > ' ' && c < 0x7f && !is_digit(c) && !is_letter(c); }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

struct WordEntry {
  std::string_view name;
  WordKind kind;
  int value;
};

constexpr int of(Unit unit) { return static_cast<int>(unit); }
constexpr int of(Special special) { return static_cast<int>(special); }
constexpr int of(HalfDay half) { return static_cast<int>(half); }

constexpr WordEntry kWords[] = {
    {"-infinity", WordKind::Reserved, of(Special::Early)},
    {"ad", WordKind::Era, 0},
    {"allballs", WordKind::Reserved, of(Special::Midnight)},
    {"am", WordKind::Half, of(HalfDay::Morning)},
    {"apr", WordKind::Month, 4},
    {"april", WordKind::Month, 4},
    {"at", WordKind::Ignored, 0},
    {"aug", WordKind::Month, 8},
    {"august", WordKind::Month, 8},
    {"bc", WordKind::Era, 1},
    {"d", WordKind::Unit, of(Unit::Day)},
    {"dec", WordKind::Month, 12},
    {"december", WordKind::Month, 12},
    {"dow", WordKind::Unit, of(Unit::Dow)},
    {"doy", WordKind::Unit, of(Unit::Doy)},
    {"dst", WordKind::Daylight, 3600},
    {"epoch", WordKind::Reserved, of(Special::Epoch)},
    {"feb", WordKind::Month, 2},
    {"february", WordKind::Month, 2},
    {"fri", WordKind::DayOfWeek, 5},
    {"friday", WordKind::DayOfWeek, 5},
    {"h", WordKind::Unit, of(Unit::Hour)},
    {"infinity", WordKind::Reserved, of(Special::Late)},
    {"isodow", WordKind::Unit, of(Unit::IsoDow)},
    {"isoyear", WordKind::Unit, of(Unit::IsoYear)},
    {"j", WordKind::Unit, of(Unit::Julian)},
    {"jan", WordKind::Month, 1},
    {"january", WordKind::Month, 1},
    {"jd", WordKind::Unit, of(Unit::Julian)},
    {"jul", WordKind::Month, 7},
    {"julian", WordKind::Unit, of(Unit::Julian)},
    {"july", WordKind::Month, 7},
    {"jun", WordKind::Month, 6},
    {"june", WordKind::Month, 6},
    {"m", WordKind::Unit, of(Unit::Month)},
    {"mar", WordKind::Month, 3},
    {"march", WordKind::Month, 3},
    {"may", WordKind::Month, 5},
    {"mm", WordKind::Unit, of(Unit::Minute)},
    {"mon", WordKind::DayOfWeek, 1},
    {"monday", WordKind::DayOfWeek, 1},
    {"nov", WordKind::Month, 11},
    {"november", WordKind::Month, 11},
    {"now", WordKind::Reserved, of(Special::Now)},
    {"oct", WordKind::Month, 10},
    {"october", WordKind::Month, 10},
    {"on", WordKind::Ignored, 0},
    {"pm", WordKind::Half, of(HalfDay::Afternoon)},
    {"s", WordKind::Unit, of(Unit::Second)},
    {"sat", WordKind::DayOfWeek, 6},
    {"saturday", WordKind::DayOfWeek, 6},
    {"sep", WordKind::Month, 9},
    {"sept", WordKind::Month, 9},
    {"september", WordKind::Month, 9},
    {"sun", WordKind::DayOfWeek, 0},
    {"sunday", WordKind::DayOfWeek, 0},
    {"t", WordKind::IsoTime, 0},
    {"thu", WordKind::DayOfWeek, 4},
    {"thur", WordKind::DayOfWeek, 4},
    {"thurs", WordKind::DayOfWeek, 4},
    {"thursday", WordKind::DayOfWeek, 4},
    {"today", WordKind::Reserved, of(Special::Today)},
    {"tomorrow", WordKind::Reserved, of(Special::Tomorrow)},
    {"tue", WordKind::DayOfWeek, 2},
    {"tues", WordKind::DayOfWeek, 2},
    {"tuesday", WordKind::DayOfWeek, 2},
    {"wed", WordKind::DayOfWeek, 3},
    {"wednesday", WordKind::DayOfWeek, 3},
    {"weds", WordKind::DayOfWeek, 3},
    {"y", WordKind::Unit, of(Unit::Year)},
    {"yesterday", WordKind::Reserved, of(Special::Yesterday)},
};

class Tokenizer {
 public:
  Tokenizer(std::string_view text, size_t size_limit) : text_(text), budget_(size_limit) {}

  Outcome run(std::vector<Token>& out) {
    while (at_ < text_.size()) {
      if (is_blank(peek())) {
        at_++;
        continue;
      }
      token_ = Token{TokenKind::String, {}};
      if (is_digit(peek())) {
        number();
      } else if (peek() == '.') {
        token_.kind = TokenKind::Number;
        take();
        take_digits();
      } else if (is_letter(peek())) {
        word();
      } else if (peek() == '+' || peek() == '-') {
        if (!sign()) return Outcome::BadFormat;
      } else if (is_punctuation(peek())) {
        at_++;
        continue;
      } else {
        return Outcome::BadFormat;
      }
      if (token_.text.size() + 1 > budget_ || out.size() + 1 >= 25) return Outcome::BadFormat;
      budget_ -= token_.text.size() + 1;
      out.push_back(token_);
    }
    return Outcome::Ok;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void take() { token_.text.push_back(lower(text_[at_++])); }
  void take_digits() {
    while (is_digit(peek())) take();
  }

  void number() {
    token_.kind = TokenKind::Number;
    take_digits();
    const char delimiter = peek();
    if (delimiter == ':') {
      token_.kind = TokenKind::Time;
      take();
      while (is_digit(peek()) || peek() == ':' || peek() == '.') take();
    } else if (delimiter == '-' || delimiter == '/' || delimiter == '.') {
      take();
      if (is_digit(peek())) {
        // 1.2 is a number until a second point makes it a date.
        token_.kind = delimiter == '.' ? TokenKind::Number : TokenKind::Date;
        take_digits();
        if (peek() == delimiter) {
          token_.kind = TokenKind::Date;
          while (is_digit(peek()) || peek() == delimiter) take();
        }
      } else {
        token_.kind = TokenKind::Date;
        while (is_digit(peek()) || is_letter(peek()) || peek() == delimiter) take();
      }
    }
  }

  void word() {
    while (is_letter(peek())) take();
    // Punctuation within: a date with the month's name first, or the name of a zone.
    bool is_date = peek() == '-' || peek() == '/' || peek() == '.';
    if (peek() == '+' || is_digit(peek())) {
      is_date = find_word(token_.text).kind == WordKind::Unknown;
    }
    if (!is_date) return;
    token_.kind = TokenKind::Date;
    do {
      take();
    } while (is_digit(peek()) || is_letter(peek()) ||
             (peek() != '\0' && std::string_view("+-/_.:").find(peek()) != std::string_view::npos));
  }

  bool sign() {
    take();
    while (is_blank(peek())) at_++;
    if (is_digit(peek())) {
      token_.kind = TokenKind::Zone;
      while (is_digit(peek()) || peek() == ':' || peek() == '.' || peek() == '-') take();
      return true;
    }
    token_.kind = TokenKind::Special;
    if (!is_letter(peek())) return false;
    while (is_letter(peek())) take();
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t budget_;
  Token token_;
};

}  // namespace

Outcome tokenize(std::string_view text, size_t size_limit, std::vector<Token>& out) {
  return Tokenizer(text, size_limit).run(out);
}

Word find_word(std::string_view token) {
  const std::string_view key = token.substr(0, std::min<size_t>(token.size(), 10));
  const auto* at =
      std::lower_bound(std::begin(kWords), std::end(kWords), key,
                       [](const WordEntry& entry, std::string_view k) { return entry.name < k; });
  if (at == std::end(kWords) || at->name != key) return {};
  return {at->kind, at->value};
}

bool read_int64(std::string_view text, std::string_view& rest, i64& out) {
  const size_t sign = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
  const char* begin = text.data() + (sign == 1 && text[0] == '+' ? 1 : 0);
  const char* end = text.data() + text.size();
  out = 0;
  const auto [stop, error] = std::from_chars(begin, end, out);
  if (error == std::errc::invalid_argument) {
    rest = text;
    return true;
  }
  rest = std::string_view(stop, static_cast<size_t>(end - stop));
  return error == std::errc();
}

bool read_int(std::string_view text, std::string_view& rest, int& out) {
  i64 wide;
  const bool fits = read_int64(text, rest, wide);
  out = static_cast<int>(wide);
  return fits && wide >= std::numeric_limits<int>::min() && wide <= std::numeric_limits<int>::max();
}

Outcome read_fraction(std::string_view text, double& out) {
  out = 0;
  if (text.size() == 1) return Outcome::Ok;
  const std::string copy(text);
  char* end = nullptr;
  out = std::strtod(copy.c_str(), &end);
  return *end == '\0' ? Outcome::Ok : Outcome::BadFormat;
}

}  // namespace millrace::ops::datetime_text
