// Values of every type from and to the text of test cases.
#pragma once
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "ops/casts_number.h"
#include "tests/check.h"

namespace millrace::tests {

using namespace millrace::ops;  // NOLINT: tests of ops/

/// One value, NULL perhaps.
struct Cell {
  alignas(16) char bytes[32];
  bool is_null;
  template <class T>
  T get() const {
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
  }
  template <class T>
  void set(const T& value) {
    std::memcpy(bytes, &value, sizeof value);
  }
};

/// An OpContext with memory that lasts as long as it does.
class TestContext {
 public:
  TestContext() : memory_(1 << 20) {
    settings.extra_float_digits = 1;
    context.settings = &settings;
    context.arena = &arena_;
    reset();
  }
  void reset() {
    arena_.next = memory_.data();
    arena_.end = memory_.data() + memory_.size();
    arena_.refill = [](Arena*, u32) -> char* { return nullptr; };
  }
  ops::Settings settings{};
  OpContext context{};

 private:
  std::vector<char> memory_;
  Arena arena_{};
};

inline StringView view_of(std::string_view text) {
  return StringView::make(text.data(), static_cast<u32>(text.size()));
}
inline std::string_view text_of(const StringView& view) { return {view.bytes(), view.size}; }

/// The text must outlive the cell. `\N` is NULL. Only types that the number tests use.
template <Type type>
Cell read_cell(TestContext& test, std::string_view text) {
  using T = Storage<type>;
  Cell cell{};
  cell.is_null = text == "\\N";
  if (cell.is_null) return cell;
  if constexpr (type == Type::Text || type == Type::Bytea) {
    cell.set(view_of(text));
  } else if constexpr (type == Type::Interval) {
    i64 parts[3] = {};
    std::sscanf(std::string(text).c_str(), "%ld,%ld,%ld", &parts[0], &parts[1], &parts[2]);
    cell.set(types::Interval{parts[2], static_cast<i32>(parts[1]), static_cast<i32>(parts[0])});
  } else if constexpr (type == Type::D128) {
    Numeric value{};
    CHECK(Cast<StringView>::To<Numeric>::apply(test.context, view_of(text), value) ==
          ErrorCode::Ok);
    cell.set(value.coefficient);
  } else if constexpr (type == Type::Uuid) {
    types::Uuid value{};
    for (size_t i = 0; i < 16; i++) {
      value.bytes[i] = static_cast<u8>(std::stoi(std::string(text.substr(i * 2, 2)), nullptr, 16));
    }
    cell.set(value);
  } else {
    T value{};
    const ErrorCode code = Cast<StringView>::To<T>::apply(test.context, view_of(text), value);
    CHECK(code == ErrorCode::Ok);
    cell.set(value);
  }
  return cell;
}

template <Type type>
std::string print_cell(const Cell& cell) {
  using T = Storage<type>;
  if (cell.is_null) return "\\N";
  const T value = cell.get<T>();
  char text[20000];
  u32 size = 0;
  if constexpr (type == Type::Text || type == Type::Bytea) {
    return std::string(text_of(value));
  } else if constexpr (type == Type::Interval) {
    return std::to_string(value.months) + "," + std::to_string(value.days) + "," +
           std::to_string(value.microseconds);
  } else if constexpr (type == Type::Uuid) {
    for (const u8 byte : value.bytes)
      size += static_cast<u32>(std::sprintf(text + size, "%02x", byte));
  } else if constexpr (type == Type::Bool) {
    size = print_bool(value, text);
  } else if constexpr (type == Type::F32) {
    size = print_f32(value, 1, text);
  } else if constexpr (type == Type::F64) {
    size = print_f64(value, 1, text);
  } else if constexpr (type == Type::Numeric) {
    size = print_numeric(value, text);
  } else if constexpr (type == Type::D128) {
    size = print_d128(value, 0, text);
  } else {
    size = print_i64(value, text);
  }
  return {text, size};
}

inline std::string print_error(ErrorCode code, const OpContext& context) {
  const base::Status status =
      base::Status::error(code, text_of(context.error_first), text_of(context.error_second));
  std::string text = "!" + std::string(base::sqlstate_of(code)) + " " + status.message();
  if (!status.detail().empty()) text += " | " + status.detail();
  return text;
}

}  // namespace millrace::tests
