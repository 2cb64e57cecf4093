// Joins: unique probes keep their rows' space, loops over pairs open a new one.
#include <cstring>

#include "backend/cpu/interpreter_state.h"

namespace millrace::backend::cpu {

using ir::Code;
using ir::Instruction;
using runtime::JoinTable;

namespace {
constexpr types::TypeParameters kRowType{types::Type::I64, 0, 0};
constexpr types::TypeParameters kBoolType{types::Type::Bool, 0, 0};
}  // namespace

void Interpreter::probe_unique(const Instruction& instruction) {
  const JoinTable& table = *bindings_->row_states[instruction.index].table;
  collect(instruction.args, scratch_keys_);
  const LanesView lanes = lanes_[instruction.lanes].view();
  Register& result = registers_[instruction.result];
  auto* rows = static_cast<const char**>(result.own_values(sizeof(char*)));
  result.view = {kRowType, rows, nullptr, 1};
  const char* heads[kVectorSize];
  table.find_heads(scratch_keys_, lanes, heads);
  if (table.heads_are_exact()) {
    for (uint32_t i = 0; i < lanes.count; i++) rows[lanes[i]] = heads[i];
    return;
  }
  uint16_t lane_of[kVectorSize];
  uint16_t open[kVectorSize];
  uint16_t tried[kVectorSize];
  uint32_t open_count = 0;
  for (uint32_t i = 0; i < lanes.count; i++) {
    lane_of[i] = static_cast<uint16_t>(lanes[i]);
    rows[lanes[i]] = nullptr;
    open[open_count] = static_cast<uint16_t>(i);
    open_count += heads[i] != nullptr ? 1 : 0;
  }
  while (open_count > 0) {
    std::memcpy(tried, open, open_count * sizeof(uint16_t));
    const uint32_t matched = table.verify(scratch_keys_, lane_of, heads, tried, open_count);
    for (uint32_t m = 0; m < matched; m++) {
      rows[lane_of[tried[m]]] = heads[tried[m]];
      heads[tried[m]] = nullptr;
    }
    uint32_t still = 0;
    for (uint32_t o = 0; o < open_count; o++) {
      const uint16_t position = open[o];
      if (heads[position] == nullptr) continue;
      heads[position] = JoinTable::next(heads[position]);
      open[still] = position;
      still += heads[position] != nullptr ? 1 : 0;
    }
    open_count = still;
  }
}

void Interpreter::start_match(const Instruction& instruction, uint32_t pc) {
  Match& match = *matches_[pc];
  const Instruction& end = pipeline_->body[match_ends_[pc]];
  match.pc = pc;
  match.kind = end.match;
  match.finishing = false;
  match.stops_at_match =
      !end.marks_build && (end.match == ir::Match::Matched || end.match == ir::Match::Unmatched ||
                           end.match == ir::Match::Mark);
  match.parent_lanes = lanes_[instruction.lanes].view();
  match.next_open = 0;
  match.next_row = 0;
  match.open_count = 0;
  const LanesView lanes = match.parent_lanes;
  for (uint32_t i = 0; i < lanes.count; i++) match.seen[lanes[i]] = Match::kNothing;
  collect(instruction.args, match.keys);
  open_matches_.push_back(&match);
  match.mark = arena_->mark();
  if (instruction.code == Code::CrossLoop) return;
  const char* heads[kVectorSize];
  bindings_->row_states[instruction.index].table->find_heads(match.keys, lanes, heads);
  for (uint32_t i = 0; i < lanes.count; i++) {
    match.lane[match.open_count] = static_cast<uint16_t>(lanes[i]);
    match.at[match.open_count] = heads[i];
    match.open_count += heads[i] != nullptr ? 1 : 0;
  }
}

/// Fills the pair space with the next pairs; false when there are no more.
bool Interpreter::next_pairs(Match& match) {
  arena_->rewind(match.mark);
  const Instruction& start = pipeline_->body[match.pc];
  Space& space = spaces_[start.new_space];
  uint16_t* parents = space.parents();
  const runtime::RowState& state = bindings_->row_states[start.index];
  uint32_t count = 0;
  if (start.code == Code::CrossLoop) {
    const std::vector<char*>& rows = *state.rows;
    while (count < kVectorSize && match.next_open < match.parent_lanes.count) {
      const uint16_t lane = static_cast<uint16_t>(match.parent_lanes[match.next_open]);
      const bool settled = match.stops_at_match && match.seen[lane] == Match::kMatched;
      while (!settled && count < kVectorSize && match.next_row < rows.size()) {
        parents[count] = lane;
        match.pair_rows[count++] = rows[match.next_row++];
      }
      if (settled || match.next_row == rows.size()) {
        match.next_open++;
        match.next_row = 0;
      }
    }
  }
  while (count == 0 && match.open_count > 0) {
    while (match.open_count > 0 && count + match.open_count <= kVectorSize) {
      uint32_t still = 0;
      for (uint32_t i = 0; i < match.open_count; i++) {
        const uint16_t lane = match.lane[i];
        const char* row = match.at[i];
        if (match.stops_at_match && match.seen[lane] == Match::kMatched) continue;
        parents[count] = lane;
        match.pair_rows[count++] = row;
        match.lane[still] = lane;
        match.at[still] = JoinTable::next(row);
        still += match.at[still] != nullptr ? 1 : 0;
      }
      match.open_count = still;
      if (match.stops_at_match) break;
    }
    if (state.table->heads_are_exact() || count == 0) continue;
    uint16_t positions[kVectorSize];
    for (uint32_t i = 0; i < count; i++) positions[i] = static_cast<uint16_t>(i);
    const uint32_t kept =
        state.table->verify(match.keys, parents, match.pair_rows.data(), positions, count);
    for (uint32_t i = 0; i < kept; i++) {
      parents[i] = parents[positions[i]];
      match.pair_rows[i] = match.pair_rows[positions[i]];
    }
    count = kept;
  }
  if (count == 0) return false;
  space.row_count = count;
  lanes_[start.new_lanes].lanes = nullptr;
  lanes_[start.new_lanes].count = count;
  registers_[start.result].view = {kRowType, match.pair_rows.data(), nullptr, 1};
  return true;
}

/// Judges the pairs at hand; for kinds that put out pairs, those that match go on.
Status Interpreter::end_pairs(const Instruction& instruction, Match& match, bool* emits) {
  const Instruction& start = pipeline_->body[match.pc];
  const uint16_t* parents = spaces_[start.new_space].parents();
  const LanesView pairs = lanes_[instruction.lanes].view();
  const bool has_residual = !instruction.args.empty();
  const VectorView residual = has_residual ? flat(instruction.args[0]) : VectorView{};
  const bool puts_out =
      match.kind == ir::Match::Pairs || match.kind == ir::Match::PairsAndUnmatched;
  uint16_t* out_parents = spaces_[instruction.new_space].parents();
  uint32_t out = 0;
  for (uint32_t i = 0; i < pairs.count; i++) {
    const uint32_t pair = pairs[i];
    const uint16_t parent = parents[pair];
    if (has_residual) {
      if (residual.is_null(pair)) {
        if (match.seen[parent] == Match::kNothing) match.seen[parent] = Match::kUnknown;
        continue;
      }
      if (residual.at<uint8_t>(pair) == 0) continue;
    }
    if (match.kind == ir::Match::Single) {
      if (match.seen[parent] == Match::kMatched) {
        return Status::error(ErrorCode::CardinalityViolation);
      }
      match.single_row[parent] = match.pair_rows[pair];
    }
    match.seen[parent] = Match::kMatched;
    if (instruction.marks_build) JoinTable::mark_match(match.pair_rows[pair]);
    if (puts_out) {
      out_parents[out] = parent;
      match.out_rows[out++] = match.pair_rows[pair];
    }
  }
  *emits = out > 0;
  if (*emits) emit_rows(instruction, out);
  return {};
}

/// Lanes that match nothing, but for NULLs among keys may do so, become kUnknown.
Status Interpreter::note_unknown(Match& match) {
  const Instruction& start = pipeline_->body[match.pc];
  if (match.kind != ir::Match::Mark || start.code != Code::ProbeLoop) return {};
  uint16_t lanes[kVectorSize];
  uint8_t unknown[kVectorSize];
  uint32_t count = 0;
  for (uint32_t i = 0; i < match.parent_lanes.count; i++) {
    const uint32_t lane = match.parent_lanes[i];
    if (match.seen[lane] == Match::kNothing) lanes[count++] = static_cast<uint16_t>(lane);
  }
  MR_RETURN_IF_ERROR(bindings_->row_states[start.index].table->find_unknown_matches(
      match.keys, {lanes, count}, stopped_, unknown));
  for (uint32_t i = 0; i < count; i++) {
    if (unknown[i] != 0) match.seen[lanes[i]] = Match::kUnknown;
  }
  return {};
}

/// After the last pair: rows that go on once each (unmatched, matched, marked), if any.
Status Interpreter::finish_match(Match& match, bool* emits) {
  *emits = false;
  if (match.finishing) return {};
  match.finishing = true;
  if (match.kind == ir::Match::Pairs || match.kind == ir::Match::BuildOnly) return {};
  MR_RETURN_IF_ERROR(note_unknown(match));
  const Instruction& end = pipeline_->body[match_ends_[match.pc]];
  uint16_t* out_parents = spaces_[end.new_space].parents();
  uint32_t out = 0;
  for (uint32_t i = 0; i < match.parent_lanes.count; i++) {
    const uint32_t lane = match.parent_lanes[i];
    const bool matched = match.seen[lane] == Match::kMatched;
    if (match.kind == ir::Match::Matched && !matched) continue;
    const bool only_unmatched =
        match.kind == ir::Match::Unmatched || match.kind == ir::Match::PairsAndUnmatched;
    if (only_unmatched && matched) continue;
    out_parents[out] = static_cast<uint16_t>(lane);
    match.out_rows[out] =
        match.kind == ir::Match::Single && matched ? match.single_row[lane] : nullptr;
    if (match.kind == ir::Match::Mark) {
      match.out_marks[out] = matched ? 1 : 0;
      match.out_mark_validity[out] = match.seen[lane] == Match::kUnknown ? 0 : 1;
    }
    out++;
  }
  if (out == 0) return {};
  *emits = true;
  emit_rows(end, out);
  if (match.kind == ir::Match::Mark) {
    registers_[end.second_result].view = {kBoolType, match.out_marks.data(),
                                          match.out_mark_validity.data(), 1};
  }
  return {};
}

void Interpreter::emit_rows(const Instruction& end, uint32_t count) {
  Match& match = *open_matches_.back();
  spaces_[end.new_space].row_count = count;
  lanes_[end.new_lanes].lanes = nullptr;
  lanes_[end.new_lanes].count = count;
  if (end.result != ir::kNone) {
    registers_[end.result].view = {kRowType, match.out_rows.data(), nullptr, 1};
  }
}

void Interpreter::fetch(const Instruction& instruction) {
  const runtime::RowLayout& layout = *bindings_->row_states[instruction.key_count].layout;
  const runtime::RowLayout::Field& field = layout.fields()[instruction.index];
  const auto* rows = static_cast<const char* const*>(registers_[instruction.args[0]].view.values);
  const LanesView lanes = lanes_[instruction.lanes].view();
  Register& result = registers_[instruction.result];
  const bool nullable = pipeline_->values[instruction.result].nullable;
  void* out = result.own_values(types::size_of(field.type.type));
  uint8_t* validity = nullable ? result.own_validity() : nullptr;
  runtime::gather_field(layout, instruction.index, rows, lanes, out, validity);
  result.view = {pipeline_->values[instruction.result].type, out, validity, 1};
}

}  // namespace millrace::backend::cpu
