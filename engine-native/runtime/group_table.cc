#include "runtime/group_table.h"

#include <algorithm>
#include <cstring>

namespace millrace::runtime {

namespace {

constexpr uint64_t kFewestSlots = 8192;
/// Below this a table grows in larger steps: each step moves all groups once more.
constexpr uint64_t kSmallSlots = 1 << 18;
/// Rows whose hashes are asked for ahead of being moved.
constexpr uint64_t kSlotsAhead = 16;

}  // namespace

GroupTable::GroupTable(const RowLayout* layout, uint32_t key_count, memory::Budget* budget,
                       Stopped stopped)
    : rows_(layout, budget),
      key_count_(key_count),
      stopped_(std::move(stopped)),
      reservation_(budget) {}

Status GroupTable::grow(uint64_t slot_count) {
  const int64_t bytes = static_cast<int64_t>(slot_count * sizeof(uint64_t));
  MR_RETURN_IF_ERROR(reservation_.grow(bytes));
  column::Buffer bigger(static_cast<size_t>(bytes));
  const Status moved = move_slots(bigger.as<uint64_t>(), slot_count);
  if (!moved.ok()) {
    reservation_.shrink(bytes);
    return moved;
  }
  const int64_t given_back = static_cast<int64_t>(slot_count_ * sizeof(uint64_t));
  slots_ = std::move(bigger);
  slot_count_ = slot_count;
  reservation_.shrink(given_back);
  return {};
}

Status GroupTable::move_slots(uint64_t* slots, uint64_t slot_count) const {
  MR_RETURN_IF_ERROR(
      clear_bytes(reinterpret_cast<char*>(slots), slot_count * sizeof(uint64_t), stopped_));
  const uint64_t mask = slot_count - 1;
  const uint64_t* old = slots_.as<uint64_t>();
  for (uint64_t i = 0; i < slot_count_; i++) {
    if (i % kRowsBetweenStops == 0 && stopped_ && stopped_()) {
      return Status::error(base::ErrorCode::QueryCanceled);
    }
    // An empty slot asks for address 0, which costs nothing and faults nothing.
    const uint64_t later = old[std::min(i + kSlotsAhead, slot_count_ - 1)];
    __builtin_prefetch(reinterpret_cast<const char*>(later & kPointerMask));
    if (old[i] == 0) continue;
    uint64_t hash;
    std::memcpy(&hash, reinterpret_cast<const char*>(old[i] & kPointerMask), sizeof(hash));
    uint64_t slot = (hash >> 16) & mask;
    while (slots[slot] != 0) slot = (slot + 1) & mask;
    slots[slot] = old[i];
  }
  return {};
}

Status GroupTable::find_or_insert(std::span<const VectorView> keys, LanesView lanes, char** rows,
                                  uint8_t* is_new) {
  while ((group_count() + lanes.count) * 2 > slot_count_) {
    const uint64_t factor = slot_count_ < kSmallSlots ? 4 : 2;
    MR_RETURN_IF_ERROR(grow(std::max<uint64_t>(slot_count_ * factor, kFewestSlots)));
  }
  uint64_t hashes[column::kVectorSize];
  uint64_t probe[column::kVectorSize];
  uint16_t open[column::kVectorSize];
  uint16_t lane_of[column::kVectorSize];
  uint16_t candidates[column::kVectorSize];
  uint16_t rest[column::kVectorSize];
  uint16_t new_lanes[column::kVectorSize];
  char* new_rows[column::kVectorSize];
  hash_columns(keys, lanes, hashes);
  const uint64_t mask = slot_count_ - 1;
  uint64_t* slots = slots_.as<uint64_t>();
  for (uint32_t i = 0; i < lanes.count; i++) {
    probe[i] = (hashes[i] >> 16) & mask;
    __builtin_prefetch(&slots[probe[i]]);
    open[i] = static_cast<uint16_t>(i);
    lane_of[i] = static_cast<uint16_t>(lanes[i]);
    is_new[i] = 0;
  }
  uint32_t open_count = lanes.count;
  while (open_count > 0) {
    uint32_t candidate_count = 0;
    uint32_t new_count = 0;
    for (uint32_t o = 0; o < open_count; o++) {
      const uint16_t i = open[o];
      const uint64_t tag = tag_of(hashes[i]);
      uint64_t entry;
      while ((entry = slots[probe[i]]) != 0 && (entry & ~kPointerMask) != tag) {
        probe[i] = (probe[i] + 1) & mask;
      }
      if (entry != 0) {
        rows[i] = reinterpret_cast<char*>(entry & kPointerMask);
        candidates[candidate_count++] = i;
        continue;
      }
      MR_RETURN_IF_ERROR(rows_.allocate(1, &rows[i]));
      std::memcpy(rows[i], &hashes[i], sizeof(uint64_t));
      new_rows[new_count] = rows[i];
      new_lanes[new_count++] = lane_of[i];
      slots[probe[i]] = reinterpret_cast<uint64_t>(rows[i]) | tag;
      is_new[i] = 1;
    }
    MR_RETURN_IF_ERROR(rows_.write(keys, {new_lanes, new_count}, new_rows));
    uint32_t rest_count = 0;
    for (uint32_t k = 0; k < key_count_ && candidate_count > 0; k++) {
      candidate_count = keep_equal(keys[k], rows_.layout(), k, true, lane_of, rows, candidates,
                                   candidate_count, candidates, rest + rest_count, &rest_count);
    }
    for (uint32_t r = 0; r < rest_count; r++) probe[rest[r]] = (probe[rest[r]] + 1) & mask;
    std::memcpy(open, rest, rest_count * sizeof(uint16_t));
    open_count = rest_count;
  }
  return {};
}

}  // namespace millrace::runtime
