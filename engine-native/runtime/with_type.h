// From a run-time type to the storage that stands for it in equality, order and hash.
#pragma once
#include "types/physical.h"

namespace millrace::runtime {

/// Calls function.template operator()<Type>() for the run-time type.
template <class Function>
auto with_type(types::Type type, Function function) {
  using types::Type;
  switch (type) {
    case Type::Bool:
      return function.template operator()<Type::Bool>();
    case Type::I16:
      return function.template operator()<Type::I16>();
    case Type::I32:
    case Type::Date:
      return function.template operator()<Type::I32>();
    case Type::I64:
    case Type::D64:
    case Type::Time:
    case Type::Timestamp:
    case Type::TimestampTz:
      return function.template operator()<Type::I64>();
    case Type::F32:
      return function.template operator()<Type::F32>();
    case Type::F64:
      return function.template operator()<Type::F64>();
    case Type::D128:
      return function.template operator()<Type::D128>();
    case Type::Numeric:
      return function.template operator()<Type::Numeric>();
    case Type::Interval:
      return function.template operator()<Type::Interval>();
    case Type::Uuid:
      return function.template operator()<Type::Uuid>();
    case Type::Text:
    case Type::Bytea:
      return function.template operator()<Type::Text>();
  }
  __builtin_unreachable();
}

}  // namespace millrace::runtime
