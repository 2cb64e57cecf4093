#include "tests/tools/tpch/md5.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace millrace::test {
namespace {

constexpr std::array<std::array<int, 4>, 4> kRotations = {
    {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};

// The RFC defines them as the leading bits of |sin(i + 1)|.
std::array<uint32_t, 64> make_constants() {
  std::array<uint32_t, 64> constants;
  for (size_t i = 0; i < constants.size(); ++i) {
    constants[i] = static_cast<uint32_t>(
        std::floor(std::ldexp(std::abs(std::sin(static_cast<double>(i + 1))), 32)));
  }
  return constants;
}

using State = std::array<uint32_t, 4>;

void absorb(State& state, const unsigned char* block) {
  static const std::array<uint32_t, 64> kConstants = make_constants();
  std::array<uint32_t, 16> words;
  std::memcpy(words.data(), block, 64);  // little-endian machines only, as all of the project
  auto [a, b, c, d] = state;
  for (uint32_t i = 0; i < 64; ++i) {
    uint32_t mixed = 0;
    uint32_t word = 0;
    switch (i / 16) {
      case 0:
        mixed = (b & c) | (~b & d);
        word = i;
        break;
      case 1:
        mixed = (b & d) | (c & ~d);
        word = (5 * i + 1) % 16;
        break;
      case 2:
        mixed = b ^ c ^ d;
        word = (3 * i + 5) % 16;
        break;
      default:
        mixed = c ^ (b | ~d);
        word = (7 * i) % 16;
    }
    const uint32_t sum = a + mixed + kConstants[i] + words[word];
    a = d;
    d = c;
    c = b;
    b += std::rotl(sum, kRotations[i / 16][i % 4]);
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
}

}  // namespace

uint64_t md5_prefix(std::string_view text) {
  State state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  size_t done = 0;
  for (; text.size() - done >= 64; done += 64) absorb(state, bytes + done);

  // The rest, a 1 bit, zeros, and the length in bits, in one block or two.
  std::array<unsigned char, 128> tail = {};
  const size_t left = text.size() - done;
  std::memcpy(tail.data(), bytes + done, left);
  tail[left] = 0x80;
  const size_t tail_bytes = left < 56 ? 64 : 128;
  const uint64_t bit_count = static_cast<uint64_t>(text.size()) * 8;
  std::memcpy(tail.data() + tail_bytes - 8, &bit_count, 8);
  for (size_t i = 0; i < tail_bytes; i += 64) absorb(state, tail.data() + i);

  // 15 digits are 60 bits; the digest prints its bytes in memory order.
  uint64_t prefix = 0;
  std::memcpy(&prefix, state.data(), 8);
  return __builtin_bswap64(prefix) >> 4;
}

}  // namespace millrace::test
