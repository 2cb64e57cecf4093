// Statistics as text, for the catalog.
#include <charconv>
#include <cmath>
#include <cstdio>

#include "formats/parquet/bounds.h"
#include "formats/parquet/utf8.h"

namespace millrace::formats::parquet {

namespace {

using types::i128;
using types::StringView;
using types::Type;

constexpr int64_t kMicrosASecond = 1'000'000;
constexpr int64_t kMicrosADay = 86'400 * kMicrosASecond;

struct CalendarDay {
  int64_t year;  // 0 is 1 BC
  int month;
  int day;
};

/// Days from 2000-01-01 to the Gregorian calendar, by counting in eras of 400 years that begin
/// with March, so that the leap day ends a year.
CalendarDay calendar_day_of(int64_t days) {
  constexpr int64_t kDaysAnEra = 146'097;
  constexpr int64_t kDaysFromMarchOfYear0 = 730'425;
  const int64_t shifted = days + kDaysFromMarchOfYear0;
  const int64_t era = shifted / kDaysAnEra - (shifted % kDaysAnEra < 0 ? 1 : 0);
  const int64_t day_of_era = shifted - era * kDaysAnEra;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {era * 400 + year_of_era + (month <= 2 ? 1 : 0), static_cast<int>(month),
          static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1)};
}

std::string time_of_day(int64_t micros) {
  char text[40];
  const int64_t seconds = micros / kMicrosASecond;
  const int written =
      std::snprintf(text, sizeof text, "%02d:%02d:%02d", static_cast<int>(seconds / 3600),
                    static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  std::string out(text, static_cast<size_t>(written));
  if (micros % kMicrosASecond == 0) return out;
  std::snprintf(text, sizeof text, ".%06d", static_cast<int>(micros % kMicrosASecond));
  out += text;
  while (out.back() == '0') out.pop_back();
  return out;
}

/// `between` stands after the date and before PostgreSQL's mark of the years before Christ.
std::string date_text(int64_t days, const std::string& between) {
  const CalendarDay day = calendar_day_of(days);
  char text[48];
  std::snprintf(text, sizeof text, "%04lld-%02d-%02d",
                static_cast<long long>(day.year > 0 ? day.year : 1 - day.year), day.month, day.day);
  std::string out = text;
  out += between;
  if (day.year <= 0) out += " BC";
  return out;
}

std::string date_literal(int32_t days) {
  if (days == types::kDateInfinity) return "infinity";
  if (days == types::kDateNegativeInfinity) return "-infinity";
  return date_text(days, "");
}

std::string timestamp_literal(int64_t micros, const char* zone) {
  if (micros == types::kTimestampInfinity) return "infinity";
  if (micros == types::kTimestampNegativeInfinity) return "-infinity";
  const int64_t days = micros / kMicrosADay - (micros % kMicrosADay < 0 ? 1 : 0);
  std::string between(1, ' ');
  between += time_of_day(micros - days * kMicrosADay);
  between += zone;
  return date_text(days, between);
}

std::string decimal_literal(i128 value, int scale) {
  types::u128 magnitude =
      value < 0 ? -static_cast<types::u128>(value) : static_cast<types::u128>(value);
  std::string reversed;
  for (int digit = 0; magnitude != 0 || digit <= scale; digit++) {
    if (digit == scale && scale > 0) reversed += '.';
    reversed += static_cast<char>('0' + static_cast<int>(magnitude % 10));
    magnitude /= 10;
  }
  if (value < 0) reversed += '-';
  return {reversed.rbegin(), reversed.rend()};
}

template <class Float>
std::string float_literal(Float value) {
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  char text[48];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char byte : bytes) {
    out += kDigits[static_cast<unsigned char>(byte) >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string uuid_literal(const StoredValue& value) {
  const std::string text = hex({reinterpret_cast<const char*>(value.bytes), sizeof(types::Uuid)});
  std::string out;
  for (size_t i = 0; i < text.size(); i++) {
    if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
    out += text[i];
  }
  return out;
}

std::optional<std::string> text_literal(const StringView& view) {
  const std::string text(view.bytes(), view.size);
  // A copy, as the check reads behind the end; bounds may be cut within a character.
  const std::string padded = text + std::string(16, '\0');
  if (!is_text(padded.data(), view.size)) return std::nullopt;
  return text;
}

}  // namespace

std::optional<std::string> literal_of(const types::TypeParameters& type, const StoredValue& value) {
  switch (type.type) {
    case Type::Bool:
      return value.as<uint8_t>() != 0 ? "true" : "false";
    case Type::I16:
      return std::to_string(value.as<int16_t>());
    case Type::I32:
      return std::to_string(value.as<int32_t>());
    case Type::I64:
      return std::to_string(value.as<int64_t>());
    case Type::F32:
      return float_literal(value.as<float>());
    case Type::F64:
      return float_literal(value.as<double>());
    case Type::D64:
      return decimal_literal(value.as<int64_t>(), type.scale);
    case Type::D128:
      return decimal_literal(value.as<i128>(), type.scale);
    case Type::Date:
      return date_literal(value.as<int32_t>());
    case Type::Time:
      return time_of_day(value.as<int64_t>());
    case Type::Timestamp:
      return timestamp_literal(value.as<int64_t>(), "");
    case Type::TimestampTz:
      return timestamp_literal(value.as<int64_t>(), "+00");
    case Type::Uuid:
      return uuid_literal(value);
    case Type::Text:
      return text_literal(value.as<StringView>());
    case Type::Bytea: {
      const auto& view = value.as<StringView>();
      return std::string("\\x").append(hex({view.bytes(), view.size}));
    }
    case Type::Interval:
    case Type::Numeric:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace millrace::formats::parquet
