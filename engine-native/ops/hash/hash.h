// The engine's one hash function: joins, groups, exchange partitions and filters all use it, so
// that a partition made by one of them means the same to the others.
// Values that compare equal hash equally: within a type always; across the widths of integers and
// of one-scale decimals (i16 7 = i64 7 = D128 7), and of floats; numeric ignores its scale.
// Results are spread over all 64 bits: takers may use any of them.
#pragma once

#include "ops/compare/compare.h"

namespace millrace::ops {

/// High and low half of the product, xored: one multiplication mixes 128 bits.
MR_HD inline u64 mix_words(u64 a, u64 b) {
  const u128 product = static_cast<u128>(a) * b;
  return static_cast<u64>(product) ^ static_cast<u64>(product >> 64);
}
constexpr u64 kHashSeed = 0x9e3779b97f4a7c15ul;
constexpr u64 kHashOdd = 0xd6e8feb86659fd93ul;
constexpr u64 kHashOther = 0xa0761d6478bd642ful;
constexpr u64 kHashOfNull = 0x5851f42d4c957f2dul;

MR_HD inline u64 hash_word(u64 a) {
  a = (a ^ (a >> 32)) * kHashOdd;
  a = (a ^ (a >> 29)) * kHashSeed;
  return a ^ (a >> 32);
}
MR_HD inline u64 hash_words(u64 a, u64 b) {
  return hash_word(mix_words(a ^ kHashSeed, b ^ kHashOther) ^ b);
}

MR_HD inline u64 hash_value(u8 a) { return hash_word(a); }
MR_HD inline u64 hash_value(i16 a) { return hash_word(static_cast<u64>(static_cast<i64>(a))); }
MR_HD inline u64 hash_value(i32 a) { return hash_word(static_cast<u64>(static_cast<i64>(a))); }
MR_HD inline u64 hash_value(i64 a) { return hash_word(static_cast<u64>(a)); }
MR_HD inline u64 hash_value(i128 a) {
  const i64 low = static_cast<i64>(a);
  if (low == a) return hash_value(low);
  return hash_words(static_cast<u64>(low), static_cast<u64>(static_cast<u128>(a) >> 64));
}
MR_HD inline u64 hash_value(f64 a) {
  if (a == 0) return hash_word(0);
  return hash_word(is_nan(a) ? bits_of(float_nan()) : bits_of(a));
}
MR_HD inline u64 hash_value(f32 a) { return hash_value(static_cast<f64>(a)); }
MR_HD inline u64 hash_value(const Numeric& a) {
  if (a.kind != Numeric::kFinite) return hash_words(a.kind, kHashOdd);
  const Stripped stripped = strip_zeros(magnitude(a.coefficient), a.display_scale);
  const u64 scale = static_cast<u64>(static_cast<i64>(stripped.scale));
  return hash_words(hash_value(with_sign(stripped.magnitude, a.coefficient < 0)), scale);
}
MR_HD inline u64 hash_value(const Interval& a) { return hash_value(interval_span(a)); }
MR_HD inline u64 load_word(const char* bytes, u32 size) {
  u64 word = 0;
#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
  for (u32 i = 0; i < size; i++) word |= static_cast<u64>(static_cast<u8>(bytes[i])) << (8 * i);
#else
  __builtin_memcpy(&word, bytes, size);
#endif
  return word;
}
MR_HD inline u64 hash_value(const Uuid& a) {
  const char* bytes = reinterpret_cast<const char*>(a.bytes);
  return hash_words(load_word(bytes, 8), load_word(bytes + 8, 8));
}
MR_HD inline u64 hash_bytes(const char* bytes, u32 size) {
  u64 state = size ^ kHashSeed;
  while (size > 16) {
    state = mix_words(load_word(bytes, 8) ^ kHashOdd, load_word(bytes + 8, 8) ^ state);
    bytes += 16;
    size -= 16;
  }
  const u64 first = load_word(bytes, size < 8 ? size : 8);
  const u64 second = size > 8 ? load_word(bytes + 8, size - 8) : 0;
  return hash_word(mix_words(first ^ kHashOdd, second ^ state) ^ state);
}
/// Short strings are their view's two words.
MR_HD inline u64 hash_value(const StringView& a) {
  if (a.size > StringView::kInlineSize) return hash_bytes(a.pointed.data, a.size);
  return hash_words(load_word(a.inlined, 4) << 32 | a.size, load_word(a.inlined + 4, 8));
}

/// Order matters: (1, 2) and (2, 1) differ.
MR_HD inline u64 hash_combine(u64 so_far, u64 next) { return hash_words(so_far, next); }

template <class T>
struct Hash {
  MR_HD static i64 apply(T a) { return static_cast<i64>(hash_value(a)); }
};
template <class T>
struct HashNullable {
  MR_HD static i64 apply(Nullable<T> a) {
    return static_cast<i64>(a.is_null ? kHashOfNull : hash_value(a.value));
  }
};
struct HashCombine {
  MR_HD static i64 apply(i64 so_far, i64 next) {
    return static_cast<i64>(hash_combine(static_cast<u64>(so_far), static_cast<u64>(next)));
  }
};
struct BpcharHash {
  MR_HD static i64 apply(StringView a) { return static_cast<i64>(hash_value(trim_blanks(a))); }
};
struct BpcharHashNullable {
  MR_HD static i64 apply(Nullable<StringView> a) {
    return a.is_null ? static_cast<i64>(kHashOfNull) : BpcharHash::apply(a.value);
  }
};

}  // namespace millrace::ops
