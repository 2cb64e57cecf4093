// Instructions that end a flow: groups, rows put away.
#include "backend/cuda/renderer.h"

namespace millrace::backend::cuda {

using ir::Code;
using ir::Instruction;
using types::Type;

namespace {

/// A state with a string would have to keep its bytes.
bool holds_string(const runtime::GroupState::Aggregate& aggregate) {
  return is_string(aggregate.descriptor->result);
}

std::string init_text(const runtime::GroupState& groups) {
  std::string text = "  static __device__ void init(char* row) {\n";
  for (const runtime::GroupState::Aggregate& aggregate : groups.aggregates) {
    const std::string structure(aggregate.descriptor->structure);
    text += "    " + structure + "::init(state_at<" + structure + ">(row + " +
            std::to_string(aggregate.state_offset) + "));\n";
  }
  return text + "  }\n";
}

/// The key as it stands in a row.
std::string of_text(std::span<const KeyField> fields) {
  std::string members;
  for (const KeyField& key : fields) {
    if (!members.empty()) members += ", ";
    members += "load<" + storage_name(key.field.type.type) + ">(row + " +
               std::to_string(key.field.offset) + ")";
    if (key.nullable) {
      members += ", !is_present(row + " + std::to_string(key.field.validity_offset) + ")";
    }
  }
  return "  static __device__ Group of([[maybe_unused]] const char* row) { return {" + members +
         "}; }\n";
}

std::string name_in_sink(const std::string& value) {
  // What stands before the first mark of an expression is its name.
  return identifier(value.substr(0, value.find_first_of(".(")));
}

}  // namespace

/// Finds or makes the row's group.
Status Renderer::group(const Instruction& instruction, std::string* group) {
  const runtime::GroupState& groups = *bindings_.group_sinks[instruction.index];
  std::vector<std::string>& names = names_of(groups.layout);
  std::vector<KeyField> fields;
  std::string members;
  for (uint32_t k = 0; k < groups.key_count; k++) {
    const ir::ValueId arg = instruction.args[k];
    const runtime::RowLayout::Field& field = groups.layout.fields()[k];
    names[k] = name_in_sink(v(arg));
    fields.push_back({names[k], field, field.nullable});
    if (!members.empty()) members += ", ";
    members += v(arg);
    if (field.nullable) members += ", " + (null_of(arg).empty() ? "false" : null_of(arg));
    if (!field.nullable && !null_of(arg).empty()) {
      line("if (" + null_of(arg) + " && fails(ErrorCode::Internal, p.control, " +
           std::to_string(instruction.operator_id) + ", row)) " + row_skip_);
    }
  }
  for (const runtime::GroupState::Aggregate& aggregate : groups.aggregates) {
    MR_RETURN_IF_ERROR(library_.add_operation(aggregate.descriptor->structure));
    if (holds_string(aggregate)) {
      return unsupported(std::string(aggregate.descriptor->name) + " of strings");
    }
  }
  add_struct("Group", render_key("Group", fields, group_stride(groups.layout), false,
                                 of_text(fields) + init_text(groups)));
  group_sink_ = &instruction;
  const std::string table =
      "p." + parameters_.add(Parameter::Kind::Groups, instruction.index, "GroupTableView", "groups",
                             sizeof(kernel::GroupTableView), 8);
  *group = fresh("group");
  const bool of_block = options_.block_groups > 0;
  line("char* const " + *group + " = find_group(" + (of_block ? "shared.groups, " : "") + table +
       ", Group{" + members + "}, p.control);");
  line("if (" + *group + " == nullptr) " + row_skip_);
  line("const Place place{p.control, " + std::to_string(instruction.operator_id) + ", row};");
  return {};
}

Status Renderer::update_groups(const Instruction& instruction) {
  const runtime::GroupState& groups = *bindings_.group_sinks[instruction.index];
  std::string row;
  MR_RETURN_IF_ERROR(group(instruction, &row));
  size_t next = instruction.key_count;
  for (size_t a = 0; a < groups.aggregates.size(); a++) {
    const runtime::GroupState::Aggregate& aggregate = groups.aggregates[a];
    const std::string structure(aggregate.descriptor->structure);
    std::string arguments;
    std::string guard = condition(instruction.merge_lanes[a]);
    for (uint32_t i = 0; i < aggregate.argument_count; i++) {
      const ir::ValueId arg = instruction.args[next + i];
      const std::string& null = null_of(arg);
      if (aggregate.descriptor->takes_nulls) {
        arguments += ", Nullable<" + storage_name(type_of(arg)) + ">{" + v(arg) + ", " +
                     (null.empty() ? "false" : null) + "}";
        continue;
      }
      arguments += ", " + v(arg);
      if (!null.empty()) guard += (guard.empty() ? "" : " && ") + ("!" + null);
    }
    next += aggregate.argument_count;
    line((guard.empty() ? "" : "if (" + guard + ") ") + "update<" + structure + ", Group>(" + row +
         ", " + std::to_string(aggregate.state_offset) + ", place" + arguments + ");");
  }
  return {};
}

Status Renderer::merge_groups(const Instruction& instruction) {
  const runtime::GroupState& groups = *bindings_.group_sinks[instruction.index];
  std::string row;
  MR_RETURN_IF_ERROR(group(instruction, &row));
  for (size_t a = 0; a < groups.aggregates.size(); a++) {
    const runtime::GroupState::Aggregate& aggregate = groups.aggregates[a];
    const std::string structure(aggregate.descriptor->structure);
    const Known& state = known_[instruction.args[instruction.key_count + a]];
    const std::string from = state.state.empty()
                                 ? "state_of<" + structure + ">(" + state.value + ")"
                                 : "state_at<" + structure + ">(" + state.state + ")";
    line("merge<" + structure + ", Group>(" + row + ", " + std::to_string(aggregate.state_offset) +
         ", place, " + from + ");");
  }
  return {};
}

/// After the last row: a block's groups into the table of all.
std::string Renderer::flush_groups() {
  const runtime::GroupState& groups = *bindings_.group_sinks[group_sink_->index];
  std::string text = "  __syncthreads();\n";
  text += "  for (u32 i = threadIdx.x; i < shared.groups.count(); i += blockDim.x) {\n";
  text += "    const char* own = shared.groups.rows + i * Group::kStride;\n";
  text += "    char* const group = find_group(p.groups, Group::of(own), p.control);\n";
  text += "    if (group == nullptr) continue;\n";
  text +=
      "    const Place place{p.control, " + std::to_string(group_sink_->operator_id) + ", 0};\n";
  for (const runtime::GroupState::Aggregate& aggregate : groups.aggregates) {
    const std::string structure(aggregate.descriptor->structure);
    const std::string offset = std::to_string(aggregate.state_offset);
    text += "    merge<" + structure + ", Group>(group, " + offset + ", place, state_at<" +
            structure + ">(own + " + offset + "));\n";
  }
  return text + "  }\n";
}

Status Renderer::store_field(const runtime::RowLayout::Field& field, ir::ValueId value) {
  MR_RETURN_IF_ERROR(demand(value));
  if (field.nullable) {
    line("store<u8>(out + " + std::to_string(field.validity_offset) + ", " +
         (null_of(value).empty() ? "1" : "!" + null_of(value)) + ");");
  }
  line("store<" + storage_name(field.type.type) + ">(out + " + std::to_string(field.offset) + ", " +
       v(value) + ");");
  return {};
}

Status Renderer::append_rows(const Instruction& instruction) {
  if (instruction.code == Code::EmitResult) {
    return append_to_list(instruction, static_cast<uint32_t>(bindings_.row_sinks.size()));
  }
  runtime::JoinTable* table = bindings_.row_sinks[instruction.index]->table();
  return table == nullptr ? append_to_list(instruction, instruction.index)
                          : append_to_table(instruction, *table);
}

Status Renderer::append_to_table(const Instruction& instruction, runtime::JoinTable& table) {
  for (ir::ValueId arg : instruction.args) MR_RETURN_IF_ERROR(demand(arg));
  const runtime::RowLayout& layout = table.layout();
  const uint32_t key_count = table.spec().key_count;
  std::vector<std::string>& names = names_of(layout);
  std::string members;
  std::string missing;
  for (uint32_t c = 0; c < instruction.args.size(); c++) {
    const ir::ValueId arg = instruction.args[c];
    names[c] = name_in_sink(v(arg));
    const runtime::RowLayout::Field& field = layout.fields()[c];
    const bool is_missing_key = c < key_count && !table.spec().nulls_equal[c];
    if (is_missing_key && !null_of(arg).empty()) {
      missing += (missing.empty() ? "" : " || ") + null_of(arg);
    } else if (!field.nullable && !null_of(arg).empty()) {
      line("if (" + null_of(arg) + " && fails(ErrorCode::Internal, p.control, " +
           std::to_string(instruction.operator_id) + ", row)) " + row_skip_);
    }
    if (c >= key_count) continue;
    if (!members.empty()) members += ", ";
    members += v(arg);
    if (table.spec().nulls_equal[c] && field.nullable) {
      members += ", " + (null_of(arg).empty() ? "false" : null_of(arg));
    }
  }
  if (!missing.empty() && !table.spec().keeps_null_keys) {
    line("if (" + missing + ") " + skips_.back());
    missing.clear();
  }
  const std::string rows =
      "p." + parameters_.add(Parameter::Kind::Rows, instruction.index, "RowListView",
                             key_count == 0 ? "rows" : "by_" + names[0],
                             sizeof(kernel::RowListView), 8);
  std::string header = "0";
  if (key_count > 0) {
    const std::string hash = key_struct(table) + "{" + members + "}.hash()";
    header = missing.empty() ? hash : "(" + missing + " ? kNullKeyHeader : " + hash + ")";
  }
  line("char* const out = append_row(" + rows + ", " + std::to_string(layout.row_bytes()) +
       ", p.control);");
  line("if (out == nullptr) " + row_skip_);
  line("store<u64>(out, " + header + ");");
  if (table.spec().tracks_matches) line("store<u8>(out + kMatchMarkOffset, 0);");
  for (uint32_t c = 0; c < instruction.args.size(); c++) {
    MR_RETURN_IF_ERROR(store_field(layout.fields()[c], instruction.args[c]));
  }
  return {};
}

Status Renderer::append_to_list(const Instruction& instruction, uint32_t sink) {
  std::vector<runtime::RowLayout::FieldType> fields;
  for (ir::ValueId arg : instruction.args) {
    const bool nullable = known_[arg].deferred != nullptr || !null_of(arg).empty();
    fields.push_back({pipeline_.values[arg].type, nullable});
  }
  sink_layouts_[sink] = runtime::RowLayout(0, fields, 0);
  const runtime::RowLayout& layout = sink_layouts_[sink];
  const std::string rows =
      "p." + parameters_.add(Parameter::Kind::Rows, sink, "RowListView",
                             instruction.code == Code::EmitResult ? "result" : "rows",
                             sizeof(kernel::RowListView), 8);
  line("char* const out = append_row(" + rows + ", " + std::to_string(layout.row_bytes()) +
       ", p.control);");
  line("if (out == nullptr) " + row_skip_);
  for (uint32_t c = 0; c < instruction.args.size(); c++) {
    MR_RETURN_IF_ERROR(store_field(layout.fields()[c], instruction.args[c]));
  }
  return {};
}

}  // namespace millrace::backend::cuda
