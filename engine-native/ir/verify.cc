#include <string>

#include "ir/ir.h"

namespace millrace::ir {

namespace {

using base::ErrorCode;
using base::Status;

/// Walks the body once, keeping what is defined so far.
class Verifier {
 public:
  explicit Verifier(const Pipeline& pipeline)
      : pipeline_(pipeline),
        defined_(pipeline.values.size(), false),
        lanes_defined_(pipeline.lane_sets.size(), false) {}

  Status run() {
    if (pipeline_.lane_sets.empty()) return fail(0, "no lane set");
    lanes_defined_[0] = true;
    for (size_t at = 0; at < pipeline_.body.size(); at++) {
      MR_RETURN_IF_ERROR(check(at, pipeline_.body[at]));
    }
    return {};
  }

 private:
  Status fail(size_t at, const std::string& why) const {
    return Status::error(ErrorCode::Internal,
                         "pipeline instruction " + std::to_string(at) + ": " + why)
        .with_detail(print(pipeline_));
  }

  Status check(size_t at, const Instruction& instruction) {
    if (instruction.lanes >= lanes_defined_.size() || !lanes_defined_[instruction.lanes]) {
      return fail(at, "lane set is not defined");
    }
    const SpaceId space = pipeline_.lane_sets[instruction.lanes].space;
    for (ValueId arg : instruction.args) {
      if (arg >= defined_.size() || !defined_[arg]) return fail(at, "argument is not defined");
      const SpaceId where = pipeline_.values[arg].space;
      if (instruction.code != Code::Gather && where != kNone && where != space) {
        return fail(at, "argument lives in another space");
      }
    }
    if (instruction.code == Code::Load && instruction.index >= pipeline_.columns.size()) {
      return fail(at, "no such source column");
    }
    if (instruction.code == Code::Call) MR_RETURN_IF_ERROR(check_call(at, instruction));
    if (instruction.code == Code::ExpandSets) MR_RETURN_IF_ERROR(check_sets(at, instruction));
    const bool needs_bool = instruction.code == Code::And || instruction.code == Code::Or ||
                            instruction.code == Code::Narrow ||
                            instruction.code == Code::NarrowUndecided ||
                            instruction.code == Code::MatchEnd;
    for (ValueId arg : instruction.args) {
      if (needs_bool && pipeline_.values[arg].type.type != types::Type::Bool) {
        return fail(at, "argument is not a boolean");
      }
    }
    std::vector<ValueId> results = instruction.results;
    results.push_back(instruction.result);
    results.push_back(instruction.second_result);
    for (ValueId result : results) {
      if (result == kNone) continue;
      if (result >= defined_.size() || defined_[result]) return fail(at, "value defined twice");
      defined_[result] = true;
    }
    if (instruction.new_lanes != kNone) {
      if (instruction.new_lanes >= lanes_defined_.size() || lanes_defined_[instruction.new_lanes]) {
        return fail(at, "lane set defined twice");
      }
      lanes_defined_[instruction.new_lanes] = true;
    }
    return {};
  }

  Status check_call(size_t at, const Instruction& instruction) const {
    const ops::OpDescriptor* op = instruction.op;
    if (op == nullptr) return fail(at, "call of no operation");
    if (op->arguments.size() != instruction.args.size()) return fail(at, "wrong argument count");
    for (size_t i = 0; i < instruction.args.size(); i++) {
      if (pipeline_.values[instruction.args[i]].type.type != op->arguments[i]) {
        return fail(at, "argument type differs from the operation's");
      }
    }
    if (pipeline_.values[instruction.result].type.type != op->result) {
      return fail(at, "result type differs from the operation's");
    }
    return {};
  }

  Status check_sets(size_t at, const Instruction& instruction) const {
    size_t next = 0;
    const size_t set_count = instruction.sets.size();
    if (instruction.results.size() < set_count) return fail(at, "a set without a result");
    for (size_t s = 0; s < set_count; s++) {
      const ops::SetFunction& set = *instruction.sets[s];
      for (types::Type argument : set.arguments) {
        if (next == instruction.args.size()) return fail(at, "wrong argument count");
        if (pipeline_.values[instruction.args[next++]].type.type != argument) {
          return fail(at, "argument type differs from the set's");
        }
      }
      if (pipeline_.values[instruction.results[s]].type.type != set.result) {
        return fail(at, "result type differs from the set's");
      }
    }
    return next == instruction.args.size() ? Status() : fail(at, "wrong argument count");
  }

  const Pipeline& pipeline_;
  std::vector<bool> defined_;
  std::vector<bool> lanes_defined_;
};

}  // namespace

Status verify(const Pipeline& pipeline) { return Verifier(pipeline).run(); }

}  // namespace millrace::ir
