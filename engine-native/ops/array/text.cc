// Arrays and records as text: array_in, array_out and record_out.
#include <cctype>
#include <cstring>
#include <vector>

#include "ops/array.h"
#include "ops/array/print.h"
#include "ops/array/value.h"
#include "ops/cast/parse_number.h"
#include "ops/cast/print_number.h"
#include "ops/scalar/utf8.h"

namespace millrace::ops::array {

namespace {

bool is_null_word(std::string_view text) {
  if (text.size() != 4) return false;
  for (size_t i = 0; i < 4; i++) {
    if (lower_ascii(text[i]) != "null"[i]) return false;
  }
  return true;
}

void put_number(std::string& to, i64 value) {
  char text[kMaxIntegerText];
  to.append(text, print_i64(value, text));
}

void put_element(std::string& to, std::string_view text) {
  bool quoted = text.empty() || is_null_word(text);
  for (const char byte : text) {
    quoted |=
        byte == '"' || byte == '\\' || byte == '{' || byte == '}' || byte == ',' || is_space(byte);
  }
  if (!quoted) {
    to.append(text);
    return;
  }
  to.push_back('"');
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') to.push_back('\\');
    to.push_back(byte);
  }
  to.push_back('"');
}

/// [2:3][1:2]= before arrays whose bounds do not all begin with 1.
void put_bounds(std::string& to, const Shape& shape) {
  bool shown = false;
  for (i32 i = 0; i < shape.dimensions; i++) shown |= shape.lowers[i] != 1;
  if (!shown) return;
  for (i32 i = 0; i < shape.dimensions; i++) {
    to.push_back('[');
    put_number(to, shape.lowers[i]);
    to.push_back(':');
    put_number(to, i64{shape.lowers[i]} + shape.lengths[i] - 1);
    to.push_back(']');
  }
  to.push_back('=');
}

}  // namespace

ErrorCode print_array(OpContext& c, const StringView& array, const Settings& settings,
                      std::string& to) {
  const View view = view_of(array);
  const Shape& shape = view.shape;
  if (shape.dimensions == 0) {
    to += "{}";
    return ErrorCode::Ok;
  }
  put_bounds(to, shape);
  i32 at[kMostDimensions] = {};
  std::string text;
  Elements elements = view.elements();
  to.append(static_cast<size_t>(shape.dimensions), '{');
  while (!elements.done()) {
    Datum value;
    ErrorCode code = elements.next(c, value);
    text.clear();
    if (code == ErrorCode::Ok && !value.is_null) code = print(c, value, settings, text);
    if (code != ErrorCode::Ok) return code;
    if (value.is_null) {
      to += "NULL";
    } else {
      put_element(to, text);
    }
    i32 level = shape.dimensions - 1;
    for (; level >= 0 && ++at[level] == shape.lengths[level]; level--) {
      at[level] = 0;
      to.push_back('}');
    }
    if (level < 0) break;
    to.push_back(',');
    to.append(static_cast<size_t>(shape.dimensions - 1 - level), '{');
  }
  return ErrorCode::Ok;
}

ErrorCode print_record(OpContext& c, const StringView& record, const Settings& settings,
                       std::string& to) {
  Fields fields(record);
  std::string text;
  bool first = true;
  to.push_back('(');
  while (!fields.done()) {
    Field field;
    ErrorCode code = fields.next(c, field);
    if (!first) to.push_back(',');
    first = false;
    text.clear();
    if (code == ErrorCode::Ok && !field.value.is_null) {
      code = print(c, field.value, settings, text);
    }
    if (code != ErrorCode::Ok) return code;
    if (field.value.is_null) continue;
    bool quoted = text.empty();
    for (const char byte : text) {
      quoted |= byte == '"' || byte == '\\' || byte == '(' || byte == ')' || byte == ',' ||
                is_space(byte);
    }
    if (!quoted) {
      to += text;
      continue;
    }
    to.push_back('"');
    for (const char byte : text) {
      if (byte == '"' || byte == '\\') to.push_back(byte);
      to.push_back(byte);
    }
    to.push_back('"');
  }
  to.push_back(')');
  return ErrorCode::Ok;
}

namespace {

/// array_in: first the shape by the braces, then the elements.
class Reader {
 public:
  Reader(OpContext& c, const StringView& text, Form form)
      : c_(c), whole_(text.bytes(), text.size), form_(form) {}

  ErrorCode read(StringView& out) {
    ErrorCode code = read_bounds();
    if (code != ErrorCode::Ok) return code;
    Shape braces;
    bool is_empty = false;
    code = count(braces, is_empty);
    if (code != ErrorCode::Ok) return code;
    if (is_empty) braces.dimensions = 0;
    if (!has_bounds_) {
      shape_ = braces;
      for (i32& lower : shape_.lowers) lower = 1;
    } else if (!same_lengths(braces)) {
      return malformed("Specified array dimensions do not match array contents.");
    }
    i64 total = shape_.dimensions == 0 ? 0 : 1;
    for (i32 i = 0; i < shape_.dimensions; i++) {
      total *= shape_.lengths[i];
      if (total > kMostElements) return too_large(c_);
    }
    if (total == 0) return finish(c_, form_, Body{}, Shape{}, out);
    Body& body = scratch();
    code = read_elements(body);
    return code == ErrorCode::Ok ? finish(c_, form_, body, shape_, out) : code;
  }

 private:
  enum class State : u8 {
    NoLevel,
    LevelStarted,
    ElementStarted,
    QuotedStarted,
    QuotedCompleted,
    ElementDelimited,
    LevelCompleted,
    LevelDelimited
  };

  ErrorCode malformed(std::string_view detail) {
    const std::string message = "malformed array literal: \"" + std::string(whole_) + "\"";
    return fail_text(c_, ErrorCode::MalformedText, message, detail);
  }
  ErrorCode unexpected(char byte) {
    return malformed("Unexpected \"" + std::string(1, byte) + "\" character.");
  }
  ErrorCode too_deep(i32 dimensions) {
    const std::string message = "number of array dimensions (" + std::to_string(dimensions) +
                                ") exceeds the maximum allowed (6)";
    return fail_text(c_, ErrorCode::LimitExceeded, message);
  }
  char peek(size_t ahead = 0) const {
    return at_ + ahead < whole_.size() ? whole_[at_ + ahead] : '\0';
  }
  void skip_spaces() {
    while (is_space(peek())) at_++;
  }

  /// As atoi: as many digits as there are.
  i32 number(size_t from) const {
    const std::string digits(whole_.substr(from, at_ - from));
    return static_cast<i32>(std::strtol(digits.c_str(), nullptr, 10));
  }
  bool skip_number() {
    const size_t from = at_;
    while (is_digit(peek()) || peek() == '-' || peek() == '+') at_++;
    return at_ > from;
  }

  /// [2:3][4]=
  ErrorCode read_bounds() {
    for (;;) {
      skip_spaces();
      if (peek() != '[') break;
      at_++;
      if (shape_.dimensions >= kMostDimensions) return too_deep(shape_.dimensions + 1);
      size_t from = at_;
      if (!skip_number()) {
        return malformed("\"[\" must introduce explicitly-specified array dimensions.");
      }
      i32 lower = 1;
      if (peek() == ':') {
        lower = number(from);
        from = ++at_;
        if (!skip_number()) return malformed("Missing array dimension value.");
      }
      if (peek() != ']') return malformed("Missing \"]\" after array dimensions.");
      const i32 upper = number(from);
      at_++;
      if (upper < lower) {
        return c_.fail(ErrorCode::ArraySubscriptError,
                       literal("upper bound cannot be less than lower bound"));
      }
      shape_.lowers[shape_.dimensions] = lower;
      const i64 length = i64{upper} - lower + 1;
      if (length > kMostElements) return too_large(c_);
      shape_.lengths[shape_.dimensions++] = static_cast<i32>(length);
    }
    has_bounds_ = shape_.dimensions > 0;
    if (!has_bounds_) {
      if (peek() == '{') return ErrorCode::Ok;
      return malformed("Array value must start with \"{\" or dimension information.");
    }
    if (peek() != '=') return malformed("Missing \"=\" after array dimensions.");
    at_++;
    skip_spaces();
    return peek() == '{' ? ErrorCode::Ok : malformed("Array contents must start with \"{\".");
  }

  bool same_lengths(const Shape& braces) const {
    if (braces.dimensions != shape_.dimensions) return false;
    return std::memcmp(braces.lengths, shape_.lengths,
                       sizeof(i32) * static_cast<size_t>(shape_.dimensions)) == 0;
  }

  static bool is_one_of(State state, std::initializer_list<State> states) {
    for (const State one : states) {
      if (one == state) return true;
    }
    return false;
  }

  /// Counts what the braces hold, level by level, without a look into elements.
  ErrorCode count(Shape& braces, bool& is_empty) {
    using enum State;
    State state = NoLevel;
    i32 level = 0;
    i32 commas[kMostDimensions + 1];
    i32 last[kMostDimensions + 1] = {};
    for (i32& one : commas) one = 1;
    bool in_quotes = false;
    bool is_over = false;
    is_empty = true;
    size_t at = at_;
    braces.dimensions = 1;
    const auto byte_at = [&](size_t i) { return i < whole_.size() ? whole_[i] : '\0'; };
    for (; !is_over; at++) {
      const char byte = byte_at(at);
      if (at >= whole_.size()) return malformed("Unexpected end of input.");
      if (byte == '\\') {
        if (!is_one_of(state, {LevelStarted, ElementStarted, QuotedStarted, ElementDelimited})) {
          return unexpected('\\');
        }
        if (state != QuotedStarted) state = ElementStarted;
        if (++at >= whole_.size()) return malformed("Unexpected end of input.");
        is_empty = false;
      } else if (byte == '"') {
        if (!is_one_of(state, {LevelStarted, QuotedStarted, ElementDelimited})) {
          return malformed("Unexpected array element.");
        }
        in_quotes = !in_quotes;
        state = in_quotes ? QuotedStarted : QuotedCompleted;
        is_empty = false;
      } else if (in_quotes) {
        continue;
      } else if (byte == '{') {
        if (!is_one_of(state, {NoLevel, LevelStarted, LevelDelimited})) return unexpected('{');
        state = LevelStarted;
        if (level >= kMostDimensions) return too_deep(level + 1);
        level++;
        if (braces.dimensions < level) braces.dimensions = level;
      } else if (byte == '}') {
        if (!is_one_of(state, {ElementStarted, QuotedCompleted, LevelCompleted}) &&
            !(level == 1 && state == LevelStarted)) {
          return unexpected('}');
        }
        state = LevelCompleted;
        if (level == 0) return malformed("Unmatched \"}\" character.");
        level--;
        if (last[level] != 0 && commas[level] != last[level]) return ragged();
        last[level] = commas[level];
        commas[level] = 1;
        is_over = level == 0;
      } else if (byte == ',') {
        if (!is_one_of(state, {ElementStarted, QuotedCompleted, LevelCompleted})) {
          return unexpected(',');
        }
        state = state == LevelCompleted ? LevelDelimited : ElementDelimited;
        commas[level - 1]++;
      } else if (!is_space(byte)) {
        if (!is_one_of(state, {LevelStarted, ElementStarted, ElementDelimited})) {
          return malformed("Unexpected array element.");
        }
        state = ElementStarted;
        is_empty = false;
      }
    }
    for (size_t rest = at; rest < whole_.size(); rest++) {
      if (!is_space(whole_[rest])) return malformed("Junk after closing right brace.");
    }
    // The lengths are those of the lists themselves: all of a level are alike.
    for (i32 i = 0; i < braces.dimensions; i++) braces.lengths[i] = last[i];
    return ErrorCode::Ok;
  }

  ErrorCode ragged() {
    return malformed("Multidimensional arrays must have sub-arrays with matching dimensions.");
  }

  /// The elements from `at_` on, whose braces are known to match.
  ErrorCode read_elements(Body& body) {
    i32 level = 0;
    i64 read = 0;
    for (; at_ < whole_.size(); at_++) {
      const char byte = whole_[at_];
      if (byte == '{') {
        level++;
      } else if (byte == '}') {
        if (--level == 0) break;
      } else if (byte != ',' && !is_space(byte)) {
        if (++read > shape_.count()) return ragged();
        const ErrorCode code = read_element(body);
        if (code != ErrorCode::Ok) return code;
        at_--;
      }
    }
    return read == shape_.count() ? ErrorCode::Ok : ragged();
  }

  ErrorCode read_element(Body& body) {
    std::string text;
    size_t kept = 0;  // what trailing spaces do not count behind
    bool is_plain = true;
    bool in_quotes = false;
    for (; at_ < whole_.size(); at_++) {
      const char byte = whole_[at_];
      if (byte == '\\') {
        text.push_back(whole_[++at_]);
        kept = text.size();
        is_plain = false;
      } else if (byte == '"') {
        in_quotes = !in_quotes;
        kept = text.size();
        is_plain = false;
      } else if (!in_quotes && (byte == ',' || byte == '}')) {
        break;
      } else {
        text.push_back(byte);
        if (in_quotes || !is_space(byte)) kept = text.size();
      }
    }
    text.resize(kept);
    Datum value;
    value.form = form_;
    if (!is_plain || !is_null_word(text)) {
      const ErrorCode code =
          parse(c_, form_, StringView::make(text.data(), static_cast<u32>(text.size())), value);
      if (code != ErrorCode::Ok) return kept_error(code);
    }
    append(body, value);
    return ErrorCode::Ok;
  }

  /// The error's texts may view the element, which is not kept.
  ErrorCode kept_error(ErrorCode code) {
    const StringView first = c_.error_first;
    const StringView second = c_.error_second;
    const bool kept = keep(c_, {first.bytes(), first.size}, c_.error_first) == ErrorCode::Ok &&
                      keep(c_, {second.bytes(), second.size}, c_.error_second) == ErrorCode::Ok;
    return kept ? code : ErrorCode::OutOfMemory;
  }

  OpContext& c_;
  const std::string_view whole_;
  const Form form_;
  size_t at_ = 0;
  Shape shape_;
  bool has_bounds_ = false;
};

}  // namespace

}  // namespace millrace::ops::array

namespace millrace::ops {

ErrorCode ArrayIn::apply(OpContext& c, StringView text, i32 form, StringView& out) {
  return array::Reader(c, text, static_cast<array::Form>(form)).read(out);
}

ErrorCode ArrayOut::apply(OpContext& c, StringView array, StringView& out) {
  std::string text;
  const ErrorCode code = array::print_array(c, array, *c.settings, text);
  return code == ErrorCode::Ok ? array::keep(c, text, out) : code;
}

ErrorCode ArrayLiteral::apply(OpContext& c, StringView array, StringView& out) {
  std::string text;
  const ErrorCode code = array::print_array(c, array, array::plain_settings(), text);
  return code == ErrorCode::Ok ? array::keep(c, text, out) : code;
}

ErrorCode RecordOut::apply(OpContext& c, StringView record, StringView& out) {
  std::string text;
  const ErrorCode code = array::print_record(c, record, *c.settings, text);
  return code == ErrorCode::Ok ? array::keep(c, text, out) : code;
}

}  // namespace millrace::ops
