#include "exec/task.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <stdexcept>

#include "exec/literal.h"
#include "exec/scan_source.h"

namespace millrace::exec {

using backend::cpu::Interpreter;
using operators::Lowering;
using operators::PipelineSpec;

namespace {

constexpr std::chrono::milliseconds kSlice(2);

/// An allocation that the machine refuses ends the query, not the process.
template <class Step>
Status guarded(Step step) {
  try {
    return step();
  } catch (const std::bad_alloc&) {
    return Status::error(ErrorCode::OutOfMemory);
  } catch (const std::length_error&) {
    return Status::error(ErrorCode::OutOfMemory);
  }
}

/// Result rows into the query's pages.
class PagesSink : public operators::Sink {
 public:
  PagesSink(const plan::ResultSink& sink, std::shared_ptr<ResultPages> pages)
      : sink_(sink), pages_(std::move(pages)) {}
  Status emit(Lowering& lowering) override {
    std::vector<ir::ValueId> columns;
    for (uint32_t ordinal : sink_.columns()) {
      if (ordinal >= lowering.columns.size()) {
        return Status::error(ErrorCode::Internal, "the result has no such column");
      }
      columns.push_back(lowering.columns[ordinal]);
    }
    lowering.bindings.result = pages_.get();
    lowering.ir().emit_result(std::move(columns));
    return {};
  }
  Status seal() override {
    pages_->finish();
    return {};
  }

 private:
  const plan::ResultSink& sink_;
  std::shared_ptr<ResultPages> pages_;
};

/// Rows into a session's table; the result has none, and ends when they are all there.
class TableSink : public operators::Sink {
 public:
  TableSink(const plan::ResultSink& sink, std::shared_ptr<ResultPages> pages,
            std::shared_ptr<TableBuilder> builder)
      : sink_(sink), pages_(std::move(pages)), builder_(std::move(builder)) {}
  Status emit(Lowering& lowering) override {
    std::vector<ir::ValueId> columns;
    for (uint32_t ordinal : sink_.columns()) columns.push_back(lowering.columns[ordinal]);
    lowering.bindings.row_sinks.push_back(builder_.get());
    lowering.ir().append_rows(static_cast<uint32_t>(lowering.bindings.row_sinks.size() - 1),
                              std::move(columns));
    return {};
  }
  Status seal() override {
    MR_RETURN_IF_ERROR(builder_->seal());
    pages_->finish();
    return {};
  }

 private:
  const plan::ResultSink& sink_;
  std::shared_ptr<ResultPages> pages_;
  std::shared_ptr<TableBuilder> builder_;
};

/// XX000 unless the rows are the table's.
Status check_rows(const plan::ResultSink& sink, const std::vector<ir::SourceColumn>& schema,
                  const TableShape& shape) {
  bool fits = static_cast<size_t>(sink.columns_size()) == shape.columns.size();
  for (int c = 0; fits && c < sink.columns_size(); c++) {
    const uint32_t ordinal = sink.columns(c);
    fits = ordinal < schema.size() &&
           operators::same_type(schema[ordinal].type, shape.columns[static_cast<size_t>(c)].type);
  }
  if (fits) return {};
  return Status::error(ErrorCode::Internal, "rows of other types than the session's table");
}

/// Rows into an exchange.
class ProducerSink : public operators::Sink {
 public:
  ProducerSink(std::shared_ptr<exchange::Exchange> exchange, uint32_t worker_count)
      : exchange_(std::move(exchange)), producer_(exchange_.get(), worker_count) {}
  Status emit(Lowering& lowering) override {
    lowering.bindings.row_sinks.push_back(&producer_);
    lowering.ir().append_rows(static_cast<uint32_t>(lowering.bindings.row_sinks.size() - 1),
                              lowering.columns);
    return {};
  }
  Status seal() override {
    producer_.seal();
    return {};
  }

 private:
  std::shared_ptr<exchange::Exchange> exchange_;
  exchange::Exchange::Producer producer_;
};

}  // namespace

struct Task::Worker {
  std::unique_ptr<Source::Cursor> cursor;
  std::unique_ptr<Interpreter> interpreter;
  uint32_t index = 0;
  bool resumes = false;  // the batch at hand waits for room in the result
};

/// The pipeline at hand.
struct Task::Running {
  explicit Running(const PipelineSpec& of) : spec(of) {}
  PipelineSpec spec;
  uint32_t scan_operator = 0;
  ir::Pipeline pipeline;
  runtime::Bindings bindings;
  std::unique_ptr<Source> source;
  ScanCounters counters;
  std::vector<std::unique_ptr<Worker>> workers;
};

void Task::start(std::shared_ptr<Query> query, const plan::Fragment& fragment, uint32_t partition,
                 std::function<void(Status)> done) {
  auto task = std::make_shared<Task>(std::move(query), fragment, partition, std::move(done));
  task->submit([](Task& self) { self.begin(); });
}

Task::Task(std::shared_ptr<Query> query, const plan::Fragment& fragment, uint32_t partition,
           std::function<void(Status)> done)
    : query_(std::move(query)),
      fragment_(fragment),
      partition_(partition),
      done_(std::move(done)) {}

void Task::submit(std::function<void(Task&)> step) {
  query_->submit([self = shared_from_this(), step = std::move(step)] { step(*self); });
}

bool Task::stopped() const {
  return failed_.load(std::memory_order_relaxed) || query_->cancelled();
}

void Task::fail(Status status) {
  {
    const std::lock_guard lock(mutex_);
    if (status_.ok()) status_ = std::move(status);
  }
  failed_.store(true, std::memory_order_relaxed);
  wake_parked();
}

Status Task::plan_fragment() {
  MR_ASSIGN_OR_RETURN(root_, operators::make_node(fragment_.root(), this));
  plan_.environment = this;
  std::unique_ptr<operators::Sink> sink;
  if (fragment_.sink_case() == plan::Fragment::kResult) {
    pages_ = query_->open_result(fragment_.result());
    // Parked, the task is in no job: this is what keeps it. `finish` lets go.
    pages_->set_wake([self = shared_from_this()] { self->wake_parked(); });
    MR_ASSIGN_OR_RETURN(sink, make_result_sink());
  } else {
    for (uint32_t ordinal : fragment_.exchange().hash_columns()) {
      if (ordinal >= root_->schema().size()) {
        return Status::error(ErrorCode::Internal, "the exchange has no such column");
      }
    }
    sink = std::make_unique<ProducerSink>(query_->exchange_of(fragment_, root_->schema()),
                                          worker_count());
  }
  return operators::plan_into(*root_, std::move(sink), plan_);
}

Result<std::unique_ptr<operators::Sink>> Task::make_result_sink() {
  using operators::Sink;
  const plan::ResultSink& result = fragment_.result();
  if (result.into_table() == 0) {
    return std::unique_ptr<Sink>(std::make_unique<PagesSink>(result, pages_));
  }
  MR_ASSIGN_OR_RETURN(std::shared_ptr<TableBuilder> builder,
                      query_->services().tables.builder(result.into_table()));
  MR_RETURN_IF_ERROR(check_rows(result, root_->schema(), builder->shape()));
  builder->open(worker_count(), &query_->settings());
  return std::unique_ptr<Sink>(std::make_unique<TableSink>(result, pages_, std::move(builder)));
}

void Task::begin() {
  const Status status = guarded([this] { return plan_fragment(); });
  if (!status.ok()) return finish(status);
  next_pipeline();
}

void Task::next_pipeline() {
  if (query_->cancelled()) return finish(Status::error(ErrorCode::QueryCanceled));
  if (next_pipeline_ == plan_.pipelines.size()) return finish({});
  const PipelineSpec& spec = plan_.pipelines[next_pipeline_++];
  const Status status = guarded([&] { return prepare_pipeline(spec); });
  if (!status.ok()) return finish(status);
  const size_t count = running_->workers.size();
  active_workers_.store(static_cast<uint32_t>(count));
  for (size_t w = 1; w < count; w++) {
    submit([worker = running_->workers[w].get()](Task& self) { self.run_worker(*worker); });
  }
  run_worker(*running_->workers[0]);
}

Status Task::prepare_pipeline(const PipelineSpec& spec) {
  running_ = std::make_unique<Running>(spec);
  Running& running = *running_;
  Lowering lowering(this);
  MR_RETURN_IF_ERROR(spec.top->produce(spec.flow, lowering));
  if (!lowering.ended) MR_RETURN_IF_ERROR(spec.sink->emit(lowering));
  MR_ASSIGN_OR_RETURN(running.source, make_source(lowering));
  const bool ordered = lowering.source.ordered;
  running.pipeline = std::move(*lowering.builder).finish();
  running.bindings = std::move(lowering.bindings);
  MR_RETURN_IF_ERROR(ir::verify(running.pipeline));
  const uint64_t useful = std::clamp<uint64_t>(running.source->unit_count(), 1, worker_count());
  const uint32_t workers = ordered ? 1 : static_cast<uint32_t>(useful);
  for (uint32_t w = 0; w < workers; w++) {
    auto worker = std::make_unique<Worker>();
    worker->index = w;
    worker->cursor = running.source->open_cursor();
    worker->interpreter = std::make_unique<Interpreter>(
        &running.pipeline, &running.bindings, &query_->settings(), budget(), w, query_->timed());
    worker->interpreter->set_stopped([this] { return stopped(); });
    running.workers.push_back(std::move(worker));
  }
  return {};
}

Result<std::unique_ptr<Source>> Task::make_source(Lowering& lowering) {
  using Kind = operators::Source::Kind;
  const operators::Source& from = lowering.source;
  const uint32_t vector_size = query_->vector_size();
  switch (from.kind) {
    case Kind::Scan:
      return make_scan(lowering);
    case Kind::Tuples:
      return make_empty_columns_source(from.op->values().tuples().empty() ? 0 : 1);
    case Kind::Rows:
      return make_row_list_source(from.rows, vector_size);
    case Kind::Collections:
      return make_collections_source({{from.collections}, true, from.copies, stop_check()},
                                     vector_size);
    case Kind::Groups: {
      if (from.by_partition) {
        return make_partitions_source(*from.groups, worker_count(), vector_size, budget(),
                                      stop_check());
      }
      RowUnits rows{{}, true, {}, stop_check()};
      for (const auto& table : from.groups->workers) rows.units.push_back({&table->rows()});
      return make_collections_source(std::move(rows), vector_size);
    }
    case Kind::BuildRows: {
      const auto wanted = [matched = from.matched](const char* row) {
        return uint64_t{runtime::JoinTable::is_marked(row) == matched};
      };
      return make_collections_source({{from.table->collections()}, true, wanted, stop_check()},
                                     vector_size);
    }
    case Kind::Exchange: {
      MR_ASSIGN_OR_RETURN(const std::shared_ptr<exchange::Exchange> exchange,
                          query_->read_exchange(from.op->exchange().exchange_id()));
      RowUnits rows{{}, false, {}, stop_check()};
      const uint32_t tasks = std::max(fragment_.partitions(), 1u);
      for (uint32_t p = 0; p < exchange->partition_count(); p++) {
        const bool mine = !exchange->is_hashed() || p % tasks == partition_;
        if (mine) rows.units.push_back(exchange->rows_of(p));
      }
      return make_collections_source(std::move(rows), vector_size);
    }
  }
  return Status::error(ErrorCode::Internal, "a pipeline without a source");
}

Result<std::unique_ptr<Source>> Task::make_scan(Lowering& lowering) {
  const plan::TableScan& scan = lowering.source.op->scan();
  running_->scan_operator = lowering.source.op->id();
  std::vector<PruningTest> tests;
  for (const plan::Expression& condition : scan.conditions()) {
    collect_tests(
        condition,
        [this](const plan::Expression& literal) {
          return read_literal(literal.literal(), operators::type_of(literal.type()));
        },
        tests);
  }
  const ScanServices services{&query_->services().files, &query_->services().tables,
                              &query_->services().cache, budget(), query_->vector_size()};
  return make_scan_source(scan, std::move(tests), lowering.source.filters, services,
                          &running_->counters);
}

void Task::run_worker(Worker& worker) {
  bool is_over = true;
  const Status status = guarded([&] {
    is_over = run_slice(worker);
    return Status();
  });
  if (!status.ok()) fail(status);
  if (is_over) worker_done(worker);
}

/// Runs until the source ends, the slice is used up, or the result has no room. False where the
/// worker goes on later, by then perhaps on another thread already.
bool Task::run_slice(Worker& worker) {
  const auto started = std::chrono::steady_clock::now();
  const auto& limits = running_->bindings.limits;
  while (!stopped()) {
    const bool enough = std::any_of(limits.begin(), limits.end(),
                                    [](const auto* limit) { return limit->exhausted(); });
    Interpreter::Outcome outcome;
    if (worker.resumes) {
      outcome = worker.interpreter->resume();
    } else if (enough) {
      break;
    } else {
      auto batch = worker.cursor->next();
      if (!batch.ok()) {
        fail(batch.status());
        break;
      }
      if (batch.value() == nullptr) break;
      outcome = worker.interpreter->run(*batch.value());
    }
    worker.resumes =
        outcome == Interpreter::Outcome::Blocked || outcome == Interpreter::Outcome::Paused;
    if (outcome == Interpreter::Outcome::Failed) {
      fail(worker.interpreter->status());
      break;
    }
    if (outcome == Interpreter::Outcome::Blocked) {
      park(worker);
      return false;
    }
    if (std::chrono::steady_clock::now() - started > kSlice) {
      submit([&worker](Task& self) { self.run_worker(worker); });
      return false;
    }
  }
  return true;
}

void Task::park(Worker& worker) {
  {
    const std::lock_guard lock(mutex_);
    parked_.push_back(&worker);
  }
  // Room may have come between the refusal and here.
  if (stopped() || pages_->has_room()) wake_parked();
}

void Task::wake_parked() {
  std::vector<Worker*> woken;
  {
    const std::lock_guard lock(mutex_);
    woken.swap(parked_);
  }
  for (Worker* worker : woken) {
    submit([worker](Task& self) { self.run_worker(*worker); });
  }
}

void Task::worker_done(Worker& worker) {
  if (pages_ != nullptr) pages_->rest(worker.index);
  if (active_workers_.fetch_sub(1) != 1) return;
  take_profile();
  if (query_->cancelled()) return finish(Status::error(ErrorCode::QueryCanceled));
  if (failed_.load()) return finish(status_);
  if (!running_->spec.last_flow) {
    submit([](Task& self) { self.next_pipeline(); });
    return;
  }
  operators::Sink& sink = *running_->spec.sink;
  const Status status = guarded([&sink] { return sink.seal(); });
  if (!status.ok()) return finish(status);
  const uint32_t parts = sink.part_count();
  if (parts == 0) {
    submit([](Task& self) { self.next_pipeline(); });
    return;
  }
  next_part_.store(0);
  const uint32_t workers = std::min(parts, worker_count());
  open_parts_.store(workers);
  for (uint32_t w = 0; w < workers; w++) submit([](Task& self) { self.finish_sink(); });
}

/// Finishes parts of the sink until none is left; the last worker goes on.
void Task::finish_sink() {
  operators::Sink& sink = *running_->spec.sink;
  const uint32_t parts = sink.part_count();
  const auto started = std::chrono::steady_clock::now();
  for (uint32_t part = next_part_.fetch_add(1); part < parts && !stopped();
       part = next_part_.fetch_add(1)) {
    sink.finish_part(part);
    if (std::chrono::steady_clock::now() - started <= kSlice) continue;
    submit([](Task& self) { self.finish_sink(); });
    return;
  }
  if (open_parts_.fetch_sub(1) == 1) next_pipeline();
}

void Task::take_profile() {
  std::map<uint32_t, OperatorProfile> sums;
  for (const auto& worker : running_->workers) {
    const auto& counts = worker->interpreter->counts();
    for (uint32_t id = 0; id < counts.size(); id++) {
      sums[id].rows += counts[id].rows;
      sums[id].time_ns += counts[id].nanoseconds;
    }
  }
  OperatorProfile& scan = sums[running_->scan_operator];
  scan.bytes_read += running_->counters.bytes_read;
  scan.row_groups += running_->counters.row_groups;
  scan.row_groups_pruned += running_->counters.row_groups_pruned;
  for (const auto& [id, profile] : sums) query_->add_profile(id, profile);
}

void Task::profile_nodes(const operators::Node& node) {
  OperatorProfile profile;
  profile.peak_bytes = node.peak_bytes();
  query_->add_profile(node.id(), profile);
  for (const auto& input : node.inputs()) profile_nodes(*input);
}

void Task::finish(Status status) {
  if (root_ != nullptr) profile_nodes(*root_);
  if (pages_ != nullptr) pages_->set_wake(nullptr);
  if (pages_ != nullptr && !status.ok()) pages_->fail();
  // States may be large: they are dropped before anyone hears of the end.
  running_.reset();
  plan_.sinks.clear();
  root_.reset();
  exchanges_read_.clear();
  const std::function<void(Status)> done = std::move(done_);
  done(std::move(status));
  query_->task_ended();
}

Result<runtime::Constant> Task::read_literal(const plan::Literal& literal,
                                             types::TypeParameters type) {
  return exec::read_literal(literal, type, budget());
}

Result<const runtime::RowLayout*> Task::exchange_layout(uint32_t exchange_id) {
  MR_ASSIGN_OR_RETURN(std::shared_ptr<exchange::Exchange> exchange,
                      query_->read_exchange(exchange_id));
  exchanges_read_.push_back(exchange);
  return &exchange->layout();
}

runtime::JoinTable* Task::filter_table(uint32_t filter_id) {
  const auto found = filters_.find(filter_id);
  return found == filters_.end() ? nullptr : found->second;
}

void Task::publish_filter(uint32_t filter_id, runtime::JoinTable* table) {
  filters_[filter_id] = table;
}

}  // namespace millrace::exec
