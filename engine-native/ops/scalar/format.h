// to_char, to_date, to_timestamp and to_number: formatting by templates. Host only; templates are
// parsed once a thread and text.
#pragma once

#include "ops/context.h"

namespace millrace::ops {

struct ToCharTimestamp {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, i64 value, StringView format, Nullable<StringView>& out);
};
struct ToCharTimestampTz {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, i64 value, StringView format, Nullable<StringView>& out);
};
struct ToCharInterval {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Interval value, StringView format,
                         Nullable<StringView>& out);
};
struct ToCharI32 {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, i32 value, StringView format, StringView& out);
};
struct ToCharI64 {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, i64 value, StringView format, StringView& out);
};
struct ToCharF32 {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, f32 value, StringView format, StringView& out);
};
struct ToCharF64 {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, f64 value, StringView format, StringView& out);
};
struct ToCharNumeric {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, Numeric value, StringView format, StringView& out);
};
struct ToCharD64 {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, i64 value, StringView format, i32 scale, StringView& out);
};
struct ToCharD128 {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, i128 value, StringView format, i32 scale, StringView& out);
};
struct ToDateFormat {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView format, i32& out);
};
struct ToTimestampFormat {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView format, i64& out);
};
struct ToNumber {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView format, Nullable<Numeric>& out);
};

}  // namespace millrace::ops
