#pragma once
#include <memory>
#include <span>

#include "tools/tpch/order_lines.h"
#include "tools/tpch/rows.h"

namespace millrace::tpch {

/// A unit of this table is an order with its lines.
std::span<const Column> lineitem_columns();
std::unique_ptr<RowSource> lineitem_rows(const Scale& scale, const TextPool& pool,
                                         const RowRange& range);

/// Cuts the lines of consecutive orders into ranges of a given number of rows. How many lines an
/// order has is random, so where a range begins is known only by walking there; the walk is a few
/// nanoseconds an order.
class LineitemCutter {
 public:
  explicit LineitemCutter(const Scale& scale) : order_count_(scale.order_count()) {}

  /// The next `row_limit` rows, fewer at the table's end, none (row_count 0) after it.
  RowRange next(int64_t row_limit);
  /// Orders that are behind the last range.
  int64_t order() const { return order_; }

 private:
  int64_t order_count_;
  int64_t order_ = 0;
  int64_t taken_count_ = 0;  // lines of `order_` that are in earlier ranges
  OrderStreams streams_;
};

}  // namespace millrace::tpch
