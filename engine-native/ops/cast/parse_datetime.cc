#include "ops/cast/parse_datetime.h"

#include <cmath>
#include <cstdlib>
#include <string>

#include "ops/cast/datetime_tokens.h"
#include "ops/scalar/zone.h"
#include "ops/zone_cache.h"

namespace millrace::ops {

namespace {

using namespace datetime_text;  // NOLINT: this file is its continuation

/// Fields seen so far.
enum Seen : u32 {
  kMonth = 1 << 0,
  kYear = 1 << 1,
  kDay = 1 << 2,
  kDate = kMonth | kYear | kDay,
  kHour = 1 << 3,
  kMinute = 1 << 4,
  kSecond = 1 << 5,
  kFraction = 1 << 6,
  kSeconds = kSecond | kFraction,
  kTime = kHour | kMinute | kSeconds,
  kZone = 1 << 7,
  kDaylightZone = 1 << 8,
  kDaylightWord = 1 << 9,
  kHalf = 1 << 10,
  kEra = 1 << 11,
  kWeekday = 1 << 12,
  kYearDay = 1 << 13,
  kReserved = 1 << 14,
};

enum class Result { Fields, Epoch, Late, Early };

struct Fields {
  int year = 0, month = 0, day = 0, year_day = 0;
  int hour = 0, minute = 0, second = 0;
  i64 micros = 0;
  int west = 0;  // seconds west of UTC
};

bool date_is_usable(const Fields& f) { return is_valid_julian(f.year, f.month); }

void set_julian(Fields& f, i64 julian) {
  const CivilDate date = civil_from_days(julian - kEpochJulian);
  f.year = date.year;
  f.month = date.month;
  f.day = date.day;
}

bool time_overflows(const Fields& f) {
  if (f.hour < 0 || f.hour > 24 || f.minute < 0 || f.minute > 59 || f.second < 0 || f.second > 60 ||
      f.micros < 0 || f.micros > kMicrosPerSecond) {
    return true;
  }
  return f.hour * kMicrosPerHour + f.minute * kMicrosPerMinute + f.second * kMicrosPerSecond +
             f.micros >
         kMicrosPerDay;
}

Outcome read_fractional_second(std::string_view text, i64& micros) {
  double fraction;
  const Outcome outcome = read_fraction(text, fraction);
  if (outcome == Outcome::Ok) micros = static_cast<i64>(std::rint(fraction * 1000000));
  return outcome;
}

/// "hh:mm", "hh:mm:ss.f"; "mm:ss.f" where there is one colon and a point.
Outcome read_clock(std::string_view text, bool minute_to_second, i64& hour, int& minute,
                   int& second, i64& micros) {
  std::string_view rest;
  if (!read_int64(text, rest, hour)) return Outcome::FieldOverflow;
  if (rest.empty() || rest[0] != ':') return Outcome::BadFormat;
  if (!read_int(rest.substr(1), rest, minute)) return Outcome::FieldOverflow;
  second = 0;
  micros = 0;
  bool shift = false;
  if (rest.empty()) {
    shift = minute_to_second;
  } else if (rest[0] == '.') {
    if (const Outcome o = read_fractional_second(rest, micros); o != Outcome::Ok) return o;
    shift = true;
  } else if (rest[0] == ':') {
    if (!read_int(rest.substr(1), rest, second)) return Outcome::FieldOverflow;
    if (!rest.empty()) {
      if (rest[0] != '.') return Outcome::BadFormat;
      if (const Outcome o = read_fractional_second(rest, micros); o != Outcome::Ok) return o;
    }
  } else {
    return Outcome::BadFormat;
  }
  if (shift) {
    if (hour > 2147483647 || hour < -2147483647 - 1) return Outcome::FieldOverflow;
    second = minute;
    minute = static_cast<int>(hour);
    hour = 0;
  }
  const bool out_of_range = hour < 0 || minute < 0 || minute > 59 || second < 0 || second > 60 ||
                            micros < 0 || micros > kMicrosPerSecond;
  return out_of_range ? Outcome::FieldOverflow : Outcome::Ok;
}

/// "+hh", "-hh:mm:ss", "+hhmm".
Outcome read_zone_offset(std::string_view text, int& west) {
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return Outcome::BadFormat;
  std::string_view rest;
  int hours, minutes = 0, seconds = 0;
  if (!read_int(text.substr(1), rest, hours)) return Outcome::ZoneOverflow;
  if (!rest.empty() && rest[0] == ':') {
    if (!read_int(rest.substr(1), rest, minutes)) return Outcome::ZoneOverflow;
    if (!rest.empty() && rest[0] == ':' && !read_int(rest.substr(1), rest, seconds)) {
      return Outcome::ZoneOverflow;
    }
  } else if (rest.empty() && text.size() > 3) {
    minutes = hours % 100;
    hours /= 100;
  }
  if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) {
    return Outcome::ZoneOverflow;
  }
  const int east = (hours * 60 + minutes) * 60 + seconds;
  west = text[0] == '-' ? east : -east;
  return rest.empty() ? Outcome::Ok : Outcome::BadFormat;
}

int digits_to_int(std::string_view digits) {
  return static_cast<int>(std::strtol(std::string(digits).c_str(), nullptr, 10));
}

/// What a field in front says of the number that follows.
struct Label {
  bool is_set = false;
  bool is_time = false;
  Unit unit = Unit::None;
};

class Reader {
 public:
  Reader(const Settings& settings, const std::vector<Token>& tokens, bool time_only)
      : settings_(settings), tokens_(tokens), time_only_(time_only) {}

  Outcome run() {
    for (at_ = 0; at_ < tokens_.size(); at_++) {
      seen_now_ = 0;
      skip_ = false;
      if (const Outcome o = token(tokens_[at_]); o != Outcome::Ok) return o;
      if (skip_) continue;
      if (seen_now_ & seen_) return Outcome::BadFormat;
      seen_ |= seen_now_;
    }
    if (const Outcome o = check_date(); o != Outcome::Ok) return o;
    if (half_ != HalfDay::None && fields.hour > 12) return Outcome::FieldOverflow;
    if (half_ == HalfDay::Morning && fields.hour == 12) fields.hour = 0;
    if (half_ == HalfDay::Afternoon && fields.hour != 12) fields.hour += 12;
    if (time_only_) {
      if (time_overflows(fields)) return Outcome::FieldOverflow;
      if ((seen_ & kTime) != kTime) return Outcome::BadFormat;
      if (zone_ != nullptr && has_many_offsets(*zone_) && (seen_ & kDate) != kDate) {
        return Outcome::BadFormat;
      }
      const bool modifier = (seen_ & kDaylightWord) != 0;
      const bool named = zone_ != nullptr || changing_ != nullptr || !(seen_ & kZone);
      return modifier && named ? Outcome::BadFormat : Outcome::Ok;
    }
    if (result != Result::Fields) return Outcome::Ok;
    if ((seen_ & kDate) != kDate) return Outcome::BadFormat;
    return find_offset();
  }

  Fields fields;
  Result result = Result::Fields;
  std::string unknown_zone;

 private:
  Outcome token(const Token& t) {
    switch (t.kind) {
      case TokenKind::Date:
        return time_only_ ? date_in_time(t) : date(t);
      case TokenKind::Time:
        return time(t);
      case TokenKind::Zone:
        seen_now_ = kZone;
        return read_zone_offset(t.text, fields.west);
      case TokenKind::Number:
        if (label_.is_set) return labelled_number(t);
        return time_only_ ? number_in_time(t) : number(t);
      case TokenKind::String:
      case TokenKind::Special:
        return word(t);
    }
    return Outcome::BadFormat;
  }

  Outcome date(const Token& t) {
    if (label_.is_set && !label_.is_time && label_.unit == Unit::Julian) {
      std::string_view rest;
      int value;
      if (!read_int(t.text, rest, value) || value < 0) return Outcome::FieldOverflow;
      set_julian(fields, value);
      is_julian_ = true;
      label_ = {};
      seen_now_ = kDate | kTime | kZone;
      return read_zone_offset(rest, fields.west);
    }
    const bool has_month_and_day = (seen_ & (kMonth | kDay)) == (kMonth | kDay);
    if (!label_.is_set && !has_month_and_day) return whole_date(t.text);
    if (!is_digit(t.text[0]) && !label_.is_set) return zone_name(t.text);
    if (label_.is_set && !label_.is_time) return Outcome::BadFormat;
    label_ = {};
    if ((seen_ & kTime) == kTime) return Outcome::BadFormat;
    return time_and_offset(t.text, seen_);
  }

  /// A date within a time is taken only where it cannot be anything else.
  Outcome date_in_time(const Token& t) {
    if (at_ == 0 && tokens_.size() >= 2 &&
        (tokens_.back().kind == TokenKind::Date || tokens_[1].kind == TokenKind::Time)) {
      return whole_date(t.text);
    }
    if (!is_digit(t.text[0])) return zone_name(t.text);
    if ((seen_ & kTime) == kTime) return Outcome::BadFormat;
    return time_and_offset(t.text, seen_ | kDate);
  }

  /// "hhmmss-zz"
  Outcome time_and_offset(const std::string& text, u32 seen) {
    const size_t dash = text.find('-');
    if (dash == std::string::npos) return Outcome::BadFormat;
    const Outcome o = read_zone_offset(std::string_view(text).substr(dash), fields.west);
    if (o != Outcome::Ok) return o;
    const Outcome n = run_together(std::string_view(text).substr(0, dash), seen);
    seen_now_ |= kZone;
    return n;
  }

  Outcome zone_name(const std::string& name) {
    zone_ = find_zone(name);
    if (zone_ == nullptr) {
      unknown_zone = name;
      return Outcome::UnknownZone;
    }
    seen_now_ = kZone;
    return Outcome::Ok;
  }

  Outcome time(const Token& t) {
    if (!time_only_ && label_.is_set) {
      if (!label_.is_time) return Outcome::BadFormat;
      label_ = {};
    }
    seen_now_ = kTime;
    i64 hour;
    const Outcome o = read_clock(t.text, false, hour, fields.minute, fields.second, fields.micros);
    if (o != Outcome::Ok) return o;
    if (hour > 2147483647) return Outcome::FieldOverflow;
    fields.hour = static_cast<int>(hour);
    return !time_only_ && time_overflows(fields) ? Outcome::FieldOverflow : Outcome::Ok;
  }

  Outcome labelled_number(const Token& t) {
    std::string_view rest;
    int value;
    if (!read_int(t.text, rest, value)) return Outcome::FieldOverflow;
    if (!rest.empty() && rest[0] != '.') return Outcome::BadFormat;
    const Label label = label_;
    label_ = {};
    result = Result::Fields;
    if (label.is_time) {
      const Outcome o = run_together(t.text, seen_ | kDate);
      if (o != Outcome::Ok) return o;
      return seen_now_ == kTime ? Outcome::Ok : Outcome::BadFormat;
    }
    switch (label.unit) {
      case Unit::Year:
        fields.year = value;
        seen_now_ = kYear;
        return Outcome::Ok;
      case Unit::Month:
        if ((seen_ & kMonth) && (seen_ & kHour)) {
          fields.minute = value;
          seen_now_ = kMinute;
        } else {
          fields.month = value;
          seen_now_ = kMonth;
        }
        return Outcome::Ok;
      case Unit::Day:
        fields.day = value;
        seen_now_ = kDay;
        return Outcome::Ok;
      case Unit::Hour:
        fields.hour = value;
        seen_now_ = kHour;
        return Outcome::Ok;
      case Unit::Minute:
        fields.minute = value;
        seen_now_ = kMinute;
        return Outcome::Ok;
      case Unit::Second:
        fields.second = value;
        seen_now_ = kSecond;
        if (rest.empty()) return Outcome::Ok;
        seen_now_ = kSeconds;
        return read_fractional_second(rest, fields.micros);
      case Unit::Julian: {
        if (value < 0) return Outcome::FieldOverflow;
        set_julian(fields, value);
        is_julian_ = true;
        seen_now_ = kDate;
        if (rest.empty()) return Outcome::Ok;
        double fraction;
        if (const Outcome o = read_fraction(rest, fraction); o != Outcome::Ok) return o;
        CivilTime clock;
        split_day(static_cast<i64>(fraction * static_cast<double>(kMicrosPerDay)), clock);
        fields.hour = clock.hour;
        fields.minute = clock.minute;
        fields.second = clock.second;
        fields.micros = clock.micros;
        seen_now_ |= kTime;
        return Outcome::Ok;
      }
      default:
        return Outcome::BadFormat;
    }
  }

  Outcome number(const Token& t) {
    const size_t point = t.text.find('.');
    const bool has_point = point != std::string::npos;
    if (has_point && !(seen_ & kDate)) return whole_date(t.text);
    if (has_point && point > 2) return run_together(t.text, seen_);
    if (!has_point && t.text.size() >= 6 && (!(seen_ & kDate) || !(seen_ & kTime))) {
      return run_together(t.text, seen_);
    }
    return single_number(t.text, has_text_month_, seen_, seen_now_);
  }

  Outcome number_in_time(const Token& t) {
    const size_t point = t.text.find('.');
    if (point != std::string::npos) {
      if (at_ == 0 && tokens_.size() >= 2 && tokens_.back().kind == TokenKind::Date) {
        return whole_date(t.text);
      }
      return point > 2 ? run_together(t.text, seen_ | kDate) : Outcome::BadFormat;
    }
    if (t.text.size() > 4) return run_together(t.text, seen_ | kDate);
    return single_number(t.text, false, seen_ | kDate, seen_now_);
  }

  /// "2001-02-03", "3.Feb.2001": all three parts.
  Outcome whole_date(std::string_view text) {
    std::vector<std::string_view> parts;
    size_t i = 0;
    while (i < text.size()) {
      while (i < text.size() && !is_digit(text[i]) && !is_letter(text[i])) i++;
      if (i == text.size()) return Outcome::BadFormat;
      const size_t from = i;
      if (is_digit(text[i])) {
        while (i < text.size() && is_digit(text[i])) i++;
      } else {
        while (i < text.size() && is_letter(text[i])) i++;
      }
      parts.push_back(text.substr(from, i - from));
      if (i < text.size()) i++;  // a letter after a digit is a separator too
    }
    u32 seen = seen_;
    bool has_text_month = false;
    for (std::string_view& part : parts) {
      if (!is_letter(part[0])) continue;
      const Word word = find_word(part);
      if (word.kind == WordKind::Ignored) continue;
      if (word.kind != WordKind::Month || (seen & kMonth)) return Outcome::BadFormat;
      fields.month = word.value;
      has_text_month = true;
      seen |= kMonth;
      seen_now_ |= kMonth;
      part = {};
    }
    for (const std::string_view part : parts) {
      if (part.empty()) continue;
      u32 now = 0;
      const Outcome o = single_number(part, has_text_month, seen, now);
      if (o != Outcome::Ok) return o;
      if (seen & now) return Outcome::BadFormat;
      seen |= now;
      seen_now_ |= now;
    }
    return (seen & ~(kYearDay | kZone)) == kDate ? Outcome::Ok : Outcome::BadFormat;
  }

  /// One number of a date, which one by what is known and by DateOrder.
  Outcome single_number(std::string_view text, bool has_text_month, u32 seen, u32& now) {
    now = 0;
    std::string_view rest;
    int value;
    if (!read_int(text, rest, value)) return Outcome::FieldOverflow;
    if (rest.size() == text.size()) return Outcome::BadFormat;
    const size_t size = text.size();
    if (!rest.empty()) {
      if (rest[0] != '.') return Outcome::BadFormat;
      if (size - rest.size() > 2) return run_together_into(text, seen | kDate, now);
      if (const Outcome o = read_fractional_second(rest, fields.micros); o != Outcome::Ok) return o;
    }
    if (size == 3 && (seen & kDate) == kYear && value >= 1 && value <= 366) {
      now = kYearDay | kMonth | kDay;
      fields.year_day = value;
      return Outcome::Ok;
    }
    const DateOrder order = settings_.date_order;
    switch (seen & kDate) {
      case 0:
        now = size >= 3 || order == DateOrder::Ymd ? kYear
              : order == DateOrder::Dmy            ? kDay
                                                   : kMonth;
        break;
      case kYear:
      case kDay:
        now = kMonth;
        break;
      case kMonth:
        now = has_text_month && (size >= 3 || order == DateOrder::Ymd) ? kYear : kDay;
        break;
      case kYear | kMonth:
        now = kDay;
        if (has_text_month && size >= 3 && two_digit_year_) {
          // The first number was the day after all: it stands in the year's place.
          fields.day = fields.year;
          fields.year = value;
          two_digit_year_ = false;
          return Outcome::Ok;
        }
        break;
      case kMonth | kDay:
        now = kYear;
        break;
      case kDate:
        return run_together_into(text, seen, now);
      default:
        return Outcome::BadFormat;
    }
    if (now == kYear) {
      fields.year = value;
      two_digit_year_ = size <= 2;
    } else if (now == kMonth) {
      fields.month = value;
    } else {
      fields.day = value;
    }
    return Outcome::Ok;
  }

  Outcome run_together(std::string_view text, u32 seen) {
    return run_together_into(text, seen, seen_now_);
  }

  /// "yyyymmdd", "yymmdd", "hhmmss.f", "hhmm".
  Outcome run_together_into(std::string_view text, u32 seen, u32& now) {
    const size_t point = text.find('.');
    if (point != std::string_view::npos) {
      const std::string fraction(text.substr(point));
      fields.micros = static_cast<i64>(std::rint(std::strtod(fraction.c_str(), nullptr) * 1000000));
      text = text.substr(0, point);
    } else if ((seen & kDate) != kDate && text.size() >= 6) {
      now = kDate;
      const size_t n = text.size();
      fields.day = digits_to_int(text.substr(n - 2));
      fields.month = digits_to_int(text.substr(n - 4, 2));
      fields.year = digits_to_int(text.substr(0, n - 4));
      if (n - 4 == 2) two_digit_year_ = true;
      return Outcome::Ok;
    }
    if ((seen & kTime) == kTime || (text.size() != 6 && text.size() != 4)) {
      return Outcome::BadFormat;
    }
    now = kTime;
    fields.hour = digits_to_int(text.substr(0, 2));
    fields.minute = digits_to_int(text.substr(2, 2));
    fields.second = text.size() == 6 ? digits_to_int(text.substr(4)) : 0;
    return Outcome::Ok;
  }

  Outcome word(const Token& t) {
    ZoneAbbreviation abbreviation;
    if (t.kind == TokenKind::String || t.kind == TokenKind::Special) {
      if (find_zone_abbreviation(std::string_view(t.text).substr(0, 10), abbreviation)) {
        return zone_abbreviation(t, abbreviation);
      }
    }
    const Word word = find_word(t.text);
    switch (word.kind) {
      case WordKind::Ignored:
        skip_ = true;
        return Outcome::Ok;
      case WordKind::Reserved:
        return special(static_cast<Special>(word.value));
      case WordKind::Month:
        if (time_only_) return Outcome::BadFormat;
        seen_now_ = kMonth;
        if ((seen_ & kMonth) && !has_text_month_ && !(seen_ & kDay) && fields.month >= 1 &&
            fields.month <= 31) {
          fields.day = fields.month;
          seen_now_ = kDay;
        }
        has_text_month_ = true;
        fields.month = word.value;
        return Outcome::Ok;
      case WordKind::DayOfWeek:
        seen_now_ = kWeekday;
        return time_only_ ? Outcome::BadFormat : Outcome::Ok;
      case WordKind::Half:
        seen_now_ = kHalf;
        half_ = static_cast<HalfDay>(word.value);
        return Outcome::Ok;
      case WordKind::Era:
        seen_now_ = kEra;
        is_bc_ = word.value == 1;
        return Outcome::Ok;
      case WordKind::Unit:
        label_ = {true, false, static_cast<Unit>(word.value)};
        return Outcome::Ok;
      case WordKind::IsoTime: {
        if (!time_only_ && (seen_ & kDate) != kDate) return Outcome::BadFormat;
        if (at_ + 1 >= tokens_.size()) return Outcome::BadFormat;
        const TokenKind next = tokens_[at_ + 1].kind;
        if (next != TokenKind::Number && next != TokenKind::Time && next != TokenKind::Date) {
          return Outcome::BadFormat;
        }
        label_ = {true, true, Unit::None};
        return Outcome::Ok;
      }
      case WordKind::Daylight:
        seen_now_ = kDaylightWord | kDaylightZone;
        fields.west -= word.value;
        return Outcome::Ok;
      case WordKind::Unknown:
        zone_ = find_zone(t.text);
        seen_now_ = kZone;
        return zone_ == nullptr ? Outcome::BadFormat : Outcome::Ok;
    }
    return Outcome::BadFormat;
  }

  Outcome zone_abbreviation(const Token& t, const ZoneAbbreviation& abbreviation) {
    seen_now_ = kZone;
    if (abbreviation.zone != nullptr) {
      changing_ = abbreviation.zone;
      changing_name_ = t.text;
      for (char& c : changing_name_) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
      }
      return Outcome::Ok;
    }
    if (abbreviation.is_daylight) seen_now_ |= kDaylightZone;
    fields.west = -abbreviation.offset;
    return Outcome::Ok;
  }

  Outcome special(Special value) {
    if (time_only_ && value != Special::Now && value != Special::Midnight) {
      return Outcome::BadFormat;
    }
    const ZoneTable& zone = *settings_.zone;
    const i64 now = settings_.transaction_timestamp;
    const CivilTime local = split_timestamp(local_from_utc(zone, now));
    result = Result::Fields;
    switch (value) {
      case Special::Now:
        seen_now_ = time_only_ ? u32{kTime} : u32{kDate | kTime | kZone};
        if (!time_only_) set_date(local.date);
        fields.hour = local.hour;
        fields.minute = local.minute;
        fields.second = local.second;
        fields.micros = local.micros;
        fields.west = -offset_at(zone, now);
        return Outcome::Ok;
      case Special::Today:
      case Special::Tomorrow:
      case Special::Yesterday: {
        const i64 shift = value == Special::Today ? 0 : value == Special::Tomorrow ? 1 : -1;
        const i64 day = days_from_civil(local.date.year, local.date.month, local.date.day) + shift;
        set_date(civil_from_days(day));
        seen_now_ = kDate;
        return Outcome::Ok;
      }
      case Special::Midnight:
        seen_now_ = kTime | kZone;
        fields.hour = fields.minute = fields.second = 0;
        fields.west = 0;
        return Outcome::Ok;
      case Special::Epoch:
      case Special::Late:
      case Special::Early:
        seen_now_ = kReserved;
        result = value == Special::Epoch  ? Result::Epoch
                 : value == Special::Late ? Result::Late
                                          : Result::Early;
        return Outcome::Ok;
    }
    return Outcome::BadFormat;
  }

  void set_date(const CivilDate& date) {
    fields.year = date.year;
    fields.month = date.month;
    fields.day = date.day;
  }

  Outcome check_date() {
    if ((seen_ & kYear) && !is_julian_) {
      if (is_bc_) {
        if (fields.year <= 0) return Outcome::FieldOverflow;
        fields.year = -(fields.year - 1);
      } else if (two_digit_year_) {
        if (fields.year < 0) return Outcome::FieldOverflow;
        if (fields.year < 70) {
          fields.year += 2000;
        } else if (fields.year < 100) {
          fields.year += 1900;
        }
      } else if (fields.year <= 0) {
        return Outcome::FieldOverflow;
      }
    }
    if (seen_ & kYearDay) {
      set_date(civil_from_days(days_from_civil(fields.year, 1, 1) + fields.year_day - 1));
    }
    if ((seen_ & kMonth) && (fields.month < 1 || fields.month > 12)) {
      return Outcome::MonthDayOverflow;
    }
    if ((seen_ & kDay) && (fields.day < 1 || fields.day > 31)) return Outcome::MonthDayOverflow;
    if ((seen_ & kDate) == kDate && fields.day > days_in_month(fields.year, fields.month)) {
      return Outcome::FieldOverflow;
    }
    return Outcome::Ok;
  }

  /// Microseconds of the fields as if they were UTC.
  i64 local_micros() const {
    return days_from_civil(fields.year, fields.month, fields.day) * kMicrosPerDay +
           fields.hour * kMicrosPerHour + fields.minute * kMicrosPerMinute +
           fields.second * kMicrosPerSecond;
  }

  /// Whether local microseconds can be reckoned with, a day to either side included.
  bool local_is_representable() const {
    constexpr i64 kMostDays = 9223372036854775807L / kMicrosPerDay - 2;
    return date_is_usable(fields) &&
           days_from_civil(fields.year, fields.month, fields.day) <= kMostDays;
  }

  Outcome find_offset() {
    const bool modifier = (seen_ & kDaylightWord) != 0;
    const ZoneTable* zone = zone_ != nullptr ? zone_ : changing_;
    if (zone == nullptr && !(seen_ & kZone)) zone = settings_.zone;
    if (zone == nullptr) return Outcome::Ok;
    if (modifier) return Outcome::BadFormat;
    if (!local_is_representable()) {
      fields.west = 0;
      return Outcome::Ok;
    }
    const i64 local = local_micros();
    i32 offset = offset_of_local(*zone, local);
    if (zone == changing_) {
      bool is_daylight;
      interpret_abbreviation(*zone, changing_name_, local - offset * kMicrosPerSecond, offset,
                             is_daylight);
    }
    fields.west = -offset;
    return Outcome::Ok;
  }

  static bool has_many_offsets(const ZoneTable& zone) {
    for (u32 i = 1; i <= zone.transition_count; i++) {
      if (zone.offsets[i] != zone.offsets[0]) return true;
    }
    return false;
  }

  const Settings& settings_;
  const std::vector<Token>& tokens_;
  const bool time_only_;
  size_t at_ = 0;
  u32 seen_ = 0;
  u32 seen_now_ = 0;
  bool skip_ = false;
  Label label_;
  bool has_text_month_ = false;
  bool is_julian_ = false;
  bool two_digit_year_ = false;
  bool is_bc_ = false;
  HalfDay half_ = HalfDay::None;
  const ZoneTable* zone_ = nullptr;
  const ZoneTable* changing_ = nullptr;
  std::string changing_name_;
};

std::string_view view_of(const StringView& text) { return {text.bytes(), text.size}; }

ErrorCode fail_parse(OpContext& c, Outcome outcome, const StringView& text, const char* type) {
  const StringView type_name =
      StringView::make(type, static_cast<u32>(std::string_view(type).size()));
  switch (outcome) {
    case Outcome::FieldOverflow:
      return c.fail(ErrorCode::DatetimeFieldOverflow, text);
    case Outcome::MonthDayOverflow:
      return c.fail(ErrorCode::DatetimeFieldOverflowDateStyle, text);
    case Outcome::ZoneOverflow:
      return c.fail(ErrorCode::ZoneDisplacementOutOfRange, text);
    default:
      return c.fail(ErrorCode::InvalidDatetimeFormat, type_name, text);
  }
}

ErrorCode fail_zone(OpContext& c, const std::string& name) {
  char* kept = c.arena->allocate(static_cast<u32>(name.size()));
  if (kept == nullptr) return c.fail(ErrorCode::OutOfMemory);
  copy_bytes(kept, name.data(), name.size());
  return c.fail(ErrorCode::TimeZoneNotRecognized,
                StringView::make(kept, static_cast<u32>(name.size())));
}

/// Bytes that the fields of a date or time may take together.
constexpr size_t kDateTextLimit = 128 + 25;

struct Parsed {
  Fields fields;
  Result result;
};

ErrorCode read_datetime(OpContext& c, const StringView& text, const char* type, bool time_only,
                        Parsed& out) {
  std::vector<Token> tokens;
  Outcome outcome = tokenize(view_of(text), kDateTextLimit, tokens);
  if (outcome != Outcome::Ok) return fail_parse(c, outcome, text, type);
  Reader reader(*c.settings, tokens, time_only);
  outcome = reader.run();
  if (outcome == Outcome::UnknownZone) return fail_zone(c, reader.unknown_zone);
  if (outcome != Outcome::Ok) return fail_parse(c, outcome, text, type);
  out = {reader.fields, reader.result};
  return ErrorCode::Ok;
}

ErrorCode read_timestamp(OpContext& c, const StringView& text, bool with_zone, i64& out) {
  Parsed parsed;
  const char* type = with_zone ? "timestamp with time zone" : "timestamp";
  const ErrorCode code = read_datetime(c, text, type, false, parsed);
  if (code != ErrorCode::Ok) return code;
  switch (parsed.result) {
    case Result::Epoch:
      out = -kUnixEpochGap;
      return ErrorCode::Ok;
    case Result::Late:
      out = kTimestampInfinity;
      return ErrorCode::Ok;
    case Result::Early:
      out = kTimestampNegativeInfinity;
      return ErrorCode::Ok;
    case Result::Fields:
      break;
  }
  const Fields& f = parsed.fields;
  i64 micros;
  const i64 clock = f.hour * kMicrosPerHour + f.minute * kMicrosPerMinute +
                    f.second * kMicrosPerSecond + f.micros;
  const bool fits =
      date_is_usable(f) &&
      !__builtin_mul_overflow(days_from_civil(f.year, f.month, f.day), kMicrosPerDay, &micros) &&
      !__builtin_add_overflow(micros, clock, &micros) &&
      (!with_zone || !__builtin_add_overflow(micros, f.west * kMicrosPerSecond, &micros));
  if (!fits || !is_valid_timestamp(micros)) {
    return c.fail(ErrorCode::TimestampOutOfRangeValue, text);
  }
  out = micros;
  return ErrorCode::Ok;
}

}  // namespace

ErrorCode parse_date(OpContext& c, const StringView& text, i32& out) {
  Parsed parsed;
  const ErrorCode code = read_datetime(c, text, "date", false, parsed);
  if (code != ErrorCode::Ok) return code;
  switch (parsed.result) {
    case Result::Epoch:
      out = kUnixEpochJulian - kEpochJulian;
      return ErrorCode::Ok;
    case Result::Late:
      out = kDateInfinity;
      return ErrorCode::Ok;
    case Result::Early:
      out = kDateNegativeInfinity;
      return ErrorCode::Ok;
    case Result::Fields:
      break;
  }
  const Fields& f = parsed.fields;
  if (!date_is_usable(f)) return c.fail(ErrorCode::DateOutOfRangeValue, text);
  const i64 days = days_from_civil(f.year, f.month, f.day);
  if (!is_valid_date(days)) return c.fail(ErrorCode::DateOutOfRangeValue, text);
  out = static_cast<i32>(days);
  return ErrorCode::Ok;
}

ErrorCode parse_time(OpContext& c, const StringView& text, i64& out) {
  Parsed parsed;
  const ErrorCode code = read_datetime(c, text, "time", true, parsed);
  if (code != ErrorCode::Ok) return code;
  const Fields& f = parsed.fields;
  out = f.hour * kMicrosPerHour + f.minute * kMicrosPerMinute + f.second * kMicrosPerSecond +
        f.micros;
  return ErrorCode::Ok;
}

ErrorCode parse_timestamp(OpContext& c, const StringView& text, i64& out) {
  return read_timestamp(c, text, false, out);
}

ErrorCode parse_timestamptz(OpContext& c, const StringView& text, i64& out) {
  return read_timestamp(c, text, true, out);
}

}  // namespace millrace::ops
