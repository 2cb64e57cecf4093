// Instructions that end a flow: groups, rows put away, result rows.
#include <cstring>

#include "backend/cpu/aggregate_loops.h"
#include "backend/cpu/interpreter_state.h"

namespace millrace::backend::cpu {

using ir::Instruction;
using types::StringView;

/// Finds or makes the group of every lane: rows[i] for lane lanes[i].
Status Interpreter::find_groups(const Instruction& instruction, LanesView lanes, char** rows) {
  runtime::GroupState& state = *bindings_->group_sinks[instruction.index];
  runtime::GroupTable& table = *state.workers[worker_];
  uint8_t is_new[kVectorSize];
  collect({instruction.args.data(), instruction.key_count}, scratch_keys_);
  MR_RETURN_IF_ERROR(table.find_or_insert(scratch_keys_, lanes, rows, is_new));
  for (uint32_t i = 0; i < lanes.count; i++) {
    if (is_new[i] == 0) continue;
    for (const runtime::GroupState::Aggregate& aggregate : state.aggregates) {
      aggregate.descriptor->init(rows[i] + aggregate.state_offset);
    }
  }
  return {};
}

/// Whether all keys are coded and their combinations few; sets the sink's cache up for them.
bool Interpreter::can_group_by_code(const Instruction& instruction) {
  if (instruction.key_count == 0) return false;
  std::unique_ptr<GroupCache>& cache = group_caches_[instruction.index];
  uint64_t groups = 1;
  for (uint32_t k = 0; k < instruction.key_count; k++) {
    const Register& key = registers_[instruction.args[k]];
    if (!key.is_coded()) return false;
    groups *= key.dictionary->entry_count + 1;
    if (groups > GroupCache::kMostGroups) return false;
  }
  if (cache == nullptr) cache = std::make_unique<GroupCache>();
  bool same = cache->dictionary_ids.size() == instruction.key_count;
  for (uint32_t k = 0; same && k < instruction.key_count; k++) {
    same = cache->dictionary_ids[k] == registers_[instruction.args[k]].dictionary->id;
  }
  if (same) return true;
  cache->dictionary_ids.clear();
  cache->radix.clear();
  for (uint32_t k = 0; k < instruction.key_count; k++) {
    const Dictionary& dictionary = *registers_[instruction.args[k]].dictionary;
    cache->dictionary_ids.push_back(dictionary.id);
    cache->radix.push_back(dictionary.entry_count + 1);
  }
  cache->rows.assign(groups, nullptr);
  cache->counts.assign(groups, 0);
  return true;
}

Status Interpreter::group_by_code(const Instruction& instruction, LanesView lanes) {
  GroupCache& cache = *group_caches_[instruction.index];
  uint16_t* codes = cache.codes.data();
  for (uint32_t k = 0; k < instruction.key_count; k++) {
    const Register& key = registers_[instruction.args[k]];
    const uint8_t* validity = key.view.validity;
    const uint32_t radix = cache.radix[k];
    with_codes(key, [&](const auto* values) {
      for (uint32_t i = 0; i < lanes.count; i++) {
        const uint32_t lane = lanes[i];
        const bool present = validity == nullptr || validity[lane] != 0;
        const uint32_t code = present ? values[lane] : radix - 1;
        codes[i] = static_cast<uint16_t>(k == 0 ? code : codes[i] * radix + code);
      }
    });
  }
  cache.runs.clear();
  cache.has_runs = true;
  for (uint32_t i = 0; i < lanes.count; i++) {
    char*& row = cache.rows[codes[i]];
    if (row == nullptr) {
      const uint16_t lane = static_cast<uint16_t>(lanes[i]);
      MR_RETURN_IF_ERROR(find_groups(instruction, {&lane, 1}, &row));
    }
    group_rows_[i] = row;
    cache.counts[codes[i]]++;
  }
  // Two codes may lead to one group only through different dictionaries, so runs are whole groups.
  uint32_t at = 0;
  for (uint32_t i = 0; i < lanes.count; i++) {
    uint32_t& count = cache.counts[codes[i]];
    if (count == 0) continue;
    if (cache.runs.size() == GroupCache::kMostRuns) {
      cache.has_runs = false;
      count = 0;
      continue;
    }
    cache.runs.push_back({group_rows_[i], at, at});
    at += count;
    count = 0;
  }
  if (!cache.has_runs) return {};
  // Where each code's run stands, kept in `counts` for the second pass.
  for (uint32_t r = 0, i = 0; r < cache.runs.size(); i++) {
    if (cache.counts[codes[i]] != 0 || group_rows_[i] != cache.runs[r].row) continue;
    cache.counts[codes[i]] = ++r;
  }
  for (uint32_t i = 0; i < lanes.count; i++) {
    GroupCache::Run& run = cache.runs[cache.counts[codes[i]] - 1];
    cache.run_lanes[run.to++] = static_cast<uint16_t>(lanes[i]);
  }
  for (uint32_t i = 0; i < lanes.count; i++) cache.counts[codes[i]] = 0;
  return {};
}

Status Interpreter::group_rows(const Instruction& instruction, LanesView lanes) {
  if (can_group_by_code(instruction)) return group_by_code(instruction, lanes);
  if (group_caches_[instruction.index] != nullptr) {
    group_caches_[instruction.index]->has_runs = false;
  }
  return find_groups(instruction, lanes, group_rows_.data());
}

/// Group after group, so that a state stays in registers while its rows go by.
ErrorCode Interpreter::update_by_group(const runtime::GroupState::Aggregate& aggregate,
                                       std::span<const Argument> arguments, uint32_t sink) {
  const GroupCache& cache = *group_caches_[sink];
  runtime::GroupState& state = *bindings_->group_sinks[sink];
  for (const GroupCache::Run& run : cache.runs) {
    UpdateFrame frame{&context_,
                      arguments.data(),
                      cache.run_lanes.data() + run.from,
                      run.to - run.from,
                      nullptr,
                      0,
                      run.row + aggregate.state_offset,
                      &state.workers[worker_]->rows()};
    const ErrorCode code = loops_of(*aggregate.descriptor).update(frame);
    if (code != ErrorCode::Ok) return code;
  }
  return ErrorCode::Ok;
}

Status Interpreter::update_groups(const Instruction& instruction) {
  runtime::GroupState& state = *bindings_->group_sinks[instruction.index];
  const LanesView lanes = lanes_[instruction.lanes].view();
  if (lanes.count == 0) return {};
  MR_RETURN_IF_ERROR(group_rows(instruction, lanes));
  const GroupCache* cache = group_caches_[instruction.index].get();
  const bool by_group = cache != nullptr && cache->has_runs;
  size_t next = instruction.key_count;
  char* rows_by_lane[kVectorSize];
  char* filtered[kVectorSize];
  bool by_lane = false;
  for (size_t a = 0; a < state.aggregates.size(); a++) {
    const runtime::GroupState::Aggregate& aggregate = state.aggregates[a];
    Argument arguments[8];
    MR_CHECK(aggregate.argument_count <= 8);
    for (uint32_t i = 0; i < aggregate.argument_count; i++) {
      const VectorView view = flat(instruction.args[next + i]);
      arguments[i] = {view.values, view.validity, view.stride};
    }
    next += aggregate.argument_count;
    const ir::LaneSetId own_id = instruction.merge_lanes[a];
    if (by_group && own_id == instruction.lanes) {
      const ErrorCode code =
          update_by_group(aggregate, {arguments, aggregate.argument_count}, instruction.index);
      if (code != ErrorCode::Ok) return error_of(code);
      continue;
    }
    UpdateFrame frame{&context_,
                      arguments,
                      lanes.lanes,
                      lanes.count,
                      group_rows_.data(),
                      aggregate.state_offset,
                      nullptr,
                      &state.workers[worker_]->rows()};
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
  MR_RETURN_IF_ERROR(group_rows(instruction, lanes));
  for (size_t a = 0; a < state.aggregates.size(); a++) {
    const runtime::GroupState::Aggregate& aggregate = state.aggregates[a];
    const AggregateLoops& loops = loops_of(*aggregate.descriptor);
    const VectorView states = flat(instruction.args[instruction.key_count + a]);
    for (uint32_t i = 0; i < lanes.count; i++) {
      const StringView& bytes = states.at<StringView>(lanes[i]);
      if (bytes.size < aggregate.descriptor->state_size_bytes) {
        return Status::error(ErrorCode::Internal, "an aggregate's state is too short");
      }
      const ErrorCode code = loops.merge(context_, group_rows_[i] + aggregate.state_offset,
                                         bytes.bytes(), &state.workers[worker_]->rows());
      if (code != ErrorCode::Ok) return error_of(code);
    }
  }
  return {};
}

Status Interpreter::finalize(const Instruction& instruction) {
  const runtime::GroupState& state = *bindings_->row_states[instruction.key_count].groups;
  const runtime::GroupState::Aggregate& aggregate = state.aggregates[instruction.index];
  const AggregateLoops& loops = loops_of(*aggregate.descriptor);
  const auto* rows = static_cast<const char* const*>(registers_[instruction.args[0]].view.values);
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

/// A state that holds a long string takes its bytes along: it may outlive the groups it comes from.
Status Interpreter::state_bytes(const Instruction& instruction) {
  const runtime::GroupState& state = *bindings_->row_states[instruction.key_count].groups;
  const runtime::GroupState::Aggregate& aggregate = state.aggregates[instruction.index];
  const AggregateLoops& loops = loops_of(*aggregate.descriptor);
  const uint32_t state_bytes = aggregate.descriptor->state_size_bytes;
  const auto* rows = static_cast<const char* const*>(registers_[instruction.args[0]].view.values);
  const LanesView lanes = lanes_[instruction.lanes].view();
  Register& result = registers_[instruction.result];
  auto* out = static_cast<StringView*>(result.own_values(sizeof(StringView)));
  for (uint32_t i = 0; i < lanes.count; i++) {
    const uint32_t lane = lanes[i];
    const char* at = rows[lane] + aggregate.state_offset;
    out[lane] = StringView::make(at, state_bytes);
    if (loops.held == nullptr) continue;
    const StringView& held = *loops.held(at);
    if (held.size <= StringView::kInlineSize) continue;
    char* packed = context_.arena->allocate(state_bytes + held.size);
    if (packed == nullptr) return Status::error(ErrorCode::OutOfMemory);
    std::memcpy(packed, at, state_bytes);
    std::memcpy(packed + state_bytes, held.pointed.data, held.size);
    out[lane] = StringView::make(packed, state_bytes + held.size);
  }
  result.view = {{types::Type::Bytea, 0, 0}, out, nullptr, 1};
  return {};
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
