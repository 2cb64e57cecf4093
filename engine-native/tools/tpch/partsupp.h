#pragma once
#include <memory>
#include <span>

#include "tools/tpch/rows.h"

namespace millrace::tpch {

inline constexpr int kSuppliersPerPart = 4;

/// A unit of this table is a part with its four suppliers.
std::span<const Column> partsupp_columns();
std::unique_ptr<RowSource> partsupp_rows(const Scale& scale, const TextPool& pool,
                                         const RowRange& range);

/// The key of supplier number `index` (0 to 3) of a part: spread over all suppliers.
constexpr int64_t supplier_of_part(int64_t part_key, int64_t index, int64_t supplier_count) {
  const int64_t stride = supplier_count / kSuppliersPerPart + (part_key - 1) / supplier_count;
  return (part_key + index * stride) % supplier_count + 1;
}

}  // namespace millrace::tpch
