// Text as SQL: quoted literals and identifiers, Unicode escapes. Host only.
#pragma once

#include "ops/context.h"

namespace millrace::ops {

struct QuoteLiteral {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView& out);
};
struct QuoteNullable {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Nullable<StringView> text, StringView& out);
};
struct QuoteIdent {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView& out);
};
struct Unistr {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView& out);
};

}  // namespace millrace::ops
