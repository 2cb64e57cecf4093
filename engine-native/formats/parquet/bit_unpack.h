// Values packed to any number of bits, lowest bits first. Groups of 32 are unpacked by code that
// knows the width; the input must be followed by kSlackBytes readable bytes.
#pragma once
#include <cstdint>
#include <cstring>
#include <utility>

namespace millrace::formats::parquet {

constexpr uint32_t kGroupValues = 32;
/// What every buffer of packed values must have behind its end: loads are of whole words.
constexpr uint32_t kSlackBytes = 16;

inline uint64_t load64(const uint8_t* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

inline uint32_t load32(const uint8_t* at) {
  uint32_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

constexpr uint64_t low_bits(uint32_t width) {
  return width >= 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1;
}

/// The value at bit `index * width`; any width up to 64.
inline uint64_t unpack_one(const uint8_t* in, uint64_t index, uint32_t width) {
  const uint64_t bit = index * width;
  const uint8_t* at = in + bit / 8;
  const uint32_t shift = bit % 8;
  uint64_t value = load64(at) >> shift;
  if (width + shift > 64) value |= static_cast<uint64_t>(at[8]) << (64 - shift);
  return value & low_bits(width);
}

namespace unpacking {

/// Values taken from one loaded word: more for narrow widths, as long as none crosses its end.
template <uint32_t W>
constexpr uint32_t kValuesPerWord = W <= 8    ? 8
                                    : W <= 16 ? 4
                                    : W <= 28 ? 2
                                              : 1;

template <uint32_t W, class T, size_t... G>
inline void words(const uint8_t* in, T* out, std::index_sequence<G...>) {
  constexpr uint32_t kPer = kValuesPerWord<W>;
  const auto one = [&]<size_t N>(std::integral_constant<size_t, N>) {
    constexpr size_t kBit = N * kPer * W;
    if constexpr (kPer == 1) {
      out[N] = static_cast<T>(unpack_one(in, N, W));
    } else {
      const uint64_t loaded = load64(in + kBit / 8) >> (kBit % 8);
      [&]<size_t... I>(std::index_sequence<I...>) {
        ((out[N * kPer + I] = static_cast<T>(loaded >> (I * W) & low_bits(W))), ...);
      }
      (std::make_index_sequence<kPer>());
    }
  };
  (one(std::integral_constant<size_t, G>()), ...);
}

}  // namespace unpacking

/// Unpacks kGroupValues values of W bits: 4 * W bytes of input.
template <uint32_t W, class T>
inline void unpack_group(const uint8_t* in, T* out) {
  if constexpr (W == 0) {
    std::memset(out, 0, kGroupValues * sizeof(T));
  } else if constexpr (W == 8 * sizeof(T)) {
    std::memcpy(out, in, kGroupValues * sizeof(T));
  } else if constexpr (W == 1 && sizeof(T) == 1) {
    // Each bit of a byte is spread over a byte of its own.
    for (uint32_t i = 0; i < kGroupValues / 8; i++) {
      const uint64_t spread = in[i] * 0x0101010101010101ull & 0x8040201008040201ull;
      const uint64_t bits = (spread + 0x7f7f7f7f7f7f7f7full) >> 7 & 0x0101010101010101ull;
      std::memcpy(out + i * 8, &bits, 8);
    }
  } else {
    unpacking::words<W>(in, out,
                        std::make_index_sequence<kGroupValues / unpacking::kValuesPerWord<W>>());
  }
}

template <class T>
using UnpackGroup = void (*)(const uint8_t* in, T* out);

/// By width: up to 8 * sizeof(T) for T of 1, 2, 4 and 8 bytes.
UnpackGroup<uint8_t> unpack_group_of(uint8_t*, uint32_t width);
UnpackGroup<uint16_t> unpack_group_of(uint16_t*, uint32_t width);
UnpackGroup<uint32_t> unpack_group_of(uint32_t*, uint32_t width);
UnpackGroup<uint64_t> unpack_group_of(uint64_t*, uint32_t width);

}  // namespace millrace::formats::parquet
