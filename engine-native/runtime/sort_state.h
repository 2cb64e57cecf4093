// Rows to be put in order: runs of several workers, sorted as one.
#pragma once
#include "runtime/keys.h"

namespace millrace::runtime {

/// The first fields of the rows are the sort keys.
struct SortOrder {
  struct Key {
    bool descending;
    bool nulls_first;
  };
  std::vector<Key> keys;
};

/// -1, 0, 1 as `left` stands before, beside or after `right`.
int compare_rows(const RowLayout& layout, const SortOrder& order, const char* left,
                 const char* right);

/// append() by many workers, then sort() by one; rows() afterwards by any.
/// With `keep` rows wanted, each worker throws away what cannot be among the first `keep`.
class SortState {
 public:
  SortState(std::vector<RowLayout::FieldType> fields, SortOrder order, memory::Budget* budget,
            uint32_t worker_count, uint64_t keep, bool with_ties);
  Status append(uint32_t worker, std::span<const VectorView> columns, LanesView lanes);
  /// 57014 soon after `stopped` answers true.
  Status sort(const Stopped& stopped = {});
  const RowLayout& layout() const { return layout_; }
  /// In order; with `keep`, at most that many (and ties of the last where wanted).
  const std::vector<char*>& rows() const { return rows_; }
  int64_t peak_bytes() const;

 private:
  struct Entry {
    uint64_t prefix;
    char* row;
  };
  struct Worker {
    std::unique_ptr<RowCollection> rows;
    int64_t peak_bytes = 0;
    uint64_t kept_rows = 0;  // after the last prune()
  };
  uint64_t prefix_of(const char* row) const;
  bool before(const Entry& left, const Entry& right) const;
  Status prune(Worker& worker);
  void add_entries(const RowCollection& rows, std::vector<Entry>& entries) const;
  bool put_in_order(std::vector<Entry>& entries, const Stopped& stopped) const;
  void cut(std::vector<Entry>& entries) const;

  RowLayout layout_;
  SortOrder order_;
  memory::Budget* budget_;
  const uint64_t keep_;
  const bool with_ties_;
  memory::Reservation reservation_;
  std::vector<Worker> workers_;
  int64_t sort_bytes_ = 0;
  std::vector<char*> rows_;
};

}  // namespace millrace::runtime
