// The engine's error codes as a plain enum that kernels can take too.
#pragma once

namespace millrace::base {

enum class ErrorCode : unsigned short {
  Ok = 0,
#define ERROR(name, sqlstate, message) name,
#include "base/error_code.def"
#undef ERROR
};

}  // namespace millrace::base
