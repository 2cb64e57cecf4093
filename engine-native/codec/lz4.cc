#include "codec/lz4.h"

#include <lz4.h>

#include <climits>

namespace millrace::codec {

namespace {

constexpr size_t kSizeBytes = 4;

uint32_t load_big_endian(const uint8_t* at) {
  return static_cast<uint32_t>(at[0]) << 24 | static_cast<uint32_t>(at[1]) << 16 |
         static_cast<uint32_t>(at[2]) << 8 | at[3];
}

void store_big_endian(uint8_t* at, size_t value) {
  for (int i = 0; i < 4; i++) at[i] = static_cast<uint8_t>(value >> (24 - 8 * i));
}

/// Bytes written, or -1.
int block(std::span<const uint8_t> input, std::span<uint8_t> output) {
  if (input.size() > INT_MAX || output.size() > INT_MAX) return -1;
  return LZ4_decompress_safe(reinterpret_cast<const char*>(input.data()),
                             reinterpret_cast<char*>(output.data()), static_cast<int>(input.size()),
                             static_cast<int>(output.size()));
}

}  // namespace

bool decompress_lz4_block(std::span<const uint8_t> input, std::span<uint8_t> output) {
  const int written = block(input, output);
  return written >= 0 && static_cast<size_t>(written) == output.size();
}

bool decompress_lz4_frames(std::span<const uint8_t> input, std::span<uint8_t> output) {
  while (!input.empty()) {
    if (input.size() < kSizeBytes) return false;
    size_t frame_left = load_big_endian(input.data());
    input = input.subspan(kSizeBytes);
    if (frame_left > output.size()) return false;
    while (frame_left > 0) {
      if (input.size() < kSizeBytes) return false;
      const size_t compressed = load_big_endian(input.data());
      input = input.subspan(kSizeBytes);
      if (compressed == 0 || compressed > input.size()) return false;
      const int written = block(input.first(compressed), output.first(frame_left));
      if (written <= 0) return false;
      input = input.subspan(compressed);
      output = output.subspan(static_cast<size_t>(written));
      frame_left -= static_cast<size_t>(written);
    }
  }
  return output.empty();
}

size_t compress_lz4_block(std::span<const uint8_t> input, std::span<uint8_t> output) {
  if (input.size() > LZ4_MAX_INPUT_SIZE) return 0;
  const int room = output.size() > INT_MAX ? INT_MAX : static_cast<int>(output.size());
  const int written = LZ4_compress_default(reinterpret_cast<const char*>(input.data()),
                                           reinterpret_cast<char*>(output.data()),
                                           static_cast<int>(input.size()), room);
  return written < 0 ? 0 : static_cast<size_t>(written);
}

size_t compress_lz4_frame(std::span<const uint8_t> input, std::span<uint8_t> output) {
  if (output.size() < 2 * kSizeBytes) return 0;
  const size_t written = compress_lz4_block(input, output.subspan(2 * kSizeBytes));
  if (written == 0) return 0;
  store_big_endian(output.data(), input.size());
  store_big_endian(output.data() + kSizeBytes, written);
  return written + 2 * kSizeBytes;
}

}  // namespace millrace::codec
