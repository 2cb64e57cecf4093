#include "formats/parquet/chunk_source.h"

namespace millrace::formats::parquet {

base::Status ChunkSource::check() const {
  const int64_t file_bytes = file->stamp().size_bytes;
  if (chunk->offset() < 0 || chunk->data_page_offset < 0 || chunk->compressed_bytes > file_bytes ||
      chunk->offset() > file_bytes - chunk->compressed_bytes) {
    return place.corrupted("its column chunk lies outside the file");
  }
  if (chunk->value_count != row_count) {
    return place.corrupted("its column chunk has not as many values as its row group rows");
  }
  return {};
}

}  // namespace millrace::formats::parquet
