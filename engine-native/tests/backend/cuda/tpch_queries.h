// Five TPC-H queries as one fragment each, as a planner would write them.
#pragma once
#include <string>

#include "tests/exec/plan_builder.h"

namespace millrace::tests {

/// `tables_dir` has a folder a table. Numbers: 1, 3, 13, 16, 18.
plan::Query tpch_query(int number, const std::string& tables_dir);

}  // namespace millrace::tests
