// Mark joins over several keys: which lanes without a match have one hidden behind NULLs.
#pragma once
#include <map>
#include <mutex>

#include "runtime/keys.h"

namespace millrace::runtime {

/// A lane and a row may be equal, for all one knows, when they are so in every key that is NULL on
/// neither side. Which keys those are is decided by where the lane and where the row have NULLs, so
/// for each such set of keys there is an index of the rows by them: a lane asks few indexes instead
/// of looking at every row. An index is made when the first lane needs it. Threads: all.
class UnknownMatches {
 public:
  struct Keys {
    std::vector<bool> nulls_equal;
    std::vector<bool> unknown_on_null;
  };
  UnknownMatches(Keys keys, const RowLayout* layout, memory::Budget* budget)
      : keys_(std::move(keys)), layout_(layout), reservation_(budget) {}

  /// unknown[i] = whether lane lanes[i], which matches no row, may do so. `null_rows` are the rows
  /// with a NULL among the keys, `rows` all of them, both the same at every call. 57014 soon after
  /// `stopped` answers true.
  Status find(std::span<const VectorView> columns, LanesView lanes, std::span<char* const> rows,
              std::span<char* const> null_rows, const Stopped& stopped, uint8_t* unknown);
  int64_t peak_bytes() const { return reservation_.peak_bytes(); }

 private:
  /// Whether each key counts for nothing, as it is NULL.
  using Nulls = std::vector<bool>;
  /// Rows, one for each combination of values of `fields`.
  struct Index {
    std::vector<uint32_t> fields;
    struct Slot {
      uint64_t hash;
      const char* row;
    };
    column::Buffer slots;
    uint64_t slot_count = 0;
    uint64_t used = 0;
  };
  /// What lanes with one set of NULLs ask, by the keys that count.
  using Indexes = std::map<Nulls, Index>;

  uint32_t key_count() const { return static_cast<uint32_t>(keys_.nulls_equal.size()); }
  base::Result<const Indexes*> indexes_of(const Nulls& lane_nulls, std::span<char* const> rows,
                                          const Stopped& stopped);
  bool is_possible(const char* row, Nulls& ignored) const;
  Status add(Index& index, const char* row, const Stopped& stopped);
  Status grow(Index& index, const Stopped& stopped);
  bool has_equal(const Index& index, std::span<const VectorView> columns, uint16_t lane) const;

  const Keys keys_;
  const RowLayout* layout_;
  std::mutex mutex_;
  memory::Reservation reservation_;
  std::map<Nulls, Indexes> indexes_;
};

}  // namespace millrace::runtime
