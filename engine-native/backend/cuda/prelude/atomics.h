// Memory that many lanes write: adding to wide numbers, publishing what was written before.
#pragma once

#include "backend/cuda/prelude/views.h"

namespace millrace::kernel {

using namespace types;  // NOLINT: kernels speak of physical types throughout
using Word = unsigned long long;

__device__ inline u64 add_word(u64* at, u64 value) {
  return atomicAdd(reinterpret_cast<Word*>(at), static_cast<Word>(value));
}
__device__ inline u64 exchange_word(u64* at, u64 value) {
  return atomicExch(reinterpret_cast<Word*>(at), static_cast<Word>(value));
}
__device__ inline u64 swap_word(u64* at, u64 expected, u64 value) {
  return atomicCAS(reinterpret_cast<Word*>(at), static_cast<Word>(expected),
                   static_cast<Word>(value));
}

/// Reads a word; what its writer wrote before publish() is seen afterwards.
__device__ inline u64 acquire(const u64* at) {
#if defined(MR_EMULATED)
  return add_word(const_cast<u64*>(at), 0);
#else
  u64 value;
  asm volatile("ld.acquire.gpu.u64 %0, [%1];" : "=l"(value) : "l"(at) : "memory");
  return value;
#endif
}
__device__ inline void publish(u64* at, u64 value) {
  __threadfence();
  exchange_word(at, value);
}

/// What an aggregate's merge_atomic() uses. Wide numbers are added word by word, each addition
/// handing on its own carry, so that sums are right once all have added.
struct DeviceAtomics {
  __device__ static u64 add_with_carry(u64* at, u64 value, u64 carry) {
    const u64 sum = value + carry;
    const u64 wrapped = sum < carry ? 1 : 0;
    if (sum == 0) return wrapped;
    return wrapped | (add_word(at, sum) + sum < sum ? 1 : 0);
  }
  __device__ static void add(i64& at, i64 value) {
    add_word(reinterpret_cast<u64*>(&at), static_cast<u64>(value));
  }
  __device__ static void add(i128& at, i128 value) {
    u64* words = reinterpret_cast<u64*>(&at);
    const u64 carry = add_with_carry(words, static_cast<u64>(value), 0);
    add_with_carry(words + 1, static_cast<u64>(value >> 64), carry);
  }
  template <u32 N>
  __device__ static void add(u64 (&at)[N], const u64 (&value)[N]) {
    u64 carry = 0;
    for (u32 i = 0; i < N; i++) carry = add_with_carry(at + i, value[i], carry);
  }
  /// All lanes store the same.
  template <class T>
  __device__ static void store(T& at, T value) {
    *const_cast<volatile T*>(&at) = value;
  }
};

}  // namespace millrace::kernel
