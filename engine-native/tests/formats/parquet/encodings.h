// Parquet's encodings, written plainly from the format's text, for files that tests make by hand.
#pragma once
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace millrace::tests {

/// Fixed-size values one after the other, little-endian.
template <class T>
std::string plain(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}
std::string plain_strings(const std::vector<std::string>& values);
std::string plain_booleans(const std::vector<bool>& values);

/// Bits packed lowest first.
std::string packed(const std::vector<uint64_t>& values, uint32_t width);
/// Bits packed highest first: the legacy encoding of levels.
std::string packed_highest_first(const std::vector<bool>& bits);

/// Runs of eight equal values or more as run lengths, others bit-packed.
std::string hybrid(const std::vector<uint32_t>& values, uint32_t width);
/// Levels as in v1 pages: with a length before them.
std::string levels(const std::vector<bool>& present);
std::string levels_without_length(const std::vector<bool>& present);
/// A dictionary page's codes: the width, then the runs.
std::string codes(const std::vector<uint32_t>& values, uint32_t width);

/// `bits`: 32 or 64, the width of the arithmetic.
std::string delta(const std::vector<int64_t>& values, uint32_t bits, uint32_t block = 128,
                  uint32_t miniblocks = 4);
std::string delta_lengths(const std::vector<std::string>& values);
std::string delta_strings(const std::vector<std::string>& values);
/// `values`: fixed-size values of `width` bytes, one after the other.
std::string byte_stream_split(const std::string& values, uint32_t width);

}  // namespace millrace::tests
