#include <string>

#include "ir/ir.h"
#include "types/names.h"

namespace millrace::ir {

namespace {

const char* name_of(Code code) {
  switch (code) {
    case Code::Load:
      return "load";
    case Code::Constant:
      return "constant";
    case Code::Call:
      return "call";
    case Code::And:
      return "and";
    case Code::Or:
      return "or";
    case Code::IsNull:
      return "is_null";
    case Code::InSet:
      return "in_set";
    case Code::Narrow:
      return "narrow";
    case Code::NarrowUndecided:
      return "narrow_undecided";
    case Code::Merge:
      return "merge";
    case Code::RuntimeFilter:
      return "runtime_filter";
    case Code::ProbeUnique:
      return "probe_unique";
    case Code::ProbeLoop:
      return "probe_loop";
    case Code::CrossLoop:
      return "cross_loop";
    case Code::MatchEnd:
      return "match_end";
    case Code::ExpandSets:
      return "expand_sets";
    case Code::Gather:
      return "gather";
    case Code::Fetch:
      return "fetch";
    case Code::StateBytes:
      return "state_bytes";
    case Code::Finalize:
      return "finalize";
    case Code::MergeGroups:
      return "merge_groups";
    case Code::Limit:
      return "limit";
    case Code::CountRows:
      return "count_rows";
    case Code::AppendRows:
      return "append_rows";
    case Code::UpdateGroups:
      return "update_groups";
    case Code::EmitResult:
      return "emit_result";
    case Code::Discard:
      return "discard";
  }
  return "?";
}

void append_value(std::string& out, ValueId id) {
  out += 'v';
  out += std::to_string(id);
}

}  // namespace

std::string print(const Pipeline& pipeline) {
  std::string out;
  for (const Instruction& instruction : pipeline.body) {
    if (instruction.result != kNone) {
      append_value(out, instruction.result);
      out += ':';
      out += types::name_of(pipeline.values[instruction.result].type.type);
      out += " = ";
    }
    if (instruction.new_lanes != kNone) out += "l" + std::to_string(instruction.new_lanes) + " = ";
    for (size_t i = 0; i < instruction.results.size(); i++) {
      if (i > 0) out += ", ";
      append_value(out, instruction.results[i]);
      if (i + 1 == instruction.results.size()) out += " = ";
    }
    out += instruction.op != nullptr ? instruction.op->name : name_of(instruction.code);
    for (const ops::SetFunction* set : instruction.sets) {
      out += ' ';
      out += set->name.empty() ? "value" : set->name;
    }
    out += '(';
    for (size_t i = 0; i < instruction.args.size(); i++) {
      if (i > 0) out += ", ";
      append_value(out, instruction.args[i]);
    }
    out += ')';
    if (instruction.index != kNone) out += " #" + std::to_string(instruction.index);
    if (instruction.flag) out += " negated";
    out += " over l" + std::to_string(instruction.lanes) + "\n";
  }
  return out;
}

}  // namespace millrace::ir
