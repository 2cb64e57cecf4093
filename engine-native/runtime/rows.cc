#include "runtime/rows.h"

#include <algorithm>
#include <cstring>

namespace millrace::runtime {

namespace {

using types::StringView;

constexpr uint32_t kFirstBlockBytes = 16 << 10;
constexpr uint32_t kLargestBlockBytes = 1 << 20;
constexpr uint32_t kHeapBlockBytes = 256 << 10;

uint32_t align(uint32_t offset, uint32_t alignment) {
  return (offset + alignment - 1) / alignment * alignment;
}

template <uint32_t kSize>
struct Bytes {
  char bytes[kSize];
};

template <class T>
void gather_values(const char* const* rows, uint32_t offset, LanesView lanes, T* out) {
  for (uint32_t i = 0; i < lanes.count; i++) {
    const uint32_t lane = lanes[i];
    if (rows[lane] != nullptr) std::memcpy(&out[lane], rows[lane] + offset, sizeof(T));
  }
}

template <class T>
void scatter_values(const VectorView& column, LanesView lanes, char* const* rows, uint32_t offset) {
  for (uint32_t i = 0; i < lanes.count; i++) {
    std::memcpy(rows[i] + offset, &column.at<T>(lanes[i]), sizeof(T));
  }
}

template <class Function>
void with_size(uint32_t size, Function function) {
  switch (size) {
    case 1:
      return function(Bytes<1>{});
    case 2:
      return function(Bytes<2>{});
    case 4:
      return function(Bytes<4>{});
    case 8:
      return function(Bytes<8>{});
    case 16:
      return function(Bytes<16>{});
    default:
      return function(Bytes<32>{});
  }
}

bool is_string(types::Type type) { return type == types::Type::Text || type == types::Type::Bytea; }

}  // namespace

RowLayout::RowLayout(uint32_t header_bytes, std::span<const FieldType> fields,
                     uint32_t extra_bytes) {
  uint32_t at = header_bytes;
  for (const FieldType& field : fields) {
    fields_.push_back({field.type, field.nullable, 0, at});
    if (field.nullable) at++;
  }
  for (Field& field : fields_) {
    const uint32_t size = types::size_of(field.type.type);
    at = align(at, std::min(size, 8u));
    field.offset = at;
    at += size;
  }
  extra_offset_ = extra_bytes == 0 ? at : align(at, 16);
  row_bytes_ = std::max(align(extra_offset_ + extra_bytes, extra_bytes == 0 ? 8 : 16), 8u);
}

void gather_field(const RowLayout& layout, uint32_t index, const char* const* rows, LanesView lanes,
                  void* out, uint8_t* out_validity) {
  const RowLayout::Field& field = layout.fields()[index];
  with_size(types::size_of(field.type.type), [&](auto sample) {
    gather_values(rows, field.offset, lanes, static_cast<decltype(sample)*>(out));
  });
  if (out_validity == nullptr) return;
  for (uint32_t i = 0; i < lanes.count; i++) {
    const uint32_t lane = lanes[i];
    const char* row = rows[lane];
    out_validity[lane] = row == nullptr   ? 0
                         : field.nullable ? static_cast<uint8_t>(row[field.validity_offset])
                                          : 1;
  }
}

RowCollection::RowCollection(const RowLayout* layout, memory::Budget* budget)
    : layout_(layout), reservation_(budget) {}

Status RowCollection::allocate(uint32_t count, char** rows) {
  const uint32_t row_bytes = layout_->row_bytes();
  for (uint32_t made = 0; made < count;) {
    if (blocks_.empty() || blocks_.back().row_count == block_capacity_rows_) {
      const uint32_t wanted =
          std::min(kLargestBlockBytes,
                   blocks_.empty() ? kFirstBlockBytes : 2 * block_capacity_rows_ * row_bytes);
      block_capacity_rows_ = std::max(1u, wanted / row_bytes);
      const int64_t bytes = int64_t{block_capacity_rows_} * row_bytes;
      MR_RETURN_IF_ERROR(reservation_.grow(bytes));
      blocks_.push_back({column::Buffer(static_cast<size_t>(bytes)), 0});
    }
    Block& block = blocks_.back();
    const uint32_t here = std::min(count - made, block_capacity_rows_ - block.row_count);
    char* at = block.bytes.as<char>() + size_t{block.row_count} * row_bytes;
    for (uint32_t i = 0; i < here; i++, at += row_bytes) rows[made + i] = at;
    block.row_count += here;
    made += here;
  }
  row_count_ += count;
  return {};
}

base::Result<char*> RowCollection::allocate_bytes(uint32_t size_bytes) {
  if (static_cast<size_t>(heap_end_ - heap_next_) < size_bytes) {
    const uint32_t block_bytes =
        std::max(size_bytes, heap_.empty() ? kFirstBlockBytes : kHeapBlockBytes);
    MR_RETURN_IF_ERROR(reservation_.grow(block_bytes));
    heap_.emplace_back(block_bytes);
    heap_next_ = heap_.back().as<char>();
    heap_end_ = heap_next_ + block_bytes;
  }
  char* at = heap_next_;
  heap_next_ += size_bytes;
  return at;
}

Status RowCollection::write(std::span<const VectorView> columns, LanesView lanes,
                            char* const* rows) {
  for (size_t c = 0; c < columns.size(); c++) {
    const RowLayout::Field& field = layout_->fields()[c];
    const VectorView& column = columns[c];
    if (field.nullable) {
      for (uint32_t i = 0; i < lanes.count; i++) {
        rows[i][field.validity_offset] = column.is_null(lanes[i]) ? 0 : 1;
      }
    } else if (column.validity != nullptr) {
      // Promised by the plan, believed only as far as it is seen.
      bool has_null = false;
      for (uint32_t i = 0; i < lanes.count; i++) has_null |= column.is_null(lanes[i]);
      if (has_null) {
        return Status::error(base::ErrorCode::Internal, "a column declared without NULL has one");
      }
    }
    with_size(types::size_of(field.type.type), [&](auto sample) {
      scatter_values<decltype(sample)>(column, lanes, rows, field.offset);
    });
    if (!is_string(field.type.type)) continue;
    for (uint32_t i = 0; i < lanes.count; i++) {
      if (column.is_null(lanes[i])) continue;
      const StringView& text = column.at<StringView>(lanes[i]);
      if (text.size <= StringView::kInlineSize) continue;
      MR_ASSIGN_OR_RETURN(char* bytes, allocate_bytes(text.size));
      std::memcpy(bytes, text.pointed.data, text.size);
      const StringView copy = StringView::make(bytes, text.size);
      std::memcpy(rows[i] + field.offset, &copy, sizeof(copy));
    }
  }
  return {};
}

Status RowCollection::copy_row(const char* row) {
  char* copy = nullptr;
  MR_RETURN_IF_ERROR(allocate(1, &copy));
  std::memcpy(copy, row, layout_->row_bytes());
  for (const RowLayout::Field& field : layout_->fields()) {
    if (!is_string(field.type.type)) continue;
    if (field.nullable && row[field.validity_offset] == 0) continue;
    StringView text;
    std::memcpy(&text, row + field.offset, sizeof(text));
    if (text.size <= StringView::kInlineSize) continue;
    MR_ASSIGN_OR_RETURN(char* bytes, allocate_bytes(text.size));
    std::memcpy(bytes, text.pointed.data, text.size);
    text = StringView::make(bytes, text.size);
    std::memcpy(copy + field.offset, &text, sizeof(text));
  }
  return {};
}

void RowCollection::clear() {
  blocks_.clear();
  heap_.clear();
  heap_next_ = heap_end_ = nullptr;
  row_count_ = 0;
  reservation_.shrink(reservation_.held_bytes());
}

Status RowList::push(char* row) {
  if (rows_.size() == rows_.capacity()) {
    const size_t held = rows_.capacity();
    const size_t wanted = std::max<size_t>(held * 2, 64);
    MR_RETURN_IF_ERROR(reservation_.grow(static_cast<int64_t>(wanted * sizeof(char*))));
    rows_.reserve(wanted);
    reservation_.shrink(static_cast<int64_t>(held * sizeof(char*)));
  }
  rows_.push_back(row);
  return {};
}

Status clear_bytes(char* bytes, uint64_t size_bytes, const Stopped& stopped) {
  constexpr uint64_t kPiece = uint64_t{1} << 20;
  for (uint64_t from = 0; from < size_bytes; from += kPiece) {
    if (stopped && stopped()) return Status::error(base::ErrorCode::QueryCanceled);
    std::memset(bytes + from, 0, std::min(kPiece, size_bytes - from));
  }
  return {};
}

}  // namespace millrace::runtime
