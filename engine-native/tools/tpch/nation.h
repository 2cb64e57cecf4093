#pragma once
#include <memory>
#include <span>

#include "tools/tpch/rows.h"

namespace millrace::tpch {

std::span<const Column> nation_columns();
std::unique_ptr<RowSource> nation_rows(const TextPool& pool, const RowRange& range);

}  // namespace millrace::tpch
