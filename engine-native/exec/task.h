// A task: one fragment over one partition. Lowers its pipelines one after the other, each when its
// turn comes, runs them with several workers, finishes their sinks.
#pragma once
#include <atomic>
#include <functional>
#include <memory>

#include "exec/query.h"
#include "operators/node.h"

namespace millrace::exec {

/// Keeps itself alive until it ended. Steps run on the pool's threads; at most one of them prepares
/// or finishes a pipeline, workers run side by side.
class Task : public std::enable_shared_from_this<Task>, private operators::Environment {
 public:
  static void start(std::shared_ptr<Query> query, const plan::Fragment& fragment,
                    uint32_t partition, std::function<void(Status)> done);
  Task(std::shared_ptr<Query> query, const plan::Fragment& fragment, uint32_t partition,
       std::function<void(Status)> done);

 private:
  struct Worker;
  struct Running;

  // Steps.
  void begin();
  void next_pipeline();
  void run_worker(Worker& worker);
  bool run_slice(Worker& worker);
  void worker_done(Worker& worker);
  void finish_sink();
  void finish(Status status);

  Status plan_fragment();
  /// Where the fragment's result goes: to the client, or into a session's table.
  Result<std::unique_ptr<operators::Sink>> make_result_sink();
  Status prepare_pipeline(const operators::PipelineSpec& spec);
  Result<std::unique_ptr<Source>> make_source(operators::Lowering& lowering);
  Result<std::unique_ptr<Source>> make_scan(operators::Lowering& lowering);
  void park(Worker& worker);
  void wake_parked();
  void fail(Status status);
  void take_profile();
  void profile_nodes(const operators::Node& node);
  void submit(std::function<void(Task&)> step);

  // operators::Environment.
  memory::Budget* budget() override { return &query_->services().budget; }
  uint32_t worker_count() const override { return query_->worker_count(); }
  bool stopped() const override;
  Result<runtime::Constant> read_literal(const plan::Literal& literal,
                                         types::TypeParameters type) override;
  Result<const runtime::RowLayout*> exchange_layout(uint32_t exchange_id) override;
  runtime::JoinTable* filter_table(uint32_t filter_id) override;
  void publish_filter(uint32_t filter_id, runtime::JoinTable* table) override;

  std::shared_ptr<Query> query_;
  const plan::Fragment& fragment_;
  const uint32_t partition_;
  std::function<void(Status)> done_;
  std::unique_ptr<operators::Node> root_;
  operators::TaskPlan plan_;
  std::map<uint32_t, runtime::JoinTable*> filters_;
  std::vector<std::shared_ptr<exchange::Exchange>> exchanges_read_;
  size_t next_pipeline_ = 0;
  std::unique_ptr<Running> running_;
  std::atomic<uint32_t> active_workers_{0};
  std::atomic<uint32_t> next_part_{0};
  std::atomic<uint32_t> open_parts_{0};
  std::shared_ptr<ResultPages> pages_;
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  Status status_;
  std::vector<Worker*> parked_;
};

}  // namespace millrace::exec
