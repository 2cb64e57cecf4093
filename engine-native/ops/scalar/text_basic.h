// Joining, measuring and cutting text. Positions and lengths count characters.
#pragma once

#include "ops/scalar/utf8.h"

namespace millrace::ops {

MR_HD inline ErrorCode join_text(OpContext& c, const StringView& a, const StringView& b,
                                 StringView& out) {
  const u64 size = static_cast<u64>(a.size) + b.size;
  StringWriter writer;
  if (size > kLargestValue) return c.fail(ErrorCode::RequestedLengthTooLarge);
  if (!writer.reserve(c, size)) return c.fail(ErrorCode::OutOfMemory);
  writer.append(a);
  writer.append(b);
  out = writer.finish();
  return ErrorCode::Ok;
}

struct Concat {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, StringView b, StringView& out) {
    return join_text(c, a, b, out);
  }
};

/// NULLs count as empty.
struct ConcatText {
  MR_HD static ErrorCode apply(OpContext& c, Nullable<StringView> a, Nullable<StringView> b,
                               StringView& out) {
    const StringView none = empty_string();
    return join_text(c, a.is_null ? none : a.value, b.is_null ? none : b.value, out);
  }
};

/// What is joined so far (NULL: nothing yet), the separator, and the next piece (NULL: skipped).
struct ConcatWsPiece {
  MR_HD static ErrorCode apply(OpContext& c, Nullable<StringView> joined,
                               Nullable<StringView> separator, Nullable<StringView> piece,
                               Nullable<StringView>& out) {
    out = piece.is_null ? joined : piece;
    if (separator.is_null) out = Nullable<StringView>{empty_string(), true};
    if (separator.is_null || piece.is_null || joined.is_null) return ErrorCode::Ok;
    StringView front;
    const ErrorCode code = join_text(c, joined.value, separator.value, front);
    return code != ErrorCode::Ok ? code : join_text(c, front, piece.value, out.value);
  }
};

struct TextLength {
  MR_HD static i32 apply(StringView a) { return static_cast<i32>(utf8::count(a.bytes(), a.size)); }
};
/// Trailing blanks of char(n) do not count.
struct BpcharLength {
  MR_HD static i32 apply(StringView a) {
    u32 size = a.size;
    while (size > 0 && a.bytes()[size - 1] == ' ') size--;
    return static_cast<i32>(utf8::count(a.bytes(), size));
  }
};
struct OctetLength {
  MR_HD static i32 apply(StringView a) { return static_cast<i32>(a.size); }
};
struct BitLength {
  MR_HD static i32 apply(StringView a) { return static_cast<i32>(a.size) * 8; }
};

/// Characters [from, to) counted from 0.
MR_HD inline StringView characters(const StringView& text, i64 from, i64 to) {
  if (from < 0) from = 0;
  if (to <= from || from >= text.size) return empty_string();
  const char* bytes = text.bytes();
  const u32 first = utf8::offset_of(bytes, text.size, static_cast<u32>(from));
  const i64 wanted = to - from;
  if (wanted >= text.size - first) return part_of(text, first, text.size - first);
  const u32 size = utf8::offset_of(bytes + first, text.size - first, static_cast<u32>(wanted));
  return part_of(text, first, size);
}

struct SubstringFrom {
  MR_HD static StringView apply(StringView text, i32 from) {
    return characters(text, static_cast<i64>(from) - 1, kLargestValue);
  }
};
struct SubstringFromFor {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, i32 from, i32 size, StringView& out) {
    if (size < 0) return c.fail(ErrorCode::NegativeSubstringLength);
    out = characters(text, static_cast<i64>(from) - 1, static_cast<i64>(from) - 1 + size);
    return ErrorCode::Ok;
  }
};

MR_HD inline ErrorCode overlay_text(OpContext& c, const StringView& text, const StringView& with,
                                    i32 from, i32 size, StringView& out) {
  if (from <= 0) return c.fail(ErrorCode::NegativeSubstringLength);
  const i64 rest = static_cast<i64>(from) + size;
  if (rest > 2147483647L || rest < -2147483648L) return c.fail(ErrorCode::IntegerOutOfRange);
  StringView front;
  const ErrorCode code = join_text(c, characters(text, 0, from - 1), with, front);
  if (code != ErrorCode::Ok) return code;
  return join_text(c, front, characters(text, rest - 1, kLargestValue), out);
}

struct OverlayFor {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, StringView with, i32 from, i32 size,
                               StringView& out) {
    return overlay_text(c, text, with, from, size, out);
  }
};
struct Overlay {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, StringView with, i32 from,
                               StringView& out) {
    return overlay_text(c, text, with, from, TextLength::apply(with), out);
  }
};

/// A negative count leaves that many characters off the other end.
struct Left {
  MR_HD static StringView apply(StringView text, i32 count) {
    if (count >= 0) return characters(text, 0, count);
    return characters(text, 0, TextLength::apply(text) + static_cast<i64>(count));
  }
};
struct Right {
  MR_HD static StringView apply(StringView text, i32 count) {
    if (count == -2147483647 - 1) return text;  // PostgreSQL negates it, in vain
    if (count < 0) return characters(text, -static_cast<i64>(count), kLargestValue);
    return characters(text, TextLength::apply(text) - static_cast<i64>(count), kLargestValue);
  }
};

struct Reverse {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, StringView& out) {
    StringWriter writer;
    if (!writer.reserve(c, text.size)) return c.fail(ErrorCode::OutOfMemory);
    u32 end = text.size;
    while (end > 0) {
      u32 start = end - 1;
      while (start > 0 && utf8::is_continuation(text.bytes()[start])) start--;
      writer.append(text.bytes() + start, end - start);
      end = start;
    }
    out = writer.finish();
    return ErrorCode::Ok;
  }
};

struct Repeat {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, i32 count, StringView& out) {
    const u64 times = count > 0 ? static_cast<u64>(count) : 0;
    const u64 size = times * text.size;
    if (size + 4 > kLargestValue) return c.fail(ErrorCode::RequestedLengthTooLarge);
    StringWriter writer;
    if (!writer.reserve(c, size)) return c.fail(ErrorCode::OutOfMemory);
    for (u64 i = 0; i < times && text.size > 0; i++) writer.append(text);
    out = writer.finish();
    return ErrorCode::Ok;
  }
};

struct Ascii {
  MR_HD static i32 apply(StringView text) {
    return text.size == 0 ? 0 : static_cast<i32>(utf8::decode(text.bytes()));
  }
};

struct Chr {
  MR_HD static ErrorCode apply(OpContext& c, i32 code, StringView& out) {
    if (code < 0) return c.fail(ErrorCode::CharacterNumberNotPositive);
    if (code == 0) return c.fail(ErrorCode::NullCharacterNotPermitted);
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
      char digits[10];
      u32 at = sizeof digits;
      for (i32 rest = code; rest > 0; rest /= 10) digits[--at] = static_cast<char>('0' + rest % 10);
      return c.fail(code > 0x10FFFF ? ErrorCode::RequestedCharacterTooLarge
                                    : ErrorCode::RequestedCharacterNotValid,
                    StringView::make(digits + at, static_cast<u32>(sizeof digits) - at));
    }
    char bytes[4];
    out = StringView::make(bytes, utf8::encode(static_cast<u32>(code), bytes));
    return ErrorCode::Ok;
  }
};

template <class T>
struct ToHex {
  MR_HD static ErrorCode apply(OpContext& c, T value, StringView& out) {
    char digits[16];
    u32 at = sizeof digits;
    u64 rest = sizeof(T) == 4 ? static_cast<u32>(value) : static_cast<u64>(value);
    do {
      digits[--at] = "0123456789abcdef"[rest & 15];
      rest >>= 4;
    } while (rest != 0);
    StringWriter writer;
    if (!writer.reserve(c, sizeof digits)) return c.fail(ErrorCode::OutOfMemory);
    writer.append(digits + at, static_cast<u32>(sizeof digits) - at);
    out = writer.finish();
    return ErrorCode::Ok;
  }
};

}  // namespace millrace::ops
