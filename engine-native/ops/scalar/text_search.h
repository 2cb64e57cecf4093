// Finding, replacing and splitting. Searches compare bytes: valid UTF-8 matches only at characters.
#pragma once

#include "ops/scalar/text_basic.h"

namespace millrace::ops {

constexpr u32 kNotFound = 0xFFFFFFFF;

/// Offset of the first occurrence at or after `from`. Looks at the needle's first and last byte in
/// eight places at once.
MR_HD inline u32 find_bytes(const char* text, u32 size, const char* needle, u32 needle_size,
                            u32 from) {
  if (from > size || needle_size > size - from) return kNotFound;
  if (needle_size == 0) return from;
  const u64 ones = 0x0101010101010101ull;
  const u64 highs = 0x8080808080808080ull;
  const u64 first = ones * static_cast<u8>(needle[0]);
  const u64 last = ones * static_cast<u8>(needle[needle_size - 1]);
  const u32 end = size - needle_size + 1;
  u32 i = from;
  for (; i + 8 <= end; i += 8) {
    u64 a;
    u64 b;
    copy_bytes(reinterpret_cast<char*>(&a), text + i, 8);
    copy_bytes(reinterpret_cast<char*>(&b), text + i + needle_size - 1, 8);
    const u64 differs = (a ^ first) | (b ^ last);
    // Zero bytes of `differs` are candidates; a borrow may add false ones, which are compared too.
    u64 candidates = (differs - ones) & ~differs & highs;
    while (candidates != 0) {
#if defined(__CUDA_ARCH__) || defined(__CUDACC_RTC__)
      const u32 lane = static_cast<u32>(__ffsll(static_cast<long long>(candidates)) - 1) / 8;
#else
      const u32 lane = static_cast<u32>(__builtin_ctzll(candidates)) / 8;
#endif
      if (equal_bytes(text + i + lane, needle, needle_size)) return i + lane;
      candidates &= candidates - 1;
    }
  }
  for (; i < end; i++) {
    if (text[i] == needle[0] && equal_bytes(text + i, needle, needle_size)) return i;
  }
  return kNotFound;
}
MR_HD inline u32 find_text(const StringView& text, const StringView& needle, u32 from) {
  return find_bytes(text.bytes(), text.size, needle.bytes(), needle.size, from);
}

struct StrPos {
  MR_HD static i32 apply(StringView text, StringView needle) {
    const u32 at = find_text(text, needle, 0);
    return at == kNotFound ? 0 : static_cast<i32>(utf8::count(text.bytes(), at)) + 1;
  }
};

struct StartsWith {
  MR_HD static u8 apply(StringView text, StringView prefix) {
    return prefix.size <= text.size && equal_bytes(text.bytes(), prefix.bytes(), prefix.size);
  }
};

struct Replace {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, StringView from, StringView to,
                               StringView& out) {
    out = text;
    if (text.size == 0 || from.size == 0) return ErrorCode::Ok;
    u64 count = 0;
    for (u32 at = find_text(text, from, 0); at != kNotFound;
         at = find_text(text, from, at + from.size)) {
      count++;
    }
    if (count == 0) return ErrorCode::Ok;
    const u64 size = text.size - count * from.size + count * to.size;
    if (size > kLargestValue) return c.fail(ErrorCode::RequestedLengthTooLarge);
    StringWriter writer;
    if (!writer.reserve(c, size)) return c.fail(ErrorCode::OutOfMemory);
    u32 done = 0;
    for (u32 at = find_text(text, from, 0); at != kNotFound; at = find_text(text, from, done)) {
      writer.append(text.bytes() + done, at - done);
      writer.append(to);
      done = at + from.size;
    }
    writer.append(text.bytes() + done, text.size - done);
    out = writer.finish();
    return ErrorCode::Ok;
  }
};

/// Fields count from 1, from the end if negative.
struct SplitPart {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, StringView separator, i32 field,
                               StringView& out) {
    out = empty_string();
    if (field == 0) return c.fail(ErrorCode::FieldPositionZero);
    if (text.size == 0) return ErrorCode::Ok;
    if (separator.size == 0) {
      if (field == 1 || field == -1) out = text;
      return ErrorCode::Ok;
    }
    i64 wanted = field;
    if (field < 0) {
      i64 fields = 1;
      for (u32 at = find_text(text, separator, 0); at != kNotFound;
           at = find_text(text, separator, at + separator.size)) {
        fields++;
      }
      wanted += fields + 1;
      if (wanted <= 0) return ErrorCode::Ok;
    }
    u32 start = 0;
    for (i64 i = 1;; i++) {
      const u32 end = find_text(text, separator, start);
      if (i == wanted) {
        out = part_of(text, start, (end == kNotFound ? text.size : end) - start);
        return ErrorCode::Ok;
      }
      if (end == kNotFound) return ErrorCode::Ok;
      start = end + separator.size;
    }
  }
};

/// Index of the character at `at` among those of `set`, or kNotFound.
MR_HD inline u32 index_in_set(const StringView& set, const char* at) {
  const u32 length = utf8::length_of(*at);
  const char* bytes = set.bytes();
  u32 index = 0;
  for (u32 i = 0; i < set.size; i += utf8::length_of(bytes[i]), index++) {
    if (bytes[i] == *at && utf8::length_of(bytes[i]) == length &&
        equal_bytes(bytes + i, at, length)) {
      return index;
    }
  }
  return kNotFound;
}

/// Each character of `from` becomes the one of `to` in its place, or nothing where `to` is shorter.
struct Translate {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, StringView from, StringView to,
                               StringView& out) {
    StringWriter writer;
    const u64 limit = static_cast<u64>(text.size) * 4;
    if (!writer.reserve(c, limit)) return c.fail(ErrorCode::OutOfMemory);
    const char* bytes = text.bytes();
    for (u32 i = 0; i < text.size;) {
      const u32 length = utf8::length_of(bytes[i]);
      const u32 index = index_in_set(from, bytes + i);
      if (index == kNotFound) {
        writer.append(bytes + i, length);
      } else {
        const u32 at = utf8::offset_of(to.bytes(), to.size, index);
        if (at < to.size) writer.append(to.bytes() + at, utf8::length_of(to.bytes()[at]));
      }
      i += length;
    }
    out = writer.finish();
    return ErrorCode::Ok;
  }
};

MR_HD inline StringView trim(const StringView& text, const StringView& set, bool front, bool back) {
  const char* bytes = text.bytes();
  u32 start = 0;
  u32 end = text.size;
  while (front && start < end && index_in_set(set, bytes + start) != kNotFound) {
    start += utf8::length_of(bytes[start]);
  }
  while (back && end > start) {
    u32 last = end - 1;
    while (last > start && utf8::is_continuation(bytes[last])) last--;
    if (index_in_set(set, bytes + last) == kNotFound) break;
    end = last;
  }
  return part_of(text, start, end - start);
}

struct BTrimSet {
  MR_HD static StringView apply(StringView text, StringView set) {
    return trim(text, set, true, true);
  }
};
struct LTrimSet {
  MR_HD static StringView apply(StringView text, StringView set) {
    return trim(text, set, true, false);
  }
};
struct RTrimSet {
  MR_HD static StringView apply(StringView text, StringView set) {
    return trim(text, set, false, true);
  }
};
struct BTrim {
  MR_HD static StringView apply(StringView text) { return trim(text, literal(" "), true, true); }
};
struct LTrim {
  MR_HD static StringView apply(StringView text) { return trim(text, literal(" "), true, false); }
};
struct RTrim {
  MR_HD static StringView apply(StringView text) { return trim(text, literal(" "), false, true); }
};

}  // namespace millrace::ops
