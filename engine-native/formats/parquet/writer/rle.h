// Parquet's hybrid of run lengths and bit-packed groups of eight, for levels and dictionary codes.
#pragma once
#include <cstdint>
#include <span>

#include "formats/parquet/writer/bytes.h"

namespace millrace::formats::parquet_writer {

/// Bits that hold every value up to `greatest`; at least 1, as some readers refuse 0.
int bit_width(uint32_t greatest);

/// Appends `values`, each below 2^width; width is 1 to 32.
void append_rle(Bytes& out, std::span<const uint32_t> values, int width);

/// Appends `values` packed to `width` bits, the last byte filled up with zeros.
void append_bit_packed(Bytes& out, std::span<const uint32_t> values, int width);

}  // namespace millrace::formats::parquet_writer
