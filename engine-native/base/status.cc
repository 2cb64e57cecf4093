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

std::string_view sqlstate_of(ErrorCode code) {
  return kEntries[static_cast<size_t>(code)].sqlstate;
}

std::string_view message_template_of(ErrorCode code) {
  return kEntries[static_cast<size_t>(code)].message;
}

Status Status::error(ErrorCode code, std::string_view first, std::string_view second) {
  Status status;
  status.code_ = code;
  std::string_view rest = message_template_of(code);
  std::string* part = &status.message_;
  const std::string_view arguments[] = {first, second};
  size_t used = 0;
  while (!rest.empty()) {
    const size_t at = rest.find_first_of("%\n");
    part->append(rest.substr(0, at));
    if (at == std::string_view::npos) break;
    if (rest[at] == '\n') {
      part = &status.detail_;
      rest.remove_prefix(at + 1);
    } else if (rest.substr(at, 2) == "%s") {
      if (used < 2) part->append(arguments[used++]);
      rest.remove_prefix(at + 2);
    } else {
      part->push_back(rest[at]);
      rest.remove_prefix(at + 1);
    }
  }
  return status;
}

void fail_check(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "millrace: check failed: %s at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace millrace::base
