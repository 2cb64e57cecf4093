#include "formats/parquet/writer/page_writer.h"

#include <zstd.h>

#include "formats/parquet/writer/crc32.h"
#include "formats/parquet/writer/thrift_compact.h"

namespace millrace::formats::parquet_writer {
namespace {

enum class PageType : int32_t { Dictionary = 2, DataV2 = 3 };

// Fields of PageHeader up to where the kinds of page differ.
void begin_header(ThriftWriter& header, PageType type, size_t uncompressed_bytes,
                  size_t written_bytes, uint32_t crc) {
  header.i32_field(1, static_cast<int32_t>(type));
  header.i32_field(2, static_cast<int32_t>(uncompressed_bytes));
  header.i32_field(3, static_cast<int32_t>(written_bytes));
  header.i32_field(4, static_cast<int32_t>(crc));
}

}  // namespace

PageWriter::PageWriter(const WriterOptions& options)
    : options_(options), context_(ZSTD_createCCtx()) {}

PageWriter::~PageWriter() { ZSTD_freeCCtx(context_); }

WriteStatus PageWriter::compress(std::span<const uint8_t> bytes) {
  if (context_ == nullptr) return WriteStatus::error("not enough memory for the compressor");
  compressed_.resize(ZSTD_compressBound(bytes.size()));
  const size_t size = ZSTD_compressCCtx(context_, compressed_.data(), compressed_.size(),
                                        bytes.data(), bytes.size(), options_.compression_level);
  if (ZSTD_isError(size)) {
    return WriteStatus::error(std::string("compression failed: ") + ZSTD_getErrorName(size));
  }
  compressed_.resize(size);
  return {};
}

WriteStatus PageWriter::append_dictionary_page(std::span<const uint8_t> values,
                                               uint32_t value_count, Bytes& chunk, PageSize& size) {
  std::span<const uint8_t> body = values;
  if (options_.codec == Codec::Zstd) {
    if (WriteStatus status = compress(values); !status.ok()) return status;
    body = compressed_;
  }
  const size_t begin = chunk.size();
  ThriftWriter header(chunk);
  begin_header(header, PageType::Dictionary, values.size(), body.size(), crc32(body));
  header.begin_struct_field(7);
  header.i32_field(1, static_cast<int32_t>(value_count));
  header.i32_field(2, static_cast<int32_t>(Encoding::Plain));
  header.end_struct();
  header.finish();
  const size_t header_bytes = chunk.size() - begin;
  append_bytes(chunk, body.data(), body.size());
  size = {.uncompressed_bytes = static_cast<int64_t>(header_bytes + values.size()),
          .written_bytes = static_cast<int64_t>(header_bytes + body.size())};
  return {};
}

WriteStatus PageWriter::append_data_page(const DataPage& page, Bytes& chunk, PageSize& size) {
  std::span<const uint8_t> body = page.values;
  bool is_compressed = false;
  if (options_.codec == Codec::Zstd && !page.values.empty()) {
    if (WriteStatus status = compress(page.values); !status.ok()) return status;
    // Random codes hardly shrink: then reading them as they are is worth more than a few bytes.
    is_compressed = compressed_.size() < page.values.size() / 10 * 9;
    if (is_compressed) body = compressed_;
  }
  const std::span<const uint8_t> levels = page.definition_levels;
  const size_t begin = chunk.size();
  ThriftWriter header(chunk);
  begin_header(header, PageType::DataV2, levels.size() + page.values.size(),
               levels.size() + body.size(), crc32(body, crc32(levels)));
  header.begin_struct_field(8);
  header.i32_field(1, static_cast<int32_t>(page.row_count));
  header.i32_field(2, static_cast<int32_t>(page.null_count));
  header.i32_field(3, static_cast<int32_t>(page.row_count));
  header.i32_field(4, static_cast<int32_t>(page.encoding));
  header.i32_field(5, static_cast<int32_t>(levels.size()));
  header.i32_field(6, 0);
  header.bool_field(7, is_compressed);
  header.end_struct();
  header.finish();
  const size_t header_bytes = chunk.size() - begin;
  append_bytes(chunk, levels.data(), levels.size());
  append_bytes(chunk, body.data(), body.size());
  size = {
      .uncompressed_bytes = static_cast<int64_t>(header_bytes + levels.size() + page.values.size()),
      .written_bytes = static_cast<int64_t>(header_bytes + levels.size() + body.size())};
  return {};
}

}  // namespace millrace::formats::parquet_writer
