// How the hashes of several key columns become one. Taken by host and device compilers, so that a
// row belongs to the same partition and group wherever it was hashed.
#pragma once

#include "types/physical.h"

namespace millrace::runtime {

constexpr types::u64 kNullKeyHash = 0x9e3779b97f4a7c15ul;

MR_HD inline types::u64 combine_key_hashes(types::u64 left, types::u64 right) {
  return (left ^ right) * 0x9fb21c651e98df25ul + (left >> 32);
}

}  // namespace millrace::runtime
