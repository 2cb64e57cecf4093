// to_char of numbers, and to_number.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "ops/cast/parse_bytes.h"
#include "ops/casts_number.h"
#include "ops/scalar/format.h"
#include "ops/scalar/numeric.h"
#include "ops/scalar/utf8.h"

namespace millrace::ops {

namespace {

enum class Picture : u8 {
  Literal,
  Comma,
  Point,
  Zero,
  Nine,
  Blank,
  Nothing,  // C and SP: known, without effect
  LocalPoint,
  Exponent,
  FillMode,
  Group,
  Currency,
  Minus,
  Plus,
  Brackets,
  Roman,
  RomanLower,
  SignBoth,
  Sign,
  Ordinal,
  OrdinalLower,
  Shift,
};

struct PictureName {
  const char* name;
  Picture picture;
};
constexpr PictureName kPictures[] = {
    {",", Picture::Comma},       {".", Picture::Point},         {"0", Picture::Zero},
    {"9", Picture::Nine},        {"B", Picture::Blank},         {"C", Picture::Nothing},
    {"D", Picture::LocalPoint},  {"EEEE", Picture::Exponent},   {"FM", Picture::FillMode},
    {"G", Picture::Group},       {"L", Picture::Currency},      {"MI", Picture::Minus},
    {"PL", Picture::Plus},       {"PR", Picture::Brackets},     {"RN", Picture::Roman},
    {"SG", Picture::SignBoth},   {"SP", Picture::Nothing},      {"S", Picture::Sign},
    {"TH", Picture::Ordinal},    {"V", Picture::Shift},         {"b", Picture::Blank},
    {"c", Picture::Nothing},     {"d", Picture::LocalPoint},    {"eeee", Picture::Exponent},
    {"fm", Picture::FillMode},   {"g", Picture::Group},         {"l", Picture::Currency},
    {"mi", Picture::Minus},      {"pl", Picture::Plus},         {"pr", Picture::Brackets},
    {"rn", Picture::RomanLower}, {"sg", Picture::SignBoth},     {"sp", Picture::Nothing},
    {"s", Picture::Sign},        {"th", Picture::OrdinalLower}, {"v", Picture::Shift},
};

struct Node {
  Picture picture;
  std::string character = {};
};

enum class SignPlace : u8 { None, Before, After };

struct Layout {
  std::vector<Node> nodes;
  int before = 0;  // digits before the point
  int after = 0;   // digits after it
  int shift = 0;   // digits after V
  SignPlace sign_place = SignPlace::None;
  int digits_before_sign = 0;
  int zero_start = 0, zero_end = 0;
  bool has_zero = false, is_blank = false, fill_mode = false, has_sign = false, brackets = false;
  bool minus = false, plus = false, roman = false, has_shift = false, exponent = false;
  bool has_point = false;
  std::string error;
  std::string error_detail;
};

class LayoutParser {
 public:
  static Layout parse(std::string_view text) {
    LayoutParser parser;
    for (size_t at = 0; at < text.size() && parser.l_.error.empty();) {
      const PictureName* found = nullptr;
      for (const PictureName& known : kPictures) {
        if (found == nullptr && text.substr(at).starts_with(known.name)) found = &known;
      }
      if (found != nullptr) {
        at += std::strlen(found->name);
        parser.l_.nodes.push_back({found->picture});
        parser.add(found->picture);
      } else {
        parser.literals(text, at);
      }
    }
    return std::move(parser.l_);
  }

 private:
  void literals(std::string_view text, size_t& at) {
    const auto take = [&] {
      const size_t length = utf8::length_of(text[at]);
      l_.nodes.push_back({Picture::Literal, std::string(text.substr(at, length))});
      at += length;
    };
    if (text[at] != '"') {
      if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '"') at++;
      take();
      return;
    }
    for (at++; at < text.size();) {
      if (text[at] == '"') {
        at++;
        return;
      }
      if (text[at] == '\\' && at + 1 < text.size()) at++;
      take();
    }
  }

  void fail(const char* error, const char* detail = "") {
    l_.error = error;
    l_.error_detail = detail;
  }

  void add(Picture picture) {
    if (l_.exponent && picture != Picture::Exponent) {
      return fail("\"EEEE\" must be the last pattern used");
    }
    switch (picture) {
      case Picture::Nine:
        if (l_.brackets) return fail("\"9\" must be ahead of \"PR\"");
        if (l_.has_shift) {
          l_.shift++;
        } else {
          (l_.has_point ? l_.after : l_.before)++;
        }
        return;
      case Picture::Zero:
        if (l_.brackets) return fail("\"0\" must be ahead of \"PR\"");
        if (!l_.has_zero && !l_.has_point) {
          l_.has_zero = true;
          l_.zero_start = l_.before + 1;
        }
        (l_.has_point ? l_.after : l_.before)++;
        l_.zero_end = l_.before + l_.after;
        return;
      case Picture::Blank:
        if (l_.before == 0 && l_.after == 0 && !l_.has_zero) l_.is_blank = true;
        return;
      case Picture::LocalPoint:
      case Picture::Point:
        if (l_.has_point) return fail("multiple decimal points");
        if (l_.has_shift) return fail("cannot use \"V\" and decimal point together");
        l_.has_point = true;
        return;
      case Picture::FillMode:
        l_.fill_mode = true;
        return;
      case Picture::Shift:
        if (l_.has_point) return fail("cannot use \"V\" and decimal point together");
        l_.has_shift = true;
        return;
      case Picture::Roman:
      case Picture::RomanLower:
        l_.roman = true;
        return;
      case Picture::Exponent:
        if (l_.exponent) return fail("cannot use \"EEEE\" twice");
        if (l_.is_blank || l_.fill_mode || l_.has_sign || l_.brackets || l_.minus || l_.plus ||
            l_.roman || l_.has_shift) {
          return fail("\"EEEE\" is incompatible with other formats",
                      "\"EEEE\" may only be used together with digit and decimal point patterns.");
        }
        l_.exponent = true;
        return;
      default:
        add_sign(picture);
    }
  }

  void add_sign(Picture picture) {
    switch (picture) {
      case Picture::Sign:
        if (l_.has_sign) return fail("cannot use \"S\" twice");
        if (l_.plus || l_.minus || l_.brackets) {
          return fail("cannot use \"S\" and \"PL\"/\"MI\"/\"SG\"/\"PR\" together");
        }
        if (!l_.has_point) {
          l_.sign_place = SignPlace::Before;
          l_.digits_before_sign = l_.before;
          l_.has_sign = true;
        } else if (l_.sign_place == SignPlace::None) {
          l_.sign_place = SignPlace::After;
          l_.has_sign = true;
        }
        return;
      case Picture::Minus:
        if (l_.has_sign) return fail("cannot use \"S\" and \"MI\" together");
        l_.minus = true;
        return;
      case Picture::Plus:
        if (l_.has_sign) return fail("cannot use \"S\" and \"PL\" together");
        l_.plus = true;
        return;
      case Picture::SignBoth:
        if (l_.has_sign) return fail("cannot use \"S\" and \"SG\" together");
        l_.minus = l_.plus = true;
        return;
      case Picture::Brackets:
        if (l_.has_sign || l_.plus || l_.minus) {
          return fail("cannot use \"PR\" and \"S\"/\"PL\"/\"MI\"/\"SG\" together");
        }
        l_.brackets = true;
        return;
      default:
        return;
    }
  }

  Layout l_;
};

/// The thread's layout of a template, parsed at its first use.
const Layout& find_layout(std::string_view text) {
  struct Entry {
    std::string text;
    Layout layout;
  };
  thread_local std::list<Entry> cache;
  for (auto at = cache.begin(); at != cache.end(); ++at) {
    if (at->text != text) continue;
    if (at != cache.begin()) cache.splice(cache.begin(), cache, at);
    return cache.front().layout;
  }
  cache.push_front({std::string(text), LayoutParser::parse(text)});
  if (cache.size() > 20) cache.pop_back();
  return cache.front().layout;
}

ErrorCode check_layout(OpContext& c, const Layout& layout) {
  if (layout.error.empty()) return ErrorCode::Ok;
  const auto view = [](const std::string& text) {
    return StringView::make(text.data(), static_cast<u32>(text.size()));
  };
  return c.fail(ErrorCode::InvalidNumberFormat, view(layout.error), view(layout.error_detail));
}

/// Prints digits into a layout. `number` has no sign; `spaces` is by how much it is shorter before
/// the point than the layout.
class NumberPrinter {
 public:
  NumberPrinter(const Layout& layout, std::string number, char sign, int spaces)
      : l_(layout), number_(std::move(number)), sign_(sign), spaces_(spaces) {}

  std::string run() {
    prepare();
    for (const Node& node : l_.nodes) picture(node);
    // A number that ran out of digits ends the text, as it does in PostgreSQL.
    out_.resize(std::min(out_.find('\0'), out_.size()));
    return std::move(out_);
  }

  /// An ordinal ending was asked for what is no number.
  bool has_bad_ordinal() const { return has_bad_ordinal_; }

 private:
  char digit(size_t at) const { return at < number_.size() ? number_[at] : '\0'; }

  void prepare() {
    zero_start_ = l_.zero_start > 0 ? l_.zero_start - 1 : 0;
    sign_place_ = l_.sign_place;
    brackets_ = l_.brackets;
    has_sign_ = l_.has_sign;
    if (l_.roman) {
      brackets_ = has_sign_ = false;
      spaces_ = 0;
      sign_ = 0;
      return;
    }
    if (l_.plus || l_.minus) {
      sign_written_ = !(l_.plus && !l_.minus);
    } else {
      if (sign_ != '-' && l_.fill_mode) brackets_ = false;
      sign_written_ = sign_ == '+' && l_.fill_mode && !has_sign_;
      if (sign_place_ == SignPlace::Before && l_.before == l_.digits_before_sign) {
        sign_place_ = SignPlace::After;
      }
    }
    count_ = l_.after + before() - 1;
    if (l_.fill_mode && l_.has_point) find_last_relevant();
    if (!sign_written_ && spaces_ == 0) count_++;
  }
  int before() const { return l_.before + l_.shift; }

  /// In fill mode zeros at the end are left out, but for those a 0 asks for.
  void find_last_relevant() {
    const size_t point = number_.find('.');
    if (point == std::string::npos) return;
    has_last_ = true;
    last_ = point;
    for (size_t i = point + 1; i < number_.size(); i++) {
      if (number_[i] != '0') last_ = i;
    }
    if (l_.zero_end > spaces_) {
      const size_t asked = std::min(number_.size() - 1, static_cast<size_t>(l_.zero_end - spaces_));
      last_ = std::max(last_, asked);
    }
  }

  void picture(const Node& node) {
    switch (node.picture) {
      case Picture::Literal:
        out_ += node.character;
        return;
      case Picture::Nine:
      case Picture::Zero:
      case Picture::Point:
      case Picture::LocalPoint:
        if (!l_.roman) position(node.picture);
        return;
      case Picture::Comma:
      case Picture::Group:
        if (in_number_) {
          out_ += ',';
        } else if (!l_.fill_mode) {
          out_ += ' ';
        }
        return;
      case Picture::Currency:
        out_ += ' ';
        return;
      case Picture::Roman:
      case Picture::RomanLower:
        roman(node.picture == Picture::RomanLower);
        return;
      case Picture::Ordinal:
      case Picture::OrdinalLower:
        ordinal(node.picture == Picture::OrdinalLower);
        return;
      case Picture::Minus:
        if (sign_ == '-') {
          out_ += '-';
        } else if (!l_.fill_mode) {
          out_ += ' ';
        }
        return;
      case Picture::Plus:
        if (sign_ == '+') {
          out_ += '+';
        } else if (!l_.fill_mode) {
          out_ += ' ';
        }
        return;
      case Picture::SignBoth:
        out_ += sign_;
        return;
      default:
        return;
    }
  }

  void roman(bool lower) {
    std::string text = number_;
    if (lower) {
      for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (!l_.fill_mode && text.size() < 15) out_.append(15 - text.size(), ' ');
    out_ += text;
  }

  void ordinal(bool lower) {
    if (l_.roman || number_[0] == '#' || sign_ == '-' || l_.has_point) return;
    char last = number_.back();
    has_bad_ordinal_ = last < '0' || last > '9';
    if (number_.size() > 1 && number_[number_.size() - 2] == '1') last = '0';
    const int index = last >= '1' && last <= '3' ? last - '0' : 0;
    constexpr const char* kLower[] = {"th", "st", "nd", "rd"};
    constexpr const char* kUpper[] = {"TH", "ST", "ND", "RD"};
    out_ += lower ? kLower[index] : kUpper[index];
  }

  /// The zero before the point that a 9 leaves out: "9.9" prints .5 as " .5".
  bool is_leading_zero() const {
    return !l_.has_zero && at_ == 0 && digit(0) == '0' && l_.after != 0;
  }

  void write_sign() {
    const bool reached = current_ >= spaces_ || (l_.has_zero && zero_start_ == current_);
    if (sign_written_ || !reached) return;
    if (is_leading_zero() && !(has_last_ && digit(last_) == '.')) return;
    if (has_sign_) {
      if (sign_place_ != SignPlace::Before) return;
      out_ += sign_ == '-' ? '-' : '+';
    } else if (brackets_) {
      out_ += sign_ == '+' ? ' ' : '<';
    } else if (sign_ == '+') {
      if (!l_.fill_mode) out_ += ' ';
    } else if (sign_ == '-') {
      out_ += '-';
    }
    sign_written_ = true;
  }

  void write_digit(Picture picture) {
    if (digit(at_) == '.') {
      const bool ends_here = has_last_ && digit(last_) == '.';
      if (!ends_here || l_.fill_mode) out_ += '.';
    } else if (has_last_ && at_ > last_ && picture != Picture::Zero) {
      // A zero that does not matter.
    } else if (is_leading_zero()) {
      if (!l_.fill_mode) {
        out_ += ' ';
      } else if (has_last_ && digit(last_) == '.') {
        out_ += '0';
      }
    } else {
      out_ += digit(at_);
      in_number_ = true;
    }
    if (at_ < number_.size()) at_++;
  }

  void position(Picture picture) {
    in_number_ = false;
    write_sign();
    if (current_ < spaces_ && (zero_start_ > current_ || !l_.has_zero)) {
      if (!l_.fill_mode) out_ += ' ';
    } else if (l_.has_zero && current_ < spaces_ && zero_start_ <= current_) {
      out_ += '0';
      in_number_ = true;
    } else {
      write_digit(picture);
    }
    int end = count_ + (spaces_ != 0 ? 1 : 0) + (l_.has_point ? 1 : 0);
    if (has_last_ && last_ == at_) end = current_;
    if (current_ + 1 == end) {
      if (sign_written_ && brackets_) {
        out_ += sign_ == '+' ? ' ' : '>';
      } else if (has_sign_ && sign_place_ == SignPlace::After) {
        out_ += sign_ == '-' ? '-' : '+';
      }
    }
    current_++;
  }

  const Layout& l_;
  const std::string number_;
  char sign_;
  int spaces_;
  std::string out_;
  int zero_start_ = 0;
  SignPlace sign_place_ = SignPlace::None;
  bool brackets_ = false;
  bool has_sign_ = false;
  bool sign_written_ = false;
  bool in_number_ = false;
  bool has_bad_ordinal_ = false;
  bool has_last_ = false;
  size_t last_ = 0;  // index of the last digit that matters
  size_t at_ = 0;    // in the number
  int current_ = 0;  // position in the layout
  int count_ = 0;
};

ErrorCode keep(OpContext& c, const std::string& text, StringView& out) {
  StringWriter writer;
  if (!writer.reserve(c, text.size())) return c.fail(ErrorCode::OutOfMemory);
  writer.append(text.data(), static_cast<u32>(text.size()));
  out = writer.finish();
  return ErrorCode::Ok;
}

std::string roman_of(i64 number) {
  if (number < 1 || number > 3999) return std::string(15, '#');
  constexpr const char* kDigits[3][10] = {
      {"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"},
      {"", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"},
      {"", "C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM"}};
  return std::string(static_cast<size_t>(number / 1000), 'M') + kDigits[2][number / 100 % 10] +
         kDigits[1][number / 10 % 10] + kDigits[0][number % 10];
}

/// Prints a plain decimal text with its sign. `after` may be less than the layout's where the
/// number has no more digits.
ErrorCode print_plain(OpContext& c, const Layout& layout, std::string text, int after,
                      StringView& out) {
  char sign = '+';
  if (!text.empty() && text[0] == '-') {
    sign = '-';
    text.erase(0, 1);
  }
  const int before = layout.before + layout.shift;
  const size_t point = text.find('.');
  const int size = static_cast<int>(point == std::string::npos ? text.size() : point);
  int spaces = 0;
  if (size < before) {
    spaces = before - size;
  } else if (size > before) {
    text.assign(static_cast<size_t>(before + after + 1), '#');
    text[static_cast<size_t>(before)] = '.';
  }
  Layout shorter;
  if (after != layout.after) {
    shorter = layout;
    shorter.after = after;
  }
  NumberPrinter printer(after == layout.after ? layout : shorter, text, sign, spaces);
  const std::string printed = printer.run();
  if (!printer.has_bad_ordinal()) return keep(c, printed, out);
  return fail_message(c, ErrorCode::NotANumber, "\"", text.data(), static_cast<u32>(text.size()),
                      "\" is not a number");
}

ErrorCode print_roman(OpContext& c, const Layout& layout, i64 number, StringView& out) {
  return keep(c, NumberPrinter(layout, roman_of(number), 0, 0).run(), out);
}

/// What stands where an exponent cannot be printed.
std::string exponent_overflow(const Layout& layout) {
  std::string text(static_cast<size_t>(layout.before + layout.after + 6), '#');
  text[0] = ' ';
  text[static_cast<size_t>(layout.before + 1)] = '.';
  return text;
}

/// Digits with one before the point, rounded half away from zero, and an exponent.
std::string scientific(const Numeric& value, int after) {
  char text[64];
  const u128 size = magnitude(value.coefficient);
  u32 count = print_scaled(size, false, 0, text);
  std::string digits(text, count);
  int exponent = 0;
  if (size != 0) exponent = static_cast<int>(count) - 1 - value.display_scale;
  const size_t wanted = static_cast<size_t>(after) + 1;
  bool carry = false;
  if (digits.size() > wanted) {
    carry = digits[wanted] >= '5';
    digits.resize(wanted);
  } else {
    digits.append(wanted - digits.size(), '0');
  }
  for (size_t i = wanted; carry && i > 0; i--) {
    carry = digits[i - 1] == '9';
    digits[i - 1] = carry ? '0' : static_cast<char>(digits[i - 1] + 1);
  }
  std::string out = carry ? "1" : "";
  out += digits.substr(0, 1);
  if (after > 0) out += "." + digits.substr(1);
  char tail[16];
  std::snprintf(tail, sizeof tail, "e%+03d", exponent);
  return (value.coefficient < 0 ? "-" : " ") + out + tail;
}

ErrorCode shift_and_round(OpContext& c, const Numeric& value, int shift, int after, Numeric& out) {
  Numeric shifted = value;
  if (shift > 0 && value.kind == Numeric::kFinite) {
    if (shift > 37) return c.fail(ErrorCode::NumericDigitsExceeded);
    const Numeric factor =
        make_numeric(static_cast<i128>(power_of_ten(static_cast<u32>(shift))), 0);
    const ErrorCode code = NumericMul::apply(c, value, factor, shifted);
    if (code != ErrorCode::Ok) return code;
  }
  return NumericRound::apply(c, shifted, after, out);
}

ErrorCode print_numeric_value(OpContext& c, const Numeric& value, const StringView& format,
                              StringView& out) {
  const Layout& layout = find_layout({format.bytes(), format.size});
  ErrorCode code = check_layout(c, layout);
  if (code != ErrorCode::Ok) return code;
  if (format.size == 0) {
    out = empty_string();
    return code;
  }
  if (layout.roman) {
    i32 whole;
    code = Cast<Numeric>::To<i32>::apply(c, value, whole);
    return code != ErrorCode::Ok ? code : print_roman(c, layout, whole, out);
  }
  if (layout.exponent) {
    return keep(c,
                value.kind != Numeric::kFinite ? exponent_overflow(layout)
                                               : scientific(value, layout.after),
                out);
  }
  Numeric rounded;
  code = shift_and_round(c, value, layout.shift, layout.after, rounded);
  if (code != ErrorCode::Ok) return code;
  std::string text(numeric_text_size(rounded), '\0');
  text.resize(print_numeric(rounded, text.data()));
  return print_plain(c, layout, std::move(text), layout.after, out);
}

ErrorCode print_integer(OpContext& c, i64 value, const StringView& format, bool is_64_bit,
                        StringView& out) {
  const Layout& layout = find_layout({format.bytes(), format.size});
  const ErrorCode code = check_layout(c, layout);
  if (code != ErrorCode::Ok) return code;
  if (format.size == 0) {
    out = empty_string();
    return code;
  }
  if (layout.roman) {
    if (value != static_cast<i32>(value)) return c.fail(ErrorCode::IntegerOutOfRange);
    return print_roman(c, layout, value, out);
  }
  if (layout.exponent) {
    if (is_64_bit) return keep(c, scientific(make_numeric(value, 0), layout.after), out);
    char text[400];
    const int size =
        std::snprintf(text, sizeof text, "%+.*e", layout.after, static_cast<double>(value));
    if (text[0] == '+') text[0] = ' ';
    return keep(c, std::string(text, static_cast<size_t>(size)), out);
  }
  i64 shifted = value;
  for (int i = 0; i < layout.shift; i++) {
    if (__builtin_mul_overflow(shifted, 10L, &shifted) && is_64_bit) {
      return c.fail(ErrorCode::BigintOutOfRange);
    }
  }
  // PostgreSQL lets the product of integers wrap.
  if (!is_64_bit) shifted = static_cast<i32>(static_cast<u32>(shifted));
  std::string text = std::to_string(shifted);
  if (layout.after > 0) text += "." + std::string(static_cast<size_t>(layout.after), '0');
  return print_plain(c, layout, std::move(text), layout.after, out);
}

/// `precision`: digits that the type is good for.
template <class F>
ErrorCode print_float(OpContext& c, F value, const StringView& format, int precision,
                      StringView& out) {
  const Layout& layout = find_layout({format.bytes(), format.size});
  const ErrorCode code = check_layout(c, layout);
  if (code != ErrorCode::Ok) return code;
  if (format.size == 0) {
    out = empty_string();
    return code;
  }
  const double wide = static_cast<double>(value);
  if (layout.roman) {
    const double whole = std::rint(wide);
    const bool fits = whole > -2147483649.0 && whole < 2147483648.0;
    return print_roman(c, layout, fits ? static_cast<i64>(whole) : 0, out);
  }
  std::string text(400, '\0');
  const auto print = [&text](const char* form, int digits, double number) {
    if (std::isnan(number)) {
      text = "NaN";
    } else if (std::isinf(number)) {
      text = number < 0 ? "-Infinity" : "Infinity";
    } else {
      const int size = std::snprintf(text.data(), text.size(), form, digits, number);
      text.resize(static_cast<size_t>(size));
    }
  };
  if (layout.exponent) {
    if (!std::isfinite(wide)) return keep(c, exponent_overflow(layout), out);
    print("%+.*e", layout.after, wide);
    if (text[0] == '+') text[0] = ' ';
    return keep(c, text, out);
  }
  F shifted = value;
  if (layout.shift > 0) {
    shifted = static_cast<F>(value * static_cast<F>(std::pow(10.0, layout.shift)));
  }
  print("%.*f", 0, std::fabs(static_cast<double>(shifted)));
  const int size = static_cast<int>(text.size());
  int after = layout.after;
  if (size >= precision) {
    after = 0;
  } else if (size + after > precision) {
    after = precision - size;
  }
  text.assign(400, '\0');
  print("%.*f", after, static_cast<double>(shifted));
  return print_plain(c, layout, text, after, out);
}

/// Reads a number by a layout: digits, point and sign are picked out, the rest is passed over.
class NumberReader {
 public:
  NumberReader(const Layout& layout, std::string_view input)
      : l_(layout), input_(input), sign_place_(layout.sign_place) {}

  std::string run() {
    for (const Node& node : l_.nodes) {
      if (at_ >= input_.size()) break;
      picture(node);
    }
    if (!digits_.empty() && digits_.back() == '.') digits_.pop_back();
    return sign_ + digits_;
  }
  int digits_after() const { return after_; }

 private:
  bool at_end() const { return at_ >= input_.size(); }
  char peek() const { return at_end() ? '\0' : input_[at_]; }
  static bool is_digit_char(char c) { return c >= '0' && c <= '9'; }

  void skip_other(int count) {
    while (count-- > 0 && !at_end()) {
      if (std::string_view("0123456789.,+-").find(peek()) != std::string_view::npos) return;
      at_ += utf8::length_of(peek());
    }
  }

  void picture(const Node& node) {
    switch (node.picture) {
      case Picture::Literal:
        // A 9 may have stopped within a character.
        at_ += utf8::is_continuation(peek()) ? 1 : utf8::length_of(peek());
        return;
      case Picture::Nine:
      case Picture::Zero:
      case Picture::Point:
      case Picture::LocalPoint:
        position(node.picture);
        at_++;
        return;
      case Picture::Comma:
      case Picture::Group:
        if (!l_.fill_mode || in_number_) {
          if (peek() == ',') at_++;
        }
        return;
      case Picture::Currency:
        return skip_other(1);
      case Picture::Ordinal:
      case Picture::OrdinalLower:
        if (sign_ == '-' || l_.has_point) return;
        return skip_other(2);
      case Picture::Minus:
        return sign_at("-");
      case Picture::Plus:
        return sign_at("+");
      case Picture::SignBoth:
        return sign_at("-+");
      default:
        return;
    }
  }

  void sign_at(std::string_view allowed) {
    if (allowed.find(peek()) == std::string_view::npos) return skip_other(1);
    if (peek() == '-' || allowed == "+") sign_ = peek();
    at_++;
  }

  void position(Picture picture) {
    bool is_read = false;
    if (at_end()) return;
    if (peek() == ' ') at_++;
    if (at_end()) return;
    const bool is_digit_picture = picture == Picture::Nine || picture == Picture::Zero;
    if (sign_ == ' ' && is_digit_picture && before_ + after_ == 0) leading_sign();
    if (at_end()) return;
    if (is_digit_char(peek())) {
      if (has_point_ && after_ == l_.after) return;
      digits_ += peek();
      (has_point_ ? after_ : before_)++;
      is_read = true;
    } else if (l_.has_point && !has_point_ && peek() == '.') {
      digits_ += '.';
      has_point_ = true;
      is_read = true;
    }
    if (at_end() || sign_ != ' ' || before_ + after_ == 0) return;
    trailing_sign(is_read);
  }

  void leading_sign() {
    if (l_.has_sign && sign_place_ == SignPlace::Before) {
      if (peek() == '-' || peek() == '+') sign_ = input_[at_++];
      return;
    }
    if (peek() == '-' || (l_.brackets && peek() == '<')) {
      sign_ = '-';
      at_++;
    } else if (peek() == '+') {
      sign_ = '+';
      at_++;
    }
  }

  void trailing_sign(bool is_read) {
    if (l_.has_sign && is_read && at_ + 1 < input_.size() && !is_digit_char(input_[at_ + 1])) {
      const char next = input_[at_ + 1];
      if (next == '-' || next == '+') {
        sign_ = next;
        at_++;
      }
    } else if (!is_read && !l_.has_sign && (l_.plus || l_.minus)) {
      if (peek() == '-' || peek() == '+') sign_ = peek();
    }
  }

  const Layout& l_;
  const std::string_view input_;
  const SignPlace sign_place_;
  size_t at_ = 0;
  char sign_ = ' ';
  std::string digits_;
  int before_ = 0;
  int after_ = 0;
  bool has_point_ = false;
  bool in_number_ = false;
};

}  // namespace

ErrorCode ToCharI32::apply(OpContext& c, i32 value, StringView format, StringView& out) {
  return print_integer(c, value, format, false, out);
}
ErrorCode ToCharI64::apply(OpContext& c, i64 value, StringView format, StringView& out) {
  return print_integer(c, value, format, true, out);
}
ErrorCode ToCharF32::apply(OpContext& c, f32 value, StringView format, StringView& out) {
  return print_float<f32>(c, value, format, 6, out);
}
ErrorCode ToCharF64::apply(OpContext& c, f64 value, StringView format, StringView& out) {
  return print_float<f64>(c, value, format, 15, out);
}
ErrorCode ToCharNumeric::apply(OpContext& c, Numeric value, StringView format, StringView& out) {
  return print_numeric_value(c, value, format, out);
}
ErrorCode ToCharD64::apply(OpContext& c, i64 value, StringView format, i32 scale, StringView& out) {
  return print_numeric_value(c, make_numeric(value, scale), format, out);
}
ErrorCode ToCharD128::apply(OpContext& c, i128 value, StringView format, i32 scale,
                            StringView& out) {
  return print_numeric_value(c, make_numeric(value, scale), format, out);
}

ErrorCode ToNumber::apply(OpContext& c, StringView text, StringView format,
                          Nullable<Numeric>& out) {
  out = {Numeric{}, true};
  if (format.size == 0) return ErrorCode::Ok;
  const Layout& layout = find_layout({format.bytes(), format.size});
  ErrorCode code = check_layout(c, layout);
  if (code != ErrorCode::Ok) return code;
  if (layout.exponent) {
    return c.fail(ErrorCode::FeatureNotSupported, literal("\"EEEE\" not supported for input"));
  }
  if (layout.roman) {
    return c.fail(ErrorCode::FeatureNotSupported, literal("\"RN\" not supported for input"));
  }
  NumberReader reader(layout, {text.bytes(), text.size});
  const std::string number = reader.run();
  StringView kept;
  code = keep(c, number, kept);
  if (code != ErrorCode::Ok) return code;
  const i32 scale = reader.digits_after();
  code = ConstrainText::apply(c, kept, layout.before + layout.shift + scale, scale, out.value);
  if (code != ErrorCode::Ok) return code;
  out.is_null = false;
  if (layout.shift == 0) return ErrorCode::Ok;
  // PostgreSQL multiplies with 10 to a negative power, which has sixteen digits after the point.
  Numeric factor = make_numeric(1, layout.shift);
  code = NumericRound::apply(c, factor, std::max(16, layout.shift), factor);
  return code != ErrorCode::Ok ? code : NumericMul::apply(c, out.value, factor, out.value);
}

}  // namespace millrace::ops
