// What functions over regular expressions share: flags, compiled patterns, and a text beside its code
// points. Host only.
#pragma once

#include <string_view>
#include <vector>

#include "ops/context.h"
#include "ops/scalar/regex/matcher.h"
#include "ops/scalar/utf8.h"

namespace millrace::ops::regex {

inline std::string_view view_of(const StringView& text) { return {text.bytes(), text.size}; }

struct Flags {
  Options options;
  bool global = false;
};

ErrorCode fail_text(OpContext& c, ErrorCode code, std::string_view text);

/// The thread's matcher of a pattern, compiled at its first use; until the thread's next call.
ErrorCode find_matcher(OpContext& c, const StringView& pattern, const Options& options,
                       Matcher*& out);

ErrorCode parse_flags(OpContext& c, const StringView& text, Flags& out);

/// Flags of a function that takes no g.
ErrorCode parse_flags_of(OpContext& c, const StringView& text, std::string_view function,
                         Flags& out);

/// The text as code points, in `codes` or in memory that the thread keeps until its next subject,
/// and offsets to come back to bytes.
class Subject {
 public:
  explicit Subject(const StringView& view) : Subject(view, buffer()) {}
  Subject(const StringView& view, std::vector<u32>& codes)
      : bytes_(view), is_ascii_(utf8::is_ascii(view.bytes(), view.size)) {
    codes.clear();
    const char* bytes = bytes_.bytes();
    if (is_ascii_) {
      codes.resize(view.size);
      for (u32 i = 0; i < view.size; i++) codes[i] = static_cast<u8>(bytes[i]);
    } else {
      for (u32 i = 0; i < view.size; i += utf8::length_of(bytes[i])) {
        codes.push_back(utf8::decode(bytes + i));
      }
    }
    text = {codes.data(), static_cast<i64>(codes.size())};
  }
  Text text{};

  u32 byte_offset(i64 position) const {
    if (is_ascii_) return static_cast<u32>(position);
    return utf8::offset_of(bytes_.bytes(), bytes_.size, static_cast<u32>(position));
  }
  /// Views the argument's bytes.
  std::string_view slice(i64 begin, i64 end) const {
    const u32 from = byte_offset(begin);
    return {bytes_.bytes() + from, byte_offset(end) - from};
  }

 private:
  static std::vector<u32>& buffer() {
    thread_local std::vector<u32> codes;
    return codes;
  }
  const StringView bytes_;
  const bool is_ascii_;
};

}  // namespace millrace::ops::regex
