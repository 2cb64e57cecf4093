// Loops over the rows that set-returning functions make of each lane, a vector of them a round.
#include <cstring>

#include "backend/cpu/interpreter_state.h"

namespace millrace::backend::cpu {

using ir::Instruction;

void Interpreter::start_expansion(const Instruction& instruction, uint32_t pc) {
  Match& match = *matches_[pc];
  Expansion& expansion = *match.expansion;
  match.pc = pc;
  match.parent_lanes = lanes_[instruction.lanes].view();
  match.next_open = 0;
  expansion.is_open = false;
  collect(instruction.args, match.keys);
  open_matches_.push_back(&match);
  match.mark = arena_->mark();
}

/// Opens the sets of the lane whose turn it is.
Status Interpreter::open_sets(const Instruction& start, Match& match) {
  Expansion& expansion = *match.expansion;
  const uint32_t lane = match.parent_lanes[match.next_open];
  std::vector<ops::SetArgument>& arguments = expansion.arguments;
  size_t next = 0;
  for (size_t s = 0; s < start.sets.size(); s++) {
    const ops::SetFunction& set = *start.sets[s];
    arguments.clear();
    bool any_null = false;
    for (size_t a = 0; a < set.arguments.size(); a++) {
      const VectorView& view = match.keys[next++];
      const size_t at = size_t{lane} * view.stride * types::size_of(view.type.type);
      const bool is_null = view.is_null(lane);
      arguments.push_back({static_cast<const char*>(view.values) + at, is_null});
      any_null |= is_null;
    }
    expansion.ended[s] = set.is_strict && any_null;
    if (expansion.ended[s]) continue;
    const ErrorCode code = expansion.cursors[s]->open(context_, arguments);
    if (code != ErrorCode::Ok) return error_of(code);
  }
  expansion.is_open = true;
  expansion.row_count = 0;
  return {};
}

/// Writes the next elements of the open lane's sets behind `at`; a failure behind some of them is
/// left for the next round where the set is alone.
Status Interpreter::take_elements(const Instruction& start, Expansion& expansion, uint32_t at,
                                  uint32_t* taken) {
  const uint32_t room = kVectorSize - at;
  *taken = 0;
  for (size_t s = 0; s < start.sets.size(); s++) {
    expansion.made[s] = 0;
    if (expansion.ended[s]) continue;
    Register& into = registers_[start.results[s]];
    const uint32_t size = types::size_of(start.sets[s]->result);
    char* out = static_cast<char*>(into.own_values(size)) + size_t{at} * size;
    uint8_t* validity = start.sets[s]->answers_nullable ? into.own_validity() + at : nullptr;
    uint32_t& made = expansion.made[s];
    const ErrorCode code = expansion.cursors[s]->next(context_, room, out, validity, &made);
    const bool failed = code != ErrorCode::Ok;
    if (failed && (made == 0 || start.sets.size() > 1)) return error_of(code);
    expansion.ended[s] = !failed && made < room;
    *taken = std::max(*taken, made);
  }
  return {};
}

/// NULL where a set has fewer elements than the longest; the rows' numbers.
void Interpreter::pad_elements(const Instruction& start, Expansion& expansion, uint32_t at,
                               uint32_t taken, bool is_empty) {
  for (size_t s = 0; s < start.sets.size(); s++) {
    if (!pipeline_->values[start.results[s]].nullable) continue;
    Register& into = registers_[start.results[s]];
    const uint32_t size = types::size_of(start.sets[s]->result);
    const uint32_t made = expansion.made[s];
    uint8_t* validity = into.own_validity() + at;
    if (!start.sets[s]->answers_nullable) std::memset(validity, 1, made);
    std::memset(validity + made, 0, taken - made);
    char* values = static_cast<char*>(into.own_values(size)) + size_t{at} * size;
    std::memset(values + size_t{made} * size, 0, size_t{taken - made} * size);
  }
  if (start.results.size() == start.sets.size()) return;
  Register& numbers = registers_[start.results.back()];
  int64_t* out = static_cast<int64_t*>(numbers.own_values(sizeof(int64_t))) + at;
  for (uint32_t i = 0; i < taken; i++) out[i] = static_cast<int64_t>(++expansion.row_count);
  if (pipeline_->values[start.results.back()].nullable) {
    std::memset(numbers.own_validity() + at, is_empty ? 0 : 1, taken);
  }
}

/// Fills the loop's space with the next rows; `*count` is 0 when there are no more.
Status Interpreter::next_elements(Match& match, uint32_t* count) {
  arena_->rewind(match.mark);
  const Instruction& start = pipeline_->body[match.pc];
  Expansion& expansion = *match.expansion;
  Space& space = spaces_[start.new_space];
  uint16_t* parents = space.parents();
  *count = 0;
  while (*count < kVectorSize && match.next_open < match.parent_lanes.count) {
    const bool is_new = !expansion.is_open;
    Status status = is_new ? open_sets(start, match) : Status();
    uint32_t taken = 0;
    if (status.ok()) status = take_elements(start, expansion, *count, &taken);
    if (!status.ok()) {
      // Rows before the failure come first: a limit may want no more than those.
      if (*count == 0) return status;
      break;
    }
    const bool is_empty = is_new && taken == 0 && start.flag;
    if (is_empty) taken = 1;
    pad_elements(start, expansion, *count, taken, is_empty);
    const uint16_t lane = static_cast<uint16_t>(match.parent_lanes[match.next_open]);
    for (uint32_t i = 0; i < taken; i++) parents[*count + i] = lane;
    *count += taken;
    const bool has_ended =
        std::find(expansion.ended.begin(), expansion.ended.end(), 0) == expansion.ended.end();
    if (!has_ended && *count < kVectorSize) break;
    if (has_ended) {
      match.next_open++;
      expansion.is_open = false;
    }
  }
  space.row_count = *count;
  lanes_[start.new_lanes].lanes = nullptr;
  lanes_[start.new_lanes].count = *count;
  for (ir::ValueId result : start.results) {
    Register& into = registers_[result];
    const ir::Value& value = pipeline_->values[result];
    const uint32_t size = types::size_of(value.type.type);
    into.view = {value.type, into.own_values(size), value.nullable ? into.own_validity() : nullptr,
                 1};
  }
  return {};
}

}  // namespace millrace::backend::cpu
