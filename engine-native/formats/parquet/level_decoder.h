// Definition levels of a flat optional column: one bit a row, 1 where a value is present.
#pragma once
#include <cstdint>
#include <span>

#include "formats/parquet/fault.h"
#include "formats/parquet/hybrid_decoder.h"

namespace millrace::formats::parquet {

class LevelDecoder {
 public:
  /// No levels: every row is present.
  LevelDecoder() = default;
  static LevelDecoder hybrid(std::span<const uint8_t> bytes);
  /// The format's first encoding of levels: highest bits first.
  static LevelDecoder bit_packed(std::span<const uint8_t> bytes);

  /// How many of the next `count` rows are present, without consuming them.
  Fault count_present(uint32_t count, uint32_t* present) const;
  /// One byte a row; answers the number of rows present.
  Fault decode(uint8_t* validity, uint32_t count, uint32_t* present);

 private:
  enum class Kind : uint8_t { None, Hybrid, BitPacked };
  bool packed_bit(uint64_t index) const { return (packed_[index / 8] >> (7 - index % 8) & 1) != 0; }

  Kind kind_ = Kind::None;
  HybridDecoder hybrid_;
  std::span<const uint8_t> packed_;
  uint64_t packed_index_ = 0;
};

}  // namespace millrace::formats::parquet
