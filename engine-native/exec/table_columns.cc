#include "exec/table_columns.h"

#include <algorithm>
#include <cstring>

namespace millrace::exec {

using column::Buffer;
using column::Chunk;
using column::ChunkPtr;
using types::StringView;
using types::Type;

namespace {

constexpr uint32_t kFewestRows = 16;
constexpr uint64_t kFewestHeapBytes = 256;

Buffer enlarged(const Buffer& from, size_t used, size_t size_bytes) {
  Buffer into(size_bytes);
  if (used > 0) std::memcpy(into.as<char>(), from.as<char>(), used);
  return into;
}

}  // namespace

bool is_string(Type type) { return type == Type::Text || type == Type::Bytea; }

ColumnBuilder::ColumnBuilder(types::TypeParameters type, memory::Budget* budget)
    : type_(type),
      size_(types::size_of(type.type)),
      is_string_(is_string(type.type)),
      budget_(budget),
      reservation_(budget) {}

Status ColumnBuilder::make_room(uint32_t more) {
  if (row_count_ + more <= capacity_) return {};
  const uint32_t wanted = std::max({capacity_ * 2, row_count_ + more, kFewestRows});
  const bool has_nulls = validity_.size_bytes() > 0;
  const int64_t row_bytes = size_ + (has_nulls ? 1 : 0);
  MR_RETURN_IF_ERROR(reservation_.grow(int64_t{wanted} * row_bytes));
  values_ = enlarged(values_, size_t{row_count_} * size_, size_t{wanted} * size_);
  if (has_nulls) validity_ = enlarged(validity_, row_count_, wanted);
  reservation_.shrink(int64_t{capacity_} * row_bytes);
  capacity_ = wanted;
  return {};
}

Status ColumnBuilder::make_heap_room(uint32_t more) {
  const uint64_t held = heap_.size_bytes();
  if (heap_used_ + more <= held) return {};
  const uint64_t wanted = std::max({held * 2, heap_used_ + more, kFewestHeapBytes});
  MR_RETURN_IF_ERROR(reservation_.grow(static_cast<int64_t>(wanted)));
  heap_ = enlarged(heap_, heap_used_, wanted);
  reservation_.shrink(static_cast<int64_t>(held));
  return {};
}

StringView ColumnBuilder::stored(const char* bytes, uint32_t size) {
  StringView view = StringView::make(bytes, size);
  if (size <= StringView::kInlineSize) return view;
  std::memcpy(heap_.as<char>() + heap_used_, bytes, size);
  view.pointed.data = reinterpret_cast<const char*>(heap_used_);
  heap_used_ += size;
  return view;
}

Status ColumnBuilder::append_string(const char* bytes, uint32_t size) {
  MR_RETURN_IF_ERROR(make_room(1));
  if (size > StringView::kInlineSize) MR_RETURN_IF_ERROR(make_heap_room(size));
  const StringView view = stored(bytes, size);
  std::memcpy(values_.as<char>() + size_t{row_count_} * size_, &view, sizeof(view));
  if (validity_.size_bytes() > 0) validity_.as<uint8_t>()[row_count_] = 1;
  row_count_++;
  return {};
}

Status ColumnBuilder::append_value(const void* value) {
  if (is_string_) {
    const auto* text = static_cast<const StringView*>(value);
    return append_string(text->bytes(), text->size);
  }
  MR_RETURN_IF_ERROR(make_room(1));
  std::memcpy(values_.as<char>() + size_t{row_count_} * size_, value, size_);
  if (validity_.size_bytes() > 0) validity_.as<uint8_t>()[row_count_] = 1;
  row_count_++;
  return {};
}

Status ColumnBuilder::append_null() {
  MR_RETURN_IF_ERROR(make_room(1));
  if (validity_.size_bytes() == 0) {
    MR_RETURN_IF_ERROR(reservation_.grow(capacity_));
    validity_ = Buffer(capacity_);
    std::memset(validity_.as<char>(), 1, row_count_);
  }
  std::memset(values_.as<char>() + size_t{row_count_} * size_, 0, size_);
  validity_.as<uint8_t>()[row_count_] = 0;
  row_count_++;
  return {};
}

Status ColumnBuilder::append(const column::VectorView& from, column::LanesView lanes) {
  MR_RETURN_IF_ERROR(make_room(lanes.count));
  const bool is_plain = from.validity == nullptr && !is_string_ && validity_.size_bytes() == 0;
  if (!is_plain) {
    for (uint32_t i = 0; i < lanes.count; i++) {
      const uint32_t lane = lanes[i];
      const char* value =
          static_cast<const char*>(from.values) + size_t{lane} * from.stride * size_;
      MR_RETURN_IF_ERROR(from.is_null(lane) ? append_null() : append_value(value));
    }
    return {};
  }
  char* to = values_.as<char>() + size_t{row_count_} * size_;
  for (uint32_t i = 0; i < lanes.count; i++) {
    const size_t at = size_t{lanes[i]} * from.stride * size_;
    std::memcpy(to + size_t{i} * size_, static_cast<const char*>(from.values) + at, size_);
  }
  row_count_ += lanes.count;
  return {};
}

Result<ChunkPtr> ColumnBuilder::finish() {
  auto chunk = std::make_shared<Chunk>(budget_);
  const size_t value_bytes = size_t{row_count_} * size_;
  const size_t validity_bytes = validity_.size_bytes() == 0 ? 0 : row_count_;
  MR_RETURN_IF_ERROR(
      chunk->reservation.grow(static_cast<int64_t>(value_bytes + validity_bytes + heap_used_)));
  chunk->type = type_;
  chunk->row_count = row_count_;
  chunk->values = enlarged(values_, value_bytes, value_bytes);
  if (validity_bytes > 0) chunk->validity = enlarged(validity_, validity_bytes, validity_bytes);
  if (heap_used_ > 0) {
    chunk->heap.push_back(enlarged(heap_, heap_used_, heap_used_));
    const char* heap = chunk->heap[0].as<char>();
    auto* views = chunk->values.as<StringView>();
    for (uint32_t i = 0; i < row_count_; i++) {
      if (views[i].size <= StringView::kInlineSize) continue;
      views[i].pointed.data = heap + reinterpret_cast<uintptr_t>(views[i].pointed.data);
    }
  }
  values_ = Buffer();
  validity_ = Buffer();
  heap_ = Buffer();
  heap_used_ = 0;
  row_count_ = capacity_ = 0;
  reservation_.shrink(reservation_.held_bytes());
  return ChunkPtr(std::move(chunk));
}

Result<ChunkPtr> copy_rows(const Chunk& from, std::span<const formats::RowRange> ranges,
                           memory::Budget* budget) {
  MR_CHECK(from.encoding == column::Encoding::Flat);
  ColumnBuilder builder(from.type, budget);
  for (const formats::RowRange& range : ranges) {
    for (uint32_t at = range.from; at < range.to; at += column::kVectorSize) {
      const uint32_t count = std::min(column::kVectorSize, range.to - at);
      const column::ColumnView view = from.view(at, count);
      MR_RETURN_IF_ERROR(
          builder.append({view.type, view.values, view.validity, 1}, {nullptr, count}));
    }
  }
  return builder.finish();
}

}  // namespace millrace::exec
