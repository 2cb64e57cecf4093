// One element as text, in binary and in another form; host only.
#pragma once
#include <string>

#include "ops/array/element.h"

namespace millrace::ops::array {

/// The settings under which constants are written: ISO, UTC, shortest floats.
const Settings& plain_settings();

/// Adds the value's output text.
ErrorCode print(OpContext& c, const Datum& value, const Settings& settings, std::string& to);
/// The type's input.
ErrorCode parse(OpContext& c, Form form, const StringView& text, Datum& out);
/// Adds the value's bytes in PostgreSQL's binary format, without their size.
ErrorCode send(OpContext& c, const Datum& value, std::string& to);
/// The value as another form, by the cast between the two types; a modifier of -1 is none.
ErrorCode convert(OpContext& c, const Datum& value, Form form, i32 modifier, Datum& out);

}  // namespace millrace::ops::array
