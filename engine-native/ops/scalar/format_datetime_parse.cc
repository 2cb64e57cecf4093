// to_date and to_timestamp with a template.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "ops/cast/parse_bytes.h"
#include "ops/scalar/date_trunc.h"
#include "ops/scalar/format.h"
#include "ops/scalar/format_datetime_template.h"

namespace millrace::ops {

namespace {

using namespace datetime_format;  // NOLINT: this file reads its fields

/// Fields as read; 0 means not said.
struct ReadFields {
  Calendar calendar = Calendar::None;
  int hour = 0, afternoon = 0, minute = 0, second = 0, second_of_day = 0;
  int weekday = 0;  // 1 is Sunday
  int day = 0, day_of_year = 0, month = 0, millisecond = 0, microsecond = 0, year = 0, bc = 0;
  int week = 0, week_of_month = 0, century = 0, julian = 0, year_digits = 0;
  bool is_12_hour = false;
  int zone_sign = 0, zone_hour = 0, zone_minute = 0;
  int fraction_digits = 0;
};

struct ParsedTime {
  CivilTime time{};
  bool has_zone = false;
  i32 offset = 0;
};

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_separator(char c) {
  const bool letter_or_digit =
      (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return c > ' ' && c < 0x7f && !letter_or_digit;
}

class TemplateReader {
 public:
  TemplateReader(OpContext& c, const StringView& text, const std::vector<Node>& nodes)
      : c_(c), input_(text), text_(text.bytes(), text.size), nodes_(nodes) {}

  ErrorCode run(ParsedTime& out) {
    ErrorCode code = ErrorCode::Ok;
    for (index_ = 0; index_ < nodes_.size() && peek() != '\0'; index_++) {
      const Node& node = nodes_[index_];
      const bool is_field = node.kind == Node::kField;
      if (!exact_ && (is_field ? node.keyword->field != Field::Exact : index_ == 0)) skip_blanks();
      if (!is_field) {
        literal_of(node);
        continue;
      }
      code = read(node);
      if (code != ErrorCode::Ok) return code;
      if (!exact_) {
        skipped_ = 0;
        skip_blanks();
      }
    }
    return resolve(out);
  }

  int fraction_digits() const { return f_.fraction_digits; }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_character() {
    if (at_ < text_.size()) at_ += utf8::length_of(text_[at_]);
  }
  void skip_blanks() {
    while (is_blank(peek())) {
      at_++;
      skipped_++;
    }
  }

  void literal_of(const Node& node) {
    if (node.kind != Node::kCharacter) {
      if (exact_) {
        skip_character();
        return;
      }
      skipped_--;
      if (is_blank(peek()) || is_separator(peek())) {
        at_++;
        skipped_++;
      }
      return;
    }
    // A text character stands for any one, unless more was skipped than the template says.
    if (!exact_ && skipped_ > 0) {
      skipped_--;
    } else {
      skip_character();
    }
  }

  std::string_view name_of(const Node& node) const { return node.keyword->name; }

  ErrorCode fail(ErrorCode code, const std::string& message, const std::string& detail) {
    char* kept = c_.arena->allocate(static_cast<u32>(message.size() + detail.size()));
    if (kept == nullptr) return c_.fail(ErrorCode::OutOfMemory);
    copy_bytes(kept, message.data(), message.size());
    copy_bytes(kept + message.size(), detail.data(), detail.size());
    return c_.fail(code, StringView::make(kept, static_cast<u32>(message.size())),
                   StringView::make(kept + message.size(), static_cast<u32>(detail.size())));
  }
  ErrorCode fail_value(ErrorCode code, const Node& node, std::string_view value,
                       const std::string& detail) {
    return fail(
        code,
        "invalid value \"" + std::string(value) + "\" for \"" + std::string(name_of(node)) + "\"",
        detail);
  }

  ErrorCode set(int& field, int value, const Node& node) {
    if (field != 0 && field != value) {
      return fail(ErrorCode::InvalidDatetimeText,
                  "conflicting values for \"" + std::string(name_of(node)) +
                      "\" field in formatting string",
                  "This value contradicts a previous setting for the same field type.");
    }
    field = value;
    return ErrorCode::Ok;
  }

  /// Whether the template says that what follows a number is no digit.
  bool number_ends_itself(const Node& node) const {
    if (node.ordinal != 0) return true;
    if (index_ + 1 >= nodes_.size()) return true;
    const Node& next = nodes_[index_ + 1];
    if (next.kind == Node::kField) return !next.keyword->is_digits;
    return !(next.character.size() == 1 && next.character[0] >= '0' && next.character[0] <= '9');
  }

  /// Reads a number of `width` digits, or of as many as there are where its end is plain.
  /// `used` is how many bytes it took.
  ErrorCode number(const Node& node, size_t width, int* field, int& used) {
    const size_t start = at_;
    while (is_blank(peek())) at_++;
    const std::string rest(text_.substr(at_));
    const std::string copy = rest.substr(0, width);
    const bool open = node.fill_mode || number_ends_itself(node);
    char* end = nullptr;
    errno = 0;
    long value;
    if (open) {
      value = std::strtol(rest.c_str(), &end, 10);
      const size_t taken = static_cast<size_t>(end - rest.c_str());
      // Nothing read leaves the blanks unread, too.
      at_ = taken == 0 ? start : at_ + taken;
    } else {
      char detail[100];
      if (rest.size() < width) {
        std::snprintf(detail, sizeof detail, "Field requires %zu characters, but only %zu remain.",
                      width, rest.size());
        return fail(
            ErrorCode::InvalidDatetimeTextWidth,
            "source string too short for \"" + std::string(name_of(node)) + "\" formatting field",
            detail);
      }
      value = std::strtol(copy.c_str(), &end, 10);
      const size_t taken = static_cast<size_t>(end - copy.c_str());
      if (taken > 0 && taken < width) {
        std::snprintf(detail, sizeof detail,
                      "Field requires %zu characters, but only %zu could be parsed.", width, taken);
        return fail_value(ErrorCode::InvalidDatetimeTextWidth, node, copy, detail);
      }
      at_ += taken;
    }
    if (at_ == start) {
      return fail_value(ErrorCode::InvalidDatetimeText, node, copy, "Value must be an integer.");
    }
    if (errno == ERANGE || value < -2147483648L || value > 2147483647L) {
      return fail(ErrorCode::DatetimeFieldTextOverflow, std::string(name_of(node)),
                  "Value must be in the range -2147483648 to 2147483647.");
    }
    used = static_cast<int>(at_ - start);
    return field == nullptr ? ErrorCode::Ok : set(*field, static_cast<int>(value), node);
  }

  /// A number as wide as its keyword, with its ordinal ending.
  ErrorCode plain_number(const Node& node, int* field) {
    return wide_number(node, name_of(node).size(), field);
  }
  ErrorCode wide_number(const Node& node, size_t width, int* field) {
    int used;
    const ErrorCode code = number(node, width, field, used);
    if (code == ErrorCode::Ok) skip_ordinal(node);
    return code;
  }
  void skip_ordinal(const Node& node) {
    if (node.ordinal == 0) return;
    skip_character();
    skip_character();
  }

  /// A number of which the first digit counts tenths.
  ErrorCode fraction(const Node& node, int width, int* field) {
    int used;
    const ErrorCode code = number(node, static_cast<size_t>(width), field, used);
    if (code != ErrorCode::Ok) return code;
    for (int i = used; i < (field == &f_.millisecond ? 3 : 6); i++) *field *= 10;
    skip_ordinal(node);
    return code;
  }

  /// A year of fewer than four digits is the nearest to 2020.
  ErrorCode partial_year(const Node& node, int digits) {
    int used;
    const ErrorCode code = number(node, name_of(node).size(), &f_.year, used);
    if (code != ErrorCode::Ok) return code;
    if (used < 4) {
      if (f_.year < 70) {
        f_.year += 2000;
      } else if (f_.year < 100) {
        f_.year += 1900;
      } else if (f_.year < 520) {
        f_.year += 2000;
      } else if (f_.year < 1000) {
        f_.year += 1000;
      }
    }
    f_.year_digits = digits;
    skip_ordinal(node);
    return code;
  }

  ErrorCode comma_year(const Node& node) {
    int millennia, years, used = 0;
    const std::string rest(text_.substr(at_));
    if (std::sscanf(rest.c_str(), "%d,%03d%n", &millennia, &years, &used) < 2) {
      return fail(ErrorCode::InvalidDatetimeText, "invalid input string for \"Y,YYY\"", "");
    }
    const ErrorCode code = set(f_.year, years + millennia * 1000, node);
    f_.year_digits = 4;
    at_ += static_cast<size_t>(used);
    skip_ordinal(node);
    return code;
  }

  /// One of some words, in any case; of each only `size` letters unless 0.
  template <size_t N>
  ErrorCode word(const Node& node, const char* const (&words)[N], size_t size, int& out) {
    for (size_t i = 0; i < N; i++) {
      std::string_view wanted = words[i];
      if (size > 0) wanted = wanted.substr(0, size);
      if (text_.size() - at_ < wanted.size()) continue;
      bool same = true;
      for (size_t k = 0; k < wanted.size() && same; k++) {
        same = lower(text_[at_ + k]) == lower(wanted[k]);
      }
      if (!same) continue;
      at_ += wanted.size();
      out = static_cast<int>(i);
      return ErrorCode::Ok;
    }
    size_t end = at_;
    while (end < text_.size() && !is_blank(text_[end])) end++;
    return fail_value(ErrorCode::InvalidDatetimeText, node, text_.substr(at_, end - at_),
                      "The given value did not match any of the allowed values for this field.");
  }
  static char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

  ErrorCode read(const Node& node) {
    const Calendar calendar = node.keyword->calendar;
    if (calendar != Calendar::None) {
      if (f_.calendar != Calendar::None && f_.calendar != calendar) {
        return c_.fail(ErrorCode::MixedCalendars);
      }
      f_.calendar = calendar;
    }
    static constexpr const char* kHalves[] = {"am", "pm"};
    static constexpr const char* kDottedHalves[] = {"a.m.", "p.m."};
    static constexpr const char* kEras[] = {"ad", "bc"};
    static constexpr const char* kDottedEras[] = {"a.d.", "b.c."};
    const Field field = node.keyword->field;
    int value = 0;
    switch (field) {
      case Field::Exact:
        exact_ = true;
        return ErrorCode::Ok;
      case Field::HalfDay:
      case Field::HalfDayDotted: {
        const ErrorCode code = field == Field::HalfDay ? word(node, kHalves, 0, value)
                                                       : word(node, kDottedHalves, 0, value);
        f_.is_12_hour = true;
        return code != ErrorCode::Ok ? code : set(f_.afternoon, value, node);
      }
      case Field::Era:
      case Field::EraDotted: {
        const ErrorCode code =
            field == Field::Era ? word(node, kEras, 0, value) : word(node, kDottedEras, 0, value);
        return code != ErrorCode::Ok ? code : set(f_.bc, value, node);
      }
      case Field::Hour12:
        f_.is_12_hour = true;
        return wide_number(node, 2, &f_.hour);
      case Field::Hour24:
        return wide_number(node, 2, &f_.hour);
      case Field::Minute:
        return plain_number(node, &f_.minute);
      case Field::Second:
        return plain_number(node, &f_.second);
      case Field::Millisecond:
        return fraction(node, 3, &f_.millisecond);
      case Field::Fraction1:
      case Field::Fraction2:
      case Field::Fraction3:
      case Field::Fraction4:
      case Field::Fraction5:
      case Field::Fraction6:
        f_.fraction_digits = static_cast<int>(field) - static_cast<int>(Field::Fraction1) + 1;
        return fraction(node, f_.fraction_digits, &f_.microsecond);
      case Field::Microsecond:
        return fraction(node, 6, &f_.microsecond);
      case Field::SecondOfDay:
        return plain_number(node, &f_.second_of_day);
      case Field::Zone:
      case Field::Offset:
        return fail_message(c_, ErrorCode::FeatureNotSupported, "formatting field \"",
                            node.keyword->name, static_cast<u32>(name_of(node).size()),
                            "\" is only supported in to_char");
      case Field::ZoneHour:
        return zone_hour(node);
      case Field::ZoneMinute:
        if (f_.zone_sign == 0) f_.zone_sign = 1;
        return wide_number_without_ordinal(node, &f_.zone_minute);
      default:
        return read_date(node);
    }
  }

  ErrorCode wide_number_without_ordinal(const Node& node, int* field) {
    int used;
    return number(node, 2, field, used);
  }

  ErrorCode zone_hour(const Node& node) {
    // The sign may have been taken for a separator.
    if (peek() == '+' || peek() == '-' || peek() == ' ') {
      f_.zone_sign = peek() == '-' ? -1 : 1;
      at_++;
    } else {
      f_.zone_sign = skipped_ > 0 && at_ > 0 && text_[at_ - 1] == '-' ? -1 : 1;
    }
    return wide_number_without_ordinal(node, &f_.zone_hour);
  }

  ErrorCode read_date(const Node& node) {
    int value = 0;
    ErrorCode code = ErrorCode::Ok;
    switch (node.keyword->field) {
      case Field::MonthName:
      case Field::MonthShort:
        code = word(node, kMonths, node.keyword->field == Field::MonthShort ? 3 : 0, value);
        return code != ErrorCode::Ok ? code : set(f_.month, value + 1, node);
      case Field::Month:
        return plain_number(node, &f_.month);
      case Field::DayName:
      case Field::DayShort:
        code = word(node, kDays, node.keyword->field == Field::DayShort ? 3 : 0, value);
        if (code == ErrorCode::Ok) code = set(f_.weekday, value, node);
        if (code == ErrorCode::Ok) f_.weekday++;
        return code;
      case Field::RomanMonth:
        code = word(node, kRomanMonths, 0, value);
        return code != ErrorCode::Ok ? code : set(f_.month, 12 - value, node);
      case Field::DayOfYear:
        return plain_number(node, &f_.day_of_year);
      case Field::IsoDayOfYear:
        return wide_number(node, 3, &f_.day_of_year);
      case Field::DayOfMonth:
        return plain_number(node, &f_.day);
      case Field::DayOfWeek:
        return plain_number(node, &f_.weekday);
      case Field::IsoDayOfWeek:
        code = wide_number(node, 1, &f_.weekday);
        if (code == ErrorCode::Ok && ++f_.weekday > 7) f_.weekday = 1;
        return code;
      case Field::Week:
      case Field::IsoWeek:
        return plain_number(node, &f_.week);
      case Field::WeekOfMonth:
        return plain_number(node, &f_.week_of_month);
      case Field::Quarter:
        return plain_number(node, nullptr);  // a quarter alone is no date
      case Field::Century:
        return plain_number(node, &f_.century);
      case Field::Julian:
        return plain_number(node, &f_.julian);
      case Field::YearComma:
        return comma_year(node);
      case Field::Year4:
      case Field::IsoYear4:
        f_.year_digits = 4;
        return plain_number(node, &f_.year);
      case Field::Year3:
      case Field::IsoYear3:
        return partial_year(node, 3);
      case Field::Year2:
      case Field::IsoYear2:
        return partial_year(node, 2);
      case Field::Year1:
      case Field::IsoYear1:
        return partial_year(node, 1);
      default:
        return ErrorCode::Ok;
    }
  }

  // From fields to a time.

  ErrorCode fail_overflow() { return c_.fail(ErrorCode::DatetimeFieldOverflow, input_); }

  ErrorCode resolve(ParsedTime& out) {
    CivilTime& t = out.time;
    t.date = {0, 1, 1};
    if (f_.second_of_day != 0) {
      t.hour = f_.second_of_day / 3600;
      t.minute = f_.second_of_day % 3600 / 60;
      t.second = f_.second_of_day % 60;
    }
    if (f_.second != 0) t.second = f_.second;
    if (f_.minute != 0) t.minute = f_.minute;
    if (f_.hour != 0) t.hour = f_.hour;
    if (f_.is_12_hour) {
      if (t.hour < 1 || t.hour > 12) {
        char number[16];
        const int size = std::snprintf(number, sizeof number, "%d", t.hour);
        return fail(ErrorCode::InvalidHour12, {number, static_cast<size_t>(size)}, "");
      }
      if (f_.afternoon != 0 && t.hour < 12) {
        t.hour += 12;
      } else if (f_.afternoon == 0 && t.hour == 12) {
        t.hour = 0;
      }
    }
    const ErrorCode code = resolve_date(t.date);
    if (code != ErrorCode::Ok) return code;
    const i64 micros = i64{f_.millisecond} * 1000 + f_.microsecond;
    if (t.hour < 0 || t.hour >= 24 || t.minute < 0 || t.minute >= 60 || t.second < 0 ||
        t.second >= 60 || micros < 0 || micros >= kMicrosPerSecond) {
      return fail_overflow();
    }
    t.micros = static_cast<i32>(micros);
    if (f_.zone_sign == 0) return ErrorCode::Ok;
    if (f_.zone_hour < 0 || f_.zone_hour > 15 || f_.zone_minute < 0 || f_.zone_minute >= 60) {
      return c_.fail(ErrorCode::ZoneDisplacementOutOfRange, input_);
    }
    out.has_zone = true;
    out.offset = f_.zone_sign * (f_.zone_hour * 3600 + f_.zone_minute * 60);
    return ErrorCode::Ok;
  }

  void resolve_year(CivilDate& d, bool& has_year) {
    const int century = f_.bc != 0 ? -f_.century : f_.century;
    if (f_.year != 0) {
      has_year = true;
      if (f_.century != 0 && f_.year_digits <= 2) {
        // The year's last digits in that century: 2001 to 2100 are the 21st.
        d.year = f_.year % 100;
        if (d.year != 0) {
          d.year = century >= 0 ? d.year + (century - 1) * 100 : (century + 1) * 100 - d.year + 1;
        } else {
          d.year = century * 100 + (century >= 0 ? 0 : 1);
        }
        return;
      }
      d.year = f_.bc != 0 ? -f_.year : f_.year;
      if (d.year < 0) d.year++;
    } else if (f_.century != 0) {
      has_year = true;
      d.year = century >= 0 ? (century - 1) * 100 + 1 : century * 100 + 1;
    }
  }

  ErrorCode resolve_date(CivilDate& d) {
    bool has_year = false, has_month = false, has_day = false;
    const auto set_day = [&](i64 days) {
      d = civil_from_days(days);
      has_year = has_month = has_day = true;
    };
    resolve_year(d, has_year);
    if (f_.julian != 0) set_day(i64{f_.julian} - kEpochJulian);
    int day_of_year = f_.day_of_year;
    int day = f_.day;
    if (f_.week != 0) {
      if (f_.calendar == Calendar::IsoWeek) {
        // Without a weekday the Monday; a weekday counts from Sunday = 1.
        const int iso_weekday = f_.weekday == 0 ? 1 : f_.weekday > 1 ? f_.weekday - 1 : 7;
        set_day(first_iso_monday(d.year) + (i64{f_.week} - 1) * 7 + iso_weekday - 1);
      } else {
        day_of_year = (f_.week - 1) * 7 + 1;
      }
    }
    if (f_.week_of_month != 0) day = (f_.week_of_month - 1) * 7 + 1;
    if (day != 0) {
      d.day = day;
      has_day = true;
    }
    if (f_.month != 0) {
      d.month = f_.month;
      has_month = true;
    }
    if (day_of_year != 0 && (d.month <= 1 || d.day <= 1)) {
      if (d.year == 0 && f_.bc == 0) {
        return fail(ErrorCode::InvalidDatetimeText,
                    "cannot calculate day of year without year information", "");
      }
      if (f_.calendar == Calendar::IsoWeek) {
        set_day(first_iso_monday(d.year) + day_of_year - 1);
      } else {
        fill_from_day_of_year(d, day_of_year);
        has_month = has_day = true;
      }
    }
    const bool month_is_bad = has_month && (d.month < 1 || d.month > 12);
    const bool day_is_bad = has_day && (d.day < 1 || d.day > 31);
    if (month_is_bad || day_is_bad) return fail_overflow();
    if (has_year && has_month && has_day && d.day > days_in_month(d.year, d.month)) {
      return fail_overflow();
    }
    return ErrorCode::Ok;
  }

  /// Sets the month and the day where they are not said.
  static void fill_from_day_of_year(CivilDate& d, int day_of_year) {
    int before = 0;
    int month = 1;
    while (month <= 12 && day_of_year > before + days_in_month(d.year, month)) {
      before += days_in_month(d.year, month);
      month++;
    }
    if (d.month <= 1) d.month = month;
    if (d.day <= 1) d.day = day_of_year - before;
  }

  OpContext& c_;
  const StringView input_;
  const std::string_view text_;
  const std::vector<Node>& nodes_;
  size_t index_ = 0;
  size_t at_ = 0;
  bool exact_ = false;
  int skipped_ = 0;  // blanks and separators beyond those of the template
  ReadFields f_;
};

}  // namespace

ErrorCode ToDateFormat::apply(OpContext& c, StringView text, StringView format, i32& out) {
  ParsedTime parsed;
  TemplateReader reader(c, text, parse_template({format.bytes(), format.size}));
  const ErrorCode code = reader.run(parsed);
  if (code != ErrorCode::Ok) return code;
  const CivilDate& d = parsed.time.date;
  if (!is_valid_julian(d.year, d.month)) return c.fail(ErrorCode::DateOutOfRangeValue, text);
  const i64 days = days_from_civil(d.year, d.month, d.day);
  if (!is_valid_date(days)) return c.fail(ErrorCode::DateOutOfRangeValue, text);
  out = static_cast<i32>(days);
  return ErrorCode::Ok;
}

ErrorCode ToTimestampFormat::apply(OpContext& c, StringView text, StringView format, i64& out) {
  ParsedTime parsed;
  TemplateReader reader(c, text, parse_template({format.bytes(), format.size}));
  const ErrorCode code = reader.run(parsed);
  if (code != ErrorCode::Ok) return code;
  i64 local;
  if (!join_timestamp(parsed.time, local)) return c.fail(ErrorCode::TimestampOutOfRange);
  const i32 offset = parsed.has_zone ? parsed.offset : offset_of_local(*c.settings->zone, local);
  out = local - offset * kMicrosPerSecond;
  if (!is_valid_timestamp(out)) return c.fail(ErrorCode::TimestampOutOfRange);
  if (reader.fraction_digits() > 0) out = TimestampScale::apply(out, reader.fraction_digits());
  return ErrorCode::Ok;
}

}  // namespace millrace::ops
