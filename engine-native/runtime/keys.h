// Hashing and equality of key columns: loops over ops/compare.h and ops/hash, no semantics here.
#pragma once
#include "runtime/rows.h"

namespace millrace::runtime {

/// hashes[i] for lane lanes[i]; equal keys hash equally, NULL to a constant. Several columns are
/// combined in order.
void hash_columns(std::span<const VectorView> columns, LanesView lanes, uint64_t* hashes);

/// Which of `count` partitions a hash belongs to. Takes bits that neither the slots of group tables
/// (from bit 16 up) nor those of join tables (from bit 63 down) depend on: rows of one partition
/// would else crowd into few slots.
inline uint32_t partition_of(uint64_t hash, uint32_t count) {
  return static_cast<uint32_t>(hash >> 40 & 0xffff) % count;
}

/// Keeps of pairs (lanes[i], rows[i]) those whose column value equals field `index` of the row
/// (NULL equals NULL where `nulls_equal`, else nothing). Kept positions (into the pairs) are
/// written to `kept`, others to `dropped` where not null; answers how many were kept. `positions`
/// are the pairs looked at.
uint32_t keep_equal(const VectorView& column, const RowLayout& layout, uint32_t index,
                    bool nulls_equal, const uint16_t* lanes, const char* const* rows,
                    const uint16_t* positions, uint32_t count, uint16_t* kept, uint16_t* dropped,
                    uint32_t* dropped_count);

/// Whether fields `index` of two rows of a layout are equal (NULL equal to NULL).
bool field_equals(const RowLayout& layout, uint32_t index, const char* left, const char* right);

/// hash_columns of these fields of a row.
uint64_t hash_fields(const RowLayout& layout, std::span<const uint32_t> fields, const char* row);

/// hash_columns of one row's first `key_count` fields.
uint64_t hash_row(const RowLayout& layout, uint32_t key_count, const char* row);

}  // namespace millrace::runtime
