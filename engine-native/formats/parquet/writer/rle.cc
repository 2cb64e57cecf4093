#include "formats/parquet/writer/rle.h"

#include <bit>
#include <cstring>

namespace millrace::formats::parquet_writer {
namespace {

void append_run(Bytes& out, uint32_t value, size_t count, int width) {
  append_varint(out, static_cast<uint64_t>(count) << 1);
  append_bytes(out, &value, static_cast<size_t>(width + 7) / 8);
}

void append_literals(Bytes& out, std::span<const uint32_t> values, int width) {
  if (values.empty()) return;
  const size_t group_count = (values.size() + 7) / 8;
  append_varint(out, static_cast<uint64_t>(group_count) << 1 | 1);
  const size_t end = out.size() + group_count * static_cast<size_t>(width);
  append_bit_packed(out, values, width);
  out.resize(end);
}

}  // namespace

int bit_width(uint32_t greatest) { return greatest == 0 ? 1 : std::bit_width(greatest); }

void append_bit_packed(Bytes& out, std::span<const uint32_t> values, int width) {
  const size_t bit_count = values.size() * static_cast<size_t>(width);
  const size_t begin = out.size();
  out.resize(begin + (bit_count + 7) / 8);
  uint8_t* next = out.data() + begin;
  uint64_t buffer = 0;
  int buffered_bits = 0;
  for (uint32_t value : values) {
    buffer |= static_cast<uint64_t>(value) << buffered_bits;
    buffered_bits += width;
    if (buffered_bits >= 32) {
      std::memcpy(next, &buffer, 4);
      next += 4;
      buffer >>= 32;
      buffered_bits -= 32;
    }
  }
  for (; buffered_bits > 0; buffered_bits -= 8, buffer >>= 8) {
    *next++ = static_cast<uint8_t>(buffer);
  }
}

void append_rle(Bytes& out, std::span<const uint32_t> values, int width) {
  // A run interrupts the packed groups, which costs readers more than the bytes it saves unless it
  // is long; of narrow values a group is a few bytes only.
  const size_t shortest_run = width <= 2 ? 64 : 16;
  size_t literals_begin = 0;
  size_t i = 0;
  while (i < values.size()) {
    size_t run_end = i + 1;
    while (run_end < values.size() && values[run_end] == values[i]) ++run_end;
    // Packed groups hold eight values each, so a run lends the group before it what it lacks.
    const size_t lent = (8 - (i - literals_begin) % 8) % 8;
    if (run_end - i < lent + shortest_run) {
      i = run_end;
      continue;
    }
    append_literals(out, values.subspan(literals_begin, i + lent - literals_begin), width);
    append_run(out, values[i], run_end - i - lent, width);
    literals_begin = i = run_end;
  }
  append_literals(out, values.subspan(literals_begin), width);
}

}  // namespace millrace::formats::parquet_writer
