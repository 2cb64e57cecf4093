// Values of fixed types from PostgreSQL's binary format; host only. What bind parameters and the
// elements of arrays share.
#pragma once
#include <cstddef>

#include "ops/context.h"

namespace millrace::ops {

/// What was wrong with the size of a value, where that is all that was.
enum class BinarySize : u8 { Exact, Short, Long };

/// Reads `size` bytes as a value of `type` into `out`: any type but D64 and D128. Strings view the
/// bytes. With a `fit` other than Exact nothing was read, and how to say so is the caller's.
ErrorCode read_binary(OpContext& c, Type type, const char* bytes, size_t size, BinarySize& fit,
                      void* out);

}  // namespace millrace::ops
