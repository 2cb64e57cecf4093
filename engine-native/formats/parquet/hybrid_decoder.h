// Parquet's hybrid of run lengths and bit-packed runs: levels, dictionary codes, booleans.
#pragma once
#include <algorithm>
#include <cstdint>
#include <span>

#include "formats/parquet/bit_unpack.h"
#include "formats/parquet/fault.h"

namespace millrace::formats::parquet {

/// Streams values of one width. The input needs kSlackBytes behind its end.
class HybridDecoder {
 public:
  HybridDecoder() = default;
  /// Width at most 32.
  HybridDecoder(std::span<const uint8_t> bytes, uint32_t width)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()), width_(width) {}

  uint32_t width() const { return width_; }

  /// The next `count` values. T must hold `width` bits.
  template <class T>
  Fault decode(T* out, uint32_t count) {
    while (count > 0) {
      if (run_left_ == 0 && packed_left_ == 0) MR_RETURN_IF_FAULT(next_run());
      if (run_left_ > 0) {
        const uint32_t taken = std::min(count, run_left_);
        std::fill_n(out, taken, static_cast<T>(run_value_));
        run_left_ -= taken;
        out += taken;
        count -= taken;
      } else {
        const uint32_t taken = std::min(count, packed_left_);
        unpack(out, taken);
        packed_left_ -= taken;
        out += taken;
        count -= taken;
      }
    }
    return {};
  }

  /// How many of the next `count` values, of width 1, are 1.
  Fault count_ones(uint32_t count, uint32_t* ones);

 private:
  Fault next_run();

  template <class T>
  void unpack(T* out, uint32_t count) {
    while (count > 0 && packed_index_ % 8 != 0) {
      *out++ = static_cast<T>(unpack_one(packed_, packed_index_++, width_));
      count--;
    }
    if (count >= kGroupValues) {
      const UnpackGroup<T> group = unpack_group_of(out, width_);
      const uint8_t* in = packed_ + packed_index_ / 8 * width_;
      const uint32_t groups = count / kGroupValues;
      for (uint32_t i = 0; i < groups; i++) {
        group(in, out);
        in += kGroupValues / 8 * width_;
        out += kGroupValues;
      }
      packed_index_ += groups * kGroupValues;
      count -= groups * kGroupValues;
    }
    for (; count > 0; count--) {
      *out++ = static_cast<T>(unpack_one(packed_, packed_index_++, width_));
    }
  }

  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;
  const uint8_t* packed_ = nullptr;
  uint64_t packed_index_ = 0;
  uint32_t width_ = 0;
  uint32_t run_left_ = 0;
  uint32_t run_value_ = 0;
  uint32_t packed_left_ = 0;
};

}  // namespace millrace::formats::parquet
