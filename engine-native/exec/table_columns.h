// Columns of a session's table being filled, row group by row group.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "column/vector_view.h"
#include "formats/format_reader.h"

namespace millrace::exec {

using base::Result;
using base::Status;

/// What a session's table is.
struct TableShape {
  std::string relation;
  std::vector<formats::FileColumn> columns;
};

/// Values of one column, appended one after another. While it grows, string views that are not
/// inline hold an offset into the heap where others have a pointer.
class ColumnBuilder {
 public:
  ColumnBuilder(types::TypeParameters type, memory::Budget* budget);
  /// Copies the lanes' values.
  Status append(const column::VectorView& from, column::LanesView lanes);
  /// Copies one value of the column's storage.
  Status append_value(const void* value);
  /// A string column's value.
  Status append_string(const char* bytes, uint32_t size);
  Status append_null();
  uint32_t row_count() const { return row_count_; }
  int64_t size_bytes() const { return reservation_.held_bytes(); }
  /// The column, as a chunk of its own; the builder is empty afterwards.
  Result<column::ChunkPtr> finish();

  const types::TypeParameters& type() const { return type_; }

 private:
  Status make_room(uint32_t more);
  Status make_heap_room(uint32_t more);
  types::StringView stored(const char* bytes, uint32_t size);

  const types::TypeParameters type_;
  const uint32_t size_;
  const bool is_string_;
  memory::Budget* budget_;
  memory::Reservation reservation_;
  column::Buffer values_;
  column::Buffer validity_;  // empty: no NULL so far
  column::Buffer heap_;
  uint64_t heap_used_ = 0;
  uint32_t row_count_ = 0;
  uint32_t capacity_ = 0;
};

bool is_string(types::Type type);

/// The rows of `ranges`, in a chunk of their own.
Result<column::ChunkPtr> copy_rows(const column::Chunk& from,
                                   std::span<const formats::RowRange> ranges,
                                   memory::Budget* budget);

}  // namespace millrace::exec
