#include "tools/tpch/scale.h"

#include <charconv>

namespace millrace::tpch {
namespace {

// From here on part keys leave the range of the 31-bit random streams.
constexpr int64_t kLargestScale = 10'000;

std::optional<int64_t> parse_digits(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '-') return {};
  return value;
}

}  // namespace

std::optional<Scale> Scale::parse(std::string_view text) {
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string fraction(point == std::string_view::npos ? "" : text.substr(point + 1));
  while (fraction.size() > 3 && fraction.back() == '0') fraction.pop_back();
  if (fraction.size() > 3) return {};
  fraction.resize(3, '0');

  const std::optional<int64_t> units = whole.empty() ? 0 : parse_digits(whole);
  const std::optional<int64_t> thousandths = parse_digits(fraction);
  if (text.empty() || text == "." || !units || !thousandths) return {};
  if (*units > kLargestScale || (*units == kLargestScale && *thousandths != 0)) return {};
  if (*units == 0 ? *thousandths == 0 : *thousandths != 0) return {};
  return Scale(*units * 1000 + *thousandths);
}

std::string Scale::text() const {
  if (thousandths_ >= 1000) return std::to_string(thousandths_ / 1000);
  std::string fraction = std::to_string(1000 + thousandths_).substr(1);
  while (fraction.back() == '0') fraction.pop_back();
  return "0." + fraction;
}

}  // namespace millrace::tpch
