#include "backend/cpu/interpreter.h"

#include <algorithm>
#include <chrono>

#include "backend/cpu/interpreter_state.h"

namespace millrace::backend::cpu {

using ir::Code;
using ir::Instruction;

namespace {

/// How long a loop over pairs runs before it gives way: a batch may have billions of them.
constexpr uint64_t kLoopSliceNs = 2'000'000;

bool is_loop(Code code) {
  return code == Code::ProbeLoop || code == Code::CrossLoop || code == Code::ExpandSets;
}

uint64_t now_ns() {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                   std::chrono::steady_clock::now().time_since_epoch())
                                   .count());
}

}  // namespace

Interpreter::Interpreter(const ir::Pipeline* pipeline, const runtime::Bindings* bindings,
                         const ops::Settings* settings, memory::Budget* budget, uint32_t worker,
                         bool timed)
    : pipeline_(pipeline),
      bindings_(bindings),
      budget_(budget),
      worker_(worker),
      timed_(timed),
      context_{},
      arena_(std::make_unique<ArenaOwner>(budget)),
      registers_(pipeline->values.size()),
      lanes_(pipeline->lane_sets.size()),
      spaces_(pipeline->space_count),
      code_caches_(pipeline->body.size()),
      group_caches_(bindings->group_sinks.size()),
      matches_(pipeline->body.size()),
      match_ends_(pipeline->body.size()),
      filter_uses_(bindings->runtime_filters.size()),
      group_rows_(kVectorSize) {
  context_.settings = settings;
  context_.arena = &arena_->arena;
  make_loops();
}

/// Memory of the loops, and which instruction ends each.
void Interpreter::make_loops() {
  uint32_t operators = 0;
  std::vector<uint32_t> open;
  std::vector<Match*> begun;
  for (uint32_t pc = 0; pc < pipeline_->body.size(); pc++) {
    const Instruction& instruction = pipeline_->body[pc];
    operators = std::max(operators, instruction.operator_id + 1);
    // Here, not where it stands: that may be a loop whose body never runs.
    if (instruction.code == Code::Constant) {
      registers_[instruction.result].view = bindings_->constants[instruction.index].view();
    }
    if (is_loop(instruction.code)) {
      matches_[pc] = std::make_unique<Match>();
      begun.push_back(matches_[pc].get());
    }
    if (instruction.code == Code::ExpandSets) {
      auto expansion = std::make_unique<Expansion>();
      for (const ops::SetFunction* set : instruction.sets) {
        expansion->cursors.push_back(set->make());
      }
      expansion->ended.resize(instruction.sets.size());
      expansion->made.resize(instruction.sets.size());
      matches_[pc]->expansion = std::move(expansion);
    } else if (is_loop(instruction.code)) {
      open.push_back(pc);
    }
    if (instruction.code == Code::MatchEnd) {
      match_ends_[open.back()] = pc;
      open.pop_back();
    }
    // What stands behind a loop's beginning runs in each of its rounds.
    if (instruction.code == Code::Limit) {
      for (Match* match : begun) match->limits.push_back(instruction.index);
    }
  }
  counts_.resize(operators);
}

Interpreter::~Interpreter() = default;

void Interpreter::start_batch(Batch& batch) {
  batch_ = &batch;
  pc_ = 0;
  emitted_ = 0;
  open_matches_.clear();
  arena_->reset();
  spaces_[0].row_count = batch.row_count();
  lanes_[0].lanes = nullptr;
  lanes_[0].count = batch.row_count();
}

Interpreter::Outcome Interpreter::run(Batch& batch) {
  start_batch(batch);
  return step();
}

/// Some limit in the loop lets no more rows through: what the loop would still do is for no one. One
/// ahead of it does not count, since the rows that it let through are those at hand.
bool Interpreter::has_enough(const Match& match) const {
  return std::any_of(match.limits.begin(), match.limits.end(),
                     [this](uint32_t limit) { return bindings_->limits[limit]->exhausted(); });
}

Interpreter::Outcome Interpreter::step() {
  uint64_t loop_started_ns = 0;
  const uint32_t end = static_cast<uint32_t>(pipeline_->body.size());
  while (true) {
    while (pc_ < end) {
      const Instruction& instruction = pipeline_->body[pc_];
      const uint64_t started = timed_ ? now_ns() : 0;
      bool blocked = false;
      if (instruction.code == Code::EmitResult) {
        status_ = emit_result(instruction, &blocked);
      } else if (instruction.code == Code::ExpandSets) {
        start_expansion(instruction, pc_);
        pc_ = end;  // the loop hands out its rows below
      } else if (is_loop(instruction.code)) {
        start_match(instruction, pc_);
        pc_ = end;
      } else if (instruction.code == Code::MatchEnd) {
        bool emits = false;
        status_ = end_pairs(instruction, *open_matches_.back(), &emits);
        if (!emits) pc_ = end;
      } else {
        status_ = execute(instruction);
        // Nothing lives any more: what follows in this flow would run for no row.
        if (instruction.new_lanes != ir::kNone && lanes_[instruction.new_lanes].count == 0 &&
            instruction.flag_ends_flow) {
          pc_ = end;
        }
      }
      if (timed_) counts_[instruction.operator_id].nanoseconds += now_ns() - started;
      if (!status_.ok()) return Outcome::Failed;
      if (blocked) return Outcome::Blocked;
      if (pc_ < end) pc_++;
    }
    if (open_matches_.empty()) return Outcome::Done;
    Match& match = *open_matches_.back();
    if (has_enough(match)) {
      open_matches_.pop_back();
      continue;
    }
    const uint64_t now = now_ns();
    if (loop_started_ns == 0) loop_started_ns = now;
    if (is_stopped() || now - loop_started_ns > kLoopSliceNs) return Outcome::Paused;
    if (match.expansion != nullptr) {
      const uint32_t operator_id = pipeline_->body[match.pc].operator_id;
      uint32_t count = 0;
      status_ = next_elements(match, &count);
      if (timed_) counts_[operator_id].nanoseconds += now_ns() - now;
      if (!status_.ok()) return Outcome::Failed;
      if (count > 0) {
        pc_ = match.pc + 1;
      } else {
        open_matches_.pop_back();
      }
    } else if (!match.finishing && next_pairs(match)) {
      pc_ = match.pc + 1;
    } else {
      bool emits = false;
      status_ = finish_match(match, &emits);
      if (!status_.ok()) return Outcome::Failed;
      if (emits) {
        pc_ = match_ends_[match.pc] + 1;
      } else {
        open_matches_.pop_back();
      }
    }
  }
}

Status Interpreter::execute(const Instruction& instruction) {
  switch (instruction.code) {
    case Code::Load:
      if (is_stopped()) return Status::error(ErrorCode::QueryCanceled);
      return load(instruction);
    case Code::Constant:
      return {};
    case Code::Call:
      return call(instruction);
    case Code::And:
    case Code::Or:
      connective(instruction);
      return {};
    case Code::IsNull:
      is_null(instruction);
      return {};
    case Code::InSet:
      in_set(instruction);
      return {};
    case Code::Narrow:
    case Code::NarrowUndecided:
      narrow(instruction);
      return {};
    case Code::Merge:
      merge(instruction);
      return {};
    case Code::RuntimeFilter:
      runtime_filter(instruction);
      return {};
    case Code::ProbeUnique:
      probe_unique(instruction);
      return {};
    case Code::Gather:
      gather(instruction);
      return {};
    case Code::Fetch:
      fetch(instruction);
      return {};
    case Code::StateBytes:
      return state_bytes(instruction);
    case Code::Finalize:
      return finalize(instruction);
    case Code::Limit:
      limit(instruction);
      return {};
    case Code::CountRows:
      counts_[instruction.operator_id].rows += lanes_[instruction.lanes].count;
      return {};
    case Code::AppendRows:
      return append_rows(instruction);
    case Code::UpdateGroups:
      return update_groups(instruction);
    case Code::MergeGroups:
      return merge_groups(instruction);
    case Code::Discard:
      return {};
    case Code::ProbeLoop:
    case Code::CrossLoop:
    case Code::ExpandSets:
    case Code::MatchEnd:
    case Code::EmitResult:
      break;
  }
  return Status::error(ErrorCode::Internal, "instruction outside of its place");
}

}  // namespace millrace::backend::cpu
