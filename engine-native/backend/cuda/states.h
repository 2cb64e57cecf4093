// A device's rows, join tables and group tables: memory, and how kernels fill it.
#pragma once
#include <functional>

#include "backend/cuda/render.h"
#include "device/device.h"

namespace millrace::backend::cuda {

using device::Device;
using device::LaunchShape;
using device::Memory;

/// Rows that kernels append. Their strings point to device memory of others.
struct DeviceRows {
  uint32_t stride = 0;
  uint64_t capacity = 0;
  uint64_t row_count = 0;  // known after the run that filled it
  Memory rows;
  Memory counter;

  /// Room for `capacity` rows, empty.
  Status reset(Device* device, uint32_t stride, uint64_t capacity);
  Status clear(Device* device);
  Status read_count(Device* device);
  kernel::RowListView view() const;
};

struct DeviceJoinTable {
  DeviceRows rows;
  Memory slots;
  kernel::JoinTableView view{};
  bool unique = true;
};

struct DeviceGroups {
  DeviceRows rows;
  Memory slots;
  uint64_t slot_count = 0;

  Status reset(Device* device, uint32_t stride, uint64_t capacity);
  Status clear(Device* device);
  kernel::GroupTableView view() const;
};

/// Links the rows of a table: by direct address where its one integer key lies dense, else by hash.
Status build(Device* device, const RenderedBuild& rendered, LaunchShape shape,
             DeviceJoinTable& table);

/// One run of a pipeline.
struct PipelineRun {
  const RenderedKernel* rendered;
  LaunchShape shape;
  uint64_t source_row_count = 0;
  std::vector<DeviceRows*> row_sinks;  // as the bindings'; the result last
  std::vector<DeviceGroups*> group_sinks;
  std::vector<runtime::LimitState*> limits;
  /// Writes the fields that only the caller knows: of the source, constants, sets, tables read.
  std::function<Status(const Parameter& parameter, char* into)> fill;
};
/// Compiles the kernel, empties the sinks and runs it; with larger sinks again where they were too
/// small. The error of the first row that has one.
Status run(Device* device, const PipelineRun& pipeline);

}  // namespace millrace::backend::cuda
