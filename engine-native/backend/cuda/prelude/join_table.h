// Join tables: linking rows, and following a key's chain. A rendered Key knows kStride
// (bytes from row to row), hash() and equals(row); kIsInteger says that it knows integer() too.
#pragma once

#include "backend/cuda/prelude/rows.h"

namespace millrace::kernel {

__device__ inline u64 tag_of(u64 hash) { return 1ul << (48 + (hash & 15)); }

__device__ inline char* numbered_row(const JoinTableView& table, u64 entry, u32 stride) {
  const u64 number = entry & kRowNumberMask;
  return number == 0 ? nullptr : table.rows + (number - 1) * stride;
}

template <class Key>
__device__ inline char* chain_of(const JoinTableView& table, const Key& key) {
  if constexpr (Key::kIsInteger) {
    if (table.direct != 0) {
      const u64 slot = static_cast<u64>(key.integer()) - static_cast<u64>(table.minimum);
      return slot < table.slot_count ? numbered_row(table, table.slots[slot], Key::kStride)
                                     : nullptr;
    }
  }
  const u64 hash = key.hash();
  const u64 entry = table.slots[hash >> table.shift];
  return (entry & tag_of(hash)) == 0 ? nullptr : numbered_row(table, entry, Key::kStride);
}

/// The first row with this key from `row` on, along its chain.
template <class Key>
__device__ inline char* matching(const JoinTableView& table, const Key& key, char* row) {
  while (row != nullptr && !key.equals(row)) {
    row = numbered_row(table, load<u64>(row), Key::kStride);
  }
  return row;
}
template <class Key>
__device__ inline char* first_match(const JoinTableView& table, const Key& key) {
  return matching(table, key, chain_of(table, key));
}
template <class Key>
__device__ inline char* next_match(const JoinTableView& table, const Key& key, char* row) {
  return matching(table, key, numbered_row(table, load<u64>(row), Key::kStride));
}
/// Runtime filter: no false negatives.
template <class Key>
__device__ inline bool may_match(const JoinTableView& table, const Key& key) {
  return chain_of(table, key) != nullptr;
}

constexpr u32 kMatchMarkOffset = 8;
__device__ inline void mark_match(char* row) {
  *const_cast<volatile char*>(row + kMatchMarkOffset) = 1;
}
__device__ inline bool is_marked(const char* row) { return row[kMatchMarkOffset] != 0; }

/// Bounds of the integer key over all rows. Build knows integer(row).
template <class Build>
__device__ inline void find_bounds(const BuildParameters& p) {
  long long minimum = 0x7fffffffffffffffll;
  long long maximum = -minimum - 1;
  for (u64 i = blockIdx.x * blockDim.x + threadIdx.x; i < p.table.row_count;
       i += gridDim.x * blockDim.x) {
    const char* row = p.table.rows + i * Build::kStride;
    if (load<u64>(row) == kNullKeyHeader) continue;
    const long long key = Build::integer(row);
    minimum = key < minimum ? key : minimum;
    maximum = key > maximum ? key : maximum;
  }
  for (u32 offset = 16; offset > 0; offset /= 2) {
    const long long low = __shfl_xor_sync(0xffffffff, minimum, offset);
    const long long high = __shfl_xor_sync(0xffffffff, maximum, offset);
    minimum = low < minimum ? low : minimum;
    maximum = high > maximum ? high : maximum;
  }
  if (threadIdx.x % 32 != 0) return;
  atomicMin(&p.facts->minimum, minimum);
  atomicMax(&p.facts->maximum, maximum);
}

/// Links every row into its chain. Build knows same(row, row) and integer(row).
template <class Build>
__device__ inline void link_rows(const BuildParameters& p) {
  for (u64 i = blockIdx.x * blockDim.x + threadIdx.x; i < p.table.row_count;
       i += gridDim.x * blockDim.x) {
    char* row = p.table.rows + i * Build::kStride;
    const u64 hash = load<u64>(row);
    if (hash == kNullKeyHeader) {
      atomicAdd(&p.facts->null_key_rows, Word{1});
      continue;
    }
    u64 slot = hash >> p.table.shift;
    u64 tag = tag_of(hash);
    if (p.table.direct != 0) {
      slot = static_cast<u64>(Build::integer(row)) - static_cast<u64>(p.table.minimum);
      tag = 0;
    }
    u64 old = acquire(&p.table.slots[slot]);
    while (true) {
      store<u64>(row, old & kRowNumberMask);
      __threadfence();
      const u64 wanted = (old & ~kRowNumberMask) | tag | (i + 1);
      const u64 seen = swap_word(&p.table.slots[slot], old, wanted);
      if (seen == old) break;
      old = seen;
    }
    __threadfence();
    const char* other = numbered_row(p.table, old, Build::kStride);
    while (other != nullptr && !Build::same(row, other)) {
      other = numbered_row(p.table, load<u64>(other), Build::kStride);
    }
    if (other != nullptr) p.facts->has_duplicates = 1;
  }
}

}  // namespace millrace::kernel
