// CUDA's language and built-in functions for a host compiler: text ahead of a kernel's own, after
// emulated_abi.h. Kernels are compiled as for NVRTC (__CUDACC_RTC__), so they see the same text.
#define __CUDACC_RTC__ 1
#define __host__
#define __device__
#define __global__ __attribute__((visibility("default")))
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __grid_constant__
#define __restrict__ __restrict
// One section, so that the grid can poison it and keep a copy a block.
#define __shared__ static __attribute__((section("mr_shared")))
#define MR_EMULATED 1

extern "C" __attribute__((visibility("default"))) MrState mr_state;
MrState mr_state;
extern "C" __attribute__((visibility("hidden"))) char __start_mr_shared[];
extern "C" __attribute__((visibility("hidden"))) char __stop_mr_shared[];
// The section exists even where a kernel has no shared memory.
static __attribute__((section("mr_shared"), used)) unsigned long mr_shared_guard[2];
extern "C" __attribute__((visibility("default"))) char* mr_shared_begin() {
  return __start_mr_shared;
}
extern "C" __attribute__((visibility("default"))) char* mr_shared_end() { return __stop_mr_shared; }

struct MrIndex {
  unsigned x;
};
#define threadIdx (MrIndex{mr_state.lane->lane})
#define blockIdx (MrIndex{mr_state.lane->block})
#define blockDim (MrIndex{mr_state.lane->lane_count})
#define gridDim (MrIndex{mr_state.lane->block_count})

#define MR_BUILT_IN static inline __attribute__((always_inline))

MR_BUILT_IN void __syncthreads(unsigned line = __builtin_LINE()) { mr_state.calls->barrier(line); }
MR_BUILT_IN void __syncwarp(unsigned mask = 0xffffffff, unsigned line = __builtin_LINE()) {
  mr_state.calls->collective(MrSyncWarp, mask, 0, 0, line);
}
MR_BUILT_IN unsigned __ballot_sync(unsigned mask, int predicate, unsigned line = __builtin_LINE()) {
  return static_cast<unsigned>(mr_state.calls->collective(MrBallot, mask, predicate != 0, 0, line));
}
MR_BUILT_IN int __any_sync(unsigned mask, int predicate, unsigned line = __builtin_LINE()) {
  return static_cast<int>(mr_state.calls->collective(MrAny, mask, predicate != 0, 0, line));
}
MR_BUILT_IN int __all_sync(unsigned mask, int predicate, unsigned line = __builtin_LINE()) {
  return static_cast<int>(mr_state.calls->collective(MrAll, mask, predicate != 0, 0, line));
}

template <class T>
MR_BUILT_IN unsigned long mr_bits(T value) {
  static_assert(sizeof(T) <= 8);
  unsigned long bits = 0;
  __builtin_memcpy(&bits, &value, sizeof(T));
  return bits;
}
template <class T>
MR_BUILT_IN T mr_from_bits(unsigned long bits) {
  T value;
  __builtin_memcpy(&value, &bits, sizeof(T));
  return value;
}
#define MR_SHUFFLE(name, kind, argument_type)                                                  \
  template <class T>                                                                           \
  MR_BUILT_IN T name(unsigned mask, T value, argument_type argument,                           \
                     unsigned line = __builtin_LINE()) {                                       \
    return mr_from_bits<T>(mr_state.calls->collective(kind, mask, mr_bits(value),              \
                                                      static_cast<unsigned>(argument), line)); \
  }
MR_SHUFFLE(__shfl_sync, MrShuffle, int)
MR_SHUFFLE(__shfl_up_sync, MrShuffleUp, unsigned)
MR_SHUFFLE(__shfl_down_sync, MrShuffleDown, unsigned)
MR_SHUFFLE(__shfl_xor_sync, MrShuffleXor, int)
#undef MR_SHUFFLE
template <class T>
MR_BUILT_IN unsigned __match_any_sync(unsigned mask, T value, unsigned line = __builtin_LINE()) {
  return static_cast<unsigned>(
      mr_state.calls->collective(MrMatchAny, mask, mr_bits(value), 0, line));
}

#define MR_ATOMIC(name, expression)    \
  template <class T>                   \
  MR_BUILT_IN T name(T* at, T value) { \
    mr_state.calls->pause();           \
    const T old = *at;                 \
    *at = static_cast<T>(expression);  \
    return old;                        \
  }
MR_ATOMIC(mr_atomic_add, old + value)
MR_ATOMIC(mr_atomic_exchange, value)
MR_ATOMIC(mr_atomic_min, value < old ? value : old)
MR_ATOMIC(mr_atomic_max, value > old ? value : old)
MR_ATOMIC(mr_atomic_or, old | value)
MR_ATOMIC(mr_atomic_and, old& value)
#undef MR_ATOMIC
// The overloads CUDA has.
#define MR_OVERLOAD(name, of, T) \
  MR_BUILT_IN T name(T* at, T value) { return of(at, value); }
MR_OVERLOAD(atomicAdd, mr_atomic_add, int)
MR_OVERLOAD(atomicAdd, mr_atomic_add, unsigned)
MR_OVERLOAD(atomicAdd, mr_atomic_add, unsigned long long)
MR_OVERLOAD(atomicExch, mr_atomic_exchange, int)
MR_OVERLOAD(atomicExch, mr_atomic_exchange, unsigned)
MR_OVERLOAD(atomicExch, mr_atomic_exchange, unsigned long long)
MR_OVERLOAD(atomicMin, mr_atomic_min, int)
MR_OVERLOAD(atomicMin, mr_atomic_min, unsigned)
MR_OVERLOAD(atomicMin, mr_atomic_min, unsigned long long)
MR_OVERLOAD(atomicMin, mr_atomic_min, long long)
MR_OVERLOAD(atomicMax, mr_atomic_max, int)
MR_OVERLOAD(atomicMax, mr_atomic_max, unsigned)
MR_OVERLOAD(atomicMax, mr_atomic_max, unsigned long long)
MR_OVERLOAD(atomicMax, mr_atomic_max, long long)
MR_OVERLOAD(atomicOr, mr_atomic_or, unsigned)
MR_OVERLOAD(atomicOr, mr_atomic_or, unsigned long long)
MR_OVERLOAD(atomicAnd, mr_atomic_and, unsigned)
#undef MR_OVERLOAD
template <class T>
MR_BUILT_IN T mr_atomic_cas(T* at, T expected, T wanted) {
  mr_state.calls->pause();
  const T old = *at;
  if (old == expected) *at = wanted;
  return old;
}
MR_BUILT_IN unsigned atomicCAS(unsigned* at, unsigned expected, unsigned wanted) {
  return mr_atomic_cas(at, expected, wanted);
}
MR_BUILT_IN unsigned long long atomicCAS(unsigned long long* at, unsigned long long expected,
                                         unsigned long long wanted) {
  return mr_atomic_cas(at, expected, wanted);
}

MR_BUILT_IN void __threadfence() { __asm__ volatile("" ::: "memory"); }
MR_BUILT_IN void __threadfence_block() { __asm__ volatile("" ::: "memory"); }
MR_BUILT_IN void __nanosleep(unsigned) { mr_state.calls->pause(); }
MR_BUILT_IN int __popc(unsigned value) { return __builtin_popcount(value); }
MR_BUILT_IN int __popcll(unsigned long long value) { return __builtin_popcountll(value); }
MR_BUILT_IN int __ffs(int value) { return __builtin_ffs(value); }
MR_BUILT_IN int __ffsll(long long value) { return __builtin_ffsll(value); }
MR_BUILT_IN int __clz(int value) {
  return value == 0 ? 32 : __builtin_clz(static_cast<unsigned>(value));
}
MR_BUILT_IN int __clzll(long long value) {
  return value == 0 ? 64 : __builtin_clzll(static_cast<unsigned long long>(value));
}

// Exact by IEEE 754, on every processor.
extern "C" {
double fabs(double);
float fabsf(float);
double sqrt(double);
float sqrtf(float);
double ceil(double);
double floor(double);
double rint(double);
double trunc(double);
}

template <class P>
static void mr_call(void (*kernel)(P), const void* parameters) {
  kernel(*static_cast<const P*>(parameters));
}
