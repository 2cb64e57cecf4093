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

/// Rows of several collections, each as often as `copies` says (once where empty): batches of one
/// is_row column.
struct RowUnits {
  /// A unit is read whole by one worker.
  std::vector<std::vector<const runtime::RowCollection*>> units;
  /// Blocks of a unit may go to several workers nevertheless.
  bool may_split = false;
  std::function<uint64_t(const char* row)> copies;
  runtime::Stopped stopped;
};
std::unique_ptr<Source> make_collections_source(RowUnits rows, uint32_t vector_size);
/// The rows of `rows`, in order where there is one worker. `rows` must outlive the source.
std::unique_ptr<Source> make_row_list_source(std::span<char* const> rows, uint32_t vector_size);
/// Groups of all workers' tables, by hash partition, each a unit. 57014 soon after `stopped` answers
/// true.
Result<std::unique_ptr<Source>> make_partitions_source(const runtime::GroupState& groups,
                                                       uint32_t worker_count, uint32_t vector_size,
                                                       memory::Budget* budget,
                                                       const runtime::Stopped& stopped);
/// `row_count` rows without columns.
std::unique_ptr<Source> make_empty_columns_source(uint32_t row_count);

}  // namespace millrace::exec
