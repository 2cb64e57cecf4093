#pragma once
#include <memory>
#include <span>

#include "tools/tpch/rows.h"

namespace millrace::tpch {

std::span<const Column> region_columns();
std::unique_ptr<RowSource> region_rows(const TextPool& pool, const RowRange& range);

}  // namespace millrace::tpch
