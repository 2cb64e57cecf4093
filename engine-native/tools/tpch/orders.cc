#include "tools/tpch/orders.h"

#include <algorithm>
#include <array>

#include "tools/tpch/distributions.h"
#include "tools/tpch/order_lines.h"
#include "tools/tpch/part.h"

namespace millrace::tpch {
namespace {

enum : size_t {
  kOrderKey,
  kCustKey,
  kOrderStatus,
  kTotalPrice,
  kOrderDate,
  kOrderPriority,
  kClerk,
  kShipPriority,
  kComment,
};

constexpr std::array<Column, 9> kColumns = {{
    {"o_orderkey", ColumnType::Key},
    {"o_custkey", ColumnType::Key},
    {"o_orderstatus", ColumnType::Text},
    {"o_totalprice", ColumnType::Money},
    {"o_orderdate", ColumnType::Date},
    {"o_orderpriority", ColumnType::Text},
    {"o_clerk", ColumnType::Text},
    {"o_shippriority", ColumnType::Integer},
    {"o_comment", ColumnType::Text},
}};

class OrderRows final : public RowSource {
 public:
  OrderRows(const Scale& scale, const TextPool& pool, const RowRange& range)
      : next_(range.first_unit),
        customer_count_(static_cast<int32_t>(scale.customer_count())),
        lines_(scale),
        customer_(851767375, 1, customer_count_),
        clerk_(1171034773, 1, static_cast<int32_t>(scale.clerk_count())),
        comment_(276090261, pool, 49) {
    seek_all(next_, order_, lines_, customer_, priority_, clerk_, comment_);
  }

 private:
  struct Summary {
    int64_t total_price = 0;
    std::string_view status;
  };

  void make_rows(Batch& batch, size_t row_count) override {
    for (size_t i = 0; i < row_count; ++i, ++next_) {
      const int32_t date = order_.date.draw();
      const Summary summary = summarize_lines(date);
      batch.longs(kOrderKey)[i] = order_key(next_ + 1);
      batch.longs(kCustKey)[i] = draw_customer();
      batch.texts(kOrderStatus)[i] = summary.status;
      batch.longs(kTotalPrice)[i] = summary.total_price;
      batch.integers(kOrderDate)[i] = date;
      batch.texts(kOrderPriority)[i] = priority_.draw();
      batch.texts(kClerk)[i] = numbered_name(batch.arena(), "Clerk#", clerk_.draw());
      batch.integers(kShipPriority)[i] = 0;
      batch.texts(kComment)[i] = comment_.draw();
      next_row_all(order_, lines_, customer_, priority_, clerk_, comment_);
    }
  }

  /// A third of the customers, those whose key is a multiple of three, never order anything: such a
  /// draw moves to a neighbor.
  int64_t draw_customer() {
    int32_t key = customer_.draw();
    for (int32_t step = 1; key % 3 == 0; step = -step) key = std::min(key + step, customer_count_);
    return key;
  }

  Summary summarize_lines(int32_t order_date) {
    Summary summary;
    int32_t shipped_count = 0;
    const int32_t line_count = order_.line_count.draw();
    for (int32_t i = 0; i < line_count; ++i) {
      const int64_t price = retail_price(lines_.part_key.draw()) * lines_.quantity.draw();
      const int64_t discounted = price * (100 - lines_.discount.draw()) / 100;
      summary.total_price += discounted * (100 + lines_.tax.draw()) / 100;
      shipped_count += order_date + lines_.ship_delay.draw() <= kCurrentDate;
    }
    summary.status = shipped_count == 0 ? "O" : shipped_count == line_count ? "F" : "P";
    return summary;
  }

  int64_t next_;
  int32_t customer_count_;
  OrderStreams order_;
  LineStreams lines_;
  UniformColumn customer_;
  WordColumn priority_{591449447, order_priorities()};
  UniformColumn clerk_;
  CommentColumn comment_;
};

}  // namespace

std::span<const Column> orders_columns() { return kColumns; }

std::unique_ptr<RowSource> orders_rows(const Scale& scale, const TextPool& pool,
                                       const RowRange& range) {
  return std::make_unique<OrderRows>(scale, pool, range);
}

}  // namespace millrace::tpch
