// Rows of sessions' tables, by number: what the frontend names in scans and results.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "exec/table_builder.h"

namespace millrace::exec {

/// The format under which scans name segments; the path is the segment's number.
constexpr std::string_view kSessionFormat = "session";

/// Builders and segments share one sequence of numbers, each used once. Who asked for a number drops
/// it. Threads: all.
class SessionTables {
 public:
  SessionTables(memory::Budget* budget, std::string directory)
      : budget_(budget), space_(std::move(directory)) {}

  uint64_t open(std::shared_ptr<const TableShape> shape);
  /// XX000 where there is none of that number.
  Result<std::shared_ptr<TableBuilder>> builder(uint64_t number) const;
  Result<std::shared_ptr<const TableSegment>> segment(uint64_t number) const;
  Result<std::shared_ptr<const TableSegment>> segment(const std::string& path) const;
  /// The builder's rows become a segment of the same number; answers how many they are.
  Result<int64_t> finish(uint64_t number);
  /// One segment of the rows of several, in their order; these stay.
  Result<uint64_t> merge(const std::vector<uint64_t>& numbers);
  /// Of a builder or a segment; queries that read it read on.
  void drop(uint64_t number);
  /// Builders and segments that are held.
  size_t count() const;

 private:
  memory::Budget* budget_;
  io::TemporarySpace space_;
  mutable std::mutex mutex_;
  uint64_t next_ = 1;
  std::map<uint64_t, std::shared_ptr<TableBuilder>> builders_;
  std::map<uint64_t, std::shared_ptr<const TableSegment>> segments_;
};

}  // namespace millrace::exec
