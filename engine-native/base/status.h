// base: errors as values, checks, and nothing else. May include no other room.
// Invariant: no function of the engine throws across a room's API; it returns Status or Result<T>.
// Start reading here.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/error_code.h"

namespace millrace::base {

/// Five characters; "00000" for Ok.
std::string_view sqlstate_of(ErrorCode code);
/// The message with `%s` as it stands in the table.
std::string_view message_template_of(ErrorCode code);

/// The outcome of an operation: Ok, or a code with its finished message.
class [[nodiscard]] Status {
 public:
  Status() = default;
  /// Fills the table's `%s` in order; what follows a line break there is the DETAIL.
  static Status error(ErrorCode code, std::string_view first = {}, std::string_view second = {});

  bool ok() const { return code_ == ErrorCode::Ok; }
  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::string& detail() const { return detail_; }
  const std::string& hint() const { return hint_; }
  Status& with_detail(std::string detail) {
    detail_ = std::move(detail);
    return *this;
  }
  Status& with_hint(std::string hint) {
    hint_ = std::move(hint);
    return *this;
  }

 private:
  ErrorCode code_ = ErrorCode::Ok;
  std::string message_;
  std::string detail_;
  std::string hint_;
};

/// A value or the error that kept it from being made.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}         // NOLINT: implicit
  Result(Status status) : held_(std::in_place_index<1>, std::move(status)) {}  // NOLINT: implicit
  bool ok() const { return held_.index() == 0; }
  T& value() & { return std::get<0>(held_); }
  const T& value() const& { return std::get<0>(held_); }
  T&& value() && { return std::get<0>(std::move(held_)); }
  Status status() const { return ok() ? Status() : std::get<1>(held_); }

 private:
  std::variant<T, Status> held_;
};

/// Ends the process: for broken invariants that would corrupt shared state.
[[noreturn]] void fail_check(const char* condition, const char* file, int line);

}  // namespace millrace::base

#define MR_CHECK(condition) \
  ((condition) ? void(0) : ::millrace::base::fail_check(#condition, __FILE__, __LINE__))
#define MR_RETURN_IF_ERROR(expression)                                                        \
  do {                                                                                        \
    if (::millrace::base::Status mr_status = (expression); !mr_status.ok()) return mr_status; \
  } while (false)
#define MR_CONCAT_(a, b) a##b
#define MR_CONCAT(a, b) MR_CONCAT_(a, b)
#define MR_ASSIGN_OR_RETURN(target, expression) \
  MR_ASSIGN_OR_RETURN_(MR_CONCAT(mr_result_, __LINE__), target, expression)
#define MR_ASSIGN_OR_RETURN_(result, target, expression) \
  auto result = (expression);                            \
  if (!result.ok()) return result.status();              \
  target = std::move(result).value()
