#include "formats/parquet/delta_decoder.h"

#include <algorithm>

namespace millrace::formats::parquet {

namespace {
constexpr Fault kTooShort = corrupted("a delta-encoded page ends too early");

uint64_t from_zigzag(uint64_t value) { return value >> 1 ^ (~(value & 1) + 1); }
}  // namespace

Fault DeltaDecoder::varint(uint64_t* out) {
  *out = 0;
  for (uint32_t shift = 0; shift < 64; shift += 7) {
    if (at_ == end_) return kTooShort;
    *out |= static_cast<uint64_t>(*at_ & 0x7f) << shift;
    if (*at_++ < 0x80) return {};
  }
  return corrupted("a delta-encoded page holds a malformed number");
}

Fault DeltaDecoder::open(std::span<const uint8_t> bytes) {
  constexpr uint64_t kGreatestBlock = uint64_t{1} << 32;
  at_ = bytes.data();
  end_ = at_ + bytes.size();
  uint64_t block_values;
  uint64_t first;
  MR_RETURN_IF_FAULT(varint(&block_values));
  MR_RETURN_IF_FAULT(varint(&miniblocks_a_block_));
  MR_RETURN_IF_FAULT(varint(&value_count_));
  MR_RETURN_IF_FAULT(varint(&first));
  if (miniblocks_a_block_ == 0 || block_values > kGreatestBlock ||
      block_values % miniblocks_a_block_ != 0) {
    return corrupted("a delta-encoded page has a malformed block size");
  }
  miniblock_values_ = block_values / miniblocks_a_block_;
  if (miniblock_values_ == 0 || miniblock_values_ % kGroupValues != 0) {
    return corrupted("a delta-encoded page has a malformed block size");
  }
  last_ = from_zigzag(first);
  values_left_ = value_count_;
  miniblock_ = miniblocks_a_block_;
  return {};
}

Fault DeltaDecoder::next_block() {
  uint64_t delta;
  MR_RETURN_IF_FAULT(varint(&delta));
  min_delta_ = from_zigzag(delta);
  if (miniblocks_a_block_ > static_cast<uint64_t>(end_ - at_)) return kTooShort;
  widths_ = at_;
  at_ += miniblocks_a_block_;
  miniblock_ = 0;
  return {};
}

Fault DeltaDecoder::next_miniblock() {
  if (miniblock_ == miniblocks_a_block_) MR_RETURN_IF_FAULT(next_block());
  width_ = widths_[miniblock_++];
  if (width_ > 64) return corrupted("a delta-encoded page has differences of over 64 bits");
  packed_ = at_;
  // The last miniblock may be cut short; next_group() sees whether too short.
  const uint64_t stated_bytes = miniblock_values_ / 8 * width_;
  packed_end_ = at_ + std::min(stated_bytes, static_cast<uint64_t>(end_ - at_));
  at_ = packed_end_;
  groups_left_ = miniblock_values_ / kGroupValues;
  return {};
}

Fault DeltaDecoder::next_group() {
  if (groups_left_ == 0) MR_RETURN_IF_FAULT(next_miniblock());
  const uint64_t group_bytes = kGroupValues / 8 * width_;
  const uint64_t left_bytes = static_cast<uint64_t>(packed_end_ - packed_);
  if (left_bytes >= group_bytes) {
    unpack_group_of(static_cast<uint64_t*>(nullptr), width_)(packed_, group_);
    packed_ += group_bytes;
  } else {
    const uint64_t needed = std::min<uint64_t>(values_left_, kGroupValues);
    if (needed * width_ > left_bytes * 8) return kTooShort;
    for (uint32_t i = 0; i < needed; i++) group_[i] = unpack_one(packed_, i, width_);
    packed_ = packed_end_;
  }
  groups_left_--;
  group_at_ = 0;
  return {};
}

template <class T>
Fault DeltaDecoder::decode(T* out, uint32_t count) {
  if (count > values_left_) return kTooShort;
  if (count > 0 && !first_given_) {
    *out++ = static_cast<T>(last_);
    first_given_ = true;
    values_left_--;
    count--;
  }
  while (count > 0) {
    if (group_at_ == kGroupValues) MR_RETURN_IF_FAULT(next_group());
    const uint32_t taken = std::min(count, kGroupValues - group_at_);
    uint64_t last = last_;
    for (uint32_t i = 0; i < taken; i++) {
      last += min_delta_ + group_[group_at_ + i];
      out[i] = static_cast<T>(last);
    }
    last_ = last;
    group_at_ += taken;
    values_left_ -= taken;
    out += taken;
    count -= taken;
  }
  return {};
}

template Fault DeltaDecoder::decode<uint32_t>(uint32_t*, uint32_t);
template Fault DeltaDecoder::decode<uint64_t>(uint64_t*, uint32_t);

}  // namespace millrace::formats::parquet
