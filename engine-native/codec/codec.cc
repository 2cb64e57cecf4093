#include "codec/codec.h"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <libdeflate.h>
#include <lz4.h>
#include <snappy.h>
#include <zstd.h>

#include <cstring>
#include <memory>
#include <string>

#include "codec/lz4.h"

namespace millrace::codec {

namespace {

using base::ErrorCode;
using base::Status;

constexpr int kDefaultZstdLevel = 3;
constexpr int kDefaultGzipLevel = 6;
constexpr int kDefaultBrotliQuality = 5;

template <auto release>
struct Release {
  template <class T>
  void operator()(T* held) const {
    release(held);
  }
};
template <class T, auto release>
using Owned = std::unique_ptr<T, Release<release>>;

const char* chars(std::span<const uint8_t> bytes) {
  return reinterpret_cast<const char*>(bytes.data());
}

bool decompress_snappy(std::span<const uint8_t> input, std::span<uint8_t> output) {
  size_t size_bytes;
  return snappy::GetUncompressedLength(chars(input), input.size(), &size_bytes) &&
         size_bytes == output.size() &&
         snappy::RawUncompress(chars(input), input.size(), reinterpret_cast<char*>(output.data()));
}

bool decompress_zstd(std::span<const uint8_t> input, std::span<uint8_t> output) {
  // A context is 150 KB and dear to make, so each thread keeps one.
  thread_local Owned<ZSTD_DCtx, ZSTD_freeDCtx> context(ZSTD_createDCtx());
  const size_t written =
      ZSTD_decompressDCtx(context.get(), output.data(), output.size(), input.data(), input.size());
  return ZSTD_isError(written) == 0 && written == output.size();
}

bool decompress_gzip(std::span<const uint8_t> input, std::span<uint8_t> output) {
  thread_local Owned<libdeflate_decompressor, libdeflate_free_decompressor> decompressor(
      libdeflate_alloc_decompressor());
  constexpr uint8_t kGzipMagic = 0x1f;
  if (input.empty()) return output.empty();
  const auto member =
      input[0] == kGzipMagic ? libdeflate_gzip_decompress_ex : libdeflate_zlib_decompress_ex;
  while (!input.empty()) {
    size_t taken;
    size_t written;
    if (member(decompressor.get(), input.data(), input.size(), output.data(), output.size(), &taken,
               &written) != LIBDEFLATE_SUCCESS) {
      return false;
    }
    input = input.subspan(taken);
    output = output.subspan(written);
  }
  return output.empty();
}

bool decompress_brotli(std::span<const uint8_t> input, std::span<uint8_t> output) {
  size_t written = output.size();
  return BrotliDecoderDecompress(input.size(), input.data(), &written, output.data()) ==
             BROTLI_DECODER_RESULT_SUCCESS &&
         written == output.size();
}

bool try_decompress(Codec codec, std::span<const uint8_t> input, std::span<uint8_t> output) {
  switch (codec) {
    case Codec::Uncompressed:
      if (input.size() != output.size()) return false;
      if (!input.empty()) std::memcpy(output.data(), input.data(), input.size());
      return true;
    case Codec::Snappy:
      return decompress_snappy(input, output);
    case Codec::Gzip:
      return decompress_gzip(input, output);
    case Codec::Brotli:
      return decompress_brotli(input, output);
    case Codec::Zstd:
      return decompress_zstd(input, output);
    case Codec::Lz4Raw:
      return decompress_lz4_block(input, output);
    case Codec::Lz4Hadoop:
      return decompress_lz4_frames(input, output) || decompress_lz4_block(input, output);
  }
  return false;
}

size_t compress_gzip(std::span<const uint8_t> input, std::span<uint8_t> output, int level) {
  const Owned<libdeflate_compressor, libdeflate_free_compressor> compressor(
      libdeflate_alloc_compressor(level == 0 ? kDefaultGzipLevel : level));
  if (compressor == nullptr) return 0;
  return libdeflate_gzip_compress(compressor.get(), input.data(), input.size(), output.data(),
                                  output.size());
}

size_t compress_zstd(std::span<const uint8_t> input, std::span<uint8_t> output, int level) {
  thread_local Owned<ZSTD_CCtx, ZSTD_freeCCtx> context(ZSTD_createCCtx());
  const size_t written =
      ZSTD_compressCCtx(context.get(), output.data(), output.size(), input.data(), input.size(),
                        level == 0 ? kDefaultZstdLevel : level);
  return ZSTD_isError(written) != 0 ? 0 : written;
}

size_t compress_brotli(std::span<const uint8_t> input, std::span<uint8_t> output, int level) {
  size_t written = output.size();
  const bool fine = BrotliEncoderCompress(level == 0 ? kDefaultBrotliQuality : level,
                                          BROTLI_DEFAULT_WINDOW, BROTLI_MODE_GENERIC, input.size(),
                                          input.data(), &written, output.data());
  return fine ? written : 0;
}

/// Bytes written, 0 where it did not fit.
size_t try_compress(Codec codec, std::span<const uint8_t> input, std::span<uint8_t> output,
                    int level) {
  switch (codec) {
    case Codec::Uncompressed:
      if (output.size() < input.size()) return 0;
      if (!input.empty()) std::memcpy(output.data(), input.data(), input.size());
      return input.size();
    case Codec::Snappy: {
      size_t written = 0;
      if (output.size() < snappy::MaxCompressedLength(input.size())) return 0;
      snappy::RawCompress(chars(input), input.size(), reinterpret_cast<char*>(output.data()),
                          &written);
      return written;
    }
    case Codec::Gzip:
      return compress_gzip(input, output, level);
    case Codec::Brotli:
      return compress_brotli(input, output, level);
    case Codec::Zstd:
      return compress_zstd(input, output, level);
    case Codec::Lz4Raw:
      return compress_lz4_block(input, output);
    case Codec::Lz4Hadoop:
      return compress_lz4_frame(input, output);
  }
  return 0;
}

}  // namespace

std::string_view name_of(Codec codec) {
  constexpr std::string_view kNames[kCodecCount] = {"uncompressed", "snappy",  "gzip", "brotli",
                                                    "zstd",         "lz4_raw", "lz4"};
  return kNames[static_cast<int>(codec)];
}

bool may_decompress_to(Codec codec, std::span<const uint8_t> input, size_t size_bytes) {
  // Deflate gives at most 1,032 bytes for one, LZ4 255; some slack for their headers.
  constexpr size_t kGreatestDeflateRatio = 1032;
  constexpr size_t kGreatestLz4Ratio = 255;
  switch (codec) {
    case Codec::Uncompressed:
      return input.size() == size_bytes;
    case Codec::Snappy: {
      size_t stated;
      return snappy::GetUncompressedLength(chars(input), input.size(), &stated) &&
             stated == size_bytes;
    }
    case Codec::Gzip:
      return size_bytes / kGreatestDeflateRatio <= input.size();
    case Codec::Lz4Raw:
    case Codec::Lz4Hadoop:
      return size_bytes / kGreatestLz4Ratio <= input.size();
    case Codec::Zstd: {
      if (input.empty()) return size_bytes == 0;
      const unsigned long long stated = ZSTD_getFrameContentSize(input.data(), input.size());
      if (stated == ZSTD_CONTENTSIZE_ERROR) return false;
      return stated == ZSTD_CONTENTSIZE_UNKNOWN || stated <= size_bytes;
    }
    case Codec::Brotli:
      return !input.empty();  // no bound worth naming
  }
  return false;
}

Status decompress(Codec codec, std::span<const uint8_t> input, std::span<uint8_t> output) {
  if (try_decompress(codec, input, output)) return {};
  return Status::error(ErrorCode::DataCorrupted,
                       "malformed " + std::string(name_of(codec)) + " data");
}

size_t compressed_size_limit(Codec codec, size_t size_bytes) {
  constexpr size_t kFrameHeaderBytes = 8;
  switch (codec) {
    case Codec::Uncompressed:
      return size_bytes;
    case Codec::Snappy:
      return snappy::MaxCompressedLength(size_bytes);
    case Codec::Gzip:
      return libdeflate_gzip_compress_bound(nullptr, size_bytes);
    case Codec::Brotli:
      return BrotliEncoderMaxCompressedSize(size_bytes) + 64;
    case Codec::Zstd:
      return ZSTD_compressBound(size_bytes);
    case Codec::Lz4Raw:
    case Codec::Lz4Hadoop:
      return size_bytes + size_bytes / 255 + 16 + kFrameHeaderBytes;
  }
  return 0;
}

base::Result<size_t> compress(Codec codec, std::span<const uint8_t> input,
                              std::span<uint8_t> output, int level) {
  const size_t written = try_compress(codec, input, output, level);
  if (written == 0 && !(codec == Codec::Uncompressed && input.empty())) {
    return Status::error(ErrorCode::Internal, std::string(name_of(codec)) +
                                                  " compression failed for " +
                                                  std::to_string(input.size()) + " bytes");
  }
  return written;
}

uint32_t crc32(std::span<const uint8_t> bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}

}  // namespace millrace::codec
