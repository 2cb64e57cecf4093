#include "backend/cuda/states.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace millrace::backend::cuda {

namespace {

/// As runtime::JoinTable decides.
constexpr uint64_t kDirectSlotsPerRow = 8;
constexpr uint64_t kDirectSlotsAlways = 4096;
constexpr int kMostAttempts = 40;

template <class T>
Status copy_in(Device* device, const Memory& memory, const T& value) {
  return device->copy_to_device(memory.address(), &value, sizeof(value));
}

template <class T>
Status copy_out(Device* device, const Memory& memory, T* value) {
  return device->copy_to_host(value, memory.address(), sizeof(*value));
}

}  // namespace

Status DeviceRows::reset(Device* device, uint32_t wanted_stride, uint64_t wanted_capacity) {
  stride = wanted_stride;
  capacity = wanted_capacity;
  MR_ASSIGN_OR_RETURN(rows, Memory::make(device, capacity * stride));
  MR_ASSIGN_OR_RETURN(counter, Memory::make(device, sizeof(uint64_t)));
  return clear(device);
}

Status DeviceRows::clear(Device* device) {
  row_count = 0;
  return device->fill(counter.address(), 0, sizeof(uint64_t));
}

Status DeviceRows::read_count(Device* device) {
  MR_RETURN_IF_ERROR(copy_out(device, counter, &row_count));
  row_count = std::min(row_count, capacity);
  return {};
}

kernel::RowListView DeviceRows::view() const {
  return {rows.address(), reinterpret_cast<types::u64*>(counter.address()), capacity};
}

Status DeviceGroups::reset(Device* device, uint32_t stride, uint64_t capacity) {
  MR_RETURN_IF_ERROR(rows.reset(device, stride, capacity));
  slot_count = std::bit_ceil(2 * capacity + 2);
  MR_ASSIGN_OR_RETURN(slots, Memory::make(device, slot_count * sizeof(uint64_t)));
  return clear(device);
}

Status DeviceGroups::clear(Device* device) {
  MR_RETURN_IF_ERROR(rows.clear(device));
  return device->fill(slots.address(), 0, slot_count * sizeof(uint64_t));
}

kernel::GroupTableView DeviceGroups::view() const {
  const kernel::RowListView list = rows.view();
  return {reinterpret_cast<types::u64*>(slots.address()), slot_count - 1, list.rows, list.row_count,
          list.capacity};
}

Status build(Device* device, const RenderedBuild& rendered, LaunchShape shape,
             DeviceJoinTable& table) {
  const uint64_t rows = table.rows.row_count;
  MR_ASSIGN_OR_RETURN(const Memory facts_memory, Memory::make(device, sizeof(kernel::BuildFacts)));
  kernel::BuildFacts facts{INT64_MAX, INT64_MIN, 0, 0};
  MR_RETURN_IF_ERROR(copy_in(device, facts_memory, facts));
  kernel::BuildParameters parameters{};
  parameters.table.rows = table.rows.rows.address();
  parameters.table.row_count = rows;
  parameters.facts = reinterpret_cast<kernel::BuildFacts*>(facts_memory.address());
  const auto launch = [&](const std::string& name) -> Status {
    MR_ASSIGN_OR_RETURN(const auto kernel, device->compile(rendered.text, name));
    MR_RETURN_IF_ERROR(device->launch(*kernel, shape, &parameters, sizeof(parameters)));
    return copy_out(device, facts_memory, &facts);
  };
  const uint64_t hashed_slots = std::bit_ceil(std::max<uint64_t>(rows + rows / 2, 16));
  parameters.table.shift = static_cast<uint32_t>(64 - std::countr_zero(hashed_slots));
  parameters.table.slot_count = hashed_slots;
  if (!rendered.bounds_name.empty()) {
    MR_RETURN_IF_ERROR(launch(rendered.bounds_name));
    const uint64_t span =
        static_cast<uint64_t>(facts.maximum) - static_cast<uint64_t>(facts.minimum) + 1;
    const bool any = facts.minimum <= facts.maximum;
    if (any && span != 0 && span <= std::max(kDirectSlotsAlways, rows * kDirectSlotsPerRow)) {
      parameters.table.direct = 1;
      parameters.table.minimum = facts.minimum;
      parameters.table.slot_count = span;
    }
  }
  const size_t slot_bytes = parameters.table.slot_count * sizeof(uint64_t);
  MR_ASSIGN_OR_RETURN(table.slots, Memory::make(device, slot_bytes));
  MR_RETURN_IF_ERROR(device->fill(table.slots.address(), 0, slot_bytes));
  parameters.table.slots = reinterpret_cast<types::u64*>(table.slots.address());
  MR_RETURN_IF_ERROR(launch(rendered.link_name));
  parameters.table.null_key_rows = facts.null_key_rows;
  table.view = parameters.table;
  table.unique = facts.has_duplicates == 0;
  return {};
}

namespace {

struct Attempt {
  bool overflowed = false;
  uint64_t error = kernel::kNoError;
};

/// LIMIT's counters live as long as one attempt.
Status fill_parameters(const PipelineRun& pipeline, const Memory& control,
                       const Memory& limit_counters, std::vector<char>& bytes) {
  uint32_t limit = 0;
  for (const Parameter& parameter : pipeline.rendered->parameters) {
    char* into = bytes.data() + parameter.offset;
    const auto put = [&](const auto& value) {
      MR_CHECK(sizeof(value) == parameter.size);
      std::memcpy(into, &value, sizeof(value));
    };
    switch (parameter.kind) {
      case Parameter::Kind::Control:
        put(control.address());
        break;
      case Parameter::Kind::RowEnd:
        put(pipeline.source_row_count);
        break;
      case Parameter::Kind::Rows:
        put(pipeline.row_sinks[parameter.index]->view());
        break;
      case Parameter::Kind::Groups:
        put(pipeline.group_sinks[parameter.index]->view());
        break;
      case Parameter::Kind::Limit: {
        const runtime::LimitState& state = *pipeline.limits[parameter.index];
        put(kernel::LimitView{reinterpret_cast<types::u64*>(limit_counters.address()) + limit++,
                              state.skip(), state.take()});
        break;
      }
      default:
        MR_RETURN_IF_ERROR(pipeline.fill(parameter, into));
    }
  }
  return {};
}

Result<Attempt> attempt(Device* device, const device::Kernel& kernel, const PipelineRun& pipeline) {
  const size_t limit_bytes = std::max<size_t>(pipeline.limits.size(), 1) * sizeof(uint64_t);
  MR_ASSIGN_OR_RETURN(const Memory limits, Memory::make(device, limit_bytes));
  MR_RETURN_IF_ERROR(device->fill(limits.address(), 0, limit_bytes));
  MR_ASSIGN_OR_RETURN(const Memory memory, Memory::make(device, sizeof(kernel::Control)));
  kernel::Control control{0, kernel::kNoError, 0, 0};
  MR_RETURN_IF_ERROR(copy_in(device, memory, control));
  std::vector<char> bytes(pipeline.rendered->parameter_bytes);
  MR_RETURN_IF_ERROR(fill_parameters(pipeline, memory, limits, bytes));
  MR_RETURN_IF_ERROR(device->launch(kernel, pipeline.shape, bytes.data(), bytes.size()));
  MR_RETURN_IF_ERROR(copy_out(device, memory, &control));
  return Attempt{control.overflow != 0, control.error};
}

}  // namespace

Status run(Device* device, const PipelineRun& pipeline) {
  MR_ASSIGN_OR_RETURN(const auto kernel,
                      device->compile(pipeline.rendered->text, pipeline.rendered->name));
  for (int attempts = 0; attempts < kMostAttempts; attempts++) {
    MR_ASSIGN_OR_RETURN(const Attempt outcome, attempt(device, *kernel, pipeline));
    if (!outcome.overflowed && outcome.error != kernel::kNoError) {
      return Status::error(static_cast<ErrorCode>(outcome.error & 0xffff));
    }
    if (!outcome.overflowed) {
      for (DeviceRows* sink : pipeline.row_sinks) MR_RETURN_IF_ERROR(sink->read_count(device));
      for (DeviceGroups* sink : pipeline.group_sinks) {
        MR_RETURN_IF_ERROR(sink->rows.read_count(device));
      }
      return {};
    }
    for (DeviceRows* sink : pipeline.row_sinks) {
      MR_RETURN_IF_ERROR(sink->reset(device, sink->stride, sink->capacity * 2));
    }
    for (DeviceGroups* sink : pipeline.group_sinks) {
      MR_RETURN_IF_ERROR(sink->reset(device, sink->rows.stride, sink->rows.capacity * 2));
    }
  }
  return Status::error(ErrorCode::OutOfMemory);
}

}  // namespace millrace::backend::cuda
