// MD5 and SHA-2, as RFC 1321 and FIPS 180-4 define them.
#pragma once

#include "ops/cast/print_bytes.h"

namespace millrace::ops {

constexpr u32 kMd5Size = 16;

namespace digest {

MR_HD inline u32 rotate_left(u32 x, u32 n) { return x << n | x >> (32 - n); }
template <class T>
MR_HD inline T rotate_right(T x, u32 n) {
  return x >> n | x << (sizeof(T) * 8 - n);
}

/// Calls `block(bytes)` for each block of the padded message. Length is written in 8 bytes, little
/// or big end first, at the block's end.
template <u32 kBlock, class F>
MR_HD inline void for_each_block(const char* bytes, u64 size, bool big_endian, F block) {
  u64 at = 0;
  for (; at + kBlock <= size; at += kBlock) block(reinterpret_cast<const u8*>(bytes) + at);
  u8 tail[kBlock * 2] = {};
  const u32 rest = static_cast<u32>(size - at);
  for (u32 i = 0; i < rest; i++) tail[i] = static_cast<u8>(bytes[at + i]);
  tail[rest] = 0x80;
  const u32 length_size = kBlock / 8;
  const u32 end = rest + 1 + length_size <= kBlock ? kBlock : 2 * kBlock;
  const u64 bits = size * 8;
  for (u32 i = 0; i < 8; i++) {
    const u8 byte = static_cast<u8>(bits >> (8 * i));
    if (big_endian) {
      tail[end - 1 - i] = byte;
    } else {
      tail[end - 8 + i] = byte;
    }
  }
  block(tail);
  if (end > kBlock) block(tail + kBlock);
}

}  // namespace digest

MR_HD inline void md5(const char* bytes, u64 size, u8 out[kMd5Size]) {
  // floor(2^32 * |sin(i + 1)|)
  constexpr u32 kSines[64] = {
      0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613,
      0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193,
      0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d,
      0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed,
      0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122,
      0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
      0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244,
      0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
      0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb,
      0xeb86d391};
  constexpr u8 kShifts[16] = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
  u32 state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  digest::for_each_block<64>(bytes, size, false, [&](const u8* block) {
    u32 words[16];
    for (u32 i = 0; i < 16; i++) {
      words[i] = static_cast<u32>(block[4 * i]) | static_cast<u32>(block[4 * i + 1]) << 8 |
                 static_cast<u32>(block[4 * i + 2]) << 16 |
                 static_cast<u32>(block[4 * i + 3]) << 24;
    }
    u32 a = state[0], b = state[1], c = state[2], d = state[3];
    for (u32 i = 0; i < 64; i++) {
      u32 mix, index;
      if (i < 16) {
        mix = (b & c) | (~b & d);
        index = i;
      } else if (i < 32) {
        mix = (d & b) | (~d & c);
        index = (5 * i + 1) % 16;
      } else if (i < 48) {
        mix = b ^ c ^ d;
        index = (3 * i + 5) % 16;
      } else {
        mix = c ^ (b | ~d);
        index = 7 * i % 16;
      }
      const u32 sum = a + mix + kSines[i] + words[index];
      a = d;
      d = c;
      c = b;
      b += digest::rotate_left(sum, kShifts[i / 16 * 4 + i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
  });
  for (u32 i = 0; i < 16; i++) out[i] = static_cast<u8>(state[i / 4] >> (8 * (i % 4)));
}

/// SHA-2 over 32-bit words (SHA-224, SHA-256) or 64-bit words (SHA-384, SHA-512).
template <class Word>
struct Sha2;

template <>
struct Sha2<u32> {
  static constexpr u32 kRounds = 64;
  MR_HD static u32 big0(u32 x) {
    return digest::rotate_right(x, 2) ^ digest::rotate_right(x, 13) ^ digest::rotate_right(x, 22);
  }
  MR_HD static u32 big1(u32 x) {
    return digest::rotate_right(x, 6) ^ digest::rotate_right(x, 11) ^ digest::rotate_right(x, 25);
  }
  MR_HD static u32 small0(u32 x) {
    return digest::rotate_right(x, 7) ^ digest::rotate_right(x, 18) ^ x >> 3;
  }
  MR_HD static u32 small1(u32 x) {
    return digest::rotate_right(x, 17) ^ digest::rotate_right(x, 19) ^ x >> 10;
  }
};
template <>
struct Sha2<u64> {
  static constexpr u32 kRounds = 80;
  MR_HD static u64 big0(u64 x) {
    return digest::rotate_right(x, 28) ^ digest::rotate_right(x, 34) ^ digest::rotate_right(x, 39);
  }
  MR_HD static u64 big1(u64 x) {
    return digest::rotate_right(x, 14) ^ digest::rotate_right(x, 18) ^ digest::rotate_right(x, 41);
  }
  MR_HD static u64 small0(u64 x) {
    return digest::rotate_right(x, 1) ^ digest::rotate_right(x, 8) ^ x >> 7;
  }
  MR_HD static u64 small1(u64 x) {
    return digest::rotate_right(x, 19) ^ digest::rotate_right(x, 61) ^ x >> 6;
  }
};

/// First 64 bits of the fractional parts of the cube roots of the first 80 primes; SHA-256 takes
/// the upper half of the first 64.
MR_HD inline u64 sha2_constant(u32 i) {
  constexpr u64 kRoots[80] = {
      0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
      0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
      0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
      0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
      0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
      0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
      0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
      0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
      0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
      0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
      0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
      0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
      0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
      0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
      0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
      0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
      0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
      0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
      0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
      0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};
  return kRoots[i];
}

template <class Word>
MR_HD inline void sha2(const char* bytes, u64 size, Word state[8], u8* out, u32 out_size) {
  using S = Sha2<Word>;
  digest::for_each_block<sizeof(Word) * 16>(bytes, size, true, [&](const u8* block) {
    Word w[80];
    for (u32 i = 0; i < 16; i++) {
      w[i] = 0;
      for (u32 k = 0; k < sizeof(Word); k++) w[i] = w[i] << 8 | block[sizeof(Word) * i + k];
    }
    for (u32 i = 16; i < S::kRounds; i++) {
      w[i] = S::small1(w[i - 2]) + w[i - 7] + S::small0(w[i - 15]) + w[i - 16];
    }
    Word s[8];
    for (u32 i = 0; i < 8; i++) s[i] = state[i];
    for (u32 i = 0; i < S::kRounds; i++) {
      const Word constant = sizeof(Word) == 4 ? static_cast<Word>(sha2_constant(i) >> 32)
                                              : static_cast<Word>(sha2_constant(i));
      const Word a = s[7] + S::big1(s[4]) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + constant + w[i];
      const Word b = S::big0(s[0]) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
      for (u32 k = 7; k > 0; k--) s[k] = s[k - 1];
      s[4] += a;
      s[0] = a + b;
    }
    for (u32 i = 0; i < 8; i++) state[i] += s[i];
  });
  for (u32 i = 0; i < out_size; i++) {
    const u32 word_size = sizeof(Word);
    out[i] = static_cast<u8>(state[i / word_size] >> (8 * (word_size - 1 - i % word_size)));
  }
}

MR_HD inline ErrorCode md5_text(OpContext& c, const StringView& value, StringView& out) {
  u8 hash[kMd5Size];
  md5(value.bytes(), value.size, hash);
  StringWriter writer;
  if (!writer.reserve(c, 2 * kMd5Size)) return c.fail(ErrorCode::OutOfMemory);
  print_hex(reinterpret_cast<const char*>(hash), kMd5Size, writer.next());
  writer.advance(2 * kMd5Size);
  out = writer.finish();
  return ErrorCode::Ok;
}

struct TextMd5 {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, StringView& out) {
    return md5_text(c, text, out);
  }
};
struct ByteaMd5 {
  MR_HD static ErrorCode apply(OpContext& c, StringView bytes, StringView& out) {
    return md5_text(c, bytes, out);
  }
};

template <class Word>
MR_HD inline ErrorCode sha2_bytes(OpContext& c, const StringView& value, Word state[8], u32 size,
                                  StringView& out) {
  StringWriter writer;
  if (!writer.reserve(c, size)) return c.fail(ErrorCode::OutOfMemory);
  sha2<Word>(value.bytes(), value.size, state, reinterpret_cast<u8*>(writer.next()), size);
  writer.advance(size);
  out = writer.finish();
  return ErrorCode::Ok;
}

struct Sha224 {
  MR_HD static ErrorCode apply(OpContext& c, StringView bytes, StringView& out) {
    u32 state[8] = {0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939,
                    0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4};
    return sha2_bytes(c, bytes, state, 28, out);
  }
};
struct Sha256 {
  MR_HD static ErrorCode apply(OpContext& c, StringView bytes, StringView& out) {
    u32 state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    return sha2_bytes(c, bytes, state, 32, out);
  }
};
struct Sha384 {
  MR_HD static ErrorCode apply(OpContext& c, StringView bytes, StringView& out) {
    u64 state[8] = {0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
                    0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4};
    return sha2_bytes(c, bytes, state, 48, out);
  }
};
struct Sha512 {
  MR_HD static ErrorCode apply(OpContext& c, StringView bytes, StringView& out) {
    u64 state[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
    return sha2_bytes(c, bytes, state, 64, out);
  }
};

}  // namespace millrace::ops
