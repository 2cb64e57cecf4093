// Regular expressions: PostgreSQL's advanced ones. Host only; programs are compiled once a thread
// and pattern.
#pragma once

#include "ops/context.h"

namespace millrace::ops {

struct TextRegexEq {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, u8& out);
};
struct TextIcRegexEq {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, u8& out);
};
/// substring(text from pattern): the first parenthesized part, or the whole match.
struct SubstringRegex {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern,
                         Nullable<StringView>& out);
};
/// substring(text similar pattern escape e).
struct SubstringSimilar {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, StringView escape,
                         Nullable<StringView>& out);
};
struct SimilarToEscape {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView pattern, StringView& out);
};
struct SimilarToEscapeWith {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView pattern, StringView escape, StringView& out);
};
struct RegexpReplace {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, StringView with,
                         StringView& out);
};
struct RegexpReplaceFlags {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, StringView with,
                         StringView flags, StringView& out);
};
struct RegexpReplaceStart {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, StringView with,
                         i32 start, StringView& out);
};
struct RegexpReplaceStartN {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, StringView with,
                         i32 start, i32 n, StringView& out);
};
struct RegexpReplaceStartNFlags {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, StringView with,
                         i32 start, i32 n, StringView flags, StringView& out);
};
struct RegexpLike {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, u8& out);
};
struct RegexpLikeFlags {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, StringView flags,
                         u8& out);
};
struct RegexpCount {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, i32& out);
};
struct RegexpCountStart {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, i32 start, i32& out);
};
struct RegexpCountStartFlags {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, i32 start,
                         StringView flags, i32& out);
};
struct RegexpInstr {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, i32& out);
};
struct RegexpInstrStart {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, i32 start, i32& out);
};
struct RegexpInstrN {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, i32 start, i32 n,
                         i32& out);
};
struct RegexpInstrEnd {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, i32 start, i32 n,
                         i32 end, i32& out);
};
struct RegexpInstrFlags {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, i32 start, i32 n,
                         i32 end, StringView flags, i32& out);
};
struct RegexpInstrSub {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, i32 start, i32 n,
                         i32 end, StringView flags, i32 group, i32& out);
};
struct RegexpSubstr {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern,
                         Nullable<StringView>& out);
};
struct RegexpSubstrStart {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, i32 start,
                         Nullable<StringView>& out);
};
struct RegexpSubstrN {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, i32 start, i32 n,
                         Nullable<StringView>& out);
};
struct RegexpSubstrFlags {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, i32 start, i32 n,
                         StringView flags, Nullable<StringView>& out);
};
struct RegexpSubstrSub {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, i32 start, i32 n,
                         StringView flags, i32 group, Nullable<StringView>& out);
};

}  // namespace millrace::ops
