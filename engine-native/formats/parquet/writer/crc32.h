// The checksum of pages: CRC-32 with the polynomial of gzip.
#pragma once
#include <cstdint>
#include <span>

namespace millrace::formats::parquet_writer {

/// `crc` is that of the bytes before, to go on over several pieces; 0 at the start.
uint32_t crc32(std::span<const uint8_t> bytes, uint32_t crc = 0);

}  // namespace millrace::formats::parquet_writer
