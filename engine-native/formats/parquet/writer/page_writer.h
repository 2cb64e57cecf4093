// Pages: compression, header, checksum. Data pages are of version 2.
#pragma once
#include <cstdint>
#include <span>

#include "formats/parquet/writer/bytes.h"
#include "formats/parquet/writer/schema.h"
#include "formats/parquet/writer/write_status.h"

struct ZSTD_CCtx_s;

namespace millrace::formats::parquet_writer {

enum class Encoding : int32_t { Plain = 0, Rle = 3, RleDictionary = 8 };

struct DataPage {
  Encoding encoding;
  uint32_t row_count;
  uint32_t null_count;
  std::span<const uint8_t> definition_levels;  // encoded; empty for a column without nulls
  std::span<const uint8_t> values;             // encoded
};

/// Bytes of one page with its header.
struct PageSize {
  int64_t uncompressed_bytes = 0;
  int64_t written_bytes = 0;
};

/// Appends pages to the bytes of a chunk. One thread at a time; the compressor's state is reused.
class PageWriter {
 public:
  explicit PageWriter(const WriterOptions& options);
  ~PageWriter();
  PageWriter(const PageWriter&) = delete;
  PageWriter& operator=(const PageWriter&) = delete;

  WriteStatus append_dictionary_page(std::span<const uint8_t> values, uint32_t value_count,
                                     Bytes& chunk, PageSize& size);
  WriteStatus append_data_page(const DataPage& page, Bytes& chunk, PageSize& size);

 private:
  /// Leaves the compressed bytes in `compressed_`.
  WriteStatus compress(std::span<const uint8_t> bytes);

  const WriterOptions& options_;
  ZSTD_CCtx_s* context_;
  Bytes compressed_;
};

}  // namespace millrace::formats::parquet_writer
