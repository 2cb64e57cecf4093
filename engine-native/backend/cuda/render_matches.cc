// Joins: finding a key's rows. A loop over pairs becomes a loop of the lane over its chain, and
// what follows its end stands inside of it where pairs go on.
#include "backend/cuda/renderer.h"

namespace millrace::backend::cuda {

using ir::Code;
using ir::Instruction;
using ir::Match;
using types::Type;

namespace {

bool is_integer(Type type) {
  switch (type) {
    case Type::I16:
    case Type::I32:
    case Type::I64:
    case Type::D64:
    case Type::Date:
    case Type::Timestamp:
    case Type::TimestampTz:
    case Type::Time:
      return true;
    default:
      return false;
  }
}

std::string table_name(const std::vector<std::string>& names, uint32_t key_count) {
  return key_count == 0 ? "rows" : "by_" + identifier(names[0]);
}

std::string key_name(const std::vector<std::string>& names) { return camel_case(names[0]) + "Key"; }

}  // namespace

bool is_single_integer(const runtime::JoinTable::Spec& spec) {
  return spec.key_count == 1 && is_integer(spec.fields[0].type.type) && !spec.nulls_equal[0];
}

std::vector<KeyField> join_key_fields(const runtime::JoinTable& table,
                                      const std::vector<std::string>& names) {
  std::vector<KeyField> fields;
  for (uint32_t k = 0; k < table.spec().key_count; k++) {
    const runtime::RowLayout::Field& field = table.layout().fields()[k];
    fields.push_back({identifier(names[k]), field, table.spec().nulls_equal[k] && field.nullable});
  }
  return fields;
}

std::string render_key(const std::string& name, std::span<const KeyField> fields, uint32_t stride,
                       bool is_integer, const std::string& rest) {
  std::string members;
  std::string hash;
  std::string equals;
  std::string write;
  for (const KeyField& key : fields) {
    const std::string type = storage_name(key.field.type.type);
    const std::string at = "row + " + std::to_string(key.field.offset);
    const std::string present = "row + " + std::to_string(key.field.validity_offset);
    members += "  " + type + " " + key.name + ";\n";
    if (key.nullable) members += "  bool " + key.name + "_null;\n";
    const std::string own =
        "hash_key(" + key.name + (key.nullable ? ", " + key.name + "_null)" : ")");
    hash = hash.empty() ? own : "hash_keys(" + hash + ", " + own + ")";
    if (!equals.empty()) equals += " && ";
    equals += "equals_field(" + key.name;
    if (key.nullable) equals += ", " + key.name + "_null";
    equals += ", " + at + (key.nullable ? ", is_present(" + present + "))" : ")");
    write += "    store(" + at + ", " + key.name + ");\n";
    if (key.field.nullable) {
      write += "    store<u8>(" + present + ", " + (key.nullable ? "!" + key.name + "_null" : "1") +
               ");\n";
    }
  }
  std::string text = "struct " + name +
                     " {\n  static constexpr u32 kStride = " + std::to_string(stride) +
                     ";\n  static constexpr bool kIsInteger = " + (is_integer ? "true" : "false") +
                     ";\n" + members;
  text += "  __device__ u64 hash() const { return " + (hash.empty() ? "0" : hash) + "; }\n";
  text += "  __device__ bool equals(const char* row) const {\n    return " +
          (equals.empty() ? "true" : equals) + ";\n  }\n";
  text += "  __device__ void write(char* row) const {\n" + write + "  }\n";
  if (is_integer) text += "  __device__ i64 integer() const { return " + fields[0].name + "; }\n";
  return text + rest + "};\n";
}

/// The table's key struct, rendered once; answers its name.
std::string Renderer::key_struct(const runtime::JoinTable& table) {
  const std::vector<std::string>& names = names_of(table.layout());
  const std::string name = key_name(names);
  add_struct(name, render_key(name, join_key_fields(table, names), table.layout().row_bytes(),
                              is_single_integer(table.spec()), ""));
  return name;
}

std::string Renderer::table_parameter(Parameter::Kind kind, uint32_t index,
                                      const runtime::JoinTable& table) {
  std::string& known = table_parameters_[&table];
  if (known.empty()) {
    known = "p." + parameters_.add(kind, index, "JoinTableView",
                                   table_name(names_of(table.layout()), table.spec().key_count),
                                   sizeof(kernel::JoinTableView), 8);
  }
  return known;
}

/// Declares the key a table is probed with; `missing` is when it cannot match.
Result<std::string> Renderer::probe_key(const Instruction& instruction, std::string* missing) {
  const runtime::JoinTable& table = *bindings_.row_states[instruction.index].table;
  std::string members;
  for (uint32_t k = 0; k < table.spec().key_count; k++) {
    const ir::ValueId arg = instruction.args[k];
    if (!members.empty()) members += ", ";
    members += v(arg);
    const bool as_value = table.spec().nulls_equal[k] && table.layout().fields()[k].nullable;
    if (as_value) {
      members += ", " + (null_of(arg).empty() ? std::string("false") : null_of(arg));
    } else if (!null_of(arg).empty()) {
      *missing += (missing->empty() ? "" : " || ") + null_of(arg);
    }
  }
  const std::string name = fresh("key");
  line("const " + key_struct(table) + " " + name + "{" + members + "};");
  return name;
}

Status Renderer::probe_unique(const Instruction& instruction) {
  const runtime::JoinTable& table = *bindings_.row_states[instruction.index].table;
  std::string missing;
  MR_ASSIGN_OR_RETURN(const std::string key, probe_key(instruction, &missing));
  const std::string parameter = table_parameter(Parameter::Kind::Table, instruction.index, table);
  std::string found = "first_match(" + parameter + ", " + key + ")";
  if (!missing.empty()) found = missing + " ? nullptr : " + found;
  const std::string guard = condition(instruction.lanes);
  if (!guard.empty()) found = "!" + guard + " ? nullptr : " + found;
  known_[instruction.result].value = fresh("match");
  line("char* const " + v(instruction.result) + " = " + found + ";");
  return {};
}

Status Renderer::runtime_filter(const Instruction& instruction) {
  const runtime::JoinTable* table = bindings_.runtime_filters[instruction.index];
  const ir::ValueId arg = instruction.args[0];
  Known& known = known_[instruction.result];
  if (table == nullptr) {
    known.value = "true";
    return {};
  }
  const std::string parameter = table_parameter(Parameter::Kind::Filter, instruction.index, *table);
  std::string test = "may_match(" + parameter + ", " + key_struct(*table) + "{" + v(arg) + "})";
  if (!null_of(arg).empty()) test = "!" + null_of(arg) + " && " + test;
  define(instruction.result, fresh("may_join"), instruction.lanes, test, "");
  return {};
}

const Instruction& Renderer::end_of(const Instruction& start) const {
  size_t depth = 0;
  for (size_t i = static_cast<size_t>(&start - pipeline_.body.data());; i++) {
    const Code code = pipeline_.body[i].code;
    if (code == Code::ProbeLoop || code == Code::CrossLoop) depth++;
    if (code == Code::MatchEnd && --depth == 0) return pipeline_.body[i];
  }
}

Status Renderer::start_match(const Instruction& instruction) {
  OpenMatch match;
  match.start = &instruction;
  match.end = &end_of(instruction);
  match.row = fresh("match");
  const runtime::RowState& state = bindings_.row_states[instruction.index];
  if (state.table == nullptr) return unsupported("a join with a list of rows");
  const std::string table =
      table_parameter(Parameter::Kind::Table, instruction.index, *state.table);
  std::string first;
  std::string next;
  std::string missing;
  if (instruction.code == Code::CrossLoop) {
    const std::string stride = std::to_string(state.layout->row_bytes());
    const std::string end = table + ".rows + " + table + ".row_count * " + stride;
    first = "(" + table + ".row_count == 0 ? nullptr : " + table + ".rows)";
    next = "(" + match.row + " + " + stride + " == " + end + " ? nullptr : " + match.row + " + " +
           stride + ")";
  } else {
    MR_ASSIGN_OR_RETURN(match.key, probe_key(instruction, &missing));
    first = "first_match(" + table + ", " + match.key + ")";
    next = "next_match(" + table + ", " + match.key + ", " + match.row + ")";
    if (!missing.empty()) first = "(" + missing + " ? nullptr : " + first + ")";
  }
  const Match kind = match.end->match;
  // Nothing to see of the pairs: whether there is one says all.
  match.only_existence =
      match.end == &instruction + 1 && match.end->args.empty() && !match.end->marks_build &&
      (kind == Match::Matched || kind == Match::Unmatched || kind == Match::Mark);
  if (match.only_existence) {
    match.matched = fresh("matched");
    line("const bool " + match.matched + " = " + first + " != nullptr;");
    matches_.push_back(std::move(match));
    return {};
  }
  if (kind != Match::Pairs && kind != Match::BuildOnly) {
    match.matched = fresh("matched");
    line("bool " + match.matched + " = false;");
  }
  if (kind == Match::Mark && !match.end->args.empty()) {
    match.unknown = fresh("unknown");
    line("bool " + match.unknown + " = false;");
  }
  if (kind == Match::Single) {
    match.single = fresh("single");
    line("char* " + match.single + " = nullptr;");
  }
  if (kind == Match::PairsAndUnmatched) {
    const std::string ahead = fresh("next");
    line("char* " + ahead + " = " + first + ";");
    open("while (" + ahead + " != nullptr || !" + match.matched + ") {");
    line("char* const " + match.row + " = " + ahead + ";");
    open("if (" + match.row + " != nullptr) {");
    line(ahead + " = " + next + ";");
  } else {
    open("for (char* " + match.row + " = " + first + "; " + match.row + " != nullptr; " +
         match.row + " = " + next + ") {");
  }
  skips_.push_back("continue;");
  known_[instruction.result].value = match.row;
  present_rows_.insert(instruction.result);
  flow_ = instruction.new_lanes;
  matches_.push_back(std::move(match));
  return {};
}

Status Renderer::end_match(const Instruction& instruction) {
  const OpenMatch match = matches_.back();
  matches_.pop_back();
  const Match kind = instruction.match;
  if (!instruction.args.empty()) {
    const ir::ValueId residual = instruction.args[0];
    if (!match.unknown.empty() && !null_of(residual).empty()) {
      line(match.unknown + " |= " + null_of(residual) + ";");
    }
    line("if (!(" + truth(residual) + ")) continue;");
  }
  if (instruction.marks_build) line("mark_match(" + match.row + ");");
  flow_ = instruction.new_lanes;
  switch (kind) {
    case Match::Pairs:
      known_[instruction.result].value = match.row;
      present_rows_.insert(instruction.result);
      return {};
    case Match::PairsAndUnmatched:
      close();
      line(match.matched + " = true;");
      known_[instruction.result].value = match.row;
      return {};
    case Match::Single:
      open("if (" + match.matched + ") {");
      line("fails(ErrorCode::CardinalityViolation, p.control, " +
           std::to_string(instruction.operator_id) + ", row);");
      line(row_skip_);
      close();
      line(match.single + " = " + match.row + ";");
      break;
    case Match::Matched:
    case Match::Unmatched:
    case Match::Mark:
    case Match::BuildOnly:
      break;
  }
  if (!match.only_existence) {
    if (!match.matched.empty()) line(match.matched + " = true;");
    const bool settled = kind == Match::Matched || kind == Match::Unmatched || kind == Match::Mark;
    if (settled && !instruction.marks_build) line("break;");
    close();
    skips_.pop_back();
  }
  if (kind == Match::Matched) line("if (!" + match.matched + ") " + skips_.back());
  if (kind == Match::Unmatched) line("if (" + match.matched + ") " + skips_.back());
  if (kind == Match::Single) known_[instruction.result].value = match.single;
  return kind == Match::Mark ? mark(instruction, match) : Status();
}

/// Whether a row has a match; NULL where only NULLs kept it from having one.
Status Renderer::mark(const Instruction& instruction, const OpenMatch& match) {
  Known& known = known_[instruction.second_result];
  known.value = match.matched;
  std::string unknown = match.unknown;
  if (match.start->code == Code::ProbeLoop) {
    const runtime::JoinTable& table = *bindings_.row_states[match.start->index].table;
    const std::string parameter =
        table_parameter(Parameter::Kind::Table, match.start->index, table);
    bool any = false;
    for (uint32_t k = 0; k < table.spec().key_count; k++) any |= table.spec().unknown_on_null[k];
    bool nullable = false;
    for (uint32_t k = 0; k < table.spec().key_count; k++) {
      nullable |= table.layout().fields()[k].nullable || !null_of(match.start->args[k]).empty();
    }
    if (any && nullable && table.spec().key_count > 1) {
      return unsupported("NOT IN over several columns that may be NULL");
    }
    if (any && nullable) {
      const std::string& key_null = null_of(match.start->args[0]);
      // A NULL is unknown beside any row, a value beside rows whose key is NULL.
      const std::string beside = parameter + ".null_key_rows > 0";
      const std::string of_table = key_null.empty() ? beside
                                                    : "(" + key_null + " ? " + parameter +
                                                          ".row_count > 0 : " + beside + ")";
      unknown = unknown.empty() ? of_table : "(" + unknown + " || " + of_table + ")";
    }
  }
  if (!unknown.empty()) {
    known.null = fresh(match.matched + "_null");
    line("const bool " + known.null + " = !" + match.matched + " && " + unknown + ";");
  }
  return {};
}

Result<RenderedBuild> render_build(const runtime::JoinTable& table, const std::string& name,
                                   const RowNames& names) {
  const auto known = names.find(&table.layout());
  std::vector<std::string> fields =
      known == names.end() ? std::vector<std::string>() : known->second;
  while (fields.size() < table.layout().fields().size()) {
    fields.push_back("field_" + std::to_string(fields.size()));
  }
  const bool is_integer = is_single_integer(table.spec());
  std::string same;
  for (const KeyField& key : join_key_fields(table, fields)) {
    const std::string type = storage_name(key.field.type.type);
    const std::string at = std::to_string(key.field.offset);
    const std::string present = std::to_string(key.field.validity_offset);
    if (!same.empty()) same += " &&\n           ";
    same += "equals_field(load<" + type + ">(a + " + at + ")";
    if (key.nullable) same += ", !is_present(a + " + present + ")";
    same += ", b + " + at + (key.nullable ? ", is_present(b + " + present + "))" : ")");
  }
  SourceLibrary library;
  MR_RETURN_IF_ERROR(library.add("backend/cuda/prelude/join_table.h"));
  RenderedBuild rendered;
  rendered.link_name = name + "_link";
  std::string& text = rendered.pipeline;
  text = "using namespace millrace::kernel;\n\nstruct Build {\n  static constexpr u32 kStride = " +
         std::to_string(table.layout().row_bytes()) + ";\n";
  text += "  static __device__ bool same(const char* a, const char* b) {\n    return " +
          (same.empty() ? "true" : same) + ";\n  }\n";
  const runtime::RowLayout::Field* key = is_integer ? &table.layout().fields()[0] : nullptr;
  text += "  static __device__ i64 integer(" +
          (key == nullptr ? "const char*) { return 0; }\n"
                          : "const char* row) { return load<" + storage_name(key->type.type) +
                                ">(row + " + std::to_string(key->offset) + "); }\n");
  text += "};\n\n";
  if (is_integer) {
    rendered.bounds_name = name + "_bounds";
    text += "extern \"C\" __global__ void " + rendered.bounds_name +
            "(const __grid_constant__ BuildParameters p) {\n  find_bounds<Build>(p);\n}\n";
  }
  text += "extern \"C\" __global__ void " + rendered.link_name +
          "(const __grid_constant__ BuildParameters p) {\n  link_rows<Build>(p);\n}\n";
  rendered.text = library.text() + text;
  return rendered;
}

}  // namespace millrace::backend::cuda
