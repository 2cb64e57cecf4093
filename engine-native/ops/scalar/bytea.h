// Byte strings: cutting, single bytes and bits, and their text forms.
#pragma once

#include "ops/cast/parse_bytes.h"
#include "ops/scalar/text_search.h"

namespace millrace::ops {

struct ByteaConcat {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, StringView b, StringView& out) {
    return join_text(c, a, b, out);
  }
};
struct ByteaLength {
  MR_HD static i32 apply(StringView a) { return static_cast<i32>(a.size); }
};
struct ByteaBitLength {
  MR_HD static i32 apply(StringView a) { return static_cast<i32>(a.size) * 8; }
};

/// Bytes [from, to) counted from 0.
MR_HD inline StringView byte_range(const StringView& a, i64 from, i64 to) {
  if (from < 0) from = 0;
  if (to > a.size) to = a.size;
  if (to <= from) return empty_string();
  return part_of(a, static_cast<u32>(from), static_cast<u32>(to - from));
}

struct ByteaSubstringFrom {
  MR_HD static StringView apply(StringView a, i32 from) {
    return byte_range(a, static_cast<i64>(from) - 1, kLargestValue);
  }
};
struct ByteaSubstringFromFor {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, i32 from, i32 size, StringView& out) {
    if (size < 0) return c.fail(ErrorCode::NegativeSubstringLength);
    out = byte_range(a, static_cast<i64>(from) - 1, static_cast<i64>(from) - 1 + size);
    return ErrorCode::Ok;
  }
};
struct ByteaOverlayFor {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, StringView with, i32 from, i32 size,
                               StringView& out) {
    if (from <= 0) return c.fail(ErrorCode::NegativeSubstringLength);
    const i64 rest = static_cast<i64>(from) + size;
    if (rest > 2147483647L || rest < -2147483648L) return c.fail(ErrorCode::IntegerOutOfRange);
    StringView front;
    const ErrorCode code = join_text(c, byte_range(a, 0, from - 1), with, front);
    if (code != ErrorCode::Ok) return code;
    return join_text(c, front, byte_range(a, rest - 1, kLargestValue), out);
  }
};
struct ByteaOverlay {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, StringView with, i32 from,
                               StringView& out) {
    return ByteaOverlayFor::apply(c, a, with, from, static_cast<i32>(with.size), out);
  }
};
struct ByteaPosition {
  MR_HD static i32 apply(StringView a, StringView needle) {
    const u32 at = find_text(a, needle, 0);
    return at == kNotFound ? 0 : static_cast<i32>(at) + 1;
  }
};

MR_HD inline StringView trim_bytes(const StringView& a, const StringView& set, bool front,
                                   bool back) {
  const auto is_in_set = [&](u32 at) {
    for (u32 i = 0; i < set.size; i++) {
      if (set.bytes()[i] == a.bytes()[at]) return true;
    }
    return false;
  };
  u32 start = 0;
  u32 end = a.size;
  while (front && start < end && is_in_set(start)) start++;
  while (back && end > start && is_in_set(end - 1)) end--;
  return part_of(a, start, end - start);
}
struct ByteaBTrim {
  MR_HD static StringView apply(StringView a, StringView set) {
    return trim_bytes(a, set, true, true);
  }
};
struct ByteaLTrim {
  MR_HD static StringView apply(StringView a, StringView set) {
    return trim_bytes(a, set, true, false);
  }
};
struct ByteaRTrim {
  MR_HD static StringView apply(StringView a, StringView set) {
    return trim_bytes(a, set, false, true);
  }
};

/// "index 5 out of valid range, 0..3"
MR_HD inline ErrorCode fail_index(OpContext& c, i64 index, i64 last) {
  char text[64];
  u32 at = 0;
  const auto put = [&](const char* bytes) {
    while (*bytes != '\0') text[at++] = *bytes++;
  };
  const auto number = [&](i64 value) {
    char digits[20];
    u32 count = 0;
    u64 rest = value < 0 ? 0 - static_cast<u64>(value) : static_cast<u64>(value);
    if (value < 0) text[at++] = '-';
    do {
      digits[count++] = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    while (count > 0) text[at++] = digits[--count];
  };
  put("index ");
  number(index);
  put(" out of valid range, 0..");
  number(last);
  return fail_message(c, ErrorCode::ArraySubscriptError, "", text, at, "");
}

struct GetByte {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, i32 index, i32& out) {
    if (index < 0 || static_cast<u32>(index) >= a.size) {
      return fail_index(c, index, static_cast<i64>(a.size) - 1);
    }
    out = static_cast<u8>(a.bytes()[index]);
    return ErrorCode::Ok;
  }
};
struct SetByte {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, i32 index, i32 value, StringView& out) {
    if (index < 0 || static_cast<u32>(index) >= a.size) {
      return fail_index(c, index, static_cast<i64>(a.size) - 1);
    }
    StringWriter writer;
    if (!writer.reserve(c, a.size)) return c.fail(ErrorCode::OutOfMemory);
    writer.append(a.bytes(), static_cast<u32>(index));
    writer.put(static_cast<char>(value));
    writer.append(a.bytes() + index + 1, a.size - static_cast<u32>(index) - 1);
    out = writer.finish();
    return ErrorCode::Ok;
  }
};
struct GetBit {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, i64 index, i32& out) {
    const i64 bits = static_cast<i64>(a.size) * 8;
    if (index < 0 || index >= bits) return fail_index(c, index, bits - 1);
    out = static_cast<u8>(a.bytes()[index / 8]) >> (index % 8) & 1;
    return ErrorCode::Ok;
  }
};
struct SetBit {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, i64 index, i32 value, StringView& out) {
    const i64 bits = static_cast<i64>(a.size) * 8;
    if (index < 0 || index >= bits) return fail_index(c, index, bits - 1);
    if (value != 0 && value != 1) {
      return c.fail(ErrorCode::InvalidParameterValue, literal("new bit must be 0 or 1"));
    }
    const i32 mask = 1 << (index % 8);
    const i32 byte = static_cast<u8>(a.bytes()[index / 8]);
    return SetByte::apply(c, a, static_cast<i32>(index / 8),
                          value == 1 ? byte | mask : byte & ~mask, out);
  }
};
struct BitCount {
  MR_HD static i64 apply(StringView a) {
    i64 count = 0;
    for (u32 i = 0; i < a.size; i++) {
      for (u8 byte = static_cast<u8>(a.bytes()[i]); byte != 0; byte &= byte - 1) count++;
    }
    return count;
  }
};

enum class ByteEncoding : u8 { Hex, Base64, Escape, Unknown };

MR_HD inline char ascii_lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}
MR_HD inline bool is_ascii_alphanumeric(char byte) {
  const char lower = ascii_lower(byte);
  return (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9');
}
MR_HD inline bool equals_ignoring_case(const StringView& a, const char* lowercase) {
  u32 i = 0;
  for (; i < a.size && lowercase[i] != '\0'; i++) {
    if (ascii_lower(a.bytes()[i]) != lowercase[i]) return false;
  }
  return i == a.size && lowercase[i] == '\0';
}

MR_HD inline ByteEncoding find_encoding(const StringView& name) {
  if (equals_ignoring_case(name, "hex")) return ByteEncoding::Hex;
  if (equals_ignoring_case(name, "base64")) return ByteEncoding::Base64;
  if (equals_ignoring_case(name, "escape")) return ByteEncoding::Escape;
  return ByteEncoding::Unknown;
}
MR_HD inline ErrorCode fail_encoding(OpContext& c, const StringView& name) {
  return fail_message(c, ErrorCode::InvalidParameterValue, "unrecognized encoding: \"",
                      name.bytes(), name.size, "\"");
}

/// Lines of 76 characters.
MR_HD inline void write_base64(StringWriter& writer, const StringView& a) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  u32 column = 0;
  for (u32 i = 0; i < a.size; i += 3) {
    u32 group = 0;
    for (u32 k = 0; k < 3; k++) {
      group = group << 8 | (i + k < a.size ? static_cast<u8>(a.bytes()[i + k]) : 0u);
    }
    if (column == 76) {
      writer.put('\n');
      column = 0;
    }
    writer.put(kDigits[group >> 18]);
    writer.put(kDigits[group >> 12 & 63]);
    writer.put(i + 1 < a.size ? kDigits[group >> 6 & 63] : '=');
    writer.put(i + 2 < a.size ? kDigits[group & 63] : '=');
    column += 4;
    if (column == 76 && i + 3 == a.size) writer.put('\n');
  }
}

/// PostgreSQL's escape form keeps all bytes but NUL, backslash and those with the high bit.
MR_HD inline void write_escape(StringWriter& writer, const StringView& a) {
  for (u32 i = 0; i < a.size; i++) {
    const u8 byte = static_cast<u8>(a.bytes()[i]);
    if (byte == 0 || byte >= 0x80) {
      writer.put('\\');
      writer.put(static_cast<char>('0' + (byte >> 6)));
      writer.put(static_cast<char>('0' + (byte >> 3 & 7)));
      writer.put(static_cast<char>('0' + (byte & 7)));
    } else {
      if (byte == '\\') writer.put('\\');
      writer.put(static_cast<char>(byte));
    }
  }
}

struct Encode {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, StringView format, StringView& out) {
    const ByteEncoding encoding = find_encoding(format);
    if (encoding == ByteEncoding::Unknown) return fail_encoding(c, format);
    const u64 limit = static_cast<u64>(a.size) * 4 + 8;
    StringWriter writer;
    if (limit > kLargestValue || !writer.reserve(c, limit)) return c.fail(ErrorCode::OutOfMemory);
    if (encoding == ByteEncoding::Base64) {
      write_base64(writer, a);
    } else if (encoding == ByteEncoding::Escape) {
      write_escape(writer, a);
    } else {
      print_hex(a.bytes(), a.size, writer.next());
      writer.advance(2 * a.size);
    }
    out = writer.finish();
    return ErrorCode::Ok;
  }
};

MR_HD inline i32 base64_value(char digit) {
  if (digit >= 'A' && digit <= 'Z') return digit - 'A';
  if (digit >= 'a' && digit <= 'z') return digit - 'a' + 26;
  if (digit >= '0' && digit <= '9') return digit - '0' + 52;
  return digit == '+' ? 62 : digit == '/' ? 63 : -1;
}

MR_HD inline ErrorCode parse_base64(OpContext& c, const StringView& text, StringView& out) {
  StringWriter writer;
  if (!writer.reserve(c, text.size)) return c.fail(ErrorCode::OutOfMemory);
  u32 group = 0;
  u32 position = 0;
  u32 ends = 0;  // 1: "xx=" seen or "xxx=", the group is short by as many bytes
  for (u32 i = 0; i < text.size; i++) {
    const char byte = text.bytes()[i];
    if (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r') continue;
    i32 value = 0;
    if (byte == '=') {
      if (ends == 0) {
        if (position != 2 && position != 3) {
          return c.fail(ErrorCode::InvalidParameterValue,
                        literal("unexpected \"=\" while decoding base64 sequence"));
        }
        ends = position == 2 ? 1 : 2;
      }
    } else {
      value = base64_value(byte);
      if (value < 0) {
        return fail_message(c, ErrorCode::InvalidParameterValue, "invalid symbol \"",
                            text.bytes() + i, utf8::length_of(byte),
                            "\" found while decoding base64 sequence");
      }
    }
    group = group << 6 | static_cast<u32>(value);
    if (++position < 4) continue;
    writer.put(static_cast<char>(group >> 16));
    if (ends == 0 || ends > 1) writer.put(static_cast<char>(group >> 8));
    if (ends == 0) writer.put(static_cast<char>(group));
    group = 0;
    position = 0;
  }
  if (position != 0) return c.fail(ErrorCode::InvalidBase64End);
  out = writer.finish();
  return ErrorCode::Ok;
}

struct Decode {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, StringView format, StringView& out) {
    switch (find_encoding(format)) {
      case ByteEncoding::Hex:
        return parse_hex(c, text.bytes(), text.size, out);
      case ByteEncoding::Base64:
        return parse_base64(c, text, out);
      case ByteEncoding::Escape:
        return parse_octal_escapes(c, text.bytes(), text.size, out);
      case ByteEncoding::Unknown:
        break;
    }
    return fail_encoding(c, format);
  }
};

/// Encodings that bytes convert from and to. The database's own is UTF8.
enum class TextEncoding { Utf8, Latin1, SqlAscii, Unsupported, Unknown };

/// Whether `word` stands in `words`, which spaces separate; letters and digits count, in any case.
MR_HD inline bool names_one_of(const StringView& word, const char* words) {
  for (const char* at = words; *at != '\0';) {
    u32 i = 0;
    bool same = true;
    for (; *at != ' ' && *at != '\0'; at++) {
      while (i < word.size && !is_ascii_alphanumeric(word.bytes()[i])) i++;
      same = same && i < word.size && ascii_lower(word.bytes()[i]) == *at;
      i++;
    }
    while (i < word.size && !is_ascii_alphanumeric(word.bytes()[i])) i++;
    if (same && i == word.size) return true;
    while (*at == ' ') at++;
  }
  return false;
}

MR_HD inline TextEncoding find_text_encoding(const StringView& name) {
  if (names_one_of(name, "utf8 unicode")) return TextEncoding::Utf8;
  if (names_one_of(name, "latin1 iso88591")) return TextEncoding::Latin1;
  if (names_one_of(name, "sqlascii")) return TextEncoding::SqlAscii;
  const bool exists = names_one_of(
      name,
      "abc alt big5 euccn eucjis2004 eucjp euckr euctw gb18030 gbk iso885910 iso885913 iso885914 "
      "iso885915 iso885916 iso88592 iso88593 iso88594 iso88595 iso88596 iso88597 iso88598 iso88599 "
      "johab koi8 koi8r koi8u latin10 latin2 latin3 latin4 latin5 latin6 latin7 latin8 latin9 "
      "mskanji muleinternal shiftjis shiftjis2004 sjis tcvn tcvn5712 uhc vscii win win1250 win1251 "
      "win1252 win1253 win1254 win1255 win1256 win1257 win1258 win866 win874 win932 win936 win949 "
      "win950 windows1250 windows1251 windows1252 windows1253 windows1254 windows1255 windows1256 "
      "windows1257 windows1258 windows866 windows874 windows932 windows936 windows949 windows950");
  return exists ? TextEncoding::Unsupported : TextEncoding::Unknown;
}

/// No encoding of one byte a character takes a zero.
MR_HD inline bool has_zero(const StringView& a) {
  for (u32 i = 0; i < a.size; i++) {
    if (a.bytes()[i] == '\0') return true;
  }
  return false;
}

struct ConvertFrom {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, StringView encoding, StringView& out) {
    out = a;
    switch (find_text_encoding(encoding)) {
      case TextEncoding::Utf8:
        return check_utf8(c, a.bytes(), a.size);
      case TextEncoding::Latin1:
        return from_latin1(c, a, out);
      case TextEncoding::SqlAscii:
        if (!has_zero(a)) return check_utf8(c, a.bytes(), a.size);
        return c.fail(ErrorCode::CharacterNotInRepertoire,
                      literal("invalid byte sequence for encoding \"SQL_ASCII\": 0x00"));
      case TextEncoding::Unsupported:
        return fail_message(c, ErrorCode::FeatureNotSupported, "conversion from encoding \"",
                            encoding.bytes(), encoding.size, "\" is not supported");
      case TextEncoding::Unknown:
        break;
    }
    return fail_message(c, ErrorCode::InvalidParameterValue, "invalid source encoding name \"",
                        encoding.bytes(), encoding.size, "\"");
  }

  MR_HD static ErrorCode from_latin1(OpContext& c, const StringView& a, StringView& out) {
    if (has_zero(a)) {
      return c.fail(ErrorCode::CharacterNotInRepertoire,
                    literal("invalid byte sequence for encoding \"LATIN1\": 0x00"));
    }
    StringWriter writer;
    if (!writer.reserve(c, 2 * static_cast<u64>(a.size))) return c.fail(ErrorCode::OutOfMemory);
    for (u32 i = 0; i < a.size; i++) writer.append_code(static_cast<u8>(a.bytes()[i]));
    out = writer.finish();
    return ErrorCode::Ok;
  }
};

struct ConvertTo {
  MR_HD static ErrorCode apply(OpContext& c, StringView a, StringView encoding, StringView& out) {
    out = a;
    switch (find_text_encoding(encoding)) {
      case TextEncoding::Utf8:
      case TextEncoding::SqlAscii:
        return ErrorCode::Ok;
      case TextEncoding::Latin1:
        return to_latin1(c, a, out);
      case TextEncoding::Unsupported:
        return fail_message(c, ErrorCode::FeatureNotSupported, "conversion to encoding \"",
                            encoding.bytes(), encoding.size, "\" is not supported");
      case TextEncoding::Unknown:
        break;
    }
    return fail_message(c, ErrorCode::InvalidParameterValue, "invalid destination encoding name \"",
                        encoding.bytes(), encoding.size, "\"");
  }

  /// Characters above 255 have no byte there.
  MR_HD static ErrorCode to_latin1(OpContext& c, const StringView& a, StringView& out) {
    StringWriter writer;
    if (!writer.reserve(c, a.size)) return c.fail(ErrorCode::OutOfMemory);
    const char* bytes = a.bytes();
    for (u32 i = 0; i < a.size; i++) {
      const u8 lead = static_cast<u8>(bytes[i]);
      if (lead < 0x80) {
        writer.put(bytes[i]);
      } else if (lead < 0xC4 && i + 1 < a.size) {
        i++;
        writer.put(static_cast<char>((lead & 0x03) << 6 | (static_cast<u8>(bytes[i]) & 0x3F)));
      } else {
        return c.fail(ErrorCode::FeatureNotSupported,
                      literal("text with characters that LATIN1 lacks cannot be converted to it"));
      }
    }
    out = writer.finish();
    return ErrorCode::Ok;
  }
};

/// One of the floats from 0 to below 1 at the same distances, all as likely.
struct Random {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, f64& out);
};

struct GenRandomUuid {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Uuid& out);
};

}  // namespace millrace::ops
