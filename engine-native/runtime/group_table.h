// Groups of an aggregation: a row a group (keys, then aggregate states) and a hash directory.
#pragma once
#include "runtime/keys.h"

namespace millrace::runtime {

/// One worker's groups. Rows: 8 bytes of hash, keys, states in the layout's extra bytes. Open
/// addressing; an entry holds the row's address and 16 bits of its hash.
class GroupTable {
 public:
  /// `layout` has the keys as fields, 8 header bytes and the states as extra bytes.
  GroupTable(const RowLayout* layout, uint32_t key_count, memory::Budget* budget,
             Stopped stopped = {});

  /// rows[i] = the group of lane lanes[i]; new groups are announced by `is_new[i]` = 1 (their
  /// states are not initialized). NULL keys are equal to each other. 57014 soon after `stopped`
  /// answers true: a large table takes long to grow.
  Status find_or_insert(std::span<const VectorView> keys, LanesView lanes, char** rows,
                        uint8_t* is_new);
  RowCollection& rows() { return rows_; }
  const RowCollection& rows() const { return rows_; }
  uint64_t group_count() const { return rows_.row_count(); }
  int64_t peak_bytes() const { return rows_.peak_bytes() + reservation_.peak_bytes(); }

 private:
  Status grow(uint64_t slot_count);
  Status move_slots(uint64_t* slots, uint64_t slot_count) const;
  static constexpr uint64_t kPointerMask = (uint64_t{1} << 48) - 1;
  static uint64_t tag_of(uint64_t hash) { return hash << 48; }

  RowCollection rows_;
  const uint32_t key_count_;
  const Stopped stopped_;
  memory::Reservation reservation_;
  column::Buffer slots_;
  uint64_t slot_count_ = 0;
};

}  // namespace millrace::runtime
