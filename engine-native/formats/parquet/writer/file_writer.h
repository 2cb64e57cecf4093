// A Parquet file: encoded row groups in, the file's bytes out.
#pragma once
#include <cstdint>
#include <vector>

#include "formats/parquet/writer/byte_sink.h"
#include "formats/parquet/writer/encoded.h"
#include "formats/parquet/writer/schema.h"

namespace millrace::formats::parquet_writer {

/// A row group whose bytes are in the file; its chunks have none anymore.
struct WrittenRowGroup {
  EncodedRowGroup row_group;
  std::vector<int64_t> chunk_offsets;
};

/// Call append() for each row group in the order they shall have, then finish(). After an error the
/// file is worthless. Memory: the footer, some hundred bytes a chunk and page.
class FileWriter {
 public:
  /// All three must outlive the writer.
  FileWriter(const Schema& schema, const WriterOptions& options, ByteSink& sink)
      : schema_(schema), options_(options), sink_(sink) {}

  /// Writes the row group's bytes and frees them.
  WriteStatus append(EncodedRowGroup&& row_group);
  /// Writes the page index and the footer. A file of no rows is a valid file.
  WriteStatus finish();
  int64_t size_bytes() const { return offset_; }

 private:
  WriteStatus write(std::span<const uint8_t> bytes);
  WriteStatus begin();

  const Schema& schema_;
  const WriterOptions& options_;
  ByteSink& sink_;
  int64_t offset_ = 0;
  std::vector<WrittenRowGroup> row_groups_;
};

}  // namespace millrace::formats::parquet_writer
