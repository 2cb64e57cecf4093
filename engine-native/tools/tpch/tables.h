// The eight tables behind one interface.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tools/tpch/lineitem.h"
#include "tools/tpch/rows.h"

namespace millrace::tpch {

enum class Table { Region, Nation, Supplier, Customer, Part, PartSupp, Orders, Lineitem };

inline constexpr std::array<Table, 8> kAllTables = {
    Table::Region, Table::Nation,   Table::Supplier, Table::Customer,
    Table::Part,   Table::PartSupp, Table::Orders,   Table::Lineitem};

struct TableInfo {
  std::string_view name;
  std::span<const Column> columns;
  std::vector<size_t> sorted_by;  // the rows are in ascending order of these columns
};
TableInfo table_info(Table table);
std::optional<Table> find_table(std::string_view name);

/// A generator placed at the start of `range`. `pool` must outlive it and the rows it made.
std::unique_ptr<RowSource> open_rows(Table table, const Scale& scale, const TextPool& pool,
                                     const RowRange& range);

/// Cuts a whole table into consecutive ranges.
class TableCutter {
 public:
  TableCutter(Table table, const Scale& scale);

  /// The next `row_limit` rows, fewer at the table's end, none (row_count 0) after it.
  RowRange next(int64_t row_limit);
  /// The share of the table that has been handed out, 0 to 1.
  double progress() const;

 private:
  Table table_;
  int64_t rows_per_unit_;
  int64_t unit_count_;
  int64_t row_ = 0;
  LineitemCutter lines_;  // used for lineitem alone: elsewhere row numbers are known beforehand
};

}  // namespace millrace::tpch
