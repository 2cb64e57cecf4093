#include "ops/cast/number.h"

#include <charconv>

#include "ops/cast/number_text.h"

namespace millrace::ops {

ErrorCode finite_to_numeric(f64 a, i32 digits, Numeric& out) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, a, std::chars_format::general, digits);
  OpContext none{};
  return CastStep<StringView, Numeric>::apply(
      none, StringView::make(text, static_cast<u32>(end.ptr - text)), out);
}

}  // namespace millrace::ops
