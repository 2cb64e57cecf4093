#include "ops/scalar/text_case.h"

#include <locale.h>
#include <wctype.h>

#include <string>
#include <vector>

#include "base/status.h"
#include "ops/scalar/character_class.h"
#include "ops/scalar/like.h"

namespace millrace::ops {

namespace {

locale_t utf8_locale() {
  static const locale_t locale = [] {
    locale_t found = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    if (found == nullptr) found = newlocale(LC_CTYPE_MASK, "C.utf8", nullptr);
    MR_CHECK(found != nullptr);
    return found;
  }();
  return locale;
}

/// Upper and lower of the code points below 0x10000, where almost all text is.
struct CaseTables {
  std::vector<u32> upper;
  std::vector<u32> lower;
  CaseTables() : upper(0x10000), lower(0x10000) {
    for (u32 code = 0; code < 0x10000; code++) {
      upper[code] = static_cast<u32>(towupper_l(static_cast<wint_t>(code), utf8_locale()));
      lower[code] = static_cast<u32>(towlower_l(static_cast<wint_t>(code), utf8_locale()));
    }
  }
};
const CaseTables& tables() {
  static const CaseTables made;
  return made;
}

char upper_ascii(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower_letter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// A character's case changes its size by two bytes at most: ASCII to three bytes.
template <class Ascii, class Code>
ErrorCode map_text(OpContext& c, const StringView& text, Ascii ascii, Code code, StringView& out) {
  StringWriter writer;
  const char* bytes = text.bytes();
  if (utf8::is_ascii(bytes, text.size)) {
    if (!writer.reserve(c, text.size)) return c.fail(ErrorCode::OutOfMemory);
    for (u32 i = 0; i < text.size; i++) writer.put(ascii(bytes[i]));
    out = writer.finish();
    return ErrorCode::Ok;
  }
  if (!writer.reserve(c, 3 * static_cast<u64>(text.size))) return c.fail(ErrorCode::OutOfMemory);
  for (u32 i = 0; i < text.size; i += utf8::length_of(bytes[i])) {
    writer.append_code(code(utf8::decode(bytes + i)));
  }
  out = writer.finish();
  return ErrorCode::Ok;
}

}  // namespace

u32 upper_of(u32 code) {
  if (code < 0x10000) return tables().upper[code];
  return static_cast<u32>(towupper_l(static_cast<wint_t>(code), utf8_locale()));
}
u32 lower_of(u32 code) {
  if (code < 0x10000) return tables().lower[code];
  return static_cast<u32>(towlower_l(static_cast<wint_t>(code), utf8_locale()));
}
bool is_alphanumeric(u32 code) { return iswalnum_l(static_cast<wint_t>(code), utf8_locale()) != 0; }

bool is_in_class(u32 code, CharacterClass kind) {
  const wint_t wide = static_cast<wint_t>(code);
  const locale_t l = utf8_locale();
  switch (kind) {
    case CharacterClass::Alnum:
      return iswalnum_l(wide, l) != 0;
    case CharacterClass::Alpha:
      return iswalpha_l(wide, l) != 0;
    case CharacterClass::Blank:
      return code == ' ' || code == '\t';
    case CharacterClass::Cntrl:
      return iswcntrl_l(wide, l) != 0;
    case CharacterClass::Digit:
      return iswdigit_l(wide, l) != 0;
    case CharacterClass::Graph:
      return iswgraph_l(wide, l) != 0;
    case CharacterClass::Lower:
      return iswlower_l(wide, l) != 0;
    case CharacterClass::Print:
      return iswprint_l(wide, l) != 0;
    case CharacterClass::Punct:
      return iswpunct_l(wide, l) != 0;
    case CharacterClass::Space:
      return iswspace_l(wide, l) != 0;
    case CharacterClass::Upper:
      return iswupper_l(wide, l) != 0;
    case CharacterClass::Xdigit:
      return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'f') ||
             (code >= 'A' && code <= 'F');
    case CharacterClass::Word:
      return code == '_' || iswalnum_l(wide, l) != 0;
  }
  return false;
}

ErrorCode Upper::apply(OpContext& c, StringView text, StringView& out) {
  return map_text(c, text, upper_ascii, upper_of, out);
}

ErrorCode Lower::apply(OpContext& c, StringView text, StringView& out) {
  return map_text(c, text, lower_letter, lower_of, out);
}

ErrorCode InitCap::apply(OpContext& c, StringView text, StringView& out) {
  bool in_word = false;
  const auto ascii = [&in_word](char byte) {
    const char mapped = in_word ? lower_letter(byte) : upper_ascii(byte);
    in_word =
        (byte >= '0' && byte <= '9') || (upper_ascii(byte) >= 'A' && upper_ascii(byte) <= 'Z');
    return mapped;
  };
  const auto code = [&in_word](u32 point) {
    const u32 mapped = in_word ? lower_of(point) : upper_of(point);
    in_word = is_alphanumeric(point);
    return mapped;
  };
  return map_text(c, text, ascii, code, out);
}

ErrorCode ILike::apply(OpContext& c, StringView text, StringView pattern, u8& out) {
  if (utf8::is_ascii(text.bytes(), text.size) && utf8::is_ascii(pattern.bytes(), pattern.size)) {
    thread_local std::string lower;
    lower.assign(text.bytes(), text.size);
    lower.append(pattern.bytes(), pattern.size);
    for (char& byte : lower) byte = lower_letter(byte);
    return finish_like(
        c, like_bytes(lower.data(), text.size, lower.data() + text.size, pattern.size, true), out);
  }
  StringView lower_text, lower_pattern;
  ErrorCode code = Lower::apply(c, text, lower_text);
  if (code == ErrorCode::Ok) code = Lower::apply(c, pattern, lower_pattern);
  return code != ErrorCode::Ok ? code : Like::apply(c, lower_text, lower_pattern, out);
}

}  // namespace millrace::ops
