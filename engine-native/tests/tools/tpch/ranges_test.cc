// A table made in pieces, each by a generator of its own, is the table made at once; and the cutter
// leaves nothing out.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "tests/tools/check.h"
#include "tools/tpch/tables.h"

namespace millrace::tpch {
namespace {

using Rows = std::vector<std::string>;

void append_rows(const Batch& batch, std::span<const Column> columns, Rows& out) {
  for (size_t row = 0; row < batch.row_count(); ++row) {
    std::string& text = out.emplace_back();
    for (size_t i = 0; i < columns.size(); ++i) {
      switch (columns[i].type) {
        case ColumnType::Key:
        case ColumnType::Money:
          text += std::to_string(batch.long_values(i)[row]);
          break;
        case ColumnType::Integer:
        case ColumnType::Date:
          text += std::to_string(batch.integer_values(i)[row]);
          break;
        case ColumnType::Text:
          text += batch.text_values(i)[row];
      }
      text += '|';
    }
  }
}

Rows make(Table table, const Scale& scale, const TextPool& pool, const RowRange& range,
          int64_t batch_rows) {
  const std::span<const Column> columns = table_info(table).columns;
  const auto source = open_rows(table, scale, pool, range);
  Batch batch(columns);
  Rows rows;
  for (int64_t made = 0; made < range.row_count; made += batch_rows) {
    source->fill(batch, static_cast<size_t>(std::min(batch_rows, range.row_count - made)));
    append_rows(batch, columns, rows);
  }
  return rows;
}

void pieces_equal_the_whole(Table table, const Scale& scale, const TextPool& pool) {
  const RowRange all = TableCutter(table, scale).next(std::numeric_limits<int64_t>::max());
  const Rows whole = make(table, scale, pool, all, Batch::kCapacity);
  EXPECT_EQUAL(static_cast<int64_t>(whole.size()), all.row_count);
  // Odd sizes, so that orders and parts are cut in the middle.
  for (int64_t piece_rows : {int64_t{1'000}, int64_t{333}, int64_t{4'097}}) {
    TableCutter cutter(table, scale);
    Rows joined;
    double progress = 0;
    while (true) {
      const RowRange range = cutter.next(piece_rows);
      if (range.row_count == 0) break;
      EXPECT(cutter.progress() >= progress);
      progress = cutter.progress();
      const Rows piece = make(table, scale, pool, range, 257);
      EXPECT(range.row_count == piece_rows || joined.size() + piece.size() == whole.size());
      joined.insert(joined.end(), piece.begin(), piece.end());
    }
    EXPECT_EQUAL(progress, 1.0);
    EXPECT(joined == whole);
  }
}

}  // namespace
}  // namespace millrace::tpch

int main() {
  using namespace millrace::tpch;
  const TextPool pool;
  const Scale scale = *Scale::parse("0.003");
  for (Table table : kAllTables) {
    pieces_equal_the_whole(table, scale, pool);
  }
  return millrace::test::report("tpch_ranges_test");
}
