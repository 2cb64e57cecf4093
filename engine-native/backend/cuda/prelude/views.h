// What kernels are handed besides columns and constants: plain structs, filled by the host and taken
// by both compilers. Rows are numbered, not pointed to: row n of a list lies at rows + n * stride,
// so a list may move. Fields lie in a row as runtime::RowLayout says. Strings point to bytes that live
// as long as the query: of columns, constants and group tables.
#pragma once

#include "types/physical.h"

namespace millrace::kernel {

using types::i64;
using types::u32;
using types::u64;

/// One a launch, in device memory.
struct Control {
  u64 next_row;   // rows are handed out from here
  u64 error;      // row << 28 | operator << 16 | code of the first row's error; all ones: none
  u32 overflow;   // some state was too small: the launch counts for nothing
  u32 cancelled;  // set from outside
};
constexpr u64 kNoError = ~0ul;

/// Rows being appended.
struct RowListView {
  char* rows;
  u64* row_count;
  u64 capacity;  // in rows
};

/// A hash join's build side. The first 8 bytes of a row are its hash until it is linked, then the
/// number of the next row in its chain plus one (0: none). A slot is such a number too; where slots
/// are found by hash, it has a tag bit a row in the upper 16 bits.
struct JoinTableView {
  char* rows;
  u64* slots;
  u64 row_count;
  u64 null_key_rows;  // rows that keep kNullKeyHeader and stand in no chain
  i64 minimum;        // direct: slot 0 is this key
  u64 slot_count;
  u32 shift;  // else: slot = hash >> shift
  u32 direct;
};
constexpr u64 kNullKeyHeader = ~0ul;
constexpr u64 kRowNumberMask = (1ul << 48) - 1;

/// What building a join table finds.
struct BuildFacts {
  long long minimum;
  long long maximum;
  unsigned long long null_key_rows;
  u32 has_duplicates;
};
struct BuildParameters {
  JoinTableView table;
  BuildFacts* facts;
};

/// Groups. The first 8 bytes of a row are its hash; the last 16 of the stride hold a lock. A slot
/// holds row number plus one and the hash's low 16 bits above it; kBusySlot while its row is made.
struct GroupTableView {
  u64* slots;
  u64 mask;
  char* rows;
  u64* row_count;
  u64 capacity;  // in rows; slots are more than twice as many
};
constexpr u64 kBusySlot = ~0ul;
constexpr u32 kGroupLockBytes = 16;

/// Items of an IN list, ordered by hash.
struct SetView {
  const u64* hashes;
  const char* values;
  u64 count;
};

/// LIMIT and OFFSET: rows that came so far.
struct LimitView {
  u64* passed;
  u64 skip;
  u64 take;
};

}  // namespace millrace::kernel
