// Decodes rows of one column chunk.
#pragma once
#include <cstdint>
#include <span>

#include "column/chunk.h"
#include "formats/format_reader.h"
#include "formats/parquet/chunk_source.h"

namespace millrace::formats::parquet {

/// FileReader::decode(), for a column that can be read.
base::Result<column::ChunkPtr> decode_chunk(const ChunkSource& source,
                                            std::span<const RowRange> ranges,
                                            memory::Budget* budget, int64_t* bytes_read);

}  // namespace millrace::formats::parquet
