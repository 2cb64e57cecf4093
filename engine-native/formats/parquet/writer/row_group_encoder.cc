#include "formats/parquet/writer/row_group_encoder.h"

namespace millrace::formats::parquet_writer {

RowGroupEncoder::RowGroupEncoder(const Schema& schema, const WriterOptions& options)
    : schema_(schema), page_writer_(options) {
  for (const ColumnSpec& column : schema.columns) {
    chunks_.push_back(make_chunk_writer(column, options, page_writer_));
  }
}

WriteStatus RowGroupEncoder::finish(EncodedRowGroup& row_group) {
  row_group.row_count = chunks_.front()->row_count();
  row_group.chunks.resize(chunks_.size());
  for (size_t i = 0; i < chunks_.size(); ++i) {
    assert(chunks_[i]->row_count() == row_group.row_count && row_group.row_count > 0);
    if (WriteStatus status = chunks_[i]->finish(row_group.chunks[i]); !status.ok()) return status;
  }
  return {};
}

}  // namespace millrace::formats::parquet_writer
