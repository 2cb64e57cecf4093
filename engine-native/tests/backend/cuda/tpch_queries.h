// Five TPC-H queries as one fragment each, as a planner would write them.
#pragma once
#include <string>
#include <vector>

#include "tests/exec/plan_builder.h"

namespace millrace::tests {

struct NamedType {
  const char* name;
  plan::Type of;
};
/// A scan of columns without NULL.
plan::Operator tpch_scan(const std::string& tables_dir, const std::string& table,
                         const std::vector<NamedType>& columns,
                         std::vector<plan::Expression> conditions);

/// Numbers the operators and makes `column_count` columns of the root the result.
plan::Query query_of(plan::Operator root, uint32_t column_count);

/// `tables_dir` has a folder a table. Numbers: 1, 3, 13, 16, 18.
plan::Query tpch_query(int number, const std::string& tables_dir);

}  // namespace millrace::tests
