// LIKE: % is any text, _ one character, backslash takes what follows as it is.
#pragma once

#include "ops/scalar/text_search.h"

namespace millrace::ops {

enum class LikeOutcome : u8 { No, Yes, EndsWithEscape };

/// Walks text and pattern; on a mismatch goes back to the last %, which then takes one character
/// more. That suffices: an earlier % need not give way once a later one was reached.
/// `by_character` false: _ is one byte (bytea).
MR_HD inline LikeOutcome like_bytes(const char* text, u32 text_size, const char* pattern,
                                    u32 pattern_size, bool by_character) {
  u32 t = 0;
  u32 p = 0;
  u32 retry_text = 0;
  u32 retry_pattern = kNotFound;
  const auto advance = [&](u32 at) { return at + (by_character ? utf8::length_of(text[at]) : 1); };
  while (t < text_size) {
    if (p < pattern_size && pattern[p] == '%') {
      p++;
      // Of %_%_ only the count of _ matters.
      while (p < pattern_size && (pattern[p] == '%' || pattern[p] == '_')) {
        if (pattern[p] == '_') {
          if (t >= text_size) return LikeOutcome::No;
          t = advance(t);
        }
        p++;
      }
      if (p >= pattern_size) return LikeOutcome::Yes;
      if (pattern[p] == '\\' && p + 1 >= pattern_size) return LikeOutcome::EndsWithEscape;
      retry_text = t;
      retry_pattern = p;
      continue;
    }
    if (p < pattern_size && pattern[p] == '_') {
      t = advance(t);
      p++;
      continue;
    }
    if (p < pattern_size) {
      u32 literal_at = p;
      if (pattern[p] == '\\') {
        if (++literal_at >= pattern_size) return LikeOutcome::EndsWithEscape;
      }
      if (pattern[literal_at] == text[t]) {
        t++;
        p = literal_at + 1;
        continue;
      }
    }
    if (retry_pattern == kNotFound) return LikeOutcome::No;
    p = retry_pattern;
    retry_text = advance(retry_text);
    t = retry_text;
    // Skip to where the piece after % can begin.
    const char first = pattern[p] == '\\' ? pattern[p + 1] : pattern[p];
    while (t < text_size && text[t] != first) t = advance(t);
    retry_text = t;
  }
  while (p < pattern_size && pattern[p] == '%') p++;
  return p >= pattern_size ? LikeOutcome::Yes : LikeOutcome::No;
}

MR_HD inline ErrorCode finish_like(OpContext& c, LikeOutcome outcome, u8& out) {
  out = outcome == LikeOutcome::Yes ? 1 : 0;
  if (outcome != LikeOutcome::EndsWithEscape) return ErrorCode::Ok;
  return c.fail(ErrorCode::InvalidEscapeSequence);
}

struct Like {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, StringView pattern, u8& out) {
    return finish_like(c, like_bytes(text.bytes(), text.size, pattern.bytes(), pattern.size, true),
                       out);
  }
};
struct ByteaLike {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, StringView pattern, u8& out) {
    return finish_like(c, like_bytes(text.bytes(), text.size, pattern.bytes(), pattern.size, false),
                       out);
  }
};

/// A pattern with the escape of ESCAPE rewritten to one with backslash.
struct LikeEscape {
  MR_HD static ErrorCode apply(OpContext& c, StringView pattern, StringView escape,
                               StringView& out) {
    const char* bytes = pattern.bytes();
    const u32 escape_size = escape.size;
    if (escape_size > 0 && utf8::count(escape.bytes(), escape_size) > 1) {
      return c.fail(ErrorCode::InvalidEscapeString);
    }
    out = pattern;
    if (escape_size == 1 && escape.bytes()[0] == '\\') return ErrorCode::Ok;
    StringWriter writer;
    if (!writer.reserve(c, static_cast<u64>(pattern.size) * 2)) {
      return c.fail(ErrorCode::OutOfMemory);
    }
    bool after_escape = false;
    for (u32 i = 0; i < pattern.size;) {
      const u32 length = utf8::length_of(bytes[i]);
      if (escape_size == length && !after_escape &&
          equal_bytes(bytes + i, escape.bytes(), length)) {
        writer.put('\\');
        after_escape = true;
      } else {
        if (bytes[i] == '\\' && !after_escape) writer.put('\\');
        writer.append(bytes + i, length);
        after_escape = false;
      }
      i += length;
    }
    out = writer.finish();
    return ErrorCode::Ok;
  }
};

struct LikePrefix {
  MR_HD static u8 apply(StringView text, StringView piece) {
    return StartsWith::apply(text, piece);
  }
};
struct LikeSuffix {
  MR_HD static u8 apply(StringView text, StringView piece) {
    return piece.size <= text.size &&
           equal_bytes(text.bytes() + text.size - piece.size, piece.bytes(), piece.size);
  }
};
struct LikeContains {
  MR_HD static u8 apply(StringView text, StringView piece) {
    return find_text(text, piece, 0) != kNotFound ? 1 : 0;
  }
};

/// A pattern of literal pieces between %: each piece is looked for after the one before, the first
/// and the last stand at the ends.
struct LikeParts {
  MR_HD static u8 apply(StringView text, StringView pattern) {
    const char* bytes = pattern.bytes();
    u32 p = 0;
    while (p < pattern.size && bytes[p] != '%') p++;
    if (p == pattern.size) {
      return text.size == p && equal_bytes(text.bytes(), bytes, p) ? 1 : 0;
    }
    if (p > text.size || !equal_bytes(text.bytes(), bytes, p)) return 0;
    u32 done = p;
    while (p < pattern.size) {
      p++;
      const u32 start = p;
      while (p < pattern.size && bytes[p] != '%') p++;
      const u32 size = p - start;
      if (p == pattern.size) {
        return size <= text.size - done &&
                       equal_bytes(text.bytes() + text.size - size, bytes + start, size)
                   ? 1
                   : 0;
      }
      const u32 at = find_bytes(text.bytes(), text.size, bytes + start, size, done);
      if (at == kNotFound) return 0;
      done = at + size;
    }
    return 1;
  }
};

}  // namespace millrace::ops
