#include "types/names.h"

namespace millrace::types {

namespace {
constexpr std::string_view kNames[kTypeCount] = {
    "bool", "i16",  "i32",       "i64",         "f32",      "f64",  "d64",  "d128", "numeric",
    "date", "time", "timestamp", "timestamptz", "interval", "uuid", "text", "bytea"};
}  // namespace

std::string_view name_of(Type type) { return kNames[static_cast<u32>(type)]; }

std::optional<Type> type_named(std::string_view name) {
  for (u32 i = 0; i < kTypeCount; i++) {
    if (kNames[i] == name) return static_cast<Type>(i);
  }
  return std::nullopt;
}

}  // namespace millrace::types
