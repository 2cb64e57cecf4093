// The two framings of LZ4 that files have.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace millrace::codec {

/// One block that gives exactly `output`.
bool decompress_lz4_block(std::span<const uint8_t> input, std::span<uint8_t> output);
/// Hadoop's frames: big-endian size of a frame's contents, then blocks, each after its own
/// compressed size, until that many bytes came out.
bool decompress_lz4_frames(std::span<const uint8_t> input, std::span<uint8_t> output);
/// Bytes written to `output`; 0 where there is not enough room.
size_t compress_lz4_block(std::span<const uint8_t> input, std::span<uint8_t> output);
size_t compress_lz4_frame(std::span<const uint8_t> input, std::span<uint8_t> output);

}  // namespace millrace::codec
