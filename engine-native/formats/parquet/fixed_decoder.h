// Values of fixed physical width, by encoding: PLAIN, RLE (booleans), DELTA_BINARY_PACKED,
// BYTE_STREAM_SPLIT.
#pragma once
#include <cstdint>
#include <span>

#include "formats/parquet/delta_decoder.h"
#include "formats/parquet/fault.h"
#include "formats/parquet/hybrid_decoder.h"
#include "formats/parquet/metadata.h"

namespace millrace::formats::parquet {

/// Streams the present values of one page. The input needs kSlackBytes behind its end.
class FixedDecoder {
 public:
  /// `value_count`: how many values the page holds.
  Fault open(PhysicalType physical, PageEncoding encoding, std::span<const uint8_t> bytes,
             uint32_t value_count);
  /// width_of(physical) bytes a value; booleans as bytes of 0 and 1.
  Fault decode(void* out, uint32_t count);
  /// Passes over values; `scratch` has room for `count` of them.
  Fault skip(uint32_t count, void* scratch);

 private:
  enum class Kind : uint8_t { Plain, PlainBits, Runs, Delta32, Delta64, Split };
  Fault open_runs(std::span<const uint8_t> bytes);
  void decode_split(uint8_t* out, uint32_t count);

  Kind kind_ = Kind::Plain;
  uint32_t width_ = 0;
  const uint8_t* at_ = nullptr;
  uint64_t stream_size_ = 0;  // of Split: values a stream
  uint64_t index_ = 0;        // of PlainBits, Split
  HybridDecoder runs_;
  DeltaDecoder delta_;
};

}  // namespace millrace::formats::parquet
