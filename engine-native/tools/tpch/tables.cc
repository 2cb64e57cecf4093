#include "tools/tpch/tables.h"

#include <algorithm>

#include "tools/tpch/customer.h"
#include "tools/tpch/distributions.h"
#include "tools/tpch/nation.h"
#include "tools/tpch/orders.h"
#include "tools/tpch/part.h"
#include "tools/tpch/partsupp.h"
#include "tools/tpch/region.h"
#include "tools/tpch/supplier.h"

namespace millrace::tpch {
namespace {

int64_t unit_count(Table table, const Scale& scale) {
  switch (table) {
    case Table::Region:
      return static_cast<int64_t>(region_names().size());
    case Table::Nation:
      return static_cast<int64_t>(nations().size());
    case Table::Supplier:
      return scale.supplier_count();
    case Table::Customer:
      return scale.customer_count();
    case Table::Part:
    case Table::PartSupp:
      return scale.part_count();
    case Table::Orders:
    case Table::Lineitem:
      return scale.order_count();
  }
  __builtin_unreachable();
}

}  // namespace

TableInfo table_info(Table table) {
  switch (table) {
    case Table::Region:
      return {"region", region_columns(), {0}};
    case Table::Nation:
      return {"nation", nation_columns(), {0}};
    case Table::Supplier:
      return {"supplier", supplier_columns(), {0}};
    case Table::Customer:
      return {"customer", customer_columns(), {0}};
    case Table::Part:
      return {"part", part_columns(), {0}};
    case Table::PartSupp:
      return {"partsupp", partsupp_columns(), {0}};
    case Table::Orders:
      return {"orders", orders_columns(), {0}};
    case Table::Lineitem:
      return {"lineitem", lineitem_columns(), {0, 3}};
  }
  __builtin_unreachable();
}

std::optional<Table> find_table(std::string_view name) {
  for (Table table : kAllTables) {
    if (table_info(table).name == name) return table;
  }
  return {};
}

std::unique_ptr<RowSource> open_rows(Table table, const Scale& scale, const TextPool& pool,
                                     const RowRange& range) {
  switch (table) {
    case Table::Region:
      return region_rows(pool, range);
    case Table::Nation:
      return nation_rows(pool, range);
    case Table::Supplier:
      return supplier_rows(pool, range);
    case Table::Customer:
      return customer_rows(pool, range);
    case Table::Part:
      return part_rows(pool, range);
    case Table::PartSupp:
      return partsupp_rows(scale, pool, range);
    case Table::Orders:
      return orders_rows(scale, pool, range);
    case Table::Lineitem:
      return lineitem_rows(scale, pool, range);
  }
  __builtin_unreachable();
}

TableCutter::TableCutter(Table table, const Scale& scale)
    : table_(table),
      rows_per_unit_(table == Table::PartSupp ? kSuppliersPerPart : 1),
      unit_count_(unit_count(table, scale)),
      lines_(scale) {}

RowRange TableCutter::next(int64_t row_limit) {
  if (table_ == Table::Lineitem) return lines_.next(row_limit);
  const RowRange range = {.first_unit = row_ / rows_per_unit_,
                          .skip_count = row_ % rows_per_unit_,
                          .row_count = std::min(row_limit, unit_count_ * rows_per_unit_ - row_)};
  row_ += range.row_count;
  return range;
}

double TableCutter::progress() const {
  const int64_t units = table_ == Table::Lineitem ? lines_.order() : row_ / rows_per_unit_;
  return static_cast<double>(units) / static_cast<double>(unit_count_);
}

}  // namespace millrace::tpch
