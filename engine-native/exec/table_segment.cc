#include "exec/table_segment.h"

#include <algorithm>
#include <cstring>

namespace millrace::exec {

using column::Buffer;
using column::Chunk;
using column::ChunkPtr;
using formats::RowRange;
using types::StringView;
using types::Type;

namespace {

int64_t heap_bytes_of(const Chunk& chunk) {
  int64_t bytes = 0;
  for (const Buffer& part : chunk.heap) bytes += static_cast<int64_t>(part.size_bytes());
  return bytes;
}

/// Adds `base` to the pointers of views that are not inline.
void move_views(StringView* views, uint32_t count, uintptr_t base) {
  for (uint32_t i = 0; i < count; i++) {
    if (views[i].size <= StringView::kInlineSize) continue;
    const uintptr_t at = reinterpret_cast<uintptr_t>(views[i].pointed.data) + base;
    views[i].pointed.data = reinterpret_cast<const char*>(at);
  }
}

template <class T>
void find_bounds(const Chunk& chunk, std::array<char, 8>& minimum, std::array<char, 8>& maximum,
                 bool* known) {
  const T* values = chunk.values.as<T>();
  const uint8_t* validity =
      chunk.validity.size_bytes() == 0 ? nullptr : chunk.validity.as<uint8_t>();
  T least{};
  T greatest{};
  for (uint32_t i = 0; i < chunk.row_count; i++) {
    if (validity != nullptr && validity[i] == 0) continue;
    least = *known ? std::min(least, values[i]) : values[i];
    greatest = *known ? std::max(greatest, values[i]) : values[i];
    *known = true;
  }
  std::memcpy(minimum.data(), &least, sizeof(T));
  std::memcpy(maximum.data(), &greatest, sizeof(T));
}

}  // namespace

TableSegment::Bounds TableSegment::bounds_of(const Chunk& chunk) {
  Bounds bounds;
  if (chunk.validity.size_bytes() > 0) {
    const auto* validity = chunk.validity.as<uint8_t>();
    bounds.null_count = std::count(validity, validity + chunk.row_count, 0);
  }
  switch (chunk.type.type) {
    case Type::I16:
      find_bounds<int16_t>(chunk, bounds.minimum, bounds.maximum, &bounds.known);
      break;
    case Type::I32:
    case Type::Date:
      find_bounds<int32_t>(chunk, bounds.minimum, bounds.maximum, &bounds.known);
      break;
    case Type::I64:
    case Type::D64:
    case Type::Time:
    case Type::Timestamp:
    case Type::TimestampTz:
      find_bounds<int64_t>(chunk, bounds.minimum, bounds.maximum, &bounds.known);
      break;
    default:
      break;
  }
  return bounds;
}

Status TableSegment::add(std::vector<ChunkPtr> columns) {
  MR_CHECK(columns.size() == shape_->columns.size());
  Group group;
  group.row_count = columns.empty() ? 0 : columns[0]->row_count;
  int64_t size_bytes = 0;
  for (const ChunkPtr& chunk : columns) {
    Column column;
    column.bounds = bounds_of(*chunk);
    column.size_bytes = chunk->size_bytes();
    column.heap_bytes = heap_bytes_of(*chunk);
    column.has_validity = chunk->validity.size_bytes() > 0;
    column.resident = chunk;
    size_bytes += column.size_bytes;
    group.columns.push_back(std::move(column));
  }
  columns.clear();
  if (space_->exists() && resident_bytes_ + size_bytes > kMostResidentBytes) {
    for (Column& column : group.columns) MR_RETURN_IF_ERROR(put_away(column));
  } else {
    resident_bytes_ += size_bytes;
  }
  row_count_ += group.row_count;
  groups_.push_back(std::move(group));
  return {};
}

Status TableSegment::put_away(Column& column) {
  const Chunk& chunk = *column.resident;
  const size_t value_bytes = size_t{chunk.row_count} * types::size_of(chunk.type.type);
  std::span<const char> parts[3] = {{chunk.values.as<char>(), value_bytes},
                                    {chunk.validity.as<char>(), chunk.validity.size_bytes()},
                                    {}};
  Buffer moved;
  if (is_string(chunk.type.type)) {
    MR_CHECK(chunk.heap.size() <= 1);
    moved = Buffer(value_bytes);
    std::memcpy(moved.as<char>(), parts[0].data(), value_bytes);
    if (!chunk.heap.empty()) {
      const auto base = reinterpret_cast<uintptr_t>(chunk.heap[0].as<char>());
      move_views(moved.as<StringView>(), chunk.row_count, ~base + 1);
      parts[2] = {chunk.heap[0].as<char>(), chunk.heap[0].size_bytes()};
    }
    parts[0] = {moved.as<char>(), value_bytes};
  }
  MR_ASSIGN_OR_RETURN(column.stored, space_->write(parts));
  column.resident = nullptr;
  return {};
}

Result<ChunkPtr> TableSegment::read(const Column& column, uint32_t column_index, uint32_t row_count,
                                    memory::Budget* budget) const {
  auto chunk = std::make_shared<Chunk>(budget);
  MR_RETURN_IF_ERROR(chunk->reservation.grow(column.stored->size_bytes()));
  chunk->type = shape_->columns[column_index].type;
  chunk->row_count = row_count;
  const size_t value_bytes = size_t{row_count} * types::size_of(chunk->type.type);
  int64_t at = 0;
  const auto fill = [&](size_t size_bytes) -> Result<Buffer> {
    Buffer buffer(size_bytes);
    MR_RETURN_IF_ERROR(column.stored->read_at(at, {buffer.as<char>(), size_bytes}));
    at += static_cast<int64_t>(size_bytes);
    return buffer;
  };
  MR_ASSIGN_OR_RETURN(chunk->values, fill(value_bytes));
  if (column.has_validity) {
    MR_ASSIGN_OR_RETURN(chunk->validity, fill(row_count));
  }
  if (column.heap_bytes > 0) {
    MR_ASSIGN_OR_RETURN(Buffer heap, fill(static_cast<size_t>(column.heap_bytes)));
    const auto base = reinterpret_cast<uintptr_t>(heap.as<char>());
    move_views(chunk->values.as<StringView>(), row_count, base);
    chunk->heap.push_back(std::move(heap));
  }
  return ChunkPtr(std::move(chunk));
}

Result<ChunkPtr> TableSegment::decode(uint32_t row_group, uint32_t column_index,
                                      std::span<const RowRange> ranges, memory::Budget* budget,
                                      int64_t* bytes_read) const {
  const Group& group = groups_[row_group];
  const Column& column = group.columns[column_index];
  ChunkPtr whole = column.resident;
  if (whole == nullptr) {
    MR_ASSIGN_OR_RETURN(whole, read(column, column_index, group.row_count, budget));
    *bytes_read += column.stored->size_bytes();
  }
  const bool is_whole =
      ranges.size() == 1 && ranges[0].from == 0 && ranges[0].to == group.row_count;
  if (is_whole) return whole;
  return copy_rows(*whole, ranges, budget);
}

int64_t TableSegment::row_group_column_bytes(uint32_t row_group, uint32_t column) const {
  return groups_[row_group].columns[column].size_bytes;
}

formats::ColumnRangeStatistics TableSegment::statistics(uint32_t row_group, uint32_t column) const {
  formats::ColumnRangeStatistics statistics;
  statistics.null_count = groups_[row_group].columns[column].bounds.null_count;
  return statistics;
}

formats::ColumnBounds TableSegment::bounds(uint32_t row_group, uint32_t column) const {
  const Bounds& known = groups_[row_group].columns[column].bounds;
  formats::ColumnBounds bounds;
  bounds.null_count = known.null_count;
  if (known.known) {
    bounds.minimum = known.minimum.data();
    bounds.maximum = known.maximum.data();
  }
  return bounds;
}

}  // namespace millrace::exec
