#include "ir/builder.h"

namespace millrace::ir {

namespace {
constexpr types::TypeParameters kBool{types::Type::Bool, 0, 0};
constexpr types::TypeParameters kRow{types::Type::I64, 0, 0};
}  // namespace

Builder::Builder(std::vector<SourceColumn> columns) {
  pipeline_.columns = std::move(columns);
  lanes_ = new_space();
}

Instruction& Builder::add(Code code) {
  Instruction& instruction = pipeline_.body.emplace_back();
  instruction.code = code;
  instruction.operator_id = operator_id_;
  instruction.position = position_;
  instruction.lanes = lanes_;
  return instruction;
}

ValueId Builder::new_value(types::TypeParameters type, bool nullable, SpaceId space) {
  pipeline_.values.push_back({type, nullable, space});
  return static_cast<ValueId>(pipeline_.values.size() - 1);
}

LaneSetId Builder::new_lane_set(SpaceId space, LaneSetId parent) {
  pipeline_.lane_sets.push_back({space, parent});
  return static_cast<LaneSetId>(pipeline_.lane_sets.size() - 1);
}

LaneSetId Builder::new_space() { return new_lane_set(pipeline_.space_count++, kNone); }

ValueId Builder::load(uint32_t column) {
  const SourceColumn& source = pipeline_.columns[column];
  const ValueId result = new_value(source.type, source.nullable, 0);
  pipeline_.values[result].is_row = source.is_row;
  Instruction& instruction = add(Code::Load);
  instruction.index = column;
  instruction.result = result;
  return result;
}

ValueId Builder::constant(uint32_t index, types::TypeParameters type, bool is_null) {
  const ValueId result = new_value(type, is_null, kNone);
  Instruction& instruction = add(Code::Constant);
  instruction.index = index;
  instruction.result = result;
  return result;
}

ValueId Builder::known(const std::vector<uint64_t>& key) const {
  const auto found = computed_.find(key);
  if (found == computed_.end()) return kNone;
  for (LaneSetId at = lanes_; at != kNone; at = pipeline_.lane_sets[at].parent) {
    if (at == found->second.second) return found->second.first;
  }
  return kNone;
}

ValueId Builder::call(const ops::OpDescriptor* op, std::vector<ValueId> args,
                      types::TypeParameters type, bool nullable) {
  SpaceId where = args.empty() ? space() : kNone;
  for (ValueId arg : args) {
    if (value(arg).space != kNone) where = space();
  }
  // A call on constants alone that may fail belongs to its rows: no row, no error.
  if (op->form.takes_context) where = space();
  // Operations without arguments may be volatile.
  std::vector<uint64_t> key = {reinterpret_cast<uint64_t>(op)};
  key.insert(key.end(), args.begin(), args.end());
  if (const ValueId same = args.empty() ? kNone : known(key); same != kNone) return same;
  const ValueId result = new_value(type, nullable, where);
  computed_[std::move(key)] = {result, lanes_};
  Instruction& instruction = add(Code::Call);
  instruction.op = op;
  instruction.args = std::move(args);
  instruction.result = result;
  return result;
}

ValueId Builder::connective(Code code, ValueId left, ValueId right, LaneSetId right_lanes) {
  const ValueId result = new_value(kBool, value(left).nullable || value(right).nullable, space());
  Instruction& instruction = add(code);
  instruction.args = {left, right};
  instruction.index = right_lanes;
  instruction.result = result;
  return result;
}

ValueId Builder::is_null(ValueId arg, bool negated) {
  const ValueId result = new_value(kBool, false, value(arg).space);
  Instruction& instruction = add(Code::IsNull);
  instruction.args = {arg};
  instruction.flag = negated;
  instruction.result = result;
  return result;
}

ValueId Builder::in_set(ValueId arg, uint32_t set, bool nullable) {
  const ValueId result = new_value(kBool, nullable, space());
  Instruction& instruction = add(Code::InSet);
  instruction.args = {arg};
  instruction.index = set;
  instruction.result = result;
  return result;
}

LaneSetId Builder::narrow(ValueId condition, bool negated) {
  const LaneSetId result = new_lane_set(space(), lanes_);
  Instruction& instruction = add(Code::Narrow);
  instruction.args = {condition};
  instruction.flag = negated;
  instruction.new_lanes = result;
  return result;
}

LaneSetId Builder::narrow_undecided(Code connective, ValueId left) {
  const LaneSetId result = new_lane_set(space(), lanes_);
  Instruction& instruction = add(Code::NarrowUndecided);
  instruction.args = {left};
  instruction.flag = connective == Code::Or;
  instruction.new_lanes = result;
  return result;
}

ValueId Builder::merge(std::vector<ValueId> args, std::vector<LaneSetId> lanes,
                       types::TypeParameters type, bool nullable) {
  const ValueId result = new_value(type, nullable, space());
  Instruction& instruction = add(Code::Merge);
  instruction.args = std::move(args);
  instruction.merge_lanes = std::move(lanes);
  instruction.result = result;
  return result;
}

ValueId Builder::runtime_filter(ValueId arg, uint32_t filter) {
  const ValueId result = new_value(kBool, false, space());
  Instruction& instruction = add(Code::RuntimeFilter);
  instruction.args = {arg};
  instruction.index = filter;
  instruction.result = result;
  return result;
}

ValueId Builder::probe_unique(uint32_t table, std::vector<ValueId> keys) {
  const ValueId result = new_value(kRow, true, space());
  pipeline_.values[result].is_row = true;
  Instruction& instruction = add(Code::ProbeUnique);
  instruction.index = table;
  instruction.args = std::move(keys);
  instruction.result = result;
  return result;
}

ValueId Builder::probe_loop(uint32_t table, std::vector<ValueId> keys) {
  Instruction& instruction = add(Code::ProbeLoop);
  instruction.index = table;
  instruction.args = std::move(keys);
  loop_parent_ = lanes_;
  lanes_ = new_space();
  const ValueId row = new_value(kRow, false, space());
  pipeline_.values[row].is_row = true;
  instruction.result = row;
  instruction.new_space = space();
  instruction.new_lanes = lanes_;
  return row;
}

ValueId Builder::cross_loop(uint32_t collection) {
  const ValueId row = probe_loop(collection, {});
  pipeline_.body.back().code = Code::CrossLoop;
  return row;
}

std::vector<ValueId> Builder::expand_sets(std::vector<const ops::SetFunction*> sets,
                                          std::vector<ValueId> args,
                                          std::span<const types::TypeParameters> types,
                                          bool numbers, bool keeps_empty) {
  const size_t at = pipeline_.body.size();
  add(Code::ExpandSets);
  lanes_ = new_space();
  std::vector<ValueId> results;
  for (size_t s = 0; s < sets.size(); s++) {
    const bool nullable = sets[s]->answers_nullable || sets.size() > 1 || keeps_empty;
    results.push_back(new_value(types[s], nullable, space()));
  }
  if (numbers) results.push_back(new_value({types::Type::I64, 0, 0}, keeps_empty, space()));
  Instruction& instruction = pipeline_.body[at];
  instruction.flag = keeps_empty;
  instruction.sets = std::move(sets);
  instruction.args = std::move(args);
  instruction.results = results;
  instruction.new_space = space();
  instruction.new_lanes = lanes_;
  return results;
}

Builder::Matched Builder::match_end(Match match, ValueId residual, bool marks_build, bool is_cross,
                                    uint32_t table) {
  Instruction& instruction = add(Code::MatchEnd);
  instruction.match = match;
  instruction.flag = is_cross;
  instruction.index = table;
  instruction.marks_build = marks_build;
  if (residual != kNone) instruction.args = {residual};
  lanes_ = new_space();
  instruction.new_space = space();
  instruction.new_lanes = lanes_;
  Matched matched{kNone, kNone};
  const bool has_row =
      match == Match::Pairs || match == Match::PairsAndUnmatched || match == Match::Single;
  if (has_row) {
    matched.row = new_value(kRow, match != Match::Pairs, space());
    pipeline_.values[matched.row].is_row = true;
  }
  if (match == Match::Mark) matched.mark = new_value(kBool, true, space());
  pipeline_.body.back().result = matched.row;
  pipeline_.body.back().second_result = matched.mark;
  return matched;
}

ValueId Builder::gather(ValueId arg) {
  if (value(arg).space == kNone || value(arg).space == space()) return arg;
  const Value source = value(arg);
  const ValueId result = new_value(source.type, source.nullable, space());
  pipeline_.values[result].is_row = source.is_row;
  Instruction& instruction = add(Code::Gather);
  instruction.args = {arg};
  instruction.result = result;
  return result;
}

ValueId Builder::fetch(ValueId row, uint32_t table, uint32_t field, types::TypeParameters type,
                       bool nullable) {
  return fetch_kind(Code::Fetch, row, table, field, type, nullable || value(row).nullable);
}

ValueId Builder::fetch_kind(Code code, ValueId row, uint32_t table, uint32_t field,
                            types::TypeParameters type, bool nullable) {
  const ValueId result = new_value(type, nullable, space());
  Instruction& instruction = add(code);
  instruction.args = {row};
  instruction.index = field;
  instruction.key_count = table;
  instruction.result = result;
  return result;
}

ValueId Builder::state_bytes(ValueId row, uint32_t groups, uint32_t aggregate) {
  return fetch_kind(Code::StateBytes, row, groups, aggregate, {types::Type::Bytea, 0, 0}, false);
}

ValueId Builder::finalize(ValueId row, uint32_t groups, uint32_t aggregate,
                          types::TypeParameters type) {
  return fetch_kind(Code::Finalize, row, groups, aggregate, type, true);
}

void Builder::merge_groups(uint32_t sink, std::vector<ValueId> keys_and_states,
                           uint32_t key_count) {
  Instruction& instruction = add(Code::MergeGroups);
  instruction.index = sink;
  instruction.args = std::move(keys_and_states);
  instruction.key_count = key_count;
}

void Builder::limit(uint32_t index) {
  const LaneSetId result = new_lane_set(space(), lanes_);
  Instruction& instruction = add(Code::Limit);
  instruction.index = index;
  instruction.new_lanes = result;
  instruction.flag_ends_flow = true;
  lanes_ = result;
}

void Builder::append_rows(uint32_t sink, std::vector<ValueId> columns) {
  Instruction& instruction = add(Code::AppendRows);
  instruction.index = sink;
  instruction.args = std::move(columns);
}

void Builder::update_groups(uint32_t sink, std::vector<ValueId> keys_and_arguments,
                            uint32_t key_count, std::vector<LaneSetId> argument_lanes) {
  Instruction& instruction = add(Code::UpdateGroups);
  instruction.index = sink;
  instruction.args = std::move(keys_and_arguments);
  instruction.key_count = key_count;
  instruction.merge_lanes = std::move(argument_lanes);
}

void Builder::emit_result(std::vector<ValueId> columns) {
  Instruction& instruction = add(Code::EmitResult);
  instruction.args = std::move(columns);
}

void Builder::discard() { add(Code::Discard); }

}  // namespace millrace::ir
