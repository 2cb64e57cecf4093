#include "tools/tpch/partsupp.h"

#include <array>

namespace millrace::tpch {
namespace {

enum : size_t { kPartKey, kSuppKey, kAvailQty, kSupplyCost, kComment };

constexpr std::array<Column, 5> kColumns = {{
    {"ps_partkey", ColumnType::Key},
    {"ps_suppkey", ColumnType::Key},
    {"ps_availqty", ColumnType::Integer},
    {"ps_supplycost", ColumnType::Money},
    {"ps_comment", ColumnType::Text},
}};

class PartSuppRows final : public RowSource {
 public:
  PartSuppRows(const Scale& scale, const TextPool& pool, const RowRange& range)
      : supplier_count_(scale.supplier_count()),
        part_(range.first_unit),
        comment_(1961692154, pool, 124, kSuppliersPerPart) {
    seek_all(part_, quantity_, cost_, comment_);
    for (; index_ < range.skip_count; ++index_) {
      quantity_.draw();
      cost_.draw();
      comment_.draw();
    }
  }

 private:
  void make_rows(Batch& batch, size_t row_count) override {
    for (size_t i = 0; i < row_count; ++i) {
      if (index_ == kSuppliersPerPart) {
        next_row_all(quantity_, cost_, comment_);
        ++part_;
        index_ = 0;
      }
      batch.longs(kPartKey)[i] = part_ + 1;
      batch.longs(kSuppKey)[i] = supplier_of_part(part_ + 1, index_, supplier_count_);
      batch.integers(kAvailQty)[i] = quantity_.draw();
      batch.longs(kSupplyCost)[i] = cost_.draw();
      batch.texts(kComment)[i] = comment_.draw();
      ++index_;
    }
  }

  int64_t supplier_count_;
  int64_t part_;
  int64_t index_ = 0;  // of the next supplier of the part
  UniformColumn quantity_{1671059989, 1, 9'999, kSuppliersPerPart};
  UniformColumn cost_{1051288424, 100, 100'000, kSuppliersPerPart};
  CommentColumn comment_;
};

}  // namespace

std::span<const Column> partsupp_columns() { return kColumns; }

std::unique_ptr<RowSource> partsupp_rows(const Scale& scale, const TextPool& pool,
                                         const RowRange& range) {
  return std::make_unique<PartSuppRows>(scale, pool, range);
}

}  // namespace millrace::tpch
