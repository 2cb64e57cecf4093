#include "tools/tpch/batch.h"

#include <cassert>
#include <cstring>

namespace millrace::tpch {

char* TextArena::allocate(size_t size_bytes) {
  assert(size_bytes <= kBlockBytes);
  if (used_bytes_ + size_bytes > kBlockBytes) {
    if (used_block_count_ == blocks_.size()) {
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(kBlockBytes));
    }
    ++used_block_count_;
    used_bytes_ = 0;
  }
  char* text = blocks_[used_block_count_ - 1].get() + used_bytes_;
  used_bytes_ += size_bytes;
  return text;
}

void TextArena::clear() {
  used_block_count_ = 0;
  used_bytes_ = kBlockBytes;
}

Batch::Batch(std::span<const Column> columns) : vectors_(columns.size()) {
  for (size_t i = 0; i < columns.size(); ++i) {
    switch (columns[i].type) {
      case ColumnType::Key:
      case ColumnType::Money:
        vectors_[i].longs.resize(kCapacity);
        break;
      case ColumnType::Integer:
      case ColumnType::Date:
        vectors_[i].integers.resize(kCapacity);
        break;
      case ColumnType::Text:
        vectors_[i].texts.resize(kCapacity);
        break;
    }
  }
}

void Batch::clear() {
  row_count_ = 0;
  arena_.clear();
}

void write_digits(char* out, int64_t number, int digit_count) {
  for (int i = digit_count - 1; i >= 0; --i, number /= 10) {
    out[i] = static_cast<char>('0' + number % 10);
  }
}

std::string_view numbered_name(TextArena& arena, std::string_view prefix, int64_t number) {
  int digit_count = 9;
  for (int64_t left = number / 1'000'000'000; left > 0; left /= 10) ++digit_count;
  const size_t size_bytes = prefix.size() + static_cast<size_t>(digit_count);
  char* text = arena.allocate(size_bytes);
  std::memcpy(text, prefix.data(), prefix.size());
  write_digits(text + prefix.size(), number, digit_count);
  return {text, size_bytes};
}

}  // namespace millrace::tpch
