// What the writer must know about each type of value: its plain form, its order, its hash.
//
// The C++ type of a column's values: bool, int32_t, int64_t, double, and std::string_view for both
// kinds of byte arrays.
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "formats/parquet/writer/bytes.h"
#include "formats/parquet/writer/schema.h"

namespace millrace::formats::parquet_writer {

inline uint64_t mix(uint64_t value) {
  value ^= value >> 32;
  value *= 0xd6e8feb86659fd93;
  value ^= value >> 32;
  return value;
}

/// `Owned` can be kept after the caller's values are gone.
template <class T>
struct Values {
  using Owned = T;

  static size_t plain_size(const ColumnSpec&, T) { return sizeof(T); }
  static void append_plain(const ColumnSpec&, T value, Bytes& out) { append_number(out, value); }
  static uint64_t hash(T value) { return mix(std::bit_cast<Bits>(value)); }
  static bool same(T a, T b) { return std::bit_cast<Bits>(a) == std::bit_cast<Bits>(b); }
  static bool less(const ColumnSpec&, T a, T b) { return a < b; }
  static bool ordered(T value) { return value == value; }  // NaN is neither least nor greatest

 private:
  using Bits = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
};

/// Held one a byte until the page is written, which packs them.
template <>
struct Values<bool> {
  using Owned = bool;

  static size_t plain_size(const ColumnSpec&, bool) { return 1; }
  static void append_plain(const ColumnSpec&, bool value, Bytes& out) { out.push_back(value); }
  static uint64_t hash(bool value) { return mix(value); }
  static bool same(bool a, bool b) { return a == b; }
  static bool less(const ColumnSpec&, bool a, bool b) { return a < b; }
  static bool ordered(bool) { return true; }
};

template <>
struct Values<std::string_view> {
  using Owned = std::string;

  static size_t plain_size(const ColumnSpec& spec, std::string_view value) {
    return value.size() + (spec.physical == PhysicalType::ByteArray ? sizeof(uint32_t) : 0);
  }
  static void append_plain(const ColumnSpec& spec, std::string_view value, Bytes& out) {
    if (spec.physical == PhysicalType::ByteArray) {
      append_number(out, static_cast<uint32_t>(value.size()));
    }
    append_bytes(out, value.data(), value.size());
  }
  static uint64_t hash(std::string_view value) {
    uint64_t hash = value.size();
    size_t i = 0;
    for (; i + 8 <= value.size(); i += 8) hash = step(hash, value.data() + i, 8);
    return mix(step(hash, value.data() + i, value.size() - i));
  }
  static bool same(std::string_view a, std::string_view b) { return a == b; }
  /// Bytes compare unsigned; a big-endian decimal's first byte holds its sign.
  static bool less(const ColumnSpec& spec, std::string_view a, std::string_view b) {
    if (spec.logical == LogicalType::Decimal && !a.empty() && !b.empty() && (a[0] ^ b[0]) & 0x80) {
      return (a[0] & 0x80) != 0;
    }
    return a < b;
  }
  static bool ordered(std::string_view) { return true; }

 private:
  static uint64_t step(uint64_t hash, const char* bytes, size_t size_bytes) {
    uint64_t word = 0;
    std::memcpy(&word, bytes, size_bytes);
    return (std::rotl(hash, 23) ^ word) * 0x9e3779b97f4a7c15;
  }
};

}  // namespace millrace::formats::parquet_writer
