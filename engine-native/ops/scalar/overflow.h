// Sums and products that tell whether they fit; true where they do not, `out` then being wrapped.
// Written out because device compilers have no built-in for it.
#pragma once

#include "ops/context.h"

namespace millrace::ops {

MR_HD inline bool add_overflows(i64 a, i64 b, i64& out) {
  out = static_cast<i64>(static_cast<u64>(a) + static_cast<u64>(b));
  return ((a ^ out) & (b ^ out)) < 0;
}
MR_HD inline bool sub_overflows(i64 a, i64 b, i64& out) {
  out = static_cast<i64>(static_cast<u64>(a) - static_cast<u64>(b));
  return ((a ^ b) & (a ^ out)) < 0;
}
MR_HD inline bool mul_overflows(i64 a, i64 b, i64& out) {
  const i128 product = static_cast<i128>(a) * b;
  out = static_cast<i64>(product);
  return product != out;
}
MR_HD inline bool add_overflows(i32 a, i32 b, i32& out) {
  const i64 sum = static_cast<i64>(a) + b;
  out = static_cast<i32>(sum);
  return sum != out;
}
MR_HD inline bool sub_overflows(i32 a, i32 b, i32& out) {
  const i64 difference = static_cast<i64>(a) - b;
  out = static_cast<i32>(difference);
  return difference != out;
}

}  // namespace millrace::ops
