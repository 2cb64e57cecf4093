#include "column/chunk.h"

#include <atomic>

namespace millrace::column {

uint64_t Dictionary::next_id() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

ColumnView Chunk::view(uint32_t from, uint32_t count) const {
  MR_CHECK(from + count <= row_count);
  const size_t stride =
      encoding == Encoding::Flat ? types::size_of(type.type) : code_size(encoding);
  ColumnView view;
  view.type = type;
  view.encoding = encoding;
  view.values = values.as<char>() + from * stride;
  view.validity = validity.size_bytes() == 0 ? nullptr : validity.as<uint8_t>() + from;
  view.dictionary = dictionary.get();
  view.row_count = count;
  return view;
}

}  // namespace millrace::column
