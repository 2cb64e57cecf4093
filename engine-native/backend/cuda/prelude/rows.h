// Fields of rows: loading, storing, hashing, comparing.
#pragma once

#include "backend/cuda/prelude/atomics.h"
#include "ops/context.h"
#include "ops/hash/hash.h"
#include "runtime/key_hash.h"

namespace millrace::kernel {

using base::ErrorCode;

template <class A, class B>
concept SameAs = __is_same(A, B);

/// Fields lie at multiples of 8 or of their size: wider ones are moved in words.
template <class T>
__device__ inline T load(const char* at) {
  if constexpr (sizeof(T) <= 8) {
    return *reinterpret_cast<const T*>(at);
  } else {
    alignas(16) T value;
    for (u32 i = 0; i < sizeof(T) / 8; i++) {
      reinterpret_cast<u64*>(&value)[i] = reinterpret_cast<const u64*>(at)[i];
    }
    return value;
  }
}
template <class T>
__device__ inline void store(char* at, T value) {
  if constexpr (sizeof(T) <= 8) {
    *reinterpret_cast<T*>(at) = value;
  } else {
    alignas(16) const T aligned = value;
    for (u32 i = 0; i < sizeof(T) / 8; i++) {
      reinterpret_cast<u64*>(at)[i] = reinterpret_cast<const u64*>(&aligned)[i];
    }
  }
}
__device__ inline bool is_present(const char* validity) { return *validity != 0; }

template <class T>
__device__ inline u64 hash_key(T value) {
  return ops::hash_value(value);
}
template <class T>
__device__ inline u64 hash_key(T value, bool is_null) {
  return is_null ? runtime::kNullKeyHash : ops::hash_value(value);
}
__device__ inline u64 hash_keys(u64 so_far, u64 next) {
  return runtime::combine_key_hashes(so_far, next);
}

template <class T>
__device__ inline bool equals_field(T value, const char* at) {
  return ops::equal(value, load<T>(at));
}
/// NULL equals NULL.
template <class T>
__device__ inline bool equals_field(T value, bool is_null, const char* at, bool present) {
  return is_null ? !present : present && ops::equal(value, load<T>(at));
}

/// Room for one more row, or null (and the launch counts for nothing).
__device__ inline char* append_row(const RowListView& list, u32 stride, Control* control) {
  const u64 number = add_word(list.row_count, 1);
  if (number < list.capacity) return list.rows + number * stride;
  control->overflow = 1;
  return nullptr;
}

template <class T>
__device__ inline bool in_set(const SetView& set, T value) {
  const u64 hash = ops::hash_value(value);
  u64 low = 0;
  for (u64 high = set.count; low < high;) {
    const u64 middle = (low + high) / 2;
    if (set.hashes[middle] < hash) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  for (; low < set.count && set.hashes[low] == hash; low++) {
    if (equals_field(value, set.values + low * sizeof(T))) return true;
  }
  return false;
}

/// Whether the row is among those LIMIT and OFFSET let through.
__device__ inline bool passes(const LimitView& limit) {
  const u64 before = add_word(limit.passed, 1);
  return before >= limit.skip && before - limit.skip < limit.take;
}

/// Three-valued AND and OR.
__device__ inline Nullable<u8> both(u8 a, bool a_null, u8 b, bool b_null) {
  const bool is_false = (!a_null && a == 0) || (!b_null && b == 0);
  return {static_cast<u8>(!is_false && !a_null && !b_null), !is_false && (a_null || b_null)};
}
__device__ inline Nullable<u8> either(u8 a, bool a_null, u8 b, bool b_null) {
  const bool is_true = (!a_null && a != 0) || (!b_null && b != 0);
  return {static_cast<u8>(is_true), !is_true && (a_null || b_null)};
}

/// Notes the error of the first row that has one; false for Ok.
__device__ inline bool fails(ErrorCode code, Control* control, u32 operator_id, u64 row) {
  if (code == ErrorCode::Ok) return false;
  const u64 error = row << 28 | static_cast<u64>(operator_id & 0xfff) << 16 |
                    static_cast<u64>(static_cast<unsigned short>(code));
  atomicMin(reinterpret_cast<Word*>(&control->error), static_cast<Word>(error));
  return true;
}

}  // namespace millrace::kernel
