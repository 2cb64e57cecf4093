// One column of one row group: values in, pages out.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "formats/parquet/writer/bounds.h"
#include "formats/parquet/writer/dictionary.h"
#include "formats/parquet/writer/encoded.h"
#include "formats/parquet/writer/page_writer.h"
#include "formats/parquet/writer/schema.h"

namespace millrace::formats::parquet_writer {

class ChunkWriter {
 public:
  virtual ~ChunkWriter() = default;
  /// Ends the chunk and leaves the writer empty for the next one.
  virtual WriteStatus finish(EncodedChunk& chunk) = 0;
  virtual int64_t row_count() const = 0;
};

/// Codes values by a dictionary as long as that looks worth it; pages of codes are cut when the
/// chunk ends. Once it does not, all values so far are written again in plain form.
template <class T>
class TypedChunkWriter final : public ChunkWriter {
 public:
  TypedChunkWriter(const ColumnSpec& spec, const WriterOptions& options, PageWriter& page_writer);

  /// `present` has a 1 for each value and a 0 for each NULL, whose place in `values` is ignored;
  /// null means that there is no NULL.
  WriteStatus append(std::span<const T> values, const uint8_t* present);
  WriteStatus finish(EncodedChunk& chunk) override;
  int64_t row_count() const override { return row_count_; }

 private:
  void append_to_vector(std::span<const T> values, const uint8_t* present);
  void append_plain(T value);
  WriteStatus end_vector();
  bool dictionary_fails() const;  // asked while values come
  bool dictionary_pays() const;   // asked once all are there
  WriteStatus write_coded();
  WriteStatus fall_back();
  WriteStatus flush_plain_page();
  WriteStatus write_page(Encoding encoding, std::span<const uint8_t> values, size_t row_count,
                         std::span<const uint8_t> present, const Bounds<T>& bounds);
  BoundaryOrder page_order() const;
  void reset();

  const ColumnSpec& spec_;
  const WriterOptions& options_;
  PageWriter& page_writer_;

  EncodedChunk chunk_;
  int64_t row_count_ = 0;
  Bounds<T> bounds_;  // of the pages that are written
  bool coding_ = true;

  // While coding: of the whole chunk. `present_` is empty for a column that allows no NULL.
  Dictionary<T> dictionary_;
  std::vector<uint32_t> codes_;
  std::vector<uint8_t> present_;
  size_t plain_size_bytes_ = 0;  // what the coded values would take

  // Afterwards: of the page being filled, with `present_` cut to it.
  Bytes plain_;
  size_t page_row_count_ = 0;
  Bounds<T> page_bounds_;

  Bytes scratch_;
};

/// The writer that fits the column's type.
std::unique_ptr<ChunkWriter> make_chunk_writer(const ColumnSpec& spec, const WriterOptions& options,
                                               PageWriter& page_writer);

}  // namespace millrace::formats::parquet_writer
