// A query under way in this process: what its tasks share.
#pragma once
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "exchange/exchange.h"
#include "exec/column_cache.h"
#include "exec/file_cache.h"
#include "exec/result_pages.h"
#include "exec/session_tables.h"
#include "exec/source.h"
#include "exec/thread_pool.h"
#include "plan/fragment.pb.h"

namespace millrace::exec {

/// What all queries of an executor share. Threads: all.
struct Services {
  /// `temporary_directory`: where sessions' rows go that are too many for memory; empty: nowhere.
  Services(uint32_t thread_count, int64_t memory_bytes, uint32_t most_pages,
           std::string temporary_directory = {})
      : budget(memory_bytes),
        files(&budget),
        tables(&budget, std::move(temporary_directory)),
        pages(most_pages),
        pool(thread_count) {
    budget.set_reclaimer([this](int64_t wanted) { return cache.reclaim(wanted); });
  }
  memory::Budget budget;
  ColumnCache cache;
  FileCache files;
  SessionTables tables;
  PagePool pages;
  ThreadPool pool;
};

/// Rows, time and bytes of one operator, added up over its tasks.
struct OperatorProfile {
  uint64_t rows = 0;
  uint64_t time_ns = 0;
  int64_t bytes_read = 0;
  int64_t row_groups = 0;
  int64_t row_groups_pruned = 0;
  int64_t peak_bytes = 0;
};

/// All of a small result.
struct WholeResult {
  std::string bytes;
  uint32_t row_count = 0;
};

/// Threads: all.
class Query : public std::enable_shared_from_this<Query> {
 public:
  /// Reads and verifies the message; 22023 for a setting that does not exist.
  static Result<std::shared_ptr<Query>> open(std::string_view bytes, Services* services);

  /// Runs one task; `done` is called once, from some thread, when it ended.
  void run(uint32_t fragment_id, uint32_t partition, std::function<void(Status)> done);
  /// Runs a query of one fragment to its end on the caller's thread, without a word to another: for
  /// results that cost less than handing them over. Nothing where it is more than that, by plan, time
  /// or size; then the query is cancelled and of no further use.
  Result<std::optional<WholeResult>> run_here();
  /// Running tasks end with 57014.
  void cancel();
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

  /// The result's pages; null while no fragment with a result runs or ran.
  std::shared_ptr<ResultPages> result();
  /// Calls `opened` once: as soon as there is a result, or no task is left that may open one.
  void when_result_opens(std::function<void()> opened);
  std::map<uint32_t, OperatorProfile> profile();

  // For tasks.
  Services& services() { return *services_; }
  const plan::Query& message() const { return message_; }
  const ops::Settings& settings() const { return settings_; }
  uint32_t vector_size() const { return vector_size_; }
  uint32_t worker_count() const { return worker_count_; }
  bool timed() const { return message_.settings().timed(); }
  /// The exchange a fragment fills, made at its first task.
  std::shared_ptr<exchange::Exchange> exchange_of(const plan::Fragment& fragment,
                                                  std::span<const ir::SourceColumn> schema);
  /// A filled exchange; XX000 where it is not complete.
  Result<std::shared_ptr<exchange::Exchange>> read_exchange(uint32_t exchange_id);
  std::shared_ptr<ResultPages> open_result(const plan::ResultSink& sink);
  /// A task's last word, after `done`. Tasks of a later fragment may be under way by then.
  void task_ended();
  void add_profile(uint32_t operator_id, const OperatorProfile& profile);
  /// Queues a step of a task.
  void submit(std::function<void()> job);

 private:
  explicit Query(Services* services) : services_(services) {}
  Status read_settings();
  Result<std::optional<WholeResult>> take_whole();

  Services* services_;
  plan::Query message_;
  ops::Settings settings_{};
  uint32_t vector_size_ = column::kVectorSize;
  uint32_t worker_count_ = 1;
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::map<uint32_t, std::shared_ptr<exchange::Exchange>> exchanges_;
  std::shared_ptr<ResultPages> result_;
  uint32_t open_tasks_ = 0;
  std::function<void()> result_opened_;
  std::map<uint32_t, OperatorProfile> profile_;
  /// In `run_here`: the thread whose steps it runs itself, and these. That thread only.
  std::atomic<std::thread::id> here_{};
  std::deque<std::function<void()>> local_jobs_;
};

/// The settings of a statement as operations read them.
Result<ops::Settings> settings_of(const plan::Settings& message);

}  // namespace millrace::exec
