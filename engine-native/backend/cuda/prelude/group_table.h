// Group tables: finding or making a key's row, and adding to its states. A rendered Key knows
// kStride, hash(), equals(row), write(row) and, for the states, init(row).
#pragma once

#include "backend/cuda/prelude/rows.h"

namespace millrace::kernel {

/// The key's row, made if need be; null where the table has no room.
template <class Key>
__device__ inline char* find_or_insert(const GroupTableView& table, const Key& key) {
  const u64 hash = key.hash();
  const u64 tag = hash << 48;
  u64 slot = (hash >> 16) & table.mask;
  while (true) {
    u64 entry = acquire(&table.slots[slot]);
    if (entry == 0 && acquire(table.row_count) >= table.capacity) return nullptr;
    if (entry == 0) entry = swap_word(&table.slots[slot], 0, kBusySlot);
    if (entry == kBusySlot) continue;
    if (entry == 0) {
      const u64 number = add_word(table.row_count, 1);
      char* row = nullptr;
      if (number < table.capacity) {
        row = table.rows + number * Key::kStride;
        store<u64>(row, hash);
        key.write(row);
        Key::init(row);
        store<u64>(row + Key::kStride - kGroupLockBytes, 0);
      }
      publish(&table.slots[slot], row == nullptr ? 0 : tag | (number + 1));
      return row;
    }
    if ((entry & ~kRowNumberMask) == tag) {
      char* row = table.rows + ((entry & kRowNumberMask) - 1) * Key::kStride;
      if (key.equals(row)) return row;
    }
    slot = (slot + 1) & table.mask;
  }
}

template <class Key>
__device__ inline char* find_group(const GroupTableView& groups, const Key& key, Control* control) {
  char* row = find_or_insert(groups, key);
  if (row == nullptr) control->overflow = 1;
  return row;
}

/// A block's own groups, in shared memory: few groups would else be one place that all lanes add
/// to. Keys beyond its capacity go to the table of all blocks.
template <u32 capacity, class Key>
struct BlockGroups {
  static constexpr u32 kSlots = 4 * capacity;
  alignas(16) char rows[capacity * Key::kStride];
  u64 slots[kSlots];
  u64 row_count;

  /// All lanes of the block; a barrier must follow.
  __device__ void clear() {
    for (u32 i = threadIdx.x; i < kSlots; i += blockDim.x) slots[i] = 0;
    if (threadIdx.x == 0) row_count = 0;
  }
  __device__ GroupTableView view() { return {slots, kSlots - 1, rows, &row_count, capacity}; }
  __device__ u32 count() const {
    return static_cast<u32>(row_count < capacity ? row_count : capacity);
  }
};
template <u32 capacity, class Key>
__device__ inline char* find_group(BlockGroups<capacity, Key>& own, const GroupTableView& groups,
                                   const Key& key, Control* control) {
  char* row = find_or_insert(own.view(), key);
  return row != nullptr ? row : find_group(groups, key, control);
}

/// A state that lies in a row.
template <class S>
__device__ inline typename S::State& state_at(const char* at) {
  return *reinterpret_cast<typename S::State*>(const_cast<char*>(at));
}
/// A state that came as bytes.
template <class S>
__device__ inline typename S::State state_of(const StringView& bytes) {
  typename S::State state;
  const char* from = bytes.bytes();
  for (u32 i = 0; i < sizeof(state); i++) reinterpret_cast<char*>(&state)[i] = from[i];
  return state;
}

template <class S>
concept AddsAtomically = requires(typename S::State& state) {
  S::template merge_atomic<DeviceAtomics>(state, state);
};

/// Where an error comes from.
struct Place {
  Control* control;
  u32 operator_id;
  u64 row;
};

/// Runs `change` while no other lane does so for this row.
template <class Key, class Change>
__device__ inline void with_lock(char* row, Change change) {
  u64* lock = reinterpret_cast<u64*>(row + Key::kStride - kGroupLockBytes);
  for (bool done = false; !done;) {
    if (swap_word(lock, 0, 1) != 0) continue;
    __threadfence();
    change();
    publish(lock, 0);
    done = true;
  }
}

template <class S, class... Arguments>
__device__ inline void update_state(typename S::State& state, const Place& place,
                                    Arguments... arguments) {
  if constexpr (requires {
                  { S::update(state, arguments...) } -> SameAs<ErrorCode>;
                }) {
    fails(S::update(state, arguments...), place.control, place.operator_id, place.row);
  } else {
    S::update(state, arguments...);
  }
}

/// Adds a row's arguments to the state at `offset` of a group.
template <class S, class Key, class... Arguments>
__device__ inline void update(char* group, u32 offset, const Place& place, Arguments... arguments) {
  typename S::State& state = state_at<S>(group + offset);
  if constexpr (AddsAtomically<S>) {
    typename S::State own;
    S::init(own);
    update_state<S>(own, place, arguments...);
    S::template merge_atomic<DeviceAtomics>(state, own);
  } else {
    with_lock<Key>(group, [&] { update_state<S>(state, place, arguments...); });
  }
}

/// Adds another state to the state at `offset` of a group.
template <class S, class Key>
__device__ inline void merge(char* group, u32 offset, const Place& place,
                             const typename S::State& other) {
  typename S::State& state = state_at<S>(group + offset);
  if constexpr (AddsAtomically<S>) {
    S::template merge_atomic<DeviceAtomics>(state, other);
  } else {
    with_lock<Key>(group, [&] {
      if constexpr (requires {
                      { S::merge(state, other) } -> SameAs<ErrorCode>;
                    }) {
        fails(S::merge(state, other), place.control, place.operator_id, place.row);
      } else {
        S::merge(state, other);
      }
    });
  }
}

}  // namespace millrace::kernel
