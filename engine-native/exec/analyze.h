// Statistics of files: what the metadata says, and what a sample of rows suggests.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "exec/file_cache.h"
#include "memory/budget.h"

namespace millrace::exec {

/// A column over all row groups of a file, from metadata alone.
struct InspectedColumn {
  formats::FileColumn column;
  std::optional<std::string> minimum;
  std::optional<std::string> maximum;
  std::optional<int64_t> null_count;
  /// The largest count of one row group: a lower bound.
  std::optional<int64_t> distinct_count;
};
std::vector<InspectedColumn> inspect(const formats::FileReader& reader);

/// A column by sampling some vectors of rows spread over all files.
struct AnalyzedColumn {
  std::string name;
  double distinct_count = 0;
  double null_fraction = 0;
  bool unique = false;
  bool sorted = false;
  double average_width = 0;
};
base::Result<AnalyzedColumn> analyze(
    const std::vector<std::shared_ptr<const formats::FileReader>>& files, const std::string& column,
    memory::Budget* budget);

}  // namespace millrace::exec
