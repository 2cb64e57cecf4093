// Makes tables as Parquet files, with several threads and bounded memory.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tools/tpch/scale.h"
#include "tools/tpch/table_files.h"
#include "tools/tpch/tables.h"

namespace millrace::tpch {

/// Each thread holds a row group or two: with more of them the generator could pass 1 GiB.
inline constexpr size_t kMaxThreads = 16;

struct GenerateRequest {
  Scale scale;
  std::string out_dir;
  std::vector<Table> tables;
  size_t thread_count = 1;  // 1 to kMaxThreads
  bool overwrite = false;   // else a table that exists already is an error, before anything is made
  const std::atomic<bool>* cancelled = nullptr;  // looked at between row groups
};

struct Progress {
  Table table;         // of the last row group written
  double table_share;  // of the table's rows, 0 to 1
  double overall_share;
  int64_t row_count;  // of all tables
};

struct GenerateSummary {
  int64_t row_count = 0;
  int64_t size_bytes = 0;
  size_t file_count = 0;
};

/// `report` is called after each row group, by one thread at a time. After an error or a
/// cancellation tables that were complete by then stay, others leave nothing.
WriteStatus generate(const GenerateRequest& request,
                     const std::function<void(const Progress&)>& report, GenerateSummary& summary);

}  // namespace millrace::tpch
