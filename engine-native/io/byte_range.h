// Ranges of bytes of a file, and how many of them become one read.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace millrace::io {

struct ByteRange {
  int64_t offset;
  int64_t size_bytes;
  int64_t end() const { return offset + size_bytes; }
  bool operator==(const ByteRange&) const = default;
};

/// Joins ranges whose gaps are at most `gap_limit_bytes`, as a gap that small costs less than
/// another read. `ranges` rise by offset; they may overlap.
std::vector<ByteRange> coalesce(std::span<const ByteRange> ranges, int64_t gap_limit_bytes);

}  // namespace millrace::io
