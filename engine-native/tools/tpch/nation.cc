#include "tools/tpch/nation.h"

#include <array>

#include "tools/tpch/distributions.h"

namespace millrace::tpch {
namespace {

enum : size_t { kNationKey, kName, kRegionKey, kComment };

constexpr std::array<Column, 4> kColumns = {{
    {"n_nationkey", ColumnType::Key},
    {"n_name", ColumnType::Text},
    {"n_regionkey", ColumnType::Key},
    {"n_comment", ColumnType::Text},
}};

class NationRows final : public RowSource {
 public:
  NationRows(const TextPool& pool, const RowRange& range)
      : next_(range.first_unit), comment_(606179079, pool, 72) {
    comment_.seek_row(next_);
  }

 private:
  void make_rows(Batch& batch, size_t row_count) override {
    for (size_t i = 0; i < row_count; ++i, ++next_) {
      const Nation& nation = nations()[static_cast<size_t>(next_)];
      batch.longs(kNationKey)[i] = next_;
      batch.texts(kName)[i] = nation.name;
      batch.longs(kRegionKey)[i] = nation.region_key;
      batch.texts(kComment)[i] = comment_.draw();
      comment_.next_row();
    }
  }

  int64_t next_;
  CommentColumn comment_;
};

}  // namespace

std::span<const Column> nation_columns() { return kColumns; }

std::unique_ptr<RowSource> nation_rows(const TextPool& pool, const RowRange& range) {
  return std::make_unique<NationRows>(pool, range);
}

}  // namespace millrace::tpch
