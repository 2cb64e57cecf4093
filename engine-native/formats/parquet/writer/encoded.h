// What encoding makes: bytes, and all that the footer says of them. Offsets count from the chunk's
// first byte until the file writer knows where the chunk stands.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "formats/parquet/writer/bounds.h"
#include "formats/parquet/writer/bytes.h"
#include "formats/parquet/writer/page_writer.h"

namespace millrace::formats::parquet_writer {

struct EncodedPage {
  int64_t offset = 0;
  int64_t size_bytes = 0;  // with its header
  int64_t first_row = 0;   // counted from the row group's first
  int64_t row_count = 0;
  int64_t null_count = 0;
  std::optional<EncodedBounds> bounds;
};

/// How the pages' bounds follow each other; the numbers are the format's own.
enum class BoundaryOrder : int32_t { Unordered = 0, Ascending = 1, Descending = 2 };

struct EncodedChunk {
  Bytes bytes;
  std::vector<EncodedPage> pages;  // data pages
  Encoding encoding = Encoding::Plain;
  bool has_dictionary = false;  // then it is the chunk's first page
  int64_t uncompressed_bytes = 0;
  int64_t row_count = 0;
  int64_t null_count = 0;
  std::optional<int64_t> distinct_count;
  std::optional<EncodedBounds> bounds;
  BoundaryOrder page_order = BoundaryOrder::Unordered;
};

struct EncodedRowGroup {
  int64_t row_count = 0;
  std::vector<EncodedChunk> chunks;  // one a column
};

}  // namespace millrace::formats::parquet_writer
