// Names of physical types as fragments, describe() and EXPLAIN print them. Host only.
#pragma once
#include <optional>
#include <string_view>

#include "types/physical.h"

namespace millrace::types {
std::string_view name_of(Type type);
std::optional<Type> type_named(std::string_view name);
}  // namespace millrace::types
