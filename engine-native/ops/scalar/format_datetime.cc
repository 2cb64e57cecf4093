// to_char of timestamps and intervals.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "ops/cast/datetime.h"
#include "ops/scalar/extract.h"
#include "ops/scalar/format.h"
#include "ops/scalar/format_datetime_template.h"

namespace millrace::ops {

namespace {

using namespace datetime_format;  // NOLINT: this file prints its fields

/// What there is to print. Of an interval all fields carry its sign.
struct Values {
  i64 year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0;
  i64 day_of_year = 0;
  bool is_interval = false;
  const char* zone_name = nullptr;
  i32 offset = 0;
};

void append_format(std::string& out, const char* format, ...) __attribute__((format(printf, 2, 3)));
void append_format(std::string& out, const char* format, ...) {
  char text[64];
  va_list arguments;
  va_start(arguments, format);
  const int size = std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  out.append(text, static_cast<size_t>(size));
}

std::string in_case(std::string_view text, LetterCase letter_case) {
  std::string out(text);
  for (size_t i = 0; i < out.size(); i++) {
    char& c = out[i];
    const bool upper =
        letter_case == LetterCase::Upper || (letter_case == LetterCase::Capital && i == 0);
    if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

class Printer {
 public:
  explicit Printer(const Values& values) : v_(values) {}

  /// False where the template asks of an interval what it has not.
  bool print(const std::vector<Node>& nodes) {
    for (const Node& node : nodes) {
      if (node.kind != Node::kField) {
        out += node.character;
      } else if (v_.is_interval && needs_date(node.keyword->field)) {
        return false;
      } else {
        field(node);
      }
    }
    return true;
  }

  std::string out;

 private:
  static bool needs_date(Field field) {
    switch (field) {
      case Field::EraDotted:
      case Field::Era:
      case Field::DayName:
      case Field::DayShort:
      case Field::DayOfWeek:
      case Field::IsoDayOfWeek:
      case Field::MonthName:
      case Field::MonthShort:
      case Field::Offset:
      case Field::Zone:
      case Field::ZoneHour:
      case Field::ZoneMinute:
        return true;
      default:
        return false;
    }
  }

  CivilDate date() const {
    return {static_cast<i32>(v_.year), static_cast<i32>(v_.month), static_cast<i32>(v_.day)};
  }
  i64 days() const { return days_from_civil(v_.year, v_.month, v_.day); }
  /// As people count years, without a year 0.
  i64 shown_year(i64 year) const { return v_.is_interval || year > 0 ? year : -(year - 1); }

  /// Zero-padded unless in fill mode; a sign takes a place more. With its ordinal ending.
  void number(const Node& node, i64 value, int width, i64 sign_of) {
    if (node.fill_mode)
      width = 0;
    else if (sign_of < 0)
      width++;
    append_format(out, "%0*ld", width, value);
    ordinal(node);
  }
  void number(const Node& node, i64 value, int width) { number(node, value, width, value); }

  void ordinal(const Node& node) {
    if (node.ordinal == 0 || out.empty()) return;
    char last = out.back();
    if (out.size() > 1 && out[out.size() - 2] == '1') last = '0';  // the teens
    const char* ending = last == '1' ? "ST" : last == '2' ? "ND" : last == '3' ? "RD" : "TH";
    out += in_case(ending, node.ordinal == 'T' ? LetterCase::Upper : LetterCase::Lower);
  }

  void name(const Node& node, std::string_view text, size_t width) {
    out += in_case(text, node.keyword->letter_case);
    if (node.fill_mode || node.translated) return;
    for (size_t i = text.size(); i < width; i++) out += ' ';
  }

  void field(const Node& node) {
    switch (node.keyword->field) {
      case Field::HalfDayDotted:
        return name(node, v_.hour % 24 >= 12 ? "P.M." : "A.M.", 0);
      case Field::HalfDay:
        return name(node, v_.hour % 24 >= 12 ? "PM" : "AM", 0);
      case Field::Hour12:
        return number(node, v_.hour % 12 == 0 ? 12 : v_.hour % 12, 2, v_.hour);
      case Field::Hour24:
        return number(node, v_.hour, 2);
      case Field::Minute:
        return number(node, v_.minute, 2);
      case Field::Second:
        return number(node, v_.second, 2);
      case Field::Fraction1:
        return fraction(node, 1, 100000);
      case Field::Fraction2:
        return fraction(node, 2, 10000);
      case Field::Fraction3:
      case Field::Millisecond:
        return fraction(node, 3, 1000);
      case Field::Fraction4:
        return fraction(node, 4, 100);
      case Field::Fraction5:
        return fraction(node, 5, 10);
      case Field::Fraction6:
      case Field::Microsecond:
        return fraction(node, 6, 1);
      case Field::SecondOfDay:
        append_format(out, "%ld", v_.hour * 3600 + v_.minute * 60 + v_.second);
        return ordinal(node);
      case Field::Exact:
        return;
      case Field::Zone:
      case Field::ZoneHour:
      case Field::ZoneMinute:
      case Field::Offset:
        return zone(node);
      default:
        return date_field(node);
    }
  }

  void fraction(const Node& node, int width, i64 unit) {
    append_format(out, "%0*ld", width, v_.micros / unit);
    ordinal(node);
  }

  void zone(const Node& node) {
    const i32 size = std::abs(v_.offset);
    const char sign = v_.offset >= 0 ? '+' : '-';
    switch (node.keyword->field) {
      case Field::Zone:
        if (v_.zone_name == nullptr) return;
        out += node.keyword->letter_case == LetterCase::Lower
                   ? in_case(v_.zone_name, LetterCase::Lower)
                   : std::string(v_.zone_name);
        return;
      case Field::ZoneHour:
        append_format(out, "%c%02d", sign, size / 3600);
        return;
      case Field::ZoneMinute:
        append_format(out, "%02d", size % 3600 / 60);
        return;
      default:
        append_format(out, "%c%0*d", sign, node.fill_mode ? 0 : 2, size / 3600);
        if (size % 3600 != 0) append_format(out, ":%02d", size % 3600 / 60);
    }
  }

  void date_field(const Node& node) {
    switch (node.keyword->field) {
      case Field::EraDotted:
        return name(node, v_.year <= 0 ? "B.C." : "A.D.", 0);
      case Field::Era:
        return name(node, v_.year <= 0 ? "BC" : "AD", 0);
      case Field::MonthName:
        if (v_.month != 0) name(node, kMonths[v_.month - 1], 9);
        return;
      case Field::MonthShort:
        if (v_.month != 0) name(node, std::string_view(kMonths[v_.month - 1]).substr(0, 3), 0);
        return;
      case Field::Month:
        return number(node, v_.month, 2);
      case Field::DayName:
        return name(node, kDays[day_of_week(days())], 9);
      case Field::DayShort:
        return name(node, std::string_view(kDays[day_of_week(days())]).substr(0, 3), 0);
      case Field::DayOfYear:
        return number(node, v_.day_of_year, 3, 0);
      case Field::IsoDayOfYear:
        return number(node, days() - first_iso_monday(iso_week_of(date()).year) + 1, 3, 0);
      case Field::DayOfMonth:
        return number(node, v_.day, 2, 0);
      case Field::DayOfWeek:
        return number(node, day_of_week(days()) + 1, 0);
      case Field::IsoDayOfWeek:
        return number(node, day_of_week(days()) == 0 ? 7 : day_of_week(days()), 0);
      case Field::Week:
        return number(node, (v_.day_of_year - 1) / 7 + 1, 2, 0);
      case Field::IsoWeek:
        return number(node, iso_week_of(date()).week, 2, 0);
      case Field::WeekOfMonth:
        return number(node, (v_.day - 1) / 7 + 1, 0);
      case Field::Quarter:
        if (v_.month != 0) number(node, (v_.month - 1) / 3 + 1, 0);
        return;
      case Field::Julian:
        return number(node, days() + kEpochJulian, 0);
      case Field::RomanMonth:
        return roman_month(node);
      default:
        return year_field(node);
    }
  }

  void roman_month(const Node& node) {
    if (v_.month == 0 && v_.year == 0) return;
    // Months of an interval may be negative; none at all counts as the twelfth.
    const i64 index = v_.month == 0  ? (v_.year >= 0 ? 0 : 11)
                      : v_.month < 0 ? -1 * (v_.month + 1)
                                     : 12 - v_.month;
    const size_t size = std::string_view(kRomanMonths[index]).size();
    out += in_case(kRomanMonths[index], node.keyword->letter_case);
    if (!node.fill_mode) out.append(4 - size, ' ');
  }

  void year_field(const Node& node) {
    const i64 year = shown_year(v_.year);
    switch (node.keyword->field) {
      case Field::Century: {
        i64 century = v_.year / 100;
        if (!v_.is_interval) century = v_.year > 0 ? (v_.year - 1) / 100 + 1 : v_.year / 100 - 1;
        if (century > 99 || century < -99) {
          append_format(out, "%ld", century);
          return ordinal(node);
        }
        return number(node, century, 2);
      }
      case Field::YearComma:
        append_format(out, "%ld,%03ld", year / 1000, year - year / 1000 * 1000);
        return ordinal(node);
      case Field::Year4:
        return number(node, year, 4);
      case Field::Year3:
        return number(node, year % 1000, 3, year);
      case Field::Year2:
        return number(node, year % 100, 2, year);
      case Field::Year1:
        append_format(out, "%1ld", year % 10);
        return ordinal(node);
      default:
        break;
    }
    const i64 iso = shown_year(iso_week_of(date()).year);
    switch (node.keyword->field) {
      case Field::IsoYear4:
        return number(node, iso, 4, year);
      case Field::IsoYear3:
        return number(node, iso % 1000, 3, year);
      case Field::IsoYear2:
        return number(node, iso % 100, 2, year);
      default:
        append_format(out, "%1ld", iso % 10);
        return ordinal(node);
    }
  }

  const Values& v_;
};

ErrorCode finish(OpContext& c, const Values& values, const StringView& format,
                 Nullable<StringView>& out) {
  Printer printer(values);
  if (!printer.print(parse_template({format.bytes(), format.size}))) {
    return c.fail(ErrorCode::InvalidIntervalFormat);
  }
  out.is_null = false;
  const char* text = printer.out.data();
  return keep_text(c, text, text + printer.out.size(), out.value);
}

Values values_of(i64 local) {
  const CivilTime t = split_timestamp(local);
  Values values;
  values.year = t.date.year;
  values.month = t.date.month;
  values.day = t.date.day;
  values.hour = t.hour;
  values.minute = t.minute;
  values.second = t.second;
  values.micros = t.micros;
  values.day_of_year = floor_div(local, kMicrosPerDay) - days_from_civil(t.date.year, 1, 1) + 1;
  return values;
}

}  // namespace

ErrorCode ToCharTimestamp::apply(OpContext& c, i64 value, StringView format,
                                 Nullable<StringView>& out) {
  out = {empty_string(), true};
  if (format.size == 0 || is_infinite_timestamp(value)) return ErrorCode::Ok;
  return finish(c, values_of(value), format, out);
}

ErrorCode ToCharTimestampTz::apply(OpContext& c, i64 value, StringView format,
                                   Nullable<StringView>& out) {
  out = {empty_string(), true};
  if (format.size == 0 || is_infinite_timestamp(value)) return ErrorCode::Ok;
  const ZoneTable& zone = *c.settings->zone;
  const u32 index = zone_index(zone, value);
  Values values = values_of(value + zone.offsets[index] * kMicrosPerSecond);
  values.offset = zone.offsets[index];
  values.zone_name = zone.abbreviations[index];
  return finish(c, values, format, out);
}

ErrorCode ToCharInterval::apply(OpContext& c, Interval value, StringView format,
                                Nullable<StringView>& out) {
  out = {empty_string(), true};
  if (format.size == 0) return ErrorCode::Ok;
  const IntervalParts parts = IntervalParts::of(value);
  Values values;
  values.is_interval = true;
  values.year = parts.year;
  values.month = parts.month;
  values.day = parts.day;
  values.hour = parts.hour;
  values.minute = parts.minute;
  values.second = parts.second;
  values.micros = parts.micros;
  values.day_of_year = (parts.year * 12 + parts.month) * 30 + parts.day;
  return finish(c, values, format, out);
}

}  // namespace millrace::ops
