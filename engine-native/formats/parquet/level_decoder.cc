#include "formats/parquet/level_decoder.h"

#include <algorithm>
#include <numeric>

namespace millrace::formats::parquet {

LevelDecoder LevelDecoder::hybrid(std::span<const uint8_t> bytes) {
  LevelDecoder decoder;
  decoder.kind_ = Kind::Hybrid;
  decoder.hybrid_ = HybridDecoder(bytes, 1);
  return decoder;
}

LevelDecoder LevelDecoder::bit_packed(std::span<const uint8_t> bytes) {
  LevelDecoder decoder;
  decoder.kind_ = Kind::BitPacked;
  decoder.packed_ = bytes;
  return decoder;
}

Fault LevelDecoder::count_present(uint32_t count, uint32_t* present) const {
  switch (kind_) {
    case Kind::None:
      *present = count;
      return {};
    case Kind::Hybrid: {
      HybridDecoder ahead = hybrid_;
      return ahead.count_ones(count, present);
    }
    case Kind::BitPacked:
      break;
  }
  if (packed_index_ + count > packed_.size() * 8) return corrupted("a page lacks levels");
  *present = 0;
  for (uint64_t i = 0; i < count; i++) *present += packed_bit(packed_index_ + i) ? 1 : 0;
  return {};
}

Fault LevelDecoder::decode(uint8_t* validity, uint32_t count, uint32_t* present) {
  switch (kind_) {
    case Kind::None:
      std::fill_n(validity, count, uint8_t{1});
      *present = count;
      return {};
    case Kind::Hybrid:
      MR_RETURN_IF_FAULT(hybrid_.decode(validity, count));
      break;
    case Kind::BitPacked:
      if (packed_index_ + count > packed_.size() * 8) return corrupted("a page lacks levels");
      for (uint32_t i = 0; i < count; i++) validity[i] = packed_bit(packed_index_ + i) ? 1 : 0;
      packed_index_ += count;
      break;
  }
  *present = std::accumulate(validity, validity + count, uint32_t{0});
  return {};
}

}  // namespace millrace::formats::parquet
