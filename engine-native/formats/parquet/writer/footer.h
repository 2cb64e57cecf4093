// The file's metadata and its page index, in Thrift.
#pragma once
#include <span>

#include "formats/parquet/writer/bytes.h"
#include "formats/parquet/writer/file_writer.h"

namespace millrace::formats::parquet_writer {

struct Footer {
  Bytes page_index;  // stands before the metadata: the metadata tells where its parts are
  Bytes metadata;
};

/// `page_index_offset` is where the page index will stand in the file.
Footer make_footer(const Schema& schema, const WriterOptions& options,
                   std::span<const WrittenRowGroup> row_groups, int64_t page_index_offset);

}  // namespace millrace::formats::parquet_writer
