#include "ops/registry.h"

#include <algorithm>
#include <map>

#include "ops/aggregate.h"
#include "ops/families.h"
#include "ops/set_function.h"
#include "ops/type_list.h"
#include "types/names.h"

namespace millrace::ops {

namespace {

template <class S, Type R, Type... A>
OpDescriptor describe(std::string_view name, std::string_view structure, uint32_t family,
                      uint32_t index) {
  return {name, structure, R, {A...}, form_of<S, R, A...>(), family, index};
}

template <class S>
constexpr bool takes_nulls() {
  if constexpr (requires { S::kTakesNulls; }) return S::kTakesNulls;
  return false;
}

template <class S>
void init_state(char* state) {
  S::init(*reinterpret_cast<typename S::State*>(state));
}

template <class S, Type R, Type... A>
AggregateDescriptor describe_aggregate(std::string_view name, std::string_view structure,
                                       uint32_t index) {
  static_assert(std::is_trivially_copyable_v<typename S::State>);
  static_assert(alignof(typename S::State) <= 16);
  return {name,           structure,        R,    {A...}, sizeof(typename S::State),
          &init_state<S>, takes_nulls<S>(), index};
}

std::vector<OpDescriptor> make_ops() {
  std::vector<OpDescriptor> all;
  uint32_t family = 0;
  uint32_t index = 0;
#define OP(name, structure, ...) \
  all.push_back(describe<structure, MR_TYPES(__VA_ARGS__)>(#name, #structure, family, index++));
#define NEXT_FAMILY \
  family++;         \
  index = 0;
#include "ops/arithmetic.def"
  NEXT_FAMILY
#include "ops/compare.def"
  NEXT_FAMILY
#include "ops/numeric.def"
  NEXT_FAMILY
#include "ops/math.def"
  NEXT_FAMILY
#include "ops/casts.def"
  NEXT_FAMILY
#include "ops/text.def"
  NEXT_FAMILY
#include "ops/datetime.def"
  NEXT_FAMILY
#include "ops/bytes.def"
  NEXT_FAMILY
#include "ops/array.def"
#undef NEXT_FAMILY
#undef OP
  return all;
}

std::vector<AggregateDescriptor> make_aggregates() {
  std::vector<AggregateDescriptor> all;
#define AGGREGATE(name, structure, ...)                               \
  all.push_back(describe_aggregate<structure, MR_TYPES(__VA_ARGS__)>( \
      #name, #structure, static_cast<uint32_t>(all.size())));
#include "ops/aggregate.def"
#undef AGGREGATE
  return all;
}

std::string key_of(std::string_view name, std::span<const Type> arguments, Type result) {
  std::string key(name);
  key += '(';
  for (size_t i = 0; i < arguments.size(); i++) {
    if (i > 0) key += ',';
    key += types::name_of(arguments[i]);
  }
  key += ")->";
  key += types::name_of(result);
  return key;
}

template <class Descriptor>
using Index = std::map<std::string, const Descriptor*, std::less<>>;

template <class Descriptor>
Index<Descriptor> index_of(std::span<const Descriptor> all) {
  Index<Descriptor> index;
  for (const Descriptor& one : all) index[key_of(one.name, one.arguments, one.result)] = &one;
  return index;
}

}  // namespace

std::span<const OpDescriptor> all_ops() {
  static const std::vector<OpDescriptor> all = make_ops();
  return all;
}

std::span<const AggregateDescriptor> all_aggregates() {
  static const std::vector<AggregateDescriptor> all = make_aggregates();
  return all;
}

const OpDescriptor* find_op(std::string_view name, std::span<const Type> arguments, Type result) {
  static const Index<OpDescriptor> index = index_of(all_ops());
  const auto found = index.find(key_of(name, arguments, result));
  return found == index.end() ? nullptr : found->second;
}

const AggregateDescriptor* find_aggregate(std::string_view name, std::span<const Type> arguments,
                                          Type result) {
  static const Index<AggregateDescriptor> index = index_of(all_aggregates());
  const auto found = index.find(key_of(name, arguments, result));
  return found == index.end() ? nullptr : found->second;
}

std::string print_registry() {
  std::vector<std::string> lines;
  for (const OpDescriptor& op : all_ops()) {
    lines.push_back(key_of(op.name, op.arguments, op.result));
  }
  for (const AggregateDescriptor& aggregate : all_aggregates()) {
    lines.push_back("aggregate " + key_of(aggregate.name, aggregate.arguments, aggregate.result));
  }
  for (const SetFunction& set : all_sets()) {
    lines.push_back("set " + key_of(set.name, set.arguments, set.result));
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace millrace::ops
