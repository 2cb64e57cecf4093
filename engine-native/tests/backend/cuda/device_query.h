// Runs a query's one fragment on a device: every pipeline rendered and run as a kernel, sorted rows
// put in order and printed by the host.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backend/cuda/render.h"
#include "backend/cuda/states.h"
#include "exec/query.h"
#include "operators/node.h"
#include "tests/backend/cuda/device_table.h"
#include "tests/exec/plan_builder.h"

namespace millrace::tests {

class DeviceQuery : private operators::Environment {
 public:
  struct Options {
    std::string name;  // of the kernels, a number is added
    device::LaunchShape shape{3, 64};
    uint32_t block_groups = 0;  // for updates from scans
    /// Called with each text before it is compiled; may change it.
    std::function<void(std::string& text)> edit;
  };
  DeviceQuery(device::Device* device, exec::Services* services, Options options);
  ~DeviceQuery() override;

  struct Outcome {
    base::Status status;
    std::vector<TextRow> rows;
  };
  Outcome run(const plan::Query& query);

  struct Kernel {
    std::string name;
    std::string text;
    std::string pipeline;
  };
  /// All that ran, in order; builds of join tables included.
  const std::vector<Kernel>& kernels() const { return kernels_; }

 private:
  base::Status run_fragment(const plan::Fragment& fragment);
  base::Status run_pipeline(const operators::PipelineSpec& spec);
  base::Status run_on_host(operators::Lowering& lowering, const ir::Pipeline& pipeline);
  base::Status run_on_device(operators::Lowering& lowering, const ir::Pipeline& pipeline,
                             const operators::PipelineSpec& spec);
  base::Status open_source(const operators::Lowering& lowering,
                           backend::cuda::RenderOptions& options, uint64_t* row_count, char** rows);
  base::Status fill(const operators::Lowering& lowering, char* source_rows,
                    const backend::cuda::Parameter& parameter, char* into);
  base::Status fill_constant(const runtime::Constant& constant, char* into);
  base::Status fill_set(const runtime::ValueSet& set, char* into);
  base::Status finish_sinks(operators::Lowering& lowering, const operators::PipelineSpec& spec,
                            const backend::cuda::RenderedKernel& rendered,
                            std::vector<backend::cuda::DeviceRows*>& row_sinks);
  using TakeRows =
      std::function<base::Status(std::span<const column::VectorView>, column::LanesView)>;
  base::Status read_back(const runtime::RowLayout& layout, const backend::cuda::DeviceRows& rows,
                         const TakeRows& take);
  base::Result<DeviceTable*> table_of(const plan::TableScan& scan);
  base::Result<char*> keep(const void* bytes, size_t size_bytes);

  // operators::Environment.
  memory::Budget* budget() override { return &services_->budget; }
  uint32_t worker_count() const override { return 1; }
  bool stopped() const override { return false; }
  base::Result<runtime::Constant> read_literal(const plan::Literal& literal,
                                               types::TypeParameters type) override;
  base::Result<const runtime::RowLayout*> exchange_layout(uint32_t) override;
  runtime::JoinTable* filter_table(uint32_t filter_id) override;
  void publish_filter(uint32_t filter_id, runtime::JoinTable* table) override;

  device::Device* device_;
  exec::Services* services_;
  const Options options_;
  std::vector<Kernel> kernels_;
  backend::cuda::RowNames names_;
  std::unique_ptr<operators::Node> root_;
  operators::TaskPlan plan_;
  std::map<const plan::TableScan*, std::unique_ptr<DeviceTable>> tables_;
  std::map<const runtime::JoinTable*, backend::cuda::DeviceJoinTable> join_tables_;
  std::map<const runtime::GroupState*, backend::cuda::DeviceGroups> groups_;
  std::map<uint32_t, runtime::JoinTable*> filters_;
  std::vector<device::Memory> kept_;
  std::vector<TextRow> rows_;
};

}  // namespace millrace::tests
