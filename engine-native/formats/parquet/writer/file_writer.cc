#include "formats/parquet/writer/file_writer.h"

#include <string_view>
#include <utility>

#include "formats/parquet/writer/footer.h"

namespace millrace::formats::parquet_writer {
namespace {

constexpr std::string_view kMagic = "PAR1";

std::span<const uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

WriteStatus FileWriter::write(std::span<const uint8_t> bytes) {
  offset_ += static_cast<int64_t>(bytes.size());
  return sink_.write(bytes);
}

WriteStatus FileWriter::begin() { return offset_ == 0 ? write(as_bytes(kMagic)) : WriteStatus(); }

WriteStatus FileWriter::append(EncodedRowGroup&& row_group) {
  if (WriteStatus status = begin(); !status.ok()) return status;
  WrittenRowGroup written{.row_group = std::move(row_group), .chunk_offsets = {}};
  for (EncodedChunk& chunk : written.row_group.chunks) {
    written.chunk_offsets.push_back(offset_);
    if (WriteStatus status = write(chunk.bytes); !status.ok()) return status;
    chunk.bytes = Bytes();  // an empty list in braces would keep the memory
  }
  row_groups_.push_back(std::move(written));
  return {};
}

WriteStatus FileWriter::finish() {
  if (WriteStatus status = begin(); !status.ok()) return status;
  const Footer footer = make_footer(schema_, options_, row_groups_, offset_);
  if (WriteStatus status = write(footer.page_index); !status.ok()) return status;
  if (WriteStatus status = write(footer.metadata); !status.ok()) return status;
  Bytes tail;
  append_number(tail, static_cast<uint32_t>(footer.metadata.size()));
  append_bytes(tail, kMagic.data(), kMagic.size());
  return write(tail);
}

}  // namespace millrace::formats::parquet_writer
