// formats: readers and writers of data files. May include what stands left of it in the order of
// rooms. Invariant: a file's statistics choose what to read, never what is true; a malformed file is
// an error that names file and column. Start reading here.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "column/chunk.h"

namespace millrace::formats {

/// How a column of a file shows itself to SQL. `sql_type` is PostgreSQL's type name with modifier
/// ("numeric(15,2)", "timestamp with time zone"); empty where the engine cannot read the column,
/// then `unsupported` says why ("nested types").
struct FileColumn {
  std::string name;
  std::string sql_type;
  types::TypeParameters type;
  bool nullable;
  std::string unsupported;
};

/// Statistics of a column in one row group, as literal text (ISO, UTC); absent where unknown or
/// not to be trusted (legacy min/max of an unsafe order, NaN).
struct ColumnRangeStatistics {
  std::optional<std::string> minimum;
  std::optional<std::string> maximum;
  std::optional<int64_t> null_count;
  std::optional<int64_t> distinct_count;
};

/// The same bounds as values of the column's storage, for pruning; strings point into the reader.
struct ColumnBounds {
  const void* minimum = nullptr;  // null: unknown
  const void* maximum = nullptr;
  std::optional<int64_t> null_count;
};

/// Half-open rows of a row group; bounds are multiples of column::kVectorSize or the group's end.
struct RowRange {
  uint32_t from;
  uint32_t to;
};

/// Thrown-away bounds of one page, for the page index.
struct PageBounds {
  RowRange rows;
  ColumnBounds bounds;
};

/// An open file. Threads: all members are const and may be called from any thread at once.
class FileReader {
 public:
  virtual ~FileReader() = default;
  virtual const std::vector<FileColumn>& columns() const = 0;
  virtual int64_t row_count() const = 0;
  virtual uint32_t row_group_count() const = 0;
  virtual uint32_t row_group_rows(uint32_t row_group) const = 0;
  virtual int64_t row_group_column_bytes(uint32_t row_group, uint32_t column) const = 0;
  virtual ColumnRangeStatistics statistics(uint32_t row_group, uint32_t column) const = 0;
  virtual ColumnBounds bounds(uint32_t row_group, uint32_t column) const = 0;
  /// Page index of the column chunk; empty where the file has none.
  virtual std::vector<PageBounds> page_bounds(uint32_t row_group, uint32_t column) const = 0;
  /// The whole dictionary, if every page of the chunk uses it (then a value not in it does not
  /// occur); null otherwise.
  virtual base::Result<std::shared_ptr<const column::Dictionary>> dictionary(
      uint32_t row_group, uint32_t column, memory::Budget* budget) const = 0;
  /// Decodes the rows of `ranges` (rising, disjoint), one after the other. Text is checked to be
  /// UTF-8 without NUL (22021), decimals to fit their precision. `bytes_read` is added to.
  virtual base::Result<column::ChunkPtr> decode(uint32_t row_group, uint32_t column,
                                                std::span<const RowRange> ranges,
                                                memory::Budget* budget,
                                                int64_t* bytes_read) const = 0;
};

/// What must still be true of a file that a statement pinned; absent parts are not checked.
struct FileIdentity {
  std::optional<int64_t> size_bytes;
  std::optional<int64_t> mtime_ns;
};

}  // namespace millrace::formats
