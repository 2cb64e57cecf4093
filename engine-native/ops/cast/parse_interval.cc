// Interval input: PostgreSQL's words, the SQL standard's forms and ISO 8601.
#include <cmath>
#include <cstdlib>
#include <string>

#include "ops/cast/datetime_tokens.h"
#include "ops/cast/parse_datetime.h"
#include "ops/scalar/calendar.h"

namespace millrace::ops {

namespace {

using namespace datetime_text;  // NOLINT: this file is its continuation
using Range = IntervalRange;

/// The interval being summed up; every addition says whether it fits.
struct Sum {
  i64 micros = 0;
  i32 days = 0, months = 0, years = 0;

  bool add_micros(i64 value, i64 scale) {
    i64 product;
    return !__builtin_mul_overflow(value, scale, &product) &&
           !__builtin_add_overflow(micros, product, &micros);
  }
  /// Rounds half away from zero only past the half.
  bool add_fraction(double fraction, i64 scale) {
    if (fraction == 0) return true;
    fraction *= static_cast<double>(scale);
    i64 whole = static_cast<i64>(fraction);
    fraction -= static_cast<double>(whole);
    if (fraction > 0.5) {
      whole++;
    } else if (fraction < -0.5) {
      whole--;
    }
    return !__builtin_add_overflow(micros, whole, &micros);
  }
  bool add_clock(i64 value, double fraction, i64 scale) {
    return add_micros(value, scale) && add_fraction(fraction, scale);
  }
  bool add_days(i64 value, i32 scale) { return add_to(days, value, scale); }
  bool add_day_fraction(double fraction, i32 scale) {
    if (fraction == 0) return true;
    fraction *= scale;
    const i32 whole = static_cast<i32>(fraction);
    if (__builtin_add_overflow(days, whole, &days)) return false;
    return add_fraction(fraction - whole, kMicrosPerDay);
  }
  bool add_months(i64 value) { return add_to(months, value, 1); }
  bool add_years(i64 value, i32 scale) { return add_to(years, value, scale); }
  bool add_year_fraction(double fraction, i32 scale) {
    const i32 whole = static_cast<i32>(std::rint(fraction * scale * 12));
    return !__builtin_add_overflow(months, whole, &months);
  }

 private:
  static bool add_to(i32& field, i64 value, i32 scale) {
    i64 product, sum;
    if (value < -2147483648L || value > 2147483647L) return false;
    product = value * scale;
    if (product < -2147483648L || product > 2147483647L) return false;
    sum = field + product;
    if (sum < -2147483648L || sum > 2147483647L) return false;
    field = static_cast<i32>(sum);
    return true;
  }
};

/// Adds `value` and `fraction` of a unit; false where the sum overflows.
bool add_unit(Sum& sum, Unit unit, i64 value, double fraction, bool& known) {
  known = true;
  switch (unit) {
    case Unit::Microsecond:
      return sum.add_clock(value, fraction, 1);
    case Unit::Millisecond:
      return sum.add_clock(value, fraction, 1000);
    case Unit::Second:
      return sum.add_clock(value, fraction, kMicrosPerSecond);
    case Unit::Minute:
      return sum.add_clock(value, fraction, kMicrosPerMinute);
    case Unit::Hour:
      return sum.add_clock(value, fraction, kMicrosPerHour);
    case Unit::Day:
      return sum.add_days(value, 1) && sum.add_fraction(fraction, kMicrosPerDay);
    case Unit::Week:
      return sum.add_days(value, 7) && sum.add_day_fraction(fraction, 7);
    case Unit::Month:
      return sum.add_months(value) && sum.add_day_fraction(fraction, 30);
    case Unit::Year:
      return sum.add_years(value, 1) && sum.add_year_fraction(fraction, 1);
    case Unit::Decade:
      return sum.add_years(value, 10) && sum.add_year_fraction(fraction, 10);
    case Unit::Century:
      return sum.add_years(value, 100) && sum.add_year_fraction(fraction, 100);
    case Unit::Millennium:
      return sum.add_years(value, 1000) && sum.add_year_fraction(fraction, 1000);
    default:
      known = false;
      return true;
  }
}

/// Unit of the rightmost number where none is said.
Unit default_unit(i32 range) {
  switch (range) {
    case Range::kYear:
      return Unit::Year;
    case Range::kMonth:
    case Range::kYear | Range::kMonth:
      return Unit::Month;
    case Range::kDay:
      return Unit::Day;
    case Range::kHour:
    case Range::kDay | Range::kHour:
      return Unit::Hour;
    case Range::kMinute:
    case Range::kHour | Range::kMinute:
    case Range::kDay | Range::kHour | Range::kMinute:
      return Unit::Minute;
    default:
      return Unit::Second;
  }
}

constexpr u32 bit(Unit unit) { return 1u << static_cast<u32>(unit); }
constexpr u32 kAllSeconds = bit(Unit::Second) | bit(Unit::Millisecond) | bit(Unit::Microsecond);

/// Reads words from the right, so that a unit is known before its number.
class WordReader {
 public:
  WordReader(const std::vector<Token>& tokens, i32 range, IntervalStyle style)
      : tokens_(tokens), range_(range) {
    if (style != IntervalStyle::SqlStandard || tokens.empty() || tokens[0].text[0] != '-') return;
    // The standard's one leading sign holds for all fields, unless others have their own.
    all_negative_ = true;
    for (size_t i = 1; i < tokens.size(); i++) {
      if (tokens[i].text[0] == '-' || tokens[i].text[0] == '+') all_negative_ = false;
    }
  }

  Outcome run() {
    for (size_t i = tokens_.size(); i > 0; i--) {
      now_ = 0;
      if (const Outcome o = token(tokens_[i - 1]); o != Outcome::Ok) return o;
      if (now_ & seen_) return Outcome::BadFormat;
      seen_ |= now_;
    }
    if (seen_ == 0) return Outcome::BadFormat;
    if (is_ago_) {
      if (sum.micros == kTimestampNegativeInfinity || sum.days == kDateNegativeInfinity ||
          sum.months == kDateNegativeInfinity || sum.years == kDateNegativeInfinity) {
        return Outcome::FieldOverflow;
      }
      sum.micros = -sum.micros;
      sum.days = -sum.days;
      sum.months = -sum.months;
      sum.years = -sum.years;
    }
    return Outcome::Ok;
  }

  Sum sum;

 private:
  Outcome token(const Token& t) {
    switch (t.kind) {
      case TokenKind::Time:
        return clock(t.text, false);
      case TokenKind::Zone:
        if (t.text.find(':', 1) != std::string::npos) {
          return clock(std::string_view(t.text).substr(1), t.text[0] == '-');
        }
        return number(t.text);
      case TokenKind::Date:
      case TokenKind::Number:
        return number(t.text);
      case TokenKind::String:
      case TokenKind::Special:
        return word(t.text);
    }
    return Outcome::BadFormat;
  }

  Outcome clock(std::string_view text, bool negative) {
    now_ = bit(Unit::Hour) | bit(Unit::Minute) | kAllSeconds;
    i64 hour;
    int minute, second;
    i64 micros;
    const Outcome o = read_interval_clock(text, hour, minute, second, micros);
    if (o != Outcome::Ok) return o;
    i64 total = minute * kMicrosPerMinute + second * kMicrosPerSecond + micros;
    i64 hours;
    if (__builtin_mul_overflow(hour, kMicrosPerHour, &hours) ||
        __builtin_add_overflow(total, hours, &total)) {
      return Outcome::FieldOverflow;
    }
    sum.micros = negative || (all_negative_ && total > 0) ? -total : total;
    unit_ = Unit::Day;
    return Outcome::Ok;
  }

  Outcome read_interval_clock(std::string_view text, i64& hour, int& minute, int& second,
                              i64& micros) const {
    std::string_view rest;
    second = 0;
    micros = 0;
    bool shift = false;
    if (!read_int64(text, rest, hour)) return Outcome::FieldOverflow;
    if (rest.empty() || rest[0] != ':') return Outcome::BadFormat;
    if (!read_int(rest.substr(1), rest, minute)) return Outcome::FieldOverflow;
    if (rest.empty()) {
      shift = range_ == (Range::kMinute | Range::kSecond);
    } else {
      shift = rest[0] == '.';
      if (rest[0] == ':' && !read_int(rest.substr(1), rest, second)) return Outcome::FieldOverflow;
      if (!rest.empty()) {
        if (rest[0] != '.') return Outcome::BadFormat;
        double fraction;
        if (const Outcome o = read_fraction(rest, fraction); o != Outcome::Ok) return o;
        micros = static_cast<i64>(std::rint(fraction * 1000000));
      }
    }
    if (shift) {
      if (hour > 2147483647 || hour < -2147483648L) return Outcome::FieldOverflow;
      second = minute;
      minute = static_cast<int>(hour);
      hour = 0;
    }
    const bool out_of_range = hour < 0 || minute < 0 || minute > 59 || second < 0 || second > 60 ||
                              micros < 0 || micros > kMicrosPerSecond;
    return out_of_range ? Outcome::FieldOverflow : Outcome::Ok;
  }

  Outcome number(const std::string& text) {
    if (!unit_is_known_ && unit_ == Unit::None) unit_ = default_unit(range_);
    const bool negative = text[0] == '-';
    std::string_view rest;
    i64 value;
    double fraction = 0;
    if (!read_int64(text, rest, value)) return Outcome::FieldOverflow;
    if (!rest.empty() && rest[0] == '-') {
      int months;
      if (!read_int(rest.substr(1), rest, months) || months < 0 || months >= 12) {
        return Outcome::FieldOverflow;
      }
      if (!rest.empty()) return Outcome::BadFormat;
      unit_ = Unit::Month;
      if (__builtin_mul_overflow(value, 12L, &value) ||
          __builtin_add_overflow(value, static_cast<i64>(negative ? -months : months), &value)) {
        return Outcome::FieldOverflow;
      }
    } else if (!rest.empty()) {
      if (rest[0] != '.') return Outcome::BadFormat;
      if (const Outcome o = read_fraction(rest, fraction); o != Outcome::Ok) return o;
      if (negative) fraction = -fraction;
    }
    if (all_negative_) {
      if (value > 0) value = -value;
      if (fraction > 0) fraction = -fraction;
    }
    bool known;
    if (!add_unit(sum, unit_, value, fraction, known)) return Outcome::FieldOverflow;
    if (!known) return Outcome::BadFormat;
    now_ = unit_ == Unit::Second && fraction != 0 ? kAllSeconds : bit(unit_);
    if (unit_ == Unit::Hour) unit_ = Unit::Day;
    return Outcome::Ok;
  }

  Outcome word(const std::string& text) {
    if (text == "ago") {
      is_ago_ = true;
      unit_is_known_ = true;
      unit_ = Unit::None;
      return Outcome::Ok;
    }
    const std::string key = text.substr(0, 10);
    const Unit unit = find_interval_unit(key.c_str());
    if (unit == Unit::None) return Outcome::BadFormat;
    unit_ = unit;
    unit_is_known_ = true;
    return Outcome::Ok;
  }

  const std::vector<Token>& tokens_;
  const i32 range_;
  bool all_negative_ = false;
  bool is_ago_ = false;
  bool unit_is_known_ = false;
  Unit unit_ = Unit::None;
  u32 seen_ = 0;
  u32 now_ = 0;
};

/// "P1Y2M3DT4H5M6S" and ISO 8601's alternative forms.
class IsoReader {
 public:
  explicit IsoReader(const std::string& text) : at_(text.c_str()) {}

  Outcome run() {
    if (at_[0] != 'P' || at_[1] == '\0') return Outcome::BadFormat;
    at_++;
    while (*at_ != '\0') {
      if (*at_ == 'T') {
        in_date_ = false;
        has_field_ = false;
        at_++;
        continue;
      }
      bool done = false;
      const Outcome o = in_date_ ? date_field(done) : time_field(done);
      if (o != Outcome::Ok || done) return o;
    }
    return Outcome::Ok;
  }

  Sum sum;

 private:
  Outcome number() {
    if (!is_digit(*at_) && *at_ != '-' && *at_ != '.') return Outcome::BadFormat;
    errno = 0;
    char* end;
    const double value = std::strtod(at_, &end);
    if (end == at_ || errno != 0) return Outcome::BadFormat;
    if (std::isnan(value) || value < -1.0e15 || value > 1.0e15) return Outcome::FieldOverflow;
    digits_ = 0;
    for (const char* p = *at_ == '-' ? at_ + 1 : at_; is_digit(*p); p++) digits_++;
    at_ = end;
    whole_ = static_cast<i64>(value >= 0 ? std::floor(value) : -std::floor(-value));
    fraction_ = value - static_cast<double>(whole_);
    return Outcome::Ok;
  }

  static Outcome fits(bool ok) { return ok ? Outcome::Ok : Outcome::FieldOverflow; }
  Outcome add(Unit unit) {
    bool known;
    return fits(add_unit(sum, unit, whole_, fraction_, known));
  }

  Outcome date_field(bool& done) {
    if (const Outcome o = number(); o != Outcome::Ok) return o;
    const char unit = *at_;
    if (unit != '\0') at_++;
    switch (unit) {
      case 'Y':
      case 'M':
      case 'W':
      case 'D': {
        has_field_ = true;
        return add(unit == 'Y'   ? Unit::Year
                   : unit == 'M' ? Unit::Month
                   : unit == 'W' ? Unit::Week
                                 : Unit::Day);
      }
      case 'T':
      case '\0':
        if (digits_ == 8 && !has_field_) {
          const bool ok = sum.add_years(whole_ / 10000, 1) && sum.add_months(whole_ / 100 % 100) &&
                          sum.add_days(whole_ % 100, 1) &&
                          sum.add_fraction(fraction_, kMicrosPerDay);
          done = unit == '\0';
          in_date_ = false;
          has_field_ = false;
          return fits(ok);
        }
        return extended_date(unit, done);
      case '-':
        return extended_date(unit, done);
      default:
        return Outcome::BadFormat;
    }
  }

  /// "0001-02-03", the first number being read.
  Outcome extended_date(char after, bool& done) {
    if (has_field_) return Outcome::BadFormat;
    if (const Outcome o = add(Unit::Year); o != Outcome::Ok) return o;
    for (const Unit unit : {Unit::Month, Unit::Day}) {
      if (after == '\0' || after == 'T') break;
      if (after != '-') return Outcome::BadFormat;
      if (const Outcome o = number(); o != Outcome::Ok) return o;
      if (const Outcome o = add(unit); o != Outcome::Ok) return o;
      after = *at_;
      if (after != '\0') at_++;
    }
    if (after != '\0' && after != 'T') return Outcome::BadFormat;
    done = after == '\0';
    in_date_ = false;
    has_field_ = false;
    return Outcome::Ok;
  }

  Outcome time_field(bool& done) {
    if (const Outcome o = number(); o != Outcome::Ok) return o;
    const char unit = *at_;
    if (unit != '\0') at_++;
    switch (unit) {
      case 'H':
      case 'M':
      case 'S':
        has_field_ = true;
        return add(unit == 'H' ? Unit::Hour : unit == 'M' ? Unit::Minute : Unit::Second);
      case '\0':
        if (digits_ == 6 && !has_field_) {
          done = true;
          return fits(sum.add_micros(whole_ / 10000, kMicrosPerHour) &&
                      sum.add_micros(whole_ / 100 % 100, kMicrosPerMinute) &&
                      sum.add_micros(whole_ % 100, kMicrosPerSecond) &&
                      sum.add_fraction(fraction_, 1));
        }
        return extended_time(unit, done);
      case ':':
        return extended_time(unit, done);
      default:
        return Outcome::BadFormat;
    }
  }

  Outcome extended_time(char after, bool& done) {
    if (has_field_) return Outcome::BadFormat;
    if (const Outcome o = add(Unit::Hour); o != Outcome::Ok) return o;
    for (const Unit unit : {Unit::Minute, Unit::Second}) {
      if (after == '\0') break;
      if (after != ':') return Outcome::BadFormat;
      if (const Outcome o = number(); o != Outcome::Ok) return o;
      if (const Outcome o = add(unit); o != Outcome::Ok) return o;
      after = *at_;
      if (after != '\0') at_++;
    }
    done = true;
    return after == '\0' ? Outcome::Ok : Outcome::BadFormat;
  }

  const char* at_;
  bool in_date_ = true;
  bool has_field_ = false;
  i64 whole_ = 0;
  double fraction_ = 0;
  int digits_ = 0;
};

constexpr size_t kIntervalTextLimit = 256;

}  // namespace

ErrorCode parse_interval(OpContext& c, const StringView& text, i32 range, Interval& out) {
  const std::string copy(text.bytes(), text.size);
  std::vector<Token> tokens;
  Sum sum;
  Outcome outcome = tokenize(copy, kIntervalTextLimit, tokens);
  if (outcome == Outcome::Ok) {
    WordReader words(tokens, range, c.settings->interval_style);
    outcome = words.run();
    sum = words.sum;
  }
  if (outcome == Outcome::BadFormat) {
    IsoReader iso(copy);
    outcome = iso.run();
    sum = iso.sum;
  }
  if (outcome == Outcome::FieldOverflow) return c.fail(ErrorCode::IntervalFieldOverflow, text);
  if (outcome != Outcome::Ok) {
    return c.fail(ErrorCode::InvalidDatetimeFormat, literal("interval"), text);
  }
  const i64 months = static_cast<i64>(sum.years) * 12 + sum.months;
  if (months > 2147483647L || months < -2147483648L) return c.fail(ErrorCode::IntervalOutOfRange);
  out.microseconds = sum.micros;
  out.days = sum.days;
  out.months = static_cast<i32>(months);
  return ErrorCode::Ok;
}

}  // namespace millrace::ops
