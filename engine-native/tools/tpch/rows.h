// What a table's generator is: a run of rows, handed out a batch at a time.
#pragma once
#include <cstdint>

#include "tools/tpch/batch.h"
#include "tools/tpch/scale.h"
#include "tools/tpch/text_pool.h"

namespace millrace::tpch {

/// A run of rows. Rows come in units that share their random streams' position: the four suppliers
/// of a part, the lines of an order; in all other tables a unit is a row.
struct RowRange {
  int64_t first_unit = 0;  // counted from 0
  int64_t skip_count = 0;  // rows of the first unit that are before the range
  int64_t row_count = 0;
};

/// Not thread-safe; one thread, one source.
class RowSource {
 public:
  virtual ~RowSource() = default;
  /// Replaces what is in `batch` by the next `row_count` rows (at most Batch::kCapacity).
  void fill(Batch& batch, size_t row_count) {
    batch.clear();
    make_rows(batch, row_count);
    batch.set_row_count(row_count);
  }

 private:
  virtual void make_rows(Batch& batch, size_t row_count) = 0;
};

}  // namespace millrace::tpch
