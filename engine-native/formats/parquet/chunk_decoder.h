// Decodes rows of one column chunk.
#pragma once
#include <cstdint>
#include <memory>
#include <span>

#include "column/chunk.h"
#include "formats/format_reader.h"
#include "formats/parquet/bounds.h"
#include "formats/parquet/column_type.h"
#include "formats/parquet/dictionary.h"
#include "formats/parquet/metadata.h"
#include "formats/parquet/page_index.h"
#include "io/random_access_file.h"

namespace millrace::formats::parquet {

/// One column chunk and what is known of it. Everything pointed to outlives the call.
struct ChunkSource {
  const io::RandomAccessFile* file;
  Place place;
  const LeafColumn* column;
  const ChunkMetadata* chunk;
  const StoredBounds* bounds;
  const PageIndex* index;  // null: none
  DictionaryCache* dictionaries;
  uint64_t dictionary_key;
  uint32_t row_count;
  int64_t first_row;  // in the file
};

/// FileReader::decode(), for a column that can be read.
base::Result<column::ChunkPtr> decode_chunk(const ChunkSource& source,
                                            std::span<const RowRange> ranges,
                                            memory::Budget* budget, int64_t* bytes_read);

/// FileReader::dictionary(). Believes no statistics: it looks at every page's header.
base::Result<std::shared_ptr<const column::Dictionary>> read_whole_dictionary(
    const ChunkSource& source, memory::Budget* budget);

}  // namespace millrace::formats::parquet
