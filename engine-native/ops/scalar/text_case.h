// Upper and lower case of code points, as C.UTF-8 has them. Host only: the tables are the C
// library's.
#pragma once

#include "ops/scalar/utf8.h"

namespace millrace::ops {

u32 upper_of(u32 code);
u32 lower_of(u32 code);
bool is_alphanumeric(u32 code);

struct Upper {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView& out);
};
struct Lower {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView& out);
};
/// Each run of letters and digits begins with upper case and goes on in lower case.
struct InitCap {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView& out);
};
struct ILike {
  static constexpr bool kHostOnly = true;
  static ErrorCode apply(OpContext& c, StringView text, StringView pattern, u8& out);
};

}  // namespace millrace::ops
