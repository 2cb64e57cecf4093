// codec: general compression, one interface over the system's libraries. May include base and io.
// Invariant: decompression writes exactly the bytes it was given room for, or fails; whatever the
// input says, it allocates nothing but the library's own bounded state. Start reading here.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/status.h"

namespace millrace::codec {

enum class Codec : uint8_t {
  Uncompressed,
  Snappy,
  Gzip,  // one member or several; a bare zlib stream is taken too
  Brotli,
  Zstd,
  Lz4Raw,     // one LZ4 block
  Lz4Hadoop,  // blocks with big-endian sizes; a bare block is taken too, as old writers left it
};
inline constexpr int kCodecCount = 7;

std::string_view name_of(Codec codec);

/// Whether `input` can decompress to `size_bytes`, as far as its header and the codec's greatest
/// ratio tell: to be asked before allocating what an untrusted page says it needs.
bool may_decompress_to(Codec codec, std::span<const uint8_t> input, size_t size_bytes);

/// Fills all of `output`. DataCorrupted where the input is malformed or gives another size.
base::Status decompress(Codec codec, std::span<const uint8_t> input, std::span<uint8_t> output);

/// Room that compress() needs for `size_bytes` of input at worst.
size_t compressed_size_limit(Codec codec, size_t size_bytes);

/// Answers how many bytes of `output` were written. Level 0 is the codec's own default.
base::Result<size_t> compress(Codec codec, std::span<const uint8_t> input,
                              std::span<uint8_t> output, int level = 0);

/// CRC-32 with the polynomial of gzip.
uint32_t crc32(std::span<const uint8_t> bytes);

}  // namespace millrace::codec
