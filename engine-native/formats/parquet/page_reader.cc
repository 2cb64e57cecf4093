#include "formats/parquet/page_reader.h"

#include <algorithm>
#include <cstring>

#include "formats/parquet/bit_unpack.h"

namespace millrace::formats::parquet {

using base::Status;

Status PageReader::next(PageHeader* header) {
  // Most headers take some 30 bytes; those with statistics of long strings may take far more.
  constexpr int64_t kFirstTry = 256;
  constexpr int64_t kGreatestHeader = int64_t{16} << 20;
  const int64_t left = end_ - offset_;
  for (int64_t size = std::min(kFirstTry, left);; size = std::min(size * 8, left)) {
    MR_ASSIGN_OR_RETURN(const std::span<const uint8_t> bytes, window_->at(offset_, size));
    size_t header_bytes = 0;
    const HeaderOutcome outcome = parse_page_header(bytes, &header_, &header_bytes);
    if (outcome == HeaderOutcome::NeedsMoreBytes && size < left && size < kGreatestHeader) {
      continue;
    }
    if (outcome != HeaderOutcome::Parsed) {
      return place_.corrupted("a page's header cannot be parsed");
    }
    body_offset_ = offset_ + static_cast<int64_t>(header_bytes);
    break;
  }
  if (header_.compressed_bytes > end_ - body_offset_) {
    return place_.corrupted("a page reaches past the end of its column chunk");
  }
  offset_ = body_offset_ + header_.compressed_bytes;
  *header = header_;
  return {};
}

base::Result<std::span<const uint8_t>> PageReader::body() {
  MR_ASSIGN_OR_RETURN(const std::span<const uint8_t> bytes,
                      window_->at(body_offset_, header_.compressed_bytes));
  if (header_.crc.has_value() && codec::crc32(bytes) != *header_.crc) {
    return place_.corrupted("a page does not match its checksum");
  }
  return bytes;
}

Status PageInflater::check_size(std::span<const uint8_t> body, uint64_t size_bytes,
                                bool is_compressed) const {
  const codec::Codec codec = is_compressed ? codec_ : codec::Codec::Uncompressed;
  if (size_bytes == 0 && body.empty()) return {};
  if (codec::may_decompress_to(codec, body, size_bytes)) return {};
  return place_.corrupted("a page cannot have the size that its header says");
}

Status PageInflater::inflate_into(std::span<const uint8_t> body, bool is_compressed,
                                  std::span<uint8_t> out) const {
  if (out.empty() && body.empty()) return {};
  const codec::Codec codec = is_compressed ? codec_ : codec::Codec::Uncompressed;
  if (codec::decompress(codec, body, out).ok()) return {};
  return place_.corrupted("a page cannot be decompressed");
}

base::Result<std::span<const uint8_t>> PageInflater::inflate(std::span<const uint8_t> body,
                                                             uint64_t size_bytes,
                                                             bool is_compressed) {
  MR_RETURN_IF_ERROR(check_size(body, size_bytes, is_compressed));
  if (!is_compressed || codec_ == codec::Codec::Uncompressed) return body;
  MR_RETURN_IF_ERROR(scratch_.resize(size_bytes));
  const std::span<uint8_t> out(scratch_.as<uint8_t>(), size_bytes);
  MR_RETURN_IF_ERROR(inflate_into(body, is_compressed, out));
  return std::span<const uint8_t>(out);
}

base::Result<column::Buffer> PageInflater::inflate_owned(std::span<const uint8_t> body,
                                                         uint64_t size_bytes, bool is_compressed) {
  MR_RETURN_IF_ERROR(check_size(body, size_bytes, is_compressed));
  MR_ASSIGN_OR_RETURN(column::Buffer out, allocate(reservation_, size_bytes));
  MR_RETURN_IF_ERROR(inflate_into(body, is_compressed, {out.as<uint8_t>(), size_bytes}));
  return out;
}

namespace {
constexpr Fault kLevelsTooLong = corrupted("a page's levels reach past its end");
}  // namespace

Fault split_page(const PageHeader& header, bool is_optional, std::span<const uint8_t> body,
                 PageParts* parts) {
  parts->levels = LevelDecoder();
  parts->values = body;
  if (!is_optional) return {};
  if (header.definition_encoding == PageEncoding::BitPacked) {
    const uint64_t level_bytes = (uint64_t{header.value_count} + 7) / 8;
    if (level_bytes > body.size()) return kLevelsTooLong;
    parts->levels = LevelDecoder::bit_packed(body.first(level_bytes));
    parts->values = body.subspan(level_bytes);
    return {};
  }
  if (header.definition_encoding != PageEncoding::Rle) {
    return unsupported("the encoding of its levels");
  }
  if (header.value_count == 0 && body.empty()) return {};
  if (body.size() < 4) return kLevelsTooLong;
  const uint64_t level_bytes = load32(body.data());
  if (level_bytes > body.size() - 4) return kLevelsTooLong;
  parts->levels = LevelDecoder::hybrid(body.subspan(4, level_bytes));
  parts->values = body.subspan(4 + level_bytes);
  return {};
}

Fault split_page_v2(const PageHeader& header, bool is_optional, std::span<const uint8_t> body,
                    PageParts* parts) {
  const uint64_t level_bytes = uint64_t{header.repetition_bytes} + header.definition_bytes;
  if (level_bytes > body.size() || level_bytes > static_cast<uint64_t>(header.uncompressed_bytes)) {
    return kLevelsTooLong;
  }
  if (header.row_count != header.value_count || header.null_count > header.value_count) {
    return corrupted("a page's counts contradict each other");
  }
  parts->levels = LevelDecoder();
  if (is_optional) {
    parts->levels =
        LevelDecoder::hybrid(body.subspan(header.repetition_bytes, header.definition_bytes));
  }
  parts->values = body.subspan(level_bytes);
  return {};
}

}  // namespace millrace::formats::parquet
