// exchange: hands rows from the tasks of one fragment to those of another. May include what stands
// left of it in the order of rooms. Invariant: readers see an exchange only after all its producers
// have sealed it, so a missing producer is never a short answer. Start reading at Exchange.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/state.h"

namespace millrace::exchange {

using base::Status;

/// In-process hand-over: rows by hash partition, or all in one for every reader.
class Exchange {
 public:
  Exchange(std::vector<runtime::RowLayout::FieldType> fields, std::vector<uint32_t> hash_columns,
           uint32_t partition_count, memory::Budget* budget);

  /// A producer task's side: appends by worker, sealed once.
  class Producer : public runtime::RowSink {
   public:
    Producer(Exchange* exchange, uint32_t worker_count);
    Status append(uint32_t worker, std::span<const runtime::VectorView> columns,
                  runtime::LanesView lanes) override;
    void seal();

   private:
    struct Worker {
      std::vector<std::unique_ptr<runtime::RowCollection>> partitions;
    };
    Exchange* exchange_;
    std::vector<Worker> workers_;
  };

  void expect_producers(uint32_t count) { open_producers_ = count; }
  bool sealed() const { return open_producers_.load() == 0; }
  uint32_t partition_count() const { return partition_count_; }
  /// Rows belong to the task of their partition; else every task reads all of them.
  bool is_hashed() const { return !hash_columns_.empty(); }
  const runtime::RowLayout& layout() const { return layout_; }
  /// Where the rows of a partition lie; sealed exchanges only.
  std::vector<const runtime::RowCollection*> rows_of(uint32_t partition) const;

 private:
  runtime::RowLayout layout_;
  const std::vector<uint32_t> hash_columns_;
  const uint32_t partition_count_;
  memory::Budget* budget_;
  std::atomic<uint32_t> open_producers_{1};
  std::mutex mutex_;
  std::vector<std::vector<std::unique_ptr<runtime::RowCollection>>> partitions_;
};

}  // namespace millrace::exchange
