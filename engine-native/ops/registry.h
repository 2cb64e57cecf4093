// Every operation and aggregate by name and types: what describe() prints and the planner may call.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ops/signature.h"

namespace millrace::ops {

/// One overload. `family` and `index` number it as its .def file lists it; back ends keep their
/// loops in the same order.
struct OpDescriptor {
  std::string_view name;
  std::string_view structure;  // spelling of the struct, for rendered kernels
  Type result;
  std::vector<Type> arguments;
  Form form;
  uint32_t family;
  uint32_t index;
};

struct AggregateDescriptor {
  std::string_view name;
  std::string_view structure;
  Type result;
  std::vector<Type> arguments;
  uint32_t state_size_bytes;
  void (*init)(char* state);
  bool takes_nulls;
  uint32_t index;
};

std::span<const OpDescriptor> all_ops();
std::span<const AggregateDescriptor> all_aggregates();

/// The overload for exactly these argument types and this result type; null if there is none.
const OpDescriptor* find_op(std::string_view name, std::span<const Type> arguments, Type result);
const AggregateDescriptor* find_aggregate(std::string_view name, std::span<const Type> arguments,
                                          Type result);

/// "add(i32,i32)->i32", one a line, sorted: the text whose hash versions the engine.
std::string print_registry();

}  // namespace millrace::ops
