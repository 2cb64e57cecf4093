// Instructions that end a flow: groups, rows put away, result rows.
#include <cstring>

#include "backend/cpu/aggregate_loops.h"
#include "backend/cpu/interpreter_state.h"

namespace millrace::backend::cpu {

using ir::Instruction;
using types::StringView;

/// Finds or makes the group of every live lane: group_rows_[i] for lane lanes[i].
Status Interpreter::group_rows(const Instruction& instruction,
                               std::span<const VectorView> keys) {
  runtime::GroupState& state = *bindings_->group_sinks[instruction.index];
  runtime::GroupTable& table = *state.workers[worker_];
  const LanesView lanes = lanes_[instruction.lanes].view();
  uint8_t is_new[kVectorSize];
  MR_RETURN_IF_ERROR(table.find_or_insert(keys, lanes, group_rows_.data(), is_new));
  for (uint32_t i = 0; i < lanes.count; i++) {
    if (is_new[i] == 0) continue;
    for (const runtime::GroupState::Aggregate& aggregate : state.aggregates) {
      loops_of(*aggregate.descriptor).init(group_rows_[i] + aggregate.state_offset);
    }
  }
  return {};
}

Status Interpreter::update_groups(const Instruction& instruction) {
  runtime::GroupState& state = *bindings_->group_sinks[instruction.index];
  const LanesView lanes = lanes_[instruction.lanes].view();
  if (lanes.count == 0) return {};
  collect(instruction.args, scratch_views_);
  const std::span<const VectorView> columns(scratch_views_);
  MR_RETURN_IF_ERROR(group_rows(instruction, columns.first(instruction.key_count)));
  size_t next = instruction.key_count;
  char* rows_by_lane[kVectorSize];
  char* filtered[kVectorSize];
  bool by_lane = false;
  for (size_t a = 0; a < state.aggregates.size(); a++) {
    const runtime::GroupState::Aggregate& aggregate = state.aggregates[a];
    Argument arguments[8];
    for (uint32_t i = 0; i < aggregate.argument_count; i++) {
      const VectorView& view = columns[next + i];
      arguments[i] = {view.values, view.validity, view.stride};
    }
    next += aggregate.argument_count;
    const ir::LaneSetId own_id = instruction.merge_lanes[a];
    UpdateFrame frame{&context_, arguments, lanes.lanes, lanes.count, group_rows_.data(),
                      aggregate.state_offset, nullptr, &state.workers[worker_]->rows()};
    if (instruction.key_count == 0) frame.single = group_rows_[0] + aggregate.state_offset;
    if (own_id != instruction.lanes) {
      const LanesView own = lanes_[own_id].view();
      if (!by_lane) {
        for (uint32_t i = 0; i < lanes.count; i++) rows_by_lane[lanes[i]] = group_rows_[i];
        by_lane = true;
      }
      for (uint32_t i = 0; i < own.count; i++) filtered[i] = rows_by_lane[own[i]];
      frame.lanes = own.lanes;
      frame.count = own.count;
      frame.rows = filtered;
    }
    const ErrorCode code = loops_of(*aggregate.descriptor).update(frame);
    if (code != ErrorCode::Ok) return error_of(code);
  }
  return {};
}

Status Interpreter::merge_groups(const Instruction& instruction) {
  runtime::GroupState& state = *bindings_->group_sinks[instruction.index];
  const LanesView lanes = lanes_[instruction.lanes].view();
  if (lanes.count == 0) return {};
  collect(instruction.args, scratch_views_);
  const std::span<const VectorView> columns(scratch_views_);
  MR_RETURN_IF_ERROR(group_rows(instruction, columns.first(instruction.key_count)));
  for (size_t a = 0; a < state.aggregates.size(); a++) {
    const runtime::GroupState::Aggregate& aggregate = state.aggregates[a];
    const AggregateLoops& loops = loops_of(*aggregate.descriptor);
    const VectorView& states = columns[instruction.key_count + a];
    for (uint32_t i = 0; i < lanes.count; i++) {
      const ErrorCode code =
          loops.merge(context_, group_rows_[i] + aggregate.state_offset,
                      states.at<StringView>(lanes[i]).bytes(), &state.workers[worker_]->rows());
      if (code != ErrorCode::Ok) return error_of(code);
    }
  }
  return {};
}

Status Interpreter::finalize(const Instruction& instruction) {
  const runtime::GroupState& state = *bindings_->row_states[instruction.key_count].groups;
  const runtime::GroupState::Aggregate& aggregate = state.aggregates[instruction.index];
  const AggregateLoops& loops = loops_of(*aggregate.descriptor);
  const auto* rows =
      static_cast<const char* const*>(registers_[instruction.args[0]].view.values);
  const LanesView lanes = lanes_[instruction.lanes].view();
  Register& result = registers_[instruction.result];
  const uint32_t size = types::size_of(aggregate.descriptor->result);
  char* out = static_cast<char*>(result.own_values(size));
  uint8_t* validity = result.own_validity();
  for (uint32_t i = 0; i < lanes.count; i++) {
    const uint32_t lane = lanes[i];
    bool is_null = false;
    const ErrorCode code = loops.finalize(context_, rows[lane] + aggregate.state_offset,
                                          out + size_t{lane} * size, &is_null);
    if (code != ErrorCode::Ok) return error_of(code);
    validity[lane] = is_null ? 0 : 1;
  }
  result.view = {pipeline_->values[instruction.result].type, out, validity, 1};
  return {};
}

void Interpreter::state_bytes(const Instruction& instruction) {
  const runtime::GroupState& state = *bindings_->row_states[instruction.key_count].groups;
  const runtime::GroupState::Aggregate& aggregate = state.aggregates[instruction.index];
  const auto* rows =
      static_cast<const char* const*>(registers_[instruction.args[0]].view.values);
  const LanesView lanes = lanes_[instruction.lanes].view();
  Register& result = registers_[instruction.result];
  auto* out = static_cast<StringView*>(result.own_values(sizeof(StringView)));
  for (uint32_t i = 0; i < lanes.count; i++) {
    const uint32_t lane = lanes[i];
    out[lane] = StringView::make(rows[lane] + aggregate.state_offset,
                                 aggregate.descriptor->state_size_bytes);
  }
  result.view = {{types::Type::Bytea, 0, 0}, out, nullptr, 1};
}

Status Interpreter::append_rows(const Instruction& instruction) {
  const LanesView lanes = lanes_[instruction.lanes].view();
  if (lanes.count == 0) return {};
  collect(instruction.args, scratch_views_);
  return bindings_->row_sinks[instruction.index]->append(worker_, scratch_views_, lanes);
}

Status Interpreter::emit_result(const Instruction& instruction, bool* blocked) {
  const LanesView lanes = lanes_[instruction.lanes].view();
  if (emitted_ == 0) collect(instruction.args, scratch_views_);
  uint16_t rest[kVectorSize];
  for (uint32_t i = emitted_; i < lanes.count; i++) {
    rest[i - emitted_] = static_cast<uint16_t>(lanes[i]);
  }
  const LanesView open{rest, lanes.count - emitted_};
  uint32_t taken = 0;
  if (open.count > 0) {
    MR_RETURN_IF_ERROR(bindings_->result->emit(worker_, scratch_views_, open, &taken));
  }
  *blocked = taken < open.count;
  emitted_ = *blocked ? emitted_ + taken : 0;
  return {};
}

}  // namespace millrace::backend::cpu
