// Reads what append_rle writes, straight from the format's description.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace millrace::test {

/// The first `count` values, or fewer when the bytes end before.
inline std::vector<uint32_t> decode_rle(std::span<const uint8_t> bytes, int width, size_t count) {
  std::vector<uint32_t> values;
  size_t at = 0;
  while (values.size() < count && at < bytes.size()) {
    uint64_t header = 0;
    for (int shift = 0; at < bytes.size(); shift += 7) {
      const uint8_t byte = bytes[at++];
      header |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    const auto bit_count = static_cast<size_t>(width);
    if ((header & 1) == 0) {
      uint32_t value = 0;
      for (size_t i = 0; i < (bit_count + 7) / 8 && at < bytes.size(); ++i) {
        value |= static_cast<uint32_t>(bytes[at++]) << (8 * i);
      }
      values.insert(values.end(), header >> 1, value);
      continue;
    }
    const size_t group_values = (header >> 1) * 8;
    for (size_t i = 0; i < group_values && values.size() < count; ++i) {
      uint32_t value = 0;
      for (size_t bit = 0; bit < bit_count; ++bit) {
        const size_t place = i * bit_count + bit;
        if (at + place / 8 >= bytes.size()) return values;
        value |= static_cast<uint32_t>(bytes[at + place / 8] >> (place % 8) & 1) << bit;
      }
      values.push_back(value);
    }
    at += group_values * bit_count / 8;
  }
  return values;
}

}  // namespace millrace::test
