// What is known of one column chunk before it is read.
#pragma once
#include <cstdint>

#include "formats/parquet/bounds.h"
#include "formats/parquet/column_type.h"
#include "formats/parquet/dictionary.h"
#include "formats/parquet/fault.h"
#include "formats/parquet/metadata.h"
#include "formats/parquet/page_index.h"
#include "io/random_access_file.h"

namespace millrace::formats::parquet {

/// Everything pointed to outlives what is done with it.
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

  io::ByteRange bytes() const { return {chunk->offset(), chunk->compressed_bytes}; }
  /// DataCorrupted where the chunk's bytes do not lie in the file, or its values are not as many
  /// as the rows.
  base::Status check() const;
};

}  // namespace millrace::formats::parquet
