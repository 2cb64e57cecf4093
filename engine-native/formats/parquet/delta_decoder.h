// DELTA_BINARY_PACKED: integers as differences, packed in miniblocks.
#pragma once
#include <cstdint>
#include <span>

#include "formats/parquet/bit_unpack.h"
#include "formats/parquet/fault.h"

namespace millrace::formats::parquet {

/// Streams the integers of one encoded run. Arithmetic wraps, as the format says. The input needs
/// kSlackBytes behind its end.
class DeltaDecoder {
 public:
  Fault open(std::span<const uint8_t> bytes);
  uint64_t value_count() const { return value_count_; }
  /// T: uint32_t or uint64_t. Fails past value_count().
  template <class T>
  Fault decode(T* out, uint32_t count);
  /// Once all values were decoded: the first byte after the run.
  const uint8_t* end_of_run() const { return at_; }

 private:
  Fault varint(uint64_t* out);
  Fault next_group();
  Fault next_block();
  Fault next_miniblock();

  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;
  uint64_t value_count_ = 0;
  uint64_t values_left_ = 0;  // not yet given out, the first value included
  uint64_t miniblocks_a_block_ = 0;
  uint64_t miniblock_values_ = 0;
  uint64_t last_ = 0;
  bool first_given_ = false;
  uint64_t min_delta_ = 0;
  const uint8_t* widths_ = nullptr;
  uint64_t miniblock_ = 0;           // next one of the block
  const uint8_t* packed_ = nullptr;  // rest of the current miniblock
  const uint8_t* packed_end_ = nullptr;
  uint64_t groups_left_ = 0;  // of the current miniblock
  uint32_t width_ = 0;
  uint64_t group_[kGroupValues] = {};
  uint32_t group_at_ = kGroupValues;  // next value of group_
};

}  // namespace millrace::formats::parquet
