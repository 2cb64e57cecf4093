// Casts of bytea, uuid and bool's short form from and to text.
#pragma once

#include "ops/cast/parse_bytes.h"

namespace millrace::ops {

struct TextToUuid {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, Uuid& out) {
    if (parse_uuid(text, out)) return ErrorCode::Ok;
    return c.fail(ErrorCode::InvalidTextRepresentation, literal("uuid"), text);
  }
};
struct TextToBytea {
  MR_HD static ErrorCode apply(OpContext& c, StringView text, StringView& out) {
    return parse_bytea(c, text, out);
  }
};
struct UuidToText {
  MR_HD static ErrorCode apply(OpContext& c, Uuid value, StringView& out) {
    StringWriter writer;
    if (!writer.reserve(c, kUuidTextSize)) return c.fail(ErrorCode::OutOfMemory);
    print_uuid(value, writer.next());
    writer.advance(kUuidTextSize);
    out = writer.finish();
    return ErrorCode::Ok;
  }
};
struct ByteaToText {
  MR_HD static ErrorCode apply(OpContext& c, StringView value, StringView& out) {
    const ByteaOutput form = c.settings->bytea_output;
    const u64 limit = bytea_text_size_limit(value.size, form);
    StringWriter writer;
    if (limit > kLargestValue || !writer.reserve(c, limit)) return c.fail(ErrorCode::OutOfMemory);
    const char* end = print_bytea(value, form, writer.next());
    writer.advance(static_cast<u32>(end - writer.next()));
    out = writer.finish();
    return ErrorCode::Ok;
  }
};
struct BoolOut {
  MR_HD static StringView apply(u8 value) { return StringView::make(value != 0 ? "t" : "f", 1); }
};

}  // namespace millrace::ops
