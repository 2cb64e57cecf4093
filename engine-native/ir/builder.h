// Writes a pipeline instruction by instruction; keeps count of values, lane sets and spaces.
#pragma once
#include <map>
#include <span>

#include "ir/ir.h"

namespace millrace::ir {

class Builder {
 public:
  explicit Builder(std::vector<SourceColumn> columns);

  /// Operator that the instructions from now on are accounted to.
  void set_operator(uint32_t operator_id) { operator_id_ = operator_id; }
  void set_position(uint32_t position) { position_ = position; }
  uint32_t position() const { return position_; }

  /// The lane set instructions run under now, and its space.
  LaneSetId lanes() const { return lanes_; }
  SpaceId space() const { return pipeline_.lane_sets[lanes_].space; }
  void set_lanes(LaneSetId lanes) { lanes_ = lanes; }
  const Value& value(ValueId id) const { return pipeline_.values[id]; }

  ValueId load(uint32_t column);
  ValueId constant(uint32_t index, types::TypeParameters type, bool is_null);
  ValueId call(const ops::OpDescriptor* op, std::vector<ValueId> args, types::TypeParameters result,
               bool nullable);
  ValueId connective(Code code, ValueId left, ValueId right, LaneSetId right_lanes);
  ValueId is_null(ValueId arg, bool negated);
  ValueId in_set(ValueId arg, uint32_t set, bool nullable);
  /// New lane set below the current one; the current one stays as it is.
  LaneSetId narrow(ValueId condition, bool negated);
  LaneSetId narrow_undecided(Code connective, ValueId left);
  ValueId merge(std::vector<ValueId> args, std::vector<LaneSetId> lanes, types::TypeParameters type,
                bool nullable);
  /// Makes the rows where `condition` is true the current lane set.
  void filter(ValueId condition) {
    lanes_ = narrow(condition, false);
    pipeline_.body.back().flag_ends_flow = true;
  }
  ValueId runtime_filter(ValueId arg, uint32_t filter);
  ValueId probe_unique(uint32_t table, std::vector<ValueId> keys);
  /// Enters a loop: afterwards the current lane set is the pairs'. Answers the row value.
  ValueId probe_loop(uint32_t table, std::vector<ValueId> keys);
  ValueId cross_loop(uint32_t collection);
  /// Enters a loop to the pipeline's end: afterwards the current lane set is that of the sets' rows.
  /// Answers an element of each set, then the rows' numbers if `numbers`.
  std::vector<ValueId> expand_sets(std::vector<const ops::SetFunction*> sets,
                                   std::vector<ValueId> args,
                                   std::span<const types::TypeParameters> types, bool numbers,
                                   bool keeps_empty);
  struct Matched {
    ValueId row;   // kNone where the match puts out no row
    ValueId mark;  // kNone likewise
  };
  Matched match_end(Match match, ValueId residual, bool marks_build, bool is_cross, uint32_t table);
  ValueId gather(ValueId value);
  ValueId fetch(ValueId row, uint32_t table, uint32_t field, types::TypeParameters type,
                bool nullable);
  ValueId state_bytes(ValueId row, uint32_t groups, uint32_t aggregate);
  ValueId finalize(ValueId row, uint32_t groups, uint32_t aggregate, types::TypeParameters type);
  void limit(uint32_t index);
  void append_rows(uint32_t sink, std::vector<ValueId> columns);
  void update_groups(uint32_t sink, std::vector<ValueId> keys_and_arguments, uint32_t key_count,
                     std::vector<LaneSetId> argument_lanes);
  void merge_groups(uint32_t sink, std::vector<ValueId> keys_and_states, uint32_t key_count);
  void emit_result(std::vector<ValueId> columns);
  void discard();
  /// Counts the current rows for the current operator.
  void count_rows() { add(Code::CountRows); }

  Pipeline finish() && { return std::move(pipeline_); }

 private:
  Instruction& add(Code code);
  ValueId fetch_kind(Code code, ValueId row, uint32_t table, uint32_t field,
                     types::TypeParameters type, bool nullable);
  ValueId new_value(types::TypeParameters type, bool nullable, SpaceId space);
  LaneSetId new_lane_set(SpaceId space, LaneSetId parent);
  LaneSetId new_space();

  /// An equal computation whose lanes cover the current ones; kNone if there is none.
  ValueId known(const std::vector<uint64_t>& key) const;

  Pipeline pipeline_;
  /// What was computed, and under which lanes: operation and arguments name it.
  std::map<std::vector<uint64_t>, std::pair<ValueId, LaneSetId>> computed_;
  LaneSetId lanes_;
  LaneSetId loop_parent_ = kNone;
  uint32_t operator_id_ = 0;
  uint32_t position_ = 0;
};

}  // namespace millrace::ir
