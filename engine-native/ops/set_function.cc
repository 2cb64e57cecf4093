#include "ops/set_function.h"

#include <algorithm>
#include <array>

#include "ops/set/array.h"
#include "ops/set/series.h"
#include "ops/set/split.h"
#include "ops/type_list.h"

namespace millrace::ops {

namespace {

template <class Cursor>
std::unique_ptr<SetCursor> make_cursor() {
  return std::make_unique<Cursor>();
}

template <class Cursor, Type R, Type... A>
SetFunction describe_set(std::string_view name) {
  return {name, R, {A...}, Cursor::kStrict, Cursor::kNullable, &make_cursor<Cursor>};
}

std::vector<SetFunction> make_sets() {
  std::vector<SetFunction> all;
#define SET(name, cursor, ...) all.push_back(describe_set<cursor, MR_TYPES(__VA_ARGS__)>(#name));
#include "ops/sets.def"
#undef SET
  return all;
}

template <class T>
class SingleValue : public SetCursor {
 public:
  static constexpr bool kStrict = false;
  static constexpr bool kNullable = true;
  ErrorCode open(OpContext&, std::span<const SetArgument> arguments) override {
    is_null_ = arguments[0].is_null;
    value_ = is_null_ ? T{} : arguments[0].as<T>();
    done_ = false;
    return ErrorCode::Ok;
  }
  ErrorCode next(OpContext&, u32 most, void* out, u8* validity, u32* made) override {
    *made = done_ || most == 0 ? 0 : 1;
    if (*made == 0) return ErrorCode::Ok;
    static_cast<T*>(out)[0] = value_;
    validity[0] = is_null_ ? 0 : 1;
    done_ = true;
    return ErrorCode::Ok;
  }

 private:
  T value_{};
  bool is_null_ = false;
  bool done_ = true;
};

template <size_t... I>
std::vector<SetFunction> make_singles(std::index_sequence<I...>) {
  return {describe_set<SingleValue<Storage<static_cast<Type>(I)>>, static_cast<Type>(I),
                       static_cast<Type>(I)>("")...};
}

}  // namespace

std::span<const SetFunction> all_sets() {
  static const std::vector<SetFunction> all = make_sets();
  return all;
}

const SetFunction* find_set(std::string_view name, std::span<const Type> arguments, Type result) {
  const std::span<const SetFunction> all = all_sets();
  const auto found = std::find_if(all.begin(), all.end(), [&](const SetFunction& one) {
    return one.name == name && one.result == result && std::ranges::equal(one.arguments, arguments);
  });
  return found == all.end() ? nullptr : &*found;
}

const SetFunction* single_value_set(Type type) {
  static const std::vector<SetFunction> all = make_singles(std::make_index_sequence<kTypeCount>());
  const size_t index = static_cast<size_t>(type);
  return index < all.size() ? &all[index] : nullptr;
}

}  // namespace millrace::ops
