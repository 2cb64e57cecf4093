// The build side of a hash join: rows, and a directory that leads from a key to its chain.
#pragma once
#include <atomic>
#include <mutex>

#include "runtime/keys.h"
#include "runtime/unknown_matches.h"

namespace millrace::runtime {

/// Built in three steps: append() by many workers, seal() by one, insert() by many over ranges.
/// Read-only afterwards (but for match marks), by any thread.
///
/// Directory: for one integer key whose values lie close together, an array by key (direct
/// address); else a power-of-two array by hash whose entries carry 16 tag bits that tell most
/// misses without touching a row (Leis et al., "Morsel-Driven Parallelism", SIGMOD 2014).
class JoinTable {
 public:
  struct Spec {
    /// Keys first, then payload.
    std::vector<RowLayout::FieldType> fields;
    uint32_t key_count;
    /// For each key whether NULL equals NULL.
    std::vector<bool> nulls_equal;
    /// For each key whether a NULL makes a mark join's answer unknown instead of false.
    std::vector<bool> unknown_on_null;
    /// Whether rows with a NULL key must be kept though they match nothing.
    bool keeps_null_keys;
    bool tracks_matches;
  };
  JoinTable(Spec spec, memory::Budget* budget, uint32_t worker_count);

  // Building.
  Status append(uint32_t worker, std::span<const VectorView> columns, LanesView lanes);
  /// Chooses and reserves the directory. One thread, after all append(). 57014 soon after `stopped`
  /// answers true.
  Status seal(const Stopped& stopped = {});
  /// Ranges for insert(): [0, range_count()).
  uint32_t range_count() const { return static_cast<uint32_t>(ranges_.size()); }
  void insert(uint32_t range);

  /// Instead of all that: what a device found that built the table in its own memory.
  void adopt(uint64_t row_count, bool unique) {
    row_count_ = row_count;
    duplicates_.store(!unique, std::memory_order_relaxed);
  }

  // Reading.
  const RowLayout& layout() const { return layout_; }
  const Spec& spec() const { return spec_; }
  uint64_t row_count() const { return row_count_; }
  bool empty() const { return row_count_ == 0 && rows_.empty(); }
  /// No two rows have equal keys. Known after insert().
  bool unique() const { return !duplicates_.load(std::memory_order_relaxed); }
  /// heads[i] = first row that may match lane lanes[i], or null.
  void find_heads(std::span<const VectorView> keys, LanesView lanes, const char** heads) const;
  /// Whether rows of a chain still need their keys compared.
  bool heads_are_exact() const { return direct_; }
  static const char* next(const char* row) {
    const char* following;
    __builtin_memcpy(&following, row, sizeof(following));
    return following;
  }
  /// keep_equal over all keys: kept positions are compacted in place; answers how many stay.
  uint32_t verify(std::span<const VectorView> keys, const uint16_t* lanes, const char* const* rows,
                  uint16_t* positions, uint32_t count) const;
  /// unknown[i] = whether some row's keys equal those of lane lanes[i], which has no match, but for
  /// NULLs in keys that are unknown_on_null: then it is marked NULL.
  Status find_unknown_matches(std::span<const VectorView> keys, LanesView lanes,
                              const Stopped& stopped, uint8_t* unknown) const;
  /// mask[lane] = 0 where a single key cannot be in the table; false negatives do not occur.
  void may_contain(const VectorView& key, LanesView lanes, uint8_t* mask) const;
  /// Bounds of the single integer key, for pruning; nothing where not tracked or empty.
  bool integer_bounds(int64_t* minimum, int64_t* maximum) const;

  static void mark_match(const char* row) {
    std::atomic_ref<char>(*(const_cast<char*>(row) + kMatchOffset))
        .store(1, std::memory_order_relaxed);
  }
  static bool is_marked(const char* row) {
    return std::atomic_ref<char>(*(const_cast<char*>(row) + kMatchOffset))
               .load(std::memory_order_relaxed) != 0;
  }
  /// All rows, those with NULL keys last. Sealed tables only.
  const std::vector<char*>& rows() const { return rows_; }
  /// Where they lie.
  std::vector<const RowCollection*> collections() const;
  int64_t peak_bytes() const;

 private:
  static constexpr uint32_t kMatchOffset = 8;
  struct Worker {
    std::unique_ptr<RowCollection> rows;
    std::unique_ptr<RowCollection> null_keys;
    int64_t minimum = INT64_MAX;
    int64_t maximum = INT64_MIN;
  };
  struct Range {
    uint64_t from;
    uint64_t to;
  };
  Status append_to(RowCollection& rows, std::span<const VectorView> columns, LanesView lanes,
                   bool hashed);
  void note_bounds(Worker& worker, const VectorView& key, LanesView lanes) const;
  int64_t integer_key(const char* row) const;
  std::span<char* const> null_key_rows() const { return std::span(rows_).subspan(row_count_); }
  bool has_equal_in_chain(const char* row) const;
  static uint64_t tag_of(uint64_t hash) { return uint64_t{1} << (48 + (hash & 15)); }
  uint64_t slot_of(uint64_t hash) const { return hash >> shift_; }

  const Spec spec_;
  RowLayout layout_;
  memory::Reservation reservation_;
  std::vector<Worker> workers_;
  std::vector<char*> rows_;
  std::unique_ptr<UnknownMatches> unknown_matches_;  // of mark joins over several keys
  std::vector<Range> ranges_;
  column::Buffer directory_;
  uint64_t row_count_ = 0;
  bool single_integer_key_ = false;
  bool direct_ = false;
  int64_t minimum_ = INT64_MAX;
  int64_t maximum_ = INT64_MIN;
  uint32_t shift_ = 0;
  std::atomic<bool> duplicates_{false};
};

}  // namespace millrace::runtime
