#include "codec/codec.h"

#include <string>
#include <vector>

#include "tests/check.h"

namespace {

using namespace millrace;  // NOLINT: a program of one file
using codec::Codec;
using Bytes = std::vector<uint8_t>;

constexpr Codec kAll[] = {Codec::Uncompressed, Codec::Snappy, Codec::Gzip,     Codec::Brotli,
                          Codec::Zstd,         Codec::Lz4Raw, Codec::Lz4Hadoop};

/// Compressible, but not trivially.
Bytes sample(size_t size) {
  Bytes bytes(size);
  uint32_t state = 12345;
  for (size_t i = 0; i < size; i++) {
    if (i % 11 == 0) state = state * 1664525 + 1013904223;
    bytes[i] = static_cast<uint8_t>(state >> 28);
  }
  return bytes;
}

Bytes compressed(Codec codec, const Bytes& plain) {
  Bytes out(codec::compressed_size_limit(codec, plain.size()));
  const auto written = codec::compress(codec, plain, out);
  CHECK(written.ok());
  out.resize(written.ok() ? written.value() : 0);
  return out;
}

void test_round_trips() {
  for (const Codec codec : kAll) {
    for (const size_t size : {1, 17, 1000, 3'000'000}) {
      const Bytes plain = sample(size);
      const Bytes packed = compressed(codec, plain);
      if (codec != Codec::Uncompressed && size >= 1000) CHECK(packed.size() < size);
      CHECK(codec::may_decompress_to(codec, packed, size));
      Bytes back(size);
      CHECK(codec::decompress(codec, packed, back).ok());
      CHECK(back == plain);
    }
  }
}

void test_wrong_sizes() {
  for (const Codec codec : kAll) {
    const Bytes plain = sample(1000);
    const Bytes packed = compressed(codec, plain);
    for (const size_t size : {0, 999, 1001}) {
      Bytes back(size);
      const base::Status status = codec::decompress(codec, packed, back);
      CHECK(status.code() == base::ErrorCode::DataCorrupted);
      CHECK_EQUAL(status.message(), "malformed " + std::string(name_of(codec)) + " data");
    }
    Bytes cut(packed.begin(), packed.end() - 1);
    Bytes back(1000);
    CHECK(!codec::decompress(codec, cut, back).ok());
    CHECK(!codec::decompress(codec, {}, back).ok());
  }
}

void test_implausible_sizes() {
  const Bytes plain = sample(1000);
  constexpr size_t kHuge = size_t{1} << 31;
  for (const Codec codec :
       {Codec::Uncompressed, Codec::Snappy, Codec::Gzip, Codec::Lz4Raw, Codec::Lz4Hadoop}) {
    CHECK(!codec::may_decompress_to(codec, compressed(codec, plain), kHuge));
  }
  CHECK(!codec::may_decompress_to(Codec::Zstd, compressed(Codec::Zstd, plain), 999));
  CHECK(!codec::may_decompress_to(Codec::Zstd, plain, 1000));
  CHECK(!codec::may_decompress_to(Codec::Brotli, {}, 1000));
}

void test_gzip_members() {
  const Bytes first = sample(500);
  const Bytes second = sample(300);
  Bytes packed = compressed(Codec::Gzip, first);
  const Bytes more = compressed(Codec::Gzip, second);
  packed.insert(packed.end(), more.begin(), more.end());
  Bytes back(800);
  CHECK(codec::decompress(Codec::Gzip, packed, back).ok());
  CHECK(std::equal(first.begin(), first.end(), back.begin()));
  CHECK(std::equal(second.begin(), second.end(), back.begin() + 500));
  // "abc" as a zlib stream.
  const Bytes zlib = {0x78, 0x9c, 0x4b, 0x4c, 0x4a, 0x06, 0x00, 0x02, 0x4d, 0x01, 0x27};
  Bytes abc(3);
  CHECK(codec::decompress(Codec::Gzip, zlib, abc).ok());
  CHECK_EQUAL(std::string(abc.begin(), abc.end()), "abc");
}

void append_big_endian(Bytes* out, size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out->push_back(static_cast<uint8_t>(value >> shift));
}

void test_lz4_framings() {
  const Bytes first = sample(500);
  const Bytes second = sample(300);
  const Bytes first_block = compressed(Codec::Lz4Raw, first);
  const Bytes second_block = compressed(Codec::Lz4Raw, second);
  const auto add_block = [](Bytes* out, const Bytes& block) {
    append_big_endian(out, block.size());
    out->insert(out->end(), block.begin(), block.end());
  };
  Bytes two_frames;
  append_big_endian(&two_frames, 500);
  add_block(&two_frames, first_block);
  append_big_endian(&two_frames, 300);
  add_block(&two_frames, second_block);
  Bytes one_frame;
  append_big_endian(&one_frame, 800);
  add_block(&one_frame, first_block);
  add_block(&one_frame, second_block);
  for (const Bytes& packed : {two_frames, one_frame}) {
    Bytes back(800);
    CHECK(codec::decompress(Codec::Lz4Hadoop, packed, back).ok());
    CHECK(std::equal(second.begin(), second.end(), back.begin() + 500));
  }
  Bytes back(500);
  CHECK(codec::decompress(Codec::Lz4Hadoop, first_block, back).ok());
  CHECK(back == first);
}

void test_crc32() {
  const std::string digits = "123456789";
  CHECK_EQUAL(codec::crc32({reinterpret_cast<const uint8_t*>(digits.data()), digits.size()}),
              0xcbf43926u);
}

}  // namespace

int main() {
  test_round_trips();
  test_wrong_sizes();
  test_implausible_sizes();
  test_gzip_members();
  test_lz4_framings();
  test_crc32();
  return tests::check_result();
}
