#include "formats/parquet/hybrid_decoder.h"

#include <bit>

namespace millrace::formats::parquet {

Fault HybridDecoder::next_run() {
  constexpr uint64_t kGreatestRun = UINT32_MAX;
  while (run_left_ == 0 && packed_left_ == 0) {
    uint64_t header = 0;
    for (uint32_t shift = 0;; shift += 7) {
      if (at_ == end_) return corrupted("a run-length encoded page ends too early");
      if (shift > 28) return corrupted("a run has a malformed length");
      header |= static_cast<uint64_t>(*at_ & 0x7f) << shift;
      if (*at_++ < 0x80) break;
    }
    const uint64_t left = static_cast<uint64_t>(end_ - at_);
    if ((header & 1) == 0) {
      const uint32_t value_bytes = (width_ + 7) / 8;
      if (value_bytes > left) return corrupted("a run-length encoded page ends too early");
      uint32_t value = 0;
      for (uint32_t i = 0; i < value_bytes; i++) value |= static_cast<uint32_t>(at_[i]) << (8 * i);
      at_ += value_bytes;
      if (value > low_bits(width_)) return corrupted("a run's value is wider than its page says");
      run_value_ = value;
      run_left_ = static_cast<uint32_t>(std::min(header >> 1, kGreatestRun));
      continue;
    }
    // Writers may leave out the padding of the page's last group.
    const uint64_t stated = (header >> 1) * 8;
    const uint64_t taken_bytes = std::min(stated / 8 * width_, left);
    const uint64_t values = width_ == 0 ? stated : std::min(stated, taken_bytes * 8 / width_);
    if (values == 0 && stated > 0) return corrupted("a run-length encoded page ends too early");
    packed_ = at_;
    packed_index_ = 0;
    packed_left_ = static_cast<uint32_t>(std::min(values, kGreatestRun));
    at_ += taken_bytes;
  }
  return {};
}

Fault HybridDecoder::count_ones(uint32_t count, uint32_t* ones) {
  uint32_t found = 0;
  while (count > 0) {
    if (run_left_ == 0 && packed_left_ == 0) MR_RETURN_IF_FAULT(next_run());
    if (run_left_ > 0) {
      const uint32_t taken = std::min(count, run_left_);
      found += run_value_ * taken;
      run_left_ -= taken;
      count -= taken;
      continue;
    }
    uint32_t taken = std::min(count, packed_left_);
    packed_left_ -= taken;
    count -= taken;
    for (; taken >= 64; taken -= 64, packed_index_ += 64) {
      const uint64_t bit = packed_index_;
      uint64_t word = load64(packed_ + bit / 8) >> (bit % 8);
      if (bit % 8 != 0) word |= static_cast<uint64_t>(packed_[bit / 8 + 8]) << (64 - bit % 8);
      found += static_cast<uint32_t>(std::popcount(word));
    }
    for (; taken > 0; taken--) {
      found += static_cast<uint32_t>(unpack_one(packed_, packed_index_++, 1));
    }
  }
  *ones = found;
  return {};
}

}  // namespace millrace::formats::parquet
