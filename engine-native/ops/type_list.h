// Lets the .def files name types without their scope: MR_TYPES(I32, Text) is Type::I32, Type::Text.
#pragma once

#define MR_PARENS ()
#define MR_EXPAND(...) MR_EXPAND3(MR_EXPAND3(MR_EXPAND3(__VA_ARGS__)))
#define MR_EXPAND3(...) MR_EXPAND2(MR_EXPAND2(MR_EXPAND2(__VA_ARGS__)))
#define MR_EXPAND2(...) __VA_ARGS__
#define MR_TYPES_REST(first, ...) \
  , ::millrace::types::Type::first __VA_OPT__(MR_TYPES_AGAIN MR_PARENS(__VA_ARGS__))
#define MR_TYPES_AGAIN() MR_TYPES_REST
#define MR_TYPES(first, ...) \
  ::millrace::types::Type::first __VA_OPT__(MR_EXPAND(MR_TYPES_REST(__VA_ARGS__)))
