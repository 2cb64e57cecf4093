// Instructions that make values and lane sets: a line each, evaluated for rows that are there.
#include <utility>

#include "backend/cuda/renderer.h"

namespace millrace::backend::cuda {

using ir::Code;
using ir::Instruction;
using types::Type;

namespace {

const char* code_type(column::Encoding encoding) {
  switch (encoding) {
    case column::Encoding::Dictionary8:
      return "u8";
    case column::Encoding::Dictionary16:
      return "u16";
    default:
      return "u32";
  }
}

}  // namespace

Status Renderer::load(const Instruction& instruction) {
  const uint32_t column = instruction.index;
  if (pipeline_.columns[column].is_row) {
    const std::string rows =
        parameters_.add(Parameter::Kind::SourceRows, 0, "char*", "source_rows", 8, 8);
    known_[instruction.result].value = fresh("source");
    line("char* const " + v(instruction.result) + " = p." + rows + " + row * " +
         std::to_string(options_.source_stride) + ";");
    return {};
  }
  const RenderOptions::Column& source = options_.columns[column];
  const std::string name = fresh(source.name);
  const std::string type = storage_name(pipeline_.columns[column].type.type);
  const bool coded = source.encoding != column::Encoding::Flat;
  const std::string values = parameters_.add(
      Parameter::Kind::Values, column, "const " + (coded ? code_type(source.encoding) : type) + "*",
      identifier(source.name) + (coded ? "_codes" : ""), 8, 8);
  std::string value = "p." + values + "[row]";
  if (coded) {
    const std::string dictionary =
        parameters_.add(Parameter::Kind::Dictionary, column, "const " + type + "*",
                        identifier(source.name) + "_values", 8, 8);
    value = "p." + dictionary + "[" + value + "]";
  }
  std::string null;
  if (pipeline_.columns[column].nullable) {
    const std::string validity = parameters_.add(Parameter::Kind::Validity, column, "const u8*",
                                                 identifier(source.name) + "_present", 8, 8);
    null = "p." + validity + "[row] == 0";
  }
  define(instruction.result, name, instruction.lanes, value, null);
  return {};
}

Status Renderer::constant(const Instruction& instruction) {
  const runtime::Constant& constant = bindings_.constants[instruction.index];
  const std::string type = storage_name(constant.type.type);
  Known& known = known_[instruction.result];
  if (constant.is_null) {
    known = {type + "{}", "true", ""};
    return {};
  }
  known.value =
      "p." + parameters_.add(Parameter::Kind::Constant, instruction.index, type,
                             "constant_" + std::to_string(instruction.index),
                             types::size_of(constant.type.type), alignment_of(constant.type.type));
  return {};
}

Status Renderer::call(const Instruction& instruction) {
  const ops::OpDescriptor& op = *instruction.op;
  if (op.form.host_only) return unsupported(std::string(op.name));
  if (is_string(op.result) && op.form.takes_context) {
    return unsupported(std::string(op.name) + ", which makes strings,");
  }
  MR_RETURN_IF_ERROR(library_.add_operation(op.structure));
  std::string arguments;
  std::string null;
  bool fragile = false;
  for (ir::ValueId arg : instruction.args) {
    if (!arguments.empty()) arguments += ", ";
    const std::string& arg_null = null_of(arg);
    fragile |= is_string(type_of(arg)) || type_of(arg) == Type::Numeric;
    if (op.form.takes_nulls) {
      arguments += "Nullable<" + storage_name(type_of(arg)) + ">{" + v(arg) + ", " +
                   (arg_null.empty() ? "false" : arg_null) + "}";
      continue;
    }
    arguments += v(arg);
    if (!arg_null.empty()) null += (null.empty() ? "" : " || ") + arg_null;
  }
  const std::string name = fresh(std::string(op.name));
  const std::string type = storage_name(op.result);
  const std::string applied = std::string(op.structure) + "::apply(";
  const std::string guard = condition(instruction.lanes);
  const ir::ValueId result = instruction.result;
  if (!op.form.takes_context && !op.form.answers_nullable) {
    std::string value = applied + arguments + ")";
    // A NULL's bytes may point anywhere.
    if (fragile && !null.empty()) value = "!(" + null + ") ? " + value + " : " + type + "{}";
    if (fragile && !null.empty() && !guard.empty()) value = "(" + value + ")";
    define(result, name, instruction.lanes, value, null);
    return {};
  }
  std::string runs = guard;
  if (!null.empty()) runs += (runs.empty() ? "" : " && ") + ("!(" + null + ")");
  known_[result].value = name;
  if (op.form.answers_nullable) {
    const std::string both = fresh(name + "_or_null");
    const std::string declared = "Nullable<" + type + ">";
    if (op.form.takes_context) {
      fallible(
          instruction, both, declared,
          applied + context() + (arguments.empty() ? "" : ", ") + arguments + ", " + both + ")",
          runs);
    } else {
      const std::string value = applied + arguments + ")";
      line("const " + declared + " " + both + " = " +
           (runs.empty() ? value : runs + " ? " + value + " : " + declared + "{}") + ";");
    }
    line("const " + type + " " + name + " = " + both + ".value;");
    known_[result].null = fresh(name + "_null");
    line("const bool " + known_[result].null + " = " + (null.empty() ? "" : null + " || ") + both +
         ".is_null;");
    return {};
  }
  fallible(instruction, name, type,
           applied + context() + (arguments.empty() ? "" : ", ") + arguments + ", " + name + ")",
           runs);
  if (!null.empty()) {
    known_[result].null = fresh(name + "_null");
    line("const bool " + known_[result].null + " = " + null + ";");
  }
  return {};
}

Status Renderer::connective(const Instruction& instruction) {
  const bool is_and = instruction.code == Code::And;
  const ir::ValueId left = instruction.args[0];
  const ir::ValueId right = instruction.args[1];
  const std::string name = fresh(is_and ? "all" : "any");
  if (null_of(left).empty() && null_of(right).empty()) {
    // Where the right side was not evaluated it is 0, and the left one decides.
    define(instruction.result, name, instruction.lanes,
           "static_cast<u8>(" + v(left) + (is_and ? " & " : " | ") + v(right) + ")", "");
    return {};
  }
  const std::string answer = fresh(name + "_or_null");
  const auto null = [this](ir::ValueId id) {
    return null_of(id).empty() ? std::string("false") : null_of(id);
  };
  line("const Nullable<u8> " + answer + " = " + (is_and ? "both(" : "either(") + v(left) + ", " +
       null(left) + ", " + v(right) + ", " + null(right) + ");");
  known_[instruction.result].value = answer + ".value";
  known_[instruction.result].null = answer + ".is_null";
  return {};
}

Status Renderer::is_null(const Instruction& instruction) {
  const ir::ValueId arg = instruction.args[0];
  Known& known = known_[instruction.result];
  if (pipeline_.values[arg].is_row) {
    row_tests_[instruction.result] = instruction.flag ? arg : ir::kNone;
    known.value = "(" + v(arg) + (instruction.flag ? " != nullptr)" : " == nullptr)");
    return {};
  }
  const std::string null = null_of(arg).empty() ? "false" : null_of(arg);
  known.value = instruction.flag ? "!" + null : null;
  return {};
}

Status Renderer::in_set(const Instruction& instruction) {
  const ir::ValueId arg = instruction.args[0];
  const runtime::ValueSet& set = *bindings_.sets[instruction.index];
  const std::string items =
      parameters_.add(Parameter::Kind::Set, instruction.index, "SetView",
                      "set_" + std::to_string(instruction.index), sizeof(kernel::SetView), 8);
  const std::string name = fresh("in_" + items);
  std::string value = "in_set(p." + items + ", " + v(arg) + ")";
  if (!null_of(arg).empty()) value = "!" + null_of(arg) + " && " + value;
  define(instruction.result, name, instruction.lanes, "static_cast<u8>(" + value + ")", "");
  std::string null = null_of(arg);
  if (set.has_null) null = (null.empty() ? "" : null + " || ") + ("!" + name);
  if (!null.empty()) {
    known_[instruction.result].null = fresh(name + "_null");
    line("const bool " + known_[instruction.result].null + " = " + null + ";");
  }
  return {};
}

Status Renderer::narrow(const Instruction& instruction) {
  const ir::ValueId arg = instruction.args[0];
  std::string test;
  if (instruction.code == Code::NarrowUndecided) {
    // AND goes on where the left side is not false, OR where it is not true.
    const std::string open_value = instruction.flag ? "!" + v(arg) : v(arg);
    test = null_of(arg).empty() ? open_value : "(" + null_of(arg) + " || " + open_value + ")";
  } else {
    test = truth(arg);
    if (instruction.flag || !null_of(arg).empty()) test = "(" + test + ")";
    if (instruction.flag) test = "!" + test;
  }
  if (instruction.flag_ends_flow && covers_flow(instruction.lanes)) {
    line("if (!" + (test.starts_with('!') ? "(" + test + ")" : test) + ") " + skips_.back());
    flow_ = instruction.new_lanes;
    if (row_tests_[arg] != ir::kNone && !instruction.flag) present_rows_.insert(row_tests_[arg]);
    return {};
  }
  const std::string outer = condition(instruction.lanes);
  lanes_[instruction.new_lanes] = fresh("lanes_" + std::to_string(instruction.new_lanes));
  line("const bool " + lanes_[instruction.new_lanes] + " = " +
       (outer.empty() ? "" : outer + " && ") + test + ";");
  return {};
}

/// `case_1 = lanes_1 ? a : lanes_2 ? b : c`: rows outside of all lane sets do not matter.
Status Renderer::merge(const Instruction& instruction) {
  std::string value;
  std::string null;
  bool nullable = false;
  for (size_t i = 0; i < instruction.args.size(); i++) {
    const bool last = i + 1 == instruction.args.size();
    const std::string& arg_null = null_of(instruction.args[i]);
    nullable |= !arg_null.empty();
    const std::string here = condition(instruction.merge_lanes[i]);
    const std::string test = last || here.empty() ? "" : here + " ? ";
    value += test + v(instruction.args[i]);
    null += test + (arg_null.empty() ? "false" : arg_null);
    if (test.empty()) break;
    value += " : ";
    null += " : ";
  }
  const std::string guard = condition(instruction.lanes);
  if (!guard.empty()) value = "(" + value + ")";
  define(instruction.result, fresh("chosen"), instruction.lanes, value, nullable ? null : "");
  return {};
}

/// One lane follows one row through all spaces: a value of the outer space is just there.
Status Renderer::gather(const Instruction& instruction) {
  known_[instruction.result] = known_[instruction.args[0]];
  if (present_rows_.contains(instruction.args[0])) present_rows_.insert(instruction.result);
  return {};
}

Status Renderer::limit(const Instruction& instruction) {
  const std::string name =
      parameters_.add(Parameter::Kind::Limit, instruction.index, "LimitView",
                      "limit_" + std::to_string(instruction.index), sizeof(kernel::LimitView), 8);
  line("if (!passes(p." + name + ")) " + skips_.back());
  flow_ = instruction.new_lanes;
  return {};
}

Status Renderer::fetch(const Instruction& instruction) {
  const runtime::RowLayout& layout = *bindings_.row_states[instruction.key_count].layout;
  const runtime::RowLayout::Field& field = layout.fields()[instruction.index];
  const ir::ValueId row = instruction.args[0];
  const std::string type = storage_name(field.type.type);
  const bool may_miss = pipeline_.values[row].nullable && !present_rows_.contains(row);
  std::string value = "load<" + type + ">(" + v(row) + " + " + std::to_string(field.offset) + ")";
  std::string null;
  if (field.nullable) {
    null = "!is_present(" + v(row) + " + " + std::to_string(field.validity_offset) + ")";
  }
  if (may_miss) {
    const std::string misses = v(row) + " == nullptr";
    value = "(" + misses + " ? " + type + "{} : " + value + ")";
    null = misses + (null.empty() ? "" : " || " + null);
  }
  define(instruction.result, fresh(names_of(layout)[instruction.index]), instruction.lanes, value,
         null);
  return {};
}

Status Renderer::state_bytes(const Instruction& instruction) {
  const runtime::GroupState& groups = *bindings_.row_states[instruction.key_count].groups;
  const runtime::GroupState::Aggregate& aggregate = groups.aggregates[instruction.index];
  Known& known = known_[instruction.result];
  known.state = v(instruction.args[0]) + " + " + std::to_string(aggregate.state_offset);
  known.value = "StringView::make(" + known.state + ", " +
                std::to_string(aggregate.descriptor->state_size_bytes) + ")";
  return {};
}

/// Aggregates are worked out where they are used: few of their values are there at a time.
Status Renderer::demand(ir::ValueId value) {
  const Instruction* deferred = std::exchange(known_[value].deferred, nullptr);
  return deferred == nullptr ? Status() : finalize(*deferred);
}

Status Renderer::finalize(const Instruction& instruction) {
  const runtime::GroupState& groups = *bindings_.row_states[instruction.key_count].groups;
  const runtime::GroupState::Aggregate& aggregate = groups.aggregates[instruction.index];
  const std::string structure(aggregate.descriptor->structure);
  MR_RETURN_IF_ERROR(library_.add_operation(structure));
  const std::string name = fresh(std::string(aggregate.descriptor->name));
  Known& known = known_[instruction.result];
  known.value = name;
  known.null = fresh(name + "_null");
  line("bool " + known.null + " = false;");
  fallible(instruction, name, storage_name(aggregate.descriptor->result),
           structure + "::finalize(" + context() + ", state_at<" + structure + ">(" +
               v(instruction.args[0]) + " + " + std::to_string(aggregate.state_offset) + "), " +
               name + ", " + known.null + ")",
           condition(instruction.lanes));
  return {};
}

}  // namespace millrace::backend::cuda
