// UTF-8 as the engine keeps it: always valid, never with NUL. Positions count characters.
#pragma once

#include "ops/context.h"

namespace millrace::ops {

MR_HD inline void copy_bytes(char* to, const char* from, u64 size) {
#if defined(__CUDA_ARCH__) || defined(__CUDACC_RTC__)
  for (u64 i = 0; i < size; i++) to[i] = from[i];
#else
  __builtin_memcpy(to, from, size);
#endif
}

MR_HD inline bool equal_bytes(const char* a, const char* b, u64 size) {
#if defined(__CUDA_ARCH__) || defined(__CUDACC_RTC__)
  for (u64 i = 0; i < size; i++) {
    if (a[i] != b[i]) return false;
  }
  return true;
#else
  return __builtin_memcmp(a, b, size) == 0;
#endif
}

namespace utf8 {

MR_HD inline bool is_continuation(char byte) { return (static_cast<u8>(byte) & 0xC0) == 0x80; }

/// Bytes of the character that begins with `first`.
MR_HD inline u32 length_of(char first) {
  const u8 byte = static_cast<u8>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

MR_HD inline u32 decode(const char* at) {
  const u8* bytes = reinterpret_cast<const u8*>(at);
  switch (length_of(*at)) {
    case 1:
      return bytes[0];
    case 2:
      return (bytes[0] & 0x1Fu) << 6 | (bytes[1] & 0x3Fu);
    case 3:
      return (bytes[0] & 0x0Fu) << 12 | (bytes[1] & 0x3Fu) << 6 | (bytes[2] & 0x3Fu);
    default:
      return (bytes[0] & 0x07u) << 18 | (bytes[1] & 0x3Fu) << 12 | (bytes[2] & 0x3Fu) << 6 |
             (bytes[3] & 0x3Fu);
  }
}

/// Writes a code point, answers its length (at most 4).
MR_HD inline u32 encode(u32 code, char* to) {
  if (code < 0x80) {
    to[0] = static_cast<char>(code);
    return 1;
  }
  if (code < 0x800) {
    to[0] = static_cast<char>(0xC0 | code >> 6);
    to[1] = static_cast<char>(0x80 | (code & 0x3F));
    return 2;
  }
  if (code < 0x10000) {
    to[0] = static_cast<char>(0xE0 | code >> 12);
    to[1] = static_cast<char>(0x80 | (code >> 6 & 0x3F));
    to[2] = static_cast<char>(0x80 | (code & 0x3F));
    return 3;
  }
  to[0] = static_cast<char>(0xF0 | code >> 18);
  to[1] = static_cast<char>(0x80 | (code >> 12 & 0x3F));
  to[2] = static_cast<char>(0x80 | (code >> 6 & 0x3F));
  to[3] = static_cast<char>(0x80 | (code & 0x3F));
  return 4;
}

/// Bytes that begin a character among `size` bytes, eight at a time.
MR_HD inline u32 count(const char* bytes, u32 size) {
  u32 characters = 0;
  u32 i = 0;
  for (; i + 8 <= size; i += 8) {
    u64 word;
    copy_bytes(reinterpret_cast<char*>(&word), bytes + i, 8);
    const u64 continuation = (word >> 7) & ~(word >> 6) & 0x0101010101010101ull;
    characters += 8 - static_cast<u32>((continuation * 0x0101010101010101ull) >> 56);
  }
  for (; i < size; i++) characters += is_continuation(bytes[i]) ? 0 : 1;
  return characters;
}

MR_HD inline bool is_ascii(const char* bytes, u32 size) {
  u32 i = 0;
  for (; i + 8 <= size; i += 8) {
    u64 word;
    copy_bytes(reinterpret_cast<char*>(&word), bytes + i, 8);
    if (word & 0x8080808080808080ull) return false;
  }
  for (; i < size; i++) {
    if (static_cast<u8>(bytes[i]) >= 0x80) return false;
  }
  return true;
}

/// Byte offset of character `characters` (from 0), or `size` where there are fewer.
MR_HD inline u32 offset_of(const char* bytes, u32 size, u32 characters) {
  u32 at = 0;
  while (characters > 0 && at < size) {
    at += length_of(bytes[at]);
    characters--;
  }
  return at < size ? at : size;
}

/// Offset of the first byte that does not belong to valid UTF-8 without NUL, or `size`.
MR_HD inline u32 first_invalid(const char* text, u32 size) {
  const u8* bytes = reinterpret_cast<const u8*>(text);
  u32 i = 0;
  while (i < size) {
    if (i + 8 <= size) {
      u64 word;
      copy_bytes(reinterpret_cast<char*>(&word), text + i, 8);
      const u64 high = 0x8080808080808080ull;
      // No byte with its high bit, and none zero.
      if ((word & high) == 0 && (((word - 0x0101010101010101ull) & ~word) & high) == 0) {
        i += 8;
        continue;
      }
    }
    const u8 first = bytes[i];
    if (first == 0) return i;
    if (first < 0x80) {
      i++;
      continue;
    }
    const u32 length = first >= 0xC2 && first < 0xE0   ? 2
                       : first >= 0xE0 && first < 0xF0 ? 3
                       : first >= 0xF0 && first < 0xF5 ? 4
                                                       : 0;
    if (length == 0 || i + length > size) return i;
    const u8 second = bytes[i + 1];
    const u8 low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const u8 top = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (second < low || second > top) return i;
    for (u32 k = 2; k < length; k++) {
      if ((bytes[i + k] & 0xC0) != 0x80) return i;
    }
    i += length;
  }
  return size;
}

}  // namespace utf8

/// A view of part of a string: inline if short, else sharing its bytes. `whole` is a copy, whose
/// inline bytes die with it, so short parts are copied.
MR_HD inline StringView part_of(const StringView& whole, u32 from, u32 size) {
  return StringView::make(whole.bytes() + from, size);
}

MR_HD inline StringView empty_string() { return StringView::make("", 0); }

template <u32 N>
MR_HD inline StringView literal(const char (&text)[N]) {
  return StringView::make(text, N - 1);
}

/// Bytes being written for a result of known greatest size: inline if it ends up short.
class StringWriter {
 public:
  /// False when memory is refused.
  MR_HD bool reserve(OpContext& c, u64 size) {
    if (size <= sizeof(small_)) {
      at_ = start_ = small_;
      return true;
    }
    if (size > 0x3FFFFFFF) return false;
    at_ = start_ = c.arena->allocate(static_cast<u32>(size));
    return start_ != nullptr;
  }
  MR_HD void put(char byte) { *at_++ = byte; }
  MR_HD void append(const char* bytes, u32 size) {
    copy_bytes(at_, bytes, size);
    at_ += size;
  }
  MR_HD void append(const StringView& view) { append(view.bytes(), view.size); }
  MR_HD void append_code(u32 code) { at_ += utf8::encode(code, at_); }
  MR_HD char* next() { return at_; }
  MR_HD void advance(u32 size) { at_ += size; }
  MR_HD u32 size() const { return static_cast<u32>(at_ - start_); }
  MR_HD StringView finish() const { return StringView::make(start_, size()); }

 private:
  char small_[StringView::kInlineSize];
  char* start_ = nullptr;
  char* at_ = nullptr;
};

/// PostgreSQL's limit of a value, 1 GiB less one byte; larger is 54000.
constexpr u64 kLargestValue = 0x3FFFFFFF;

}  // namespace millrace::ops
