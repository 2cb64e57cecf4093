// Bind parameters: bytes of the client to a value, in text or binary.
#pragma once
#include <string_view>

#include "base/status.h"
#include "ops/context.h"

namespace millrace::wire {

/// Reads parameter number `index` (from 1) as a value of `type` into `out`, which has room for the
/// type's storage; D64 and D128 are rounded to the type's precision and scale. Strings live in
/// `arena` or are `bytes` themselves, which must then outlive the value.
/// Errors are PostgreSQL's: 22P02, 22P03, 22007, 22008, 22003, 22021, 08P01.
base::Status decode_parameter(const types::TypeParameters& type, bool is_binary,
                              std::string_view bytes, int index, const ops::Settings& settings,
                              ops::Arena& arena, void* out);

}  // namespace millrace::wire
