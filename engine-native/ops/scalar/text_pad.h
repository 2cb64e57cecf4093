// Padding, and the lengths of char(n) and varchar(n).
#pragma once

#include "ops/scalar/text_basic.h"

namespace millrace::ops {

/// `count` characters of `fill`, over and over.
MR_HD inline void append_fill(StringWriter& writer, const StringView& fill, u32 count) {
  const char* bytes = fill.bytes();
  for (u32 at = 0; count > 0; count--) {
    const u32 length = utf8::length_of(bytes[at]);
    writer.append(bytes + at, length);
    at += length;
    if (at >= fill.size) at = 0;
  }
}

MR_HD inline ErrorCode pad_text(OpContext& c, const StringView& text, i32 length,
                                const StringView& fill, bool front, StringView& out) {
  const u32 wanted = length > 0 ? static_cast<u32>(length) : 0;
  const u32 has = utf8::count(text.bytes(), text.size);
  if (has >= wanted || fill.size == 0) {
    out = characters(text, 0, has < wanted ? has : wanted);
    return ErrorCode::Ok;
  }
  if (static_cast<u64>(wanted) * 4 + 4 > kLargestValue) {
    return c.fail(ErrorCode::RequestedLengthTooLarge);
  }
  StringWriter writer;
  const u64 fill_size = utf8::is_ascii(fill.bytes(), fill.size) ? 1 : 4;
  if (!writer.reserve(c, text.size + fill_size * (wanted - has))) {
    return c.fail(ErrorCode::OutOfMemory);
  }
  if (!front) writer.append(text);
  append_fill(writer, fill, wanted - has);
  if (front) writer.append(text);
  out = writer.finish();
  return ErrorCode::Ok;
}

struct LPadFill {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, i32 length, StringView fill,
                               StringView& out) {
    return pad_text(c, text, length, fill, true, out);
  }
};
struct LPad {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, i32 length, StringView& out) {
    return pad_text(c, text, length, literal(" "), true, out);
  }
};
struct RPadFill {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, i32 length, StringView fill,
                               StringView& out) {
    return pad_text(c, text, length, fill, false, out);
  }
};
struct RPad {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, i32 length, StringView& out) {
    return pad_text(c, text, length, literal(" "), false, out);
  }
};

/// To at least n characters with blanks; longer values stay.
struct BpcharPad {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, i32 n, StringView& out) {
    const u32 has = utf8::count(text.bytes(), text.size);
    out = text;
    if (n < 0 || has >= static_cast<u32>(n)) return ErrorCode::Ok;
    return pad_text(c, text, n, literal(" "), false, out);
  }
};
struct BpcharTrim {
  MR_HD static StringView apply(StringView text) {
    u32 size = text.size;
    while (size > 0 && text.bytes()[size - 1] == ' ') size--;
    return part_of(text, 0, size);
  }
};

/// Cuts to n characters. An assignment may only lose blanks.
MR_HD inline ErrorCode limit_length(OpContext& c, const StringView& text, i32 n, bool is_cast,
                                    const StringView& type, StringView& out) {
  out = text;
  if (n < 0 || text.size <= static_cast<u32>(n)) return ErrorCode::Ok;
  const u32 kept = utf8::offset_of(text.bytes(), text.size, static_cast<u32>(n));
  if (!is_cast) {
    for (u32 i = kept; i < text.size; i++) {
      if (text.bytes()[i] == ' ') continue;
      char digits[10];
      u32 at = sizeof digits;
      i32 rest = n;
      do {
        digits[--at] = static_cast<char>('0' + rest % 10);
        rest /= 10;
      } while (rest > 0);
      return c.fail(ErrorCode::StringTooLong, type,
                    StringView::make(digits + at, static_cast<u32>(sizeof digits) - at));
    }
  }
  out = part_of(text, 0, kept);
  return ErrorCode::Ok;
}

struct CastVarchar {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, i32 n, StringView& out) {
    return limit_length(c, text, n, true, literal("character varying"), out);
  }
};
struct AssignVarchar {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, i32 n, StringView& out) {
    return limit_length(c, text, n, false, literal("character varying"), out);
  }
};
struct CastBpchar {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, i32 n, StringView& out) {
    const ErrorCode code = limit_length(c, text, n, true, literal("character"), out);
    return code != ErrorCode::Ok ? code : BpcharPad::apply(c, out, n, out);
  }
};
struct AssignBpchar {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, i32 n, StringView& out) {
    const ErrorCode code = limit_length(c, text, n, false, literal("character"), out);
    return code != ErrorCode::Ok ? code : BpcharPad::apply(c, out, n, out);
  }
};

}  // namespace millrace::ops
