#pragma once
#include <memory>
#include <span>

#include "tools/tpch/rows.h"

namespace millrace::tpch {

std::span<const Column> part_columns();
std::unique_ptr<RowSource> part_rows(const TextPool& pool, const RowRange& range);

/// In hundredths; a function of the key, so that order lines can be priced without the part.
constexpr int64_t retail_price(int64_t part_key) {
  return 90'000 + (part_key / 10) % 20'001 + (part_key % 1'000) * 100;
}

}  // namespace millrace::tpch
