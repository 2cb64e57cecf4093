// The folder of one table: DIR/<table>/part-00000.parquet, part-00001.parquet, …
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "formats/parquet/writer/file_writer.h"
#include "tools/tpch/tables.h"

namespace millrace::tpch {

namespace parquet = formats::parquet_writer;
using parquet::WriteStatus;

/// The table's columns as Parquet has them: all required, field ids from 1.
parquet::Schema parquet_schema(Table table);

/// Writes row groups in the order they come. Nothing stands under its final name before commit(),
/// so an unfinished table is never taken for a whole one; what was not committed is removed by the
/// destructor. One thread at a time.
class TableFiles {
 public:
  TableFiles(Table table, const std::string& out_dir);
  ~TableFiles();
  TableFiles(const TableFiles&) = delete;
  TableFiles& operator=(const TableFiles&) = delete;

  /// Whether the folder holds data of an earlier run.
  static bool exists(Table table, const std::string& out_dir);

  /// Makes the folder and clears away what a run that was cut short has left.
  WriteStatus open();
  WriteStatus append(parquet::EncodedRowGroup&& row_group);
  /// Ends the last file and gives all files their names; data of an earlier run is removed first.
  WriteStatus commit();

  int64_t row_count() const { return row_count_; }
  int64_t size_bytes() const { return size_bytes_; }
  size_t file_count() const { return file_count_; }

 private:
  static constexpr size_t kRowGroupsPerFile = 64;

  struct OpenFile {
    parquet::LocalFileSink sink;
    parquet::FileWriter writer;
    size_t row_group_count = 0;

    OpenFile(const parquet::Schema& schema, const parquet::WriterOptions& options)
        : writer(schema, options, sink) {}
  };

  std::string path(size_t file_index, bool finished) const;
  WriteStatus finish_file();
  WriteStatus remove_files(bool finished) const;

  std::string directory_;
  parquet::Schema schema_;
  parquet::WriterOptions options_;
  std::unique_ptr<OpenFile> file_;
  size_t file_count_ = 0;
  int64_t row_count_ = 0;
  int64_t size_bytes_ = 0;
  bool committed_ = false;
};

}  // namespace millrace::tpch
