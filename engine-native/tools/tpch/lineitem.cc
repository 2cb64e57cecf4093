#include "tools/tpch/lineitem.h"

#include <algorithm>
#include <array>

#include "tools/tpch/distributions.h"
#include "tools/tpch/part.h"
#include "tools/tpch/partsupp.h"

namespace millrace::tpch {
namespace {

enum : size_t {
  kOrderKey,
  kPartKey,
  kSuppKey,
  kLineNumber,
  kQuantity,
  kExtendedPrice,
  kDiscount,
  kTax,
  kReturnFlag,
  kLineStatus,
  kShipDate,
  kCommitDate,
  kReceiptDate,
  kShipInstruct,
  kShipMode,
  kComment,
};

constexpr std::array<Column, 16> kColumns = {{
    {"l_orderkey", ColumnType::Key},
    {"l_partkey", ColumnType::Key},
    {"l_suppkey", ColumnType::Key},
    {"l_linenumber", ColumnType::Integer},
    {"l_quantity", ColumnType::Money},
    {"l_extendedprice", ColumnType::Money},
    {"l_discount", ColumnType::Money},
    {"l_tax", ColumnType::Money},
    {"l_returnflag", ColumnType::Text},
    {"l_linestatus", ColumnType::Text},
    {"l_shipdate", ColumnType::Date},
    {"l_commitdate", ColumnType::Date},
    {"l_receiptdate", ColumnType::Date},
    {"l_shipinstruct", ColumnType::Text},
    {"l_shipmode", ColumnType::Text},
    {"l_comment", ColumnType::Text},
}};

class LineitemRows final : public RowSource {
 public:
  LineitemRows(const Scale& scale, const TextPool& pool, const RowRange& range)
      : supplier_count_(scale.supplier_count()),
        order_number_(range.first_unit),
        lines_(scale),
        comment_(1095462486, pool, 27, kMaxLinesPerOrder) {
    seek_all(order_number_, order_, lines_, supplier_, commit_delay_, receipt_delay_, flag_,
             instructions_, mode_, comment_);
    begin_order();
    Batch skipped(kColumns);
    for (int64_t i = 0; i < range.skip_count; ++i) make_line(skipped, 0);
  }

 private:
  void make_rows(Batch& batch, size_t row_count) override {
    for (size_t i = 0; i < row_count; ++i) make_line(batch, i);
  }

  void begin_order() {
    date_ = order_.date.draw();
    line_count_ = order_.line_count.draw();
    line_ = 0;
  }

  void make_line(Batch& batch, size_t row) {
    if (line_ == line_count_) {
      next_row_all(order_, lines_, supplier_, commit_delay_, receipt_delay_, flag_, instructions_,
                   mode_, comment_);
      ++order_number_;
      begin_order();
    }
    const int64_t quantity = lines_.quantity.draw();
    const int64_t part_key = lines_.part_key.draw();
    const int32_t ship_date = date_ + lines_.ship_delay.draw();
    const int32_t receipt_date = ship_date + receipt_delay_.draw();

    batch.longs(kOrderKey)[row] = order_key(order_number_ + 1);
    batch.longs(kPartKey)[row] = part_key;
    batch.longs(kSuppKey)[row] = supplier_of_part(part_key, supplier_.draw(), supplier_count_);
    batch.integers(kLineNumber)[row] = ++line_;
    batch.longs(kQuantity)[row] = quantity * 100;
    batch.longs(kExtendedPrice)[row] = quantity * retail_price(part_key);
    batch.longs(kDiscount)[row] = lines_.discount.draw();
    batch.longs(kTax)[row] = lines_.tax.draw();
    // The flag's stream stands still for lines that are still under way.
    batch.texts(kReturnFlag)[row] = receipt_date <= kCurrentDate ? flag_.draw() : "N";
    batch.texts(kLineStatus)[row] = ship_date <= kCurrentDate ? "F" : "O";
    batch.integers(kShipDate)[row] = ship_date;
    batch.integers(kCommitDate)[row] = date_ + commit_delay_.draw();
    batch.integers(kReceiptDate)[row] = receipt_date;
    batch.texts(kShipInstruct)[row] = instructions_.draw();
    batch.texts(kShipMode)[row] = mode_.draw();
    batch.texts(kComment)[row] = comment_.draw();
  }

  int64_t supplier_count_;
  int64_t order_number_;
  int32_t date_ = 0;
  int32_t line_count_ = 0;
  int32_t line_ = 0;  // lines of the order that were made
  OrderStreams order_;
  LineStreams lines_;
  UniformColumn supplier_{2095021727, 0, 3, kMaxLinesPerOrder};
  UniformColumn commit_delay_{904914315, 30, 90, kMaxLinesPerOrder};
  UniformColumn receipt_delay_{373135028, 1, 30, kMaxLinesPerOrder};
  WordColumn flag_{717419739, return_flags(), kMaxLinesPerOrder};
  WordColumn instructions_{1371272478, ship_instructions(), kMaxLinesPerOrder};
  WordColumn mode_{675466456, ship_modes(), kMaxLinesPerOrder};
  CommentColumn comment_;
};

}  // namespace

std::span<const Column> lineitem_columns() { return kColumns; }

std::unique_ptr<RowSource> lineitem_rows(const Scale& scale, const TextPool& pool,
                                         const RowRange& range) {
  return std::make_unique<LineitemRows>(scale, pool, range);
}

RowRange LineitemCutter::next(int64_t row_limit) {
  RowRange range{.first_unit = order_, .skip_count = taken_count_};
  while (order_ < order_count_ && range.row_count < row_limit) {
    OrderStreams streams = streams_;  // drawing must not move the stream: the order may be cut
    const int64_t line_count = streams.line_count.draw();
    const int64_t taken = std::min(line_count - taken_count_, row_limit - range.row_count);
    range.row_count += taken;
    taken_count_ += taken;
    if (taken_count_ == line_count) {
      taken_count_ = 0;
      ++order_;
      streams_.next_row();
    }
  }
  return range;
}

}  // namespace millrace::tpch
