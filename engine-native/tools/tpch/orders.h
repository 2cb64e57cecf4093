#pragma once
#include <memory>
#include <span>

#include "tools/tpch/rows.h"

namespace millrace::tpch {

std::span<const Column> orders_columns();
std::unique_ptr<RowSource> orders_rows(const Scale& scale, const TextPool& pool,
                                       const RowRange& range);

}  // namespace millrace::tpch
