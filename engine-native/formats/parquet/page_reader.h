// The pages of a column chunk: headers, checksums, decompression.
#pragma once
#include <cstdint>
#include <span>

#include "codec/codec.h"
#include "column/chunk.h"
#include "formats/parquet/allocation.h"
#include "formats/parquet/byte_window.h"
#include "formats/parquet/level_decoder.h"
#include "formats/parquet/metadata.h"

namespace millrace::formats::parquet {

/// Walks pages one after the other in [offset, end) of the window's file.
class PageReader {
 public:
  PageReader(ByteWindow* window, const Place& place) : window_(window), place_(place) {}

  /// Goes on at another place.
  void seek(int64_t offset, int64_t end) {
    offset_ = offset;
    end_ = end;
  }
  bool at_end() const { return offset_ >= end_; }
  /// Reads the header of the next page.
  base::Status next(PageHeader* header);
  /// The bytes of the page whose header was read last, checked against its checksum. Valid until
  /// the next call. A page whose body nobody asks for is passed over.
  base::Result<std::span<const uint8_t>> body();

 private:
  ByteWindow* window_;
  Place place_;
  int64_t offset_ = 0;
  int64_t end_ = 0;
  int64_t body_offset_ = 0;
  PageHeader header_;
};

/// Decompresses page bodies. What it answers is followed by at least 64 readable bytes.
class PageInflater {
 public:
  PageInflater(codec::Codec codec, const Place& place, memory::Reservation* reservation)
      : codec_(codec), place_(place), reservation_(reservation), scratch_(reservation) {}

  /// Into a buffer that the next call uses again, or straight from `body` where it is not
  /// compressed.
  base::Result<std::span<const uint8_t>> inflate(std::span<const uint8_t> body, uint64_t size_bytes,
                                                 bool is_compressed);
  /// Into a buffer of its own, to be kept; its bytes are in the reservation.
  base::Result<column::Buffer> inflate_owned(std::span<const uint8_t> body, uint64_t size_bytes,
                                             bool is_compressed);

 private:
  base::Status check_size(std::span<const uint8_t> body, uint64_t size_bytes,
                          bool is_compressed) const;
  base::Status inflate_into(std::span<const uint8_t> body, bool is_compressed,
                            std::span<uint8_t> out) const;

  codec::Codec codec_;
  Place place_;
  memory::Reservation* reservation_;
  ScratchBuffer scratch_;
};

/// A data page taken apart.
struct PageParts {
  LevelDecoder levels;
  std::span<const uint8_t> values;
};

/// Splits the decompressed body of a v1 page. `is_optional`: the column has levels.
Fault split_page(const PageHeader& header, bool is_optional, std::span<const uint8_t> body,
                 PageParts* parts);
/// Splits a v2 page's body as it lies in the file: the values may still be compressed.
Fault split_page_v2(const PageHeader& header, bool is_optional, std::span<const uint8_t> body,
                    PageParts* parts);

}  // namespace millrace::formats::parquet
