// Sources: where a pipeline's rows come from, handed out to its workers.
#pragma once
#include <atomic>
#include <memory>

#include "backend/cpu/interpreter.h"
#include "exchange/exchange.h"
#include "operators/node.h"

namespace millrace::exec {

using backend::cpu::Batch;
using base::ErrorCode;
using base::Result;
using base::Status;

/// What a scan did, for EXPLAIN ANALYZE. Threads: all.
struct ScanCounters {
  std::atomic<int64_t> bytes_read{0};
  std::atomic<int64_t> row_groups{0};
  std::atomic<int64_t> row_groups_pruned{0};
};

/// Rows for several workers; each has a cursor of its own.
class Source {
 public:
  virtual ~Source() = default;
  /// Units that can be worked on at once: more workers than that would find nothing.
  virtual uint64_t unit_count() const = 0;

  /// One worker's place. Threads: one at a time.
  class Cursor {
   public:
    virtual ~Cursor() = default;
    /// The next rows, null at the end. Valid until the next call.
    virtual Result<Batch*> next() = 0;
  };
  virtual std::unique_ptr<Cursor> open_cursor() = 0;
};

/// Rows by address: batches of one is_row column.
std::unique_ptr<Source> make_rows_source(std::vector<std::vector<char*>> units,
                                         uint32_t vector_size);
/// The rows of `rows`, in order where there is one worker. `rows` must outlive the source.
std::unique_ptr<Source> make_row_list_source(const std::vector<char*>& rows, uint32_t vector_size);
/// Groups of all workers' tables; by hash partition, each a unit, where `by_partition`.
std::unique_ptr<Source> make_groups_source(const runtime::GroupState& groups, bool by_partition,
                                           uint32_t worker_count, uint32_t vector_size);
std::unique_ptr<Source> make_build_rows_source(const runtime::JoinTable& table, bool matched,
                                               uint32_t vector_size);
/// `row_count` rows without columns.
std::unique_ptr<Source> make_empty_columns_source(uint32_t row_count);

}  // namespace millrace::exec
