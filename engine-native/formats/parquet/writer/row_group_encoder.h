// A row group: columns in, encoded chunks out. Several encoders may work at the same time.
#pragma once
#include <cassert>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "formats/parquet/writer/chunk_writer.h"
#include "formats/parquet/writer/encoded.h"
#include "formats/parquet/writer/schema.h"

namespace millrace::formats::parquet_writer {

/// Memory: the encoded row group, and for each dictionary-coded column 4 bytes a row.
class RowGroupEncoder {
 public:
  /// Both must outlive the encoder.
  RowGroupEncoder(const Schema& schema, const WriterOptions& options);

  /// Adds values to one column; T must be the C++ type of the column (values.h). `present` is empty
  /// when there are no NULLs, else as long as `values`: 1 for a value, 0 for NULL. What the values
  /// point to is needed during the call only.
  template <class T>
  WriteStatus append(size_t column, std::span<const T> values,
                     std::span<const uint8_t> present = {}) {
    assert(dynamic_cast<TypedChunkWriter<T>*>(chunks_[column].get()) != nullptr);
    assert(present.empty() ||
           (schema_.columns[column].nullable && present.size() == values.size()));
    return static_cast<TypedChunkWriter<T>&>(*chunks_[column])
        .append(values, present.empty() ? nullptr : present.data());
  }

  /// Ends the row group; the encoder is empty afterwards and can take the next one. All columns
  /// must have the same number of rows, at least one.
  WriteStatus finish(EncodedRowGroup& row_group);

 private:
  const Schema& schema_;
  PageWriter page_writer_;
  std::vector<std::unique_ptr<ChunkWriter>> chunks_;
};

}  // namespace millrace::formats::parquet_writer
