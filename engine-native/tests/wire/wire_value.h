// What the tests of wire/ share: settings, memory, one value in and out.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ops/zone_cache.h"
#include "tests/check.h"
#include "wire/data_row.h"
#include "wire/parameter.h"

namespace millrace::tests {

using types::StringView;
using types::Type;

inline ops::Settings plain_settings() {
  ops::Settings settings{};
  settings.zone = ops::utc_zone();
  settings.extra_float_digits = 1;
  return settings;
}

/// Memory for results, until it dies.
class TestArena {
 public:
  TestArena() : memory_(1 << 16) {
    arena.next = memory_.data();
    arena.end = memory_.data() + memory_.size();
    arena.refill = [](ops::Arena*, types::u32) -> char* { return nullptr; };
  }
  ops::Arena arena{};

 private:
  std::vector<char> memory_;
};

inline std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}
inline std::string to_hex(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[static_cast<unsigned char>(byte) >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

/// The field of a DataRow of one column and one row.
inline std::string encode_one(Type type, int scale, const void* value, bool is_binary,
                              const ops::Settings& settings = plain_settings()) {
  wire::EncodedColumn column;
  column.type = {type, 38, static_cast<types::i16>(scale)};
  column.values = value;
  column.is_binary = is_binary;
  char buffer[4096];
  const wire::EncodedRows rows =
      wire::encode_data_rows({&column, 1}, 0, 1, settings, buffer, sizeof buffer);
  CHECK(rows.row_count == 1 && rows.size_bytes >= 11 && buffer[0] == 'D');
  return {buffer + 11, rows.size_bytes - 11};
}

}  // namespace millrace::tests
