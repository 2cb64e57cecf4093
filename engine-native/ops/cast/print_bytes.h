// The text of bytea and uuid. Each function writes at `to` and answers the end.
#pragma once

#include "ops/scalar/utf8.h"

namespace millrace::ops {

constexpr u32 kUuidTextSize = 36;

MR_HD inline char hex_digit(u32 value) {
  return static_cast<char>(value < 10 ? '0' + value : 'a' + value - 10);
}

MR_HD inline char* print_hex(const char* bytes, u32 size, char* to) {
  for (u32 i = 0; i < size; i++) {
    const u8 byte = static_cast<u8>(bytes[i]);
    *to++ = hex_digit(byte >> 4);
    *to++ = hex_digit(byte & 15);
  }
  return to;
}

/// Backslash doubled, bytes outside printable ASCII as \ooo.
MR_HD inline char* print_octal_escapes(const char* bytes, u32 size, char* to) {
  for (u32 i = 0; i < size; i++) {
    const u8 byte = static_cast<u8>(bytes[i]);
    if (byte == '\\') {
      *to++ = '\\';
      *to++ = '\\';
    } else if (byte < 0x20 || byte > 0x7e) {
      *to++ = '\\';
      *to++ = static_cast<char>('0' + (byte >> 6));
      *to++ = static_cast<char>('0' + (byte >> 3 & 7));
      *to++ = static_cast<char>('0' + (byte & 7));
    } else {
      *to++ = static_cast<char>(byte);
    }
  }
  return to;
}

MR_HD inline u64 bytea_text_size_limit(u32 size, ByteaOutput form) {
  return form == ByteaOutput::Hex ? 2 + 2 * static_cast<u64>(size) : 4 * static_cast<u64>(size);
}

MR_HD inline char* print_bytea(const StringView& value, ByteaOutput form, char* to) {
  if (form == ByteaOutput::Escape) return print_octal_escapes(value.bytes(), value.size, to);
  *to++ = '\\';
  *to++ = 'x';
  return print_hex(value.bytes(), value.size, to);
}

MR_HD inline char* print_uuid(const Uuid& value, char* to) {
  for (u32 i = 0; i < 16; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
    *to++ = hex_digit(value.bytes[i] >> 4);
    *to++ = hex_digit(value.bytes[i] & 15);
  }
  return to;
}

}  // namespace millrace::ops
