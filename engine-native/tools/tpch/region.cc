#include "tools/tpch/region.h"

#include <array>

#include "tools/tpch/distributions.h"

namespace millrace::tpch {
namespace {

enum : size_t { kRegionKey, kName, kComment };

constexpr std::array<Column, 3> kColumns = {{
    {"r_regionkey", ColumnType::Key},
    {"r_name", ColumnType::Text},
    {"r_comment", ColumnType::Text},
}};

class RegionRows final : public RowSource {
 public:
  RegionRows(const TextPool& pool, const RowRange& range)
      : next_(range.first_unit), comment_(1500869201, pool, 72) {
    comment_.seek_row(next_);
  }

 private:
  void make_rows(Batch& batch, size_t row_count) override {
    for (size_t i = 0; i < row_count; ++i, ++next_) {
      batch.longs(kRegionKey)[i] = next_;
      batch.texts(kName)[i] = region_names()[static_cast<size_t>(next_)];
      batch.texts(kComment)[i] = comment_.draw();
      comment_.next_row();
    }
  }

  int64_t next_;
  CommentColumn comment_;
};

}  // namespace

std::span<const Column> region_columns() { return kColumns; }

std::unique_ptr<RowSource> region_rows(const TextPool& pool, const RowRange& range) {
  return std::make_unique<RegionRows>(pool, range);
}

}  // namespace millrace::tpch
