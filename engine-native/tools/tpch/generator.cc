#include "tools/tpch/generator.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "formats/parquet/writer/row_group_encoder.h"

namespace millrace::tpch {
namespace {

/// One row group to make.
struct Task {
  size_t sequence = 0;  // counted over all tables
  Table table = Table::Region;
  RowRange range;
  double table_share = 0;  // made once this task is done
};

int64_t estimated_rows(Table table, const Scale& scale) {
  switch (table) {
    case Table::Region:
      return 5;
    case Table::Nation:
      return 25;
    case Table::Supplier:
      return scale.supplier_count();
    case Table::Customer:
      return scale.customer_count();
    case Table::Part:
      return scale.part_count();
    case Table::PartSupp:
      return scale.part_count() * 4;
    case Table::Orders:
      return scale.order_count();
    case Table::Lineitem:
      return scale.order_count() * 4;
  }
  __builtin_unreachable();
}

/// Hands out the row groups of all tables, one table after the other. Thread-safe.
class TaskQueue {
 public:
  explicit TaskQueue(const GenerateRequest& request) : request_(request) {}

  std::optional<Task> next() {
    const std::lock_guard lock(mutex_);
    for (; table_index_ < request_.tables.size(); ++table_index_, cutter_.reset()) {
      const Table table = request_.tables[table_index_];
      if (!cutter_) cutter_.emplace(table, request_.scale);
      const RowRange range = cutter_->next(parquet::kDefaultRowGroupRows);
      if (range.row_count > 0) return Task{sequence_++, table, range, cutter_->progress()};
    }
    return {};
  }

 private:
  const GenerateRequest& request_;
  std::mutex mutex_;
  size_t table_index_ = 0;
  std::optional<TableCutter> cutter_;
  size_t sequence_ = 0;
};

/// Takes finished row groups from all threads and writes them in the order of their tasks. Whoever
/// brings the one that is due writes it and all that follow; who is too far ahead waits.
class OrderedOutput {
 public:
  OrderedOutput(const GenerateRequest& request, const std::function<void(const Progress&)>& report)
      : request_(request), report_(report), waiting_limit_(request.thread_count) {
    for (Table table : request.tables) total_rows_ += estimated_rows(table, request.scale);
  }

  /// False once the run has failed: the thread should stop.
  bool submit(const Task& task, parquet::EncodedRowGroup&& row_group) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      return stopped() || task.sequence == next_sequence_ || waiting_.size() < waiting_limit_;
    });
    if (stopped()) return false;
    waiting_.emplace(task.sequence, std::pair(task, std::move(row_group)));
    if (writing_) return true;
    writing_ = true;
    while (!stopped() && !waiting_.empty() && waiting_.begin()->first == next_sequence_) {
      auto due = waiting_.extract(waiting_.begin());
      lock.unlock();
      WriteStatus status = write(due.mapped().first, std::move(due.mapped().second));
      lock.lock();
      ++next_sequence_;
      if (!status.ok()) status_ = std::move(status);
      changed_.notify_all();
    }
    writing_ = false;
    return !stopped();
  }

  void fail(WriteStatus status) {
    const std::lock_guard lock(mutex_);
    if (status_.ok()) status_ = std::move(status);
    changed_.notify_all();
  }

  bool failed() {
    const std::lock_guard lock(mutex_);
    return stopped();
  }

  /// After all threads have ended.
  WriteStatus finish(GenerateSummary& summary) {
    if (status_.ok()) status_ = commit_table();
    summary = summary_;
    return status_;
  }

 private:
  bool stopped() const { return !status_.ok(); }

  WriteStatus write(const Task& task, parquet::EncodedRowGroup&& row_group) {
    if (files_ == nullptr || task.table != table_) {
      if (WriteStatus status = commit_table(); !status.ok()) return status;
      table_ = task.table;
      files_ = std::make_unique<TableFiles>(task.table, request_.out_dir);
      if (WriteStatus status = files_->open(); !status.ok()) return status;
    }
    if (WriteStatus status = files_->append(std::move(row_group)); !status.ok()) return status;
    const double table_rows = static_cast<double>(estimated_rows(table_, request_.scale));
    report_(
        {.table = table_,
         .table_share = task.table_share,
         .overall_share = (static_cast<double>(finished_rows_) + task.table_share * table_rows) /
                          static_cast<double>(total_rows_),
         .row_count = summary_.row_count + files_->row_count()});
    return {};
  }

  WriteStatus commit_table() {
    if (files_ == nullptr) return {};
    if (WriteStatus status = files_->commit(); !status.ok()) return status;
    summary_.row_count += files_->row_count();
    summary_.size_bytes += files_->size_bytes();
    summary_.file_count += files_->file_count();
    finished_rows_ += estimated_rows(table_, request_.scale);
    files_.reset();
    return {};
  }

  const GenerateRequest& request_;
  const std::function<void(const Progress&)>& report_;
  const size_t waiting_limit_;
  int64_t total_rows_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<size_t, std::pair<Task, parquet::EncodedRowGroup>> waiting_;
  size_t next_sequence_ = 0;
  bool writing_ = false;
  WriteStatus status_;

  // Belong to the thread that writes.
  Table table_ = Table::Region;
  std::unique_ptr<TableFiles> files_;
  GenerateSummary summary_;
  int64_t finished_rows_ = 0;
};

/// What one thread needs for row groups of one table.
class RowGroupMaker {
 public:
  RowGroupMaker(Table table, const Scale& scale, const TextPool& pool)
      : table_(table),
        scale_(scale),
        pool_(pool),
        columns_(table_info(table).columns),
        schema_(parquet_schema(table)),
        encoder_(schema_, options_),
        batch_(columns_) {}

  Table table() const { return table_; }

  WriteStatus make(const RowRange& range, parquet::EncodedRowGroup& row_group) {
    const std::unique_ptr<RowSource> rows = open_rows(table_, scale_, pool_, range);
    for (int64_t made = 0; made < range.row_count;) {
      const auto row_count = std::min<int64_t>(Batch::kCapacity, range.row_count - made);
      rows->fill(batch_, static_cast<size_t>(row_count));
      made += row_count;
      if (WriteStatus status = encode_batch(); !status.ok()) return status;
    }
    return encoder_.finish(row_group);
  }

 private:
  WriteStatus encode_batch() {
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (WriteStatus status = encode_column(i); !status.ok()) return status;
    }
    return {};
  }

  WriteStatus encode_column(size_t column) {
    switch (columns_[column].type) {
      case ColumnType::Key:
      case ColumnType::Money:
        return encoder_.append(column, batch_.long_values(column));
      case ColumnType::Integer:
      case ColumnType::Date:
        return encoder_.append(column, batch_.integer_values(column));
      case ColumnType::Text:
        return encoder_.append(column, batch_.text_values(column));
    }
    __builtin_unreachable();
  }

  Table table_;
  const Scale& scale_;
  const TextPool& pool_;
  std::span<const Column> columns_;
  parquet::Schema schema_;
  parquet::WriterOptions options_;
  parquet::RowGroupEncoder encoder_;
  Batch batch_;
};

void work(const GenerateRequest& request, const TextPool& pool, TaskQueue& tasks,
          OrderedOutput& output) {
  std::unique_ptr<RowGroupMaker> maker;
  while (!output.failed()) {
    if (request.cancelled != nullptr && *request.cancelled) {
      return output.fail(WriteStatus::error("interrupted"));
    }
    const std::optional<Task> task = tasks.next();
    if (!task) return;
    if (maker == nullptr || maker->table() != task->table) {
      maker = std::make_unique<RowGroupMaker>(task->table, request.scale, pool);
    }
    parquet::EncodedRowGroup row_group;
    if (WriteStatus status = maker->make(task->range, row_group); !status.ok()) {
      return output.fail(std::move(status));
    }
    if (!output.submit(*task, std::move(row_group))) return;
  }
}

}  // namespace

WriteStatus generate(const GenerateRequest& request,
                     const std::function<void(const Progress&)>& report, GenerateSummary& summary) {
  for (Table table : request.tables) {
    if (!request.overwrite && TableFiles::exists(table, request.out_dir)) {
      return WriteStatus::error("table " + std::string(table_info(table).name) +
                                " exists already in \"" + request.out_dir +
                                "\"; --overwrite replaces it");
    }
  }
  const TextPool pool;
  TaskQueue tasks(request);
  OrderedOutput output(request, report);
  std::vector<std::thread> threads;
  for (size_t i = 1; i < request.thread_count; ++i) {
    threads.emplace_back([&] { work(request, pool, tasks, output); });
  }
  work(request, pool, tasks, output);
  for (std::thread& thread : threads) thread.join();
  return output.finish(summary);
}

}  // namespace millrace::tpch
