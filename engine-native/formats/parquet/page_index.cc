#include "formats/parquet/page_index.h"

#include <algorithm>

#include "formats/parquet/allocation.h"

namespace millrace::formats::parquet {

namespace {

bool lies_in(const io::RandomAccessFile& file, const IndexLocation& location) {
  return location.size_bytes > 0 && location.offset >= 0 &&
         location.offset <= file.stamp().size_bytes - location.size_bytes;
}

/// A location's bytes; empty where they cannot be had.
column::Buffer read(const io::RandomAccessFile& file, const IndexLocation& location,
                    memory::Reservation* reservation) {
  if (!lies_in(file, location)) return {};
  base::Result<column::Buffer> bytes =
      allocate(reservation, static_cast<uint64_t>(location.size_bytes));
  if (!bytes.ok()) return {};
  column::Buffer buffer = std::move(bytes).value();
  if (file.read_at(location.offset, {buffer.as<char>(), buffer.size_bytes()}).ok()) return buffer;
  release(reservation, &buffer);
  return {};
}

bool is_consistent(const std::vector<PageLocation>& pages, const ChunkMetadata& chunk,
                   uint32_t row_count) {
  if (pages.empty() || pages[0].first_row != 0) return false;
  int64_t offset = chunk.offset();
  const int64_t end = chunk.offset() + chunk.compressed_bytes;
  for (size_t i = 0; i < pages.size(); i++) {
    if (pages[i].offset < offset || pages[i].size_bytes <= 0) return false;
    if (pages[i].size_bytes > end - pages[i].offset) return false;
    if (pages[i].first_row > row_count) return false;
    if (i > 0 && pages[i].first_row < pages[i - 1].first_row) return false;
    offset = pages[i].offset + pages[i].size_bytes;
  }
  return true;
}

std::span<const uint8_t> span_of(const column::Buffer& buffer) {
  return {buffer.as<uint8_t>(), buffer.size_bytes()};
}

/// Adds the pages' bounds where the file has them and they can be trusted.
void load_bounds(const io::RandomAccessFile& file, const LeafColumn& column,
                 const ChunkMetadata& chunk, uint32_t row_count, memory::Reservation* reservation,
                 PageIndex* index) {
  index->bytes = read(file, chunk.column_index, reservation);
  RawColumnIndex raw;
  if (index->bytes.size_bytes() == 0 || !parse_column_index(span_of(index->bytes), &raw) ||
      raw.minima.size() != index->pages.size() ||
      !reservation->grow(static_cast<int64_t>(raw.minima.size() * sizeof(StoredBounds))).ok()) {
    return;
  }
  for (size_t i = 0; i < raw.minima.size(); i++) {
    const int64_t rows = index->end_row(i, row_count) - index->pages[i].first_row;
    StoredBounds bounds;
    if (!raw.is_null_page[i]) bounds = bounds_of(column, raw.minima[i], raw.maxima[i]);
    if (raw.is_null_page[i]) {
      bounds.null_count = rows;
    } else if (!raw.null_counts.empty() && raw.null_counts[i] >= 0 && raw.null_counts[i] <= rows) {
      bounds.null_count = raw.null_counts[i];
    }
    index->bounds.push_back(bounds);
  }
}

/// Bounds of pages [first, last], for `rows` rows of them.
ColumnBounds union_of(const PageIndex& index, size_t first, size_t last, types::Type type,
                      const RowRange& rows, uint32_t row_count) {
  ColumnBounds bounds;
  const StoredBounds* least = nullptr;
  const StoredBounds* greatest = nullptr;
  bool has_minimum = true;
  bool has_maximum = true;
  bool all_null = true;
  bool no_null = true;
  for (size_t page = first; page <= last; page++) {
    const StoredBounds& next = index.bounds[page];
    const int64_t page_rows = index.end_row(page, row_count) - index.pages[page].first_row;
    no_null = no_null && next.null_count == 0;
    if (next.null_count == page_rows) continue;
    all_null = false;
    has_minimum = has_minimum && next.has_minimum;
    has_maximum = has_maximum && next.has_maximum;
    if (next.has_minimum && (least == nullptr || compare(type, next.minimum, least->minimum) < 0)) {
      least = &next;
    }
    if (next.has_maximum &&
        (greatest == nullptr || compare(type, next.maximum, greatest->maximum) > 0)) {
      greatest = &next;
    }
  }
  if (has_minimum && least != nullptr) bounds.minimum = least->minimum.bytes;
  if (has_maximum && greatest != nullptr) bounds.maximum = greatest->maximum.bytes;
  if (all_null) {
    bounds.null_count = rows.to - rows.from;
  } else if (no_null) {
    bounds.null_count = 0;
  }
  return bounds;
}

}  // namespace

std::unique_ptr<const PageIndex> load_page_index(const io::RandomAccessFile& file,
                                                 const LeafColumn& column,
                                                 const ChunkMetadata& chunk, uint32_t row_count,
                                                 bool has_type_defined_order,
                                                 memory::Reservation* reservation) {
  column::Buffer bytes = read(file, chunk.offset_index, reservation);
  if (bytes.size_bytes() == 0) return nullptr;
  auto index = std::make_unique<PageIndex>();
  // A location takes at least 7 bytes of the index.
  constexpr int64_t kLocationBytes = 7;
  const int64_t pages_bytes = static_cast<int64_t>(bytes.size_bytes()) / kLocationBytes *
                              static_cast<int64_t>(sizeof(PageLocation));
  const bool fine = reservation->grow(pages_bytes).ok() &&
                    parse_offset_index(span_of(bytes), &index->pages) &&
                    is_consistent(index->pages, chunk, row_count);
  release(reservation, &bytes);
  if (!fine) return nullptr;
  if (has_type_defined_order) {
    load_bounds(file, column, chunk, row_count, reservation, index.get());
  }
  return index;
}

std::vector<PageBounds> aligned_bounds(const PageIndex& index, types::Type type,
                                       uint32_t row_count) {
  std::vector<PageBounds> ranges;
  if (index.bounds.empty()) return ranges;
  struct Span {
    size_t first;
    size_t last;
    RowRange rows;
  };
  std::vector<Span> spans;
  size_t page = 0;
  for (uint64_t from = 0; from < row_count; from += column::kVectorSize) {
    const auto to =
        static_cast<uint32_t>(std::min<uint64_t>(from + column::kVectorSize, row_count));
    while (index.end_row(page, row_count) <= from) page++;
    size_t last = page;
    while (index.end_row(last, row_count) < to) last++;
    if (!spans.empty() && spans.back().first == page && spans.back().last == last) {
      spans.back().rows.to = to;
    } else {
      spans.push_back({page, last, {static_cast<uint32_t>(from), to}});
    }
  }
  ranges.reserve(spans.size());
  for (const Span& span : spans) {
    ranges.push_back(
        {span.rows, union_of(index, span.first, span.last, type, span.rows, row_count)});
  }
  return ranges;
}

}  // namespace millrace::formats::parquet
