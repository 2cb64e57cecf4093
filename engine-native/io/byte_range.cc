#include "io/byte_range.h"

#include <algorithm>

namespace millrace::io {

std::vector<ByteRange> coalesce(std::span<const ByteRange> ranges, int64_t gap_limit_bytes) {
  std::vector<ByteRange> joined;
  for (const ByteRange& range : ranges) {
    if (!joined.empty() && range.offset - joined.back().end() <= gap_limit_bytes) {
      const int64_t end = std::max(joined.back().end(), range.end());
      joined.back().size_bytes = end - joined.back().offset;
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

}  // namespace millrace::io
