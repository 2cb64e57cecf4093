// Bytes that grow at their end.
#pragma once
#include <cstdint>
#include <vector>

namespace millrace::formats::parquet_writer {

using Bytes = std::vector<uint8_t>;

inline void append_bytes(Bytes& out, const void* data, size_t size_bytes) {
  const auto* begin = static_cast<const uint8_t*>(data);
  out.insert(out.end(), begin, begin + size_bytes);
}

/// Numbers in the byte order of the format, which is that of every machine we run on.
template <class T>
void append_number(Bytes& out, T value) {
  append_bytes(out, &value, sizeof value);
}

inline void append_varint(Bytes& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<uint8_t>(value | 0x80));
  out.push_back(static_cast<uint8_t>(value));
}

}  // namespace millrace::formats::parquet_writer
