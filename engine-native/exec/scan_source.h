// Table scans: row groups handed to workers, pruned by statistics and by runtime filters; columns
// decoded when first needed, through the column cache.
#pragma once
#include "exec/column_cache.h"
#include "exec/file_cache.h"
#include "exec/pruning.h"
#include "exec/session_tables.h"
#include "exec/source.h"

namespace millrace::exec {

struct ScanServices {
  FileCache* files;
  const SessionTables* tables;
  ColumnCache* cache;
  memory::Budget* budget;
  uint32_t vector_size;
};

/// Opens the files of the scan and checks that they hold its columns.
Result<std::unique_ptr<Source>> make_scan_source(const plan::TableScan& scan,
                                                 std::vector<PruningTest> tests,
                                                 std::vector<operators::Source::FilterUse> filters,
                                                 ScanServices services, ScanCounters* counters);

}  // namespace millrace::exec
