// Rows of a session's table: immutable, read like a file.
#pragma once
#include <array>
#include <memory>
#include <vector>

#include "exec/table_columns.h"
#include "io/temporary_space.h"

namespace millrace::exec {

/// Rows up to this size stay in memory; beyond it they are put away, and come back through the
/// column cache like a file's.
constexpr int64_t kMostResidentBytes = 256 << 10;

/// Row groups of what one statement put into a table. Threads: all, once it is complete.
class TableSegment : public formats::FileReader {
 public:
  TableSegment(std::shared_ptr<const TableShape> shape, io::TemporarySpace* space)
      : shape_(std::move(shape)), space_(space) {}

  /// Takes a row group over. Threads: one at a time.
  Status add(std::vector<column::ChunkPtr> columns);

  const std::shared_ptr<const TableShape>& shape() const { return shape_; }
  int64_t resident_bytes() const { return resident_bytes_; }

  const std::vector<formats::FileColumn>& columns() const override { return shape_->columns; }
  int64_t row_count() const override { return row_count_; }
  uint32_t row_group_count() const override { return static_cast<uint32_t>(groups_.size()); }
  uint32_t row_group_rows(uint32_t row_group) const override {
    return groups_[row_group].row_count;
  }
  int64_t row_group_column_bytes(uint32_t row_group, uint32_t column) const override;
  formats::ColumnRangeStatistics statistics(uint32_t row_group, uint32_t column) const override;
  formats::ColumnBounds bounds(uint32_t row_group, uint32_t column) const override;
  std::vector<formats::PageBounds> page_bounds(uint32_t, uint32_t) const override { return {}; }
  Result<std::shared_ptr<const column::Dictionary>> dictionary(uint32_t, uint32_t,
                                                               memory::Budget*) const override {
    return std::shared_ptr<const column::Dictionary>();
  }
  Result<column::ChunkPtr> decode(uint32_t row_group, uint32_t column,
                                  std::span<const formats::RowRange> ranges, memory::Budget* budget,
                                  int64_t* bytes_read) const override;

 private:
  /// Integers' least and greatest value.
  struct Bounds {
    bool known = false;
    alignas(8) std::array<char, 8> minimum{};
    alignas(8) std::array<char, 8> maximum{};
    int64_t null_count = 0;
  };
  struct Column {
    column::ChunkPtr resident;  // else `stored`: values, validity, heap
    std::unique_ptr<io::TemporaryExtent> stored;
    int64_t size_bytes = 0;
    int64_t heap_bytes = 0;
    bool has_validity = false;
    Bounds bounds;
  };
  struct Group {
    uint32_t row_count = 0;
    std::vector<Column> columns;
  };
  static Bounds bounds_of(const column::Chunk& chunk);
  Status put_away(Column& column);
  Result<column::ChunkPtr> read(const Column& column, uint32_t column_index, uint32_t row_count,
                                memory::Budget* budget) const;

  const std::shared_ptr<const TableShape> shape_;
  io::TemporarySpace* space_;
  std::vector<Group> groups_;
  int64_t row_count_ = 0;
  int64_t resident_bytes_ = 0;
};

}  // namespace millrace::exec
