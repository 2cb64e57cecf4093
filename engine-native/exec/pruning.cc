#include "exec/pruning.h"

#include <cstring>
#include <string_view>

#include "ops/compare.h"
#include "runtime/with_type.h"

namespace millrace::exec {

bool comparison_kind(const std::string& op, bool exchanged, PruningTest::Kind* kind) {
  using Kind = PruningTest::Kind;
  struct Entry {
    std::string_view name;
    Kind kind;
    Kind exchanged;
  };
  static constexpr Entry kEntries[] = {
      {"eq", Kind::Equal, Kind::Equal},
      {"lt", Kind::Less, Kind::Greater},
      {"le", Kind::LessEqual, Kind::GreaterEqual},
      {"gt", Kind::Greater, Kind::Less},
      {"ge", Kind::GreaterEqual, Kind::LessEqual},
  };
  for (const Entry& entry : kEntries) {
    if (entry.name != op) continue;
    *kind = exchanged ? entry.exchanged : entry.kind;
    return true;
  }
  return false;
}

namespace {

/// Order of two values of the test's type.
int compare(types::Type type, const void* left, const void* right) {
  return runtime::with_type(type, [&]<types::Type kType>() -> int {
    using T = types::Storage<kType>;
    T a;
    T b;
    std::memcpy(&a, left, sizeof(T));
    std::memcpy(&b, right, sizeof(T));
    return ops::Compare<T>::apply(a, b);
  });
}

}  // namespace

bool PruningTest::may_pass(const formats::ColumnBounds& bounds, int64_t row_count) const {
  if (kind == Kind::IsNull) return !bounds.null_count.has_value() || *bounds.null_count > 0;
  if (bounds.null_count.has_value() && *bounds.null_count == row_count) return false;
  if (kind == Kind::IsNotNull) return true;
  const types::Type type = constant.type.type;
  const bool above = bounds.minimum != nullptr && compare(type, bounds.minimum, constant.bytes) > 0;
  const bool at_least =
      bounds.minimum != nullptr && compare(type, bounds.minimum, constant.bytes) >= 0;
  const bool below = bounds.maximum != nullptr && compare(type, bounds.maximum, constant.bytes) < 0;
  const bool at_most =
      bounds.maximum != nullptr && compare(type, bounds.maximum, constant.bytes) <= 0;
  switch (kind) {
    case Kind::Equal:
      return !above && !below;
    case Kind::Less:
      return !at_least;
    case Kind::LessEqual:
      return !above;
    case Kind::Greater:
      return !at_most;
    case Kind::GreaterEqual:
      return !below;
    case Kind::IsNull:
    case Kind::IsNotNull:
      break;
  }
  return true;
}

}  // namespace millrace::exec
