#include "base/status.h"

#include <cstdio>
#include <cstdlib>

namespace millrace::base {

namespace {
struct Entry {
  std::string_view sqlstate;
  std::string_view message;
};
constexpr Entry kEntries[] = {
    {"00000", ""},
#define ERROR(name, sqlstate, message) {sqlstate, message},
#include "base/error_code.def"
#undef ERROR
};
}  // namespace

std::string_view sqlstate_of(ErrorCode code) { return kEntries[static_cast<size_t>(code)].sqlstate; }

std::string_view message_template_of(ErrorCode code) {
  return kEntries[static_cast<size_t>(code)].message;
}

Status Status::error(ErrorCode code, std::string_view first, std::string_view second) {
  Status status;
  status.code_ = code;
  std::string_view rest = message_template_of(code);
  for (std::string_view argument : {first, second}) {
    const size_t at = rest.find("%s");
    if (at == std::string_view::npos) {
      status.detail_ = argument;
      break;
    }
    status.message_.append(rest.substr(0, at)).append(argument);
    rest.remove_prefix(at + 2);
  }
  status.message_.append(rest);
  return status;
}

void fail_check(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "millrace: check failed: %s at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace millrace::base
