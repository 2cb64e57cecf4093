// Bytea and uuid from text, and text from foreign bytes.
#pragma once

#include "ops/cast/print_bytes.h"

namespace millrace::ops {

/// 0 to 15, or 255 for no hexadecimal digit.
MR_HD inline u8 hex_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<u8>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<u8>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<u8>(c - 'A' + 10);
  return 255;
}

/// Bytes and a message that stands before or around a quoted character.
MR_HD inline ErrorCode fail_message(OpContext& c, ErrorCode code, const char* before,
                                    u32 before_size, const char* part, u32 part_size,
                                    const char* after, u32 after_size) {
  char* text = c.arena->allocate(before_size + part_size + after_size);
  if (text == nullptr) return c.fail(ErrorCode::OutOfMemory);
  copy_bytes(text, before, before_size);
  copy_bytes(text + before_size, part, part_size);
  copy_bytes(text + before_size + part_size, after, after_size);
  return c.fail(code, StringView::make(text, before_size + part_size + after_size));
}
template <u32 N, u32 M>
MR_HD inline ErrorCode fail_message(OpContext& c, ErrorCode code, const char (&before)[N],
                                    const char* part, u32 part_size, const char (&after)[M]) {
  return fail_message(c, code, before, N - 1, part, part_size, after, M - 1);
}

/// Pairs of hexadecimal digits with blanks between pairs.
MR_HD inline ErrorCode parse_hex(OpContext& c, const char* at, u32 size, StringView& out) {
  StringWriter writer;
  if (!writer.reserve(c, size / 2 + 1)) return c.fail(ErrorCode::OutOfMemory);
  for (u32 i = 0; i < size;) {
    if (at[i] == ' ' || at[i] == '\n' || at[i] == '\t' || at[i] == '\r') {
      i++;
      continue;
    }
    const u8 high = hex_value(at[i]);
    if (high == 255) {
      return fail_message(c, ErrorCode::InvalidParameterValue, "invalid hexadecimal digit: \"",
                          at + i, utf8::length_of(at[i]), "\"");
    }
    if (i + 1 >= size) {
      return c.fail(ErrorCode::InvalidParameterValue,
                    literal("invalid hexadecimal data: odd number of digits"));
    }
    const u8 low = hex_value(at[i + 1]);
    if (low == 255) {
      return fail_message(c, ErrorCode::InvalidParameterValue, "invalid hexadecimal digit: \"",
                          at + i + 1, utf8::length_of(at[i + 1]), "\"");
    }
    writer.put(static_cast<char>(high << 4 | low));
    i += 2;
  }
  out = writer.finish();
  return ErrorCode::Ok;
}

/// "\\" is a backslash and "\ooo" a byte; anything else after a backslash fails.
MR_HD inline ErrorCode parse_octal_escapes(OpContext& c, const char* at, u32 size,
                                           StringView& out) {
  StringWriter writer;
  if (!writer.reserve(c, size)) return c.fail(ErrorCode::OutOfMemory);
  for (u32 i = 0; i < size;) {
    if (at[i] != '\\') {
      writer.put(at[i++]);
    } else if (i + 3 < size && at[i + 1] >= '0' && at[i + 1] <= '3' && at[i + 2] >= '0' &&
               at[i + 2] <= '7' && at[i + 3] >= '0' && at[i + 3] <= '7') {
      writer.put(
          static_cast<char>((at[i + 1] - '0') << 6 | (at[i + 2] - '0') << 3 | (at[i + 3] - '0')));
      i += 4;
    } else if (i + 1 < size && at[i + 1] == '\\') {
      writer.put('\\');
      i += 2;
    } else {
      return c.fail(ErrorCode::InvalidByteaText);
    }
  }
  out = writer.finish();
  return ErrorCode::Ok;
}

MR_HD inline ErrorCode parse_bytea(OpContext& c, const StringView& text, StringView& out) {
  const char* at = text.bytes();
  if (text.size >= 2 && at[0] == '\\' && at[1] == 'x') {
    return parse_hex(c, at + 2, text.size - 2, out);
  }
  return parse_octal_escapes(c, at, text.size, out);
}

/// 32 hexadecimal digits, with a hyphen allowed after any four, in braces or not.
MR_HD inline bool parse_uuid(const StringView& text, Uuid& out) {
  const char* at = text.bytes();
  const char* end = at + text.size;
  const bool braces = at < end && *at == '{';
  if (braces) at++;
  for (u32 i = 0; i < 16; i++) {
    if (end - at < 2) return false;
    const u8 high = hex_value(at[0]);
    const u8 low = hex_value(at[1]);
    if (high == 255 || low == 255) return false;
    out.bytes[i] = static_cast<u8>(high << 4 | low);
    at += 2;
    if (at < end && *at == '-' && i % 2 == 1 && i < 15) at++;
  }
  if (braces) {
    if (at == end || *at != '}') return false;
    at++;
  }
  return at == end;
}

/// Fails with 22021 unless the bytes are valid UTF-8 without NUL.
MR_HD inline ErrorCode check_utf8(OpContext& c, const char* bytes, u32 size) {
  const u32 bad = utf8::first_invalid(bytes, size);
  if (bad == size) return ErrorCode::Ok;
  const u8 first = static_cast<u8>(bytes[bad]);
  u32 count = first >= 0xF0 && first < 0xF8   ? 4
              : first >= 0xE0 && first < 0xF0 ? 3
              : first >= 0xC0 && first < 0xE0 ? 2
                                              : 1;
  if (count > size - bad) count = size - bad;
  char text[32];
  u32 at = 0;
  for (u32 i = 0; i < count; i++) {
    if (i > 0) text[at++] = ' ';
    text[at++] = '0';
    text[at++] = 'x';
    text[at++] = hex_digit(static_cast<u8>(bytes[bad + i]) >> 4);
    text[at++] = hex_digit(static_cast<u8>(bytes[bad + i]) & 15);
  }
  return fail_message(c, ErrorCode::InvalidByteSequence, "", text, at, "");
}

}  // namespace millrace::ops
