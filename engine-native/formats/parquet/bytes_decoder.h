// Values of BYTE_ARRAY and FIXED_LEN_BYTE_ARRAY as string views, by encoding: PLAIN,
// DELTA_LENGTH_BYTE_ARRAY, DELTA_BYTE_ARRAY, BYTE_STREAM_SPLIT.
#pragma once
#include <cstdint>
#include <span>

#include "column/chunk.h"
#include "formats/parquet/column_type.h"
#include "formats/parquet/fault.h"
#include "memory/budget.h"

namespace millrace::formats::parquet {

/// A view over bytes that are followed by 16 readable ones.
types::StringView view_of(const uint8_t* bytes, uint32_t size_bytes);

/// Streams the present values of one page. Views point into the page's bytes, which need
/// kSlackBytes behind their end, or into `heap()` where the encoding leaves no value whole.
class BytesDecoder {
 public:
  /// Memory beyond the page is taken from `reservation` before it is allocated.
  base::Status open(const LeafColumn& column, PageEncoding encoding, std::span<const uint8_t> bytes,
                    uint32_t value_count, const Place& place, memory::Reservation* reservation);
  Fault decode(types::StringView* out, uint32_t count);

  /// Whether views point into heap() and not into the page.
  bool has_own_heap() const { return heap_.size_bytes() > 0; }
  /// To be kept as long as the views; its bytes stay in the reservation.
  column::Buffer take_heap() { return std::move(heap_); }
  /// Bytes in the reservation that end with this page: the lengths.
  int64_t transient_bytes() const { return transient_bytes_; }

 private:
  enum class Kind : uint8_t { LengthPrefixed, Fixed, Lengths };
  struct Lengths {
    column::Buffer sizes;  // [value_count] of uint32_t
    const uint8_t* end = nullptr;
  };
  base::Status open_delta_lengths(std::span<const uint8_t> bytes, uint32_t value_count);
  base::Status open_delta_bytes(std::span<const uint8_t> bytes, uint32_t value_count);
  base::Status open_split(std::span<const uint8_t> bytes, uint32_t value_count);
  base::Result<Lengths> decode_lengths(std::span<const uint8_t> bytes, uint32_t value_count);
  base::Result<column::Buffer> allocate(uint64_t size_bytes);
  Fault join_prefixes(const uint32_t* prefixes, const uint32_t* suffixes, const uint8_t* suffix,
                      uint32_t value_count);

  Place place_;
  memory::Reservation* reservation_ = nullptr;
  Kind kind_ = Kind::LengthPrefixed;
  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;
  uint32_t fixed_size_ = 0;
  column::Buffer sizes_;
  uint64_t index_ = 0;
  column::Buffer heap_;
  int64_t transient_bytes_ = 0;
};

}  // namespace millrace::formats::parquet
