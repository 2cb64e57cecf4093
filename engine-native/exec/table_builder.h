// A session's table being written.
#pragma once
#include <mutex>

#include "exec/table_segment.h"
#include "ops/context.h"
#include "runtime/state.h"

namespace millrace::exec {

/// Rows until they are a segment. Writers append by worker; all or nothing is the caller's business:
/// what fails is dropped with the builder.
class TableBuilder : public runtime::RowSink {
 public:
  TableBuilder(std::shared_ptr<const TableShape> shape, memory::Budget* budget,
               io::TemporarySpace* space)
      : shape_(std::move(shape)),
        budget_(budget),
        segment_(std::make_shared<TableSegment>(shape_, space)) {}

  const TableShape& shape() const { return *shape_; }
  const std::shared_ptr<const TableShape>& shared_shape() const { return shape_; }
  /// Before the first row: how many append, and the settings that errors print values by.
  void open(uint32_t writer_count, const ops::Settings* settings);
  /// Threads: one a writer. 23502 where a column that takes none gets a NULL.
  Status append(uint32_t writer, std::span<const runtime::VectorView> columns,
                runtime::LanesView lanes) override;
  /// The column a value is to be appended to; then `end_row` once a row.
  ColumnBuilder& column(uint32_t writer, uint32_t index) { return writers_[writer].columns[index]; }
  Status end_row(uint32_t writer);
  /// All rows are in. Writers in order, each in its order.
  Status seal();
  /// The rows, sealed.
  std::shared_ptr<const TableSegment> segment() const { return segment_; }

 private:
  struct Writer {
    std::vector<ColumnBuilder> columns;
    uint32_t row_count = 0;
  };
  void start(Writer& writer);
  Status flush(Writer& writer);
  Status flush_if_full(Writer& writer);
  Status check_nulls(std::span<const runtime::VectorView> columns, runtime::LanesView lanes) const;

  const std::shared_ptr<const TableShape> shape_;
  memory::Budget* budget_;
  const ops::Settings* settings_ = nullptr;
  std::vector<Writer> writers_;
  std::mutex mutex_;
  std::shared_ptr<TableSegment> segment_;
};

/// 23502 for column `column` of a row, whose values it shows.
Status not_null_violation(const TableShape& shape, uint32_t column,
                          std::span<const runtime::VectorView> row, uint32_t lane,
                          const ops::Settings& settings);

}  // namespace millrace::exec
