#include "backend/cuda/render.h"

#include <algorithm>

#include "backend/cuda/renderer.h"

namespace millrace::backend::cuda {

using ir::Code;
using ir::Instruction;
using types::Type;

namespace {

constexpr const char* kPrelude[] = {"backend/cuda/prelude/pipeline.h",
                                    "backend/cuda/prelude/join_table.h",
                                    "backend/cuda/prelude/group_table.h"};
constexpr uint32_t kMostLanes = 256;
/// Blocks a multiprocessor has room for at least: leaves a lane 128 registers.
constexpr uint32_t kLeastBlocks = 2;
/// Words that no value may be called: of the language, and of the prelude where values meet them.
constexpr std::string_view kReserved[] = {
    "and",      "asm",    "auto",     "bool",    "both",      "break",     "case",     "catch",
    "char",     "class",  "compl",    "concept", "const",     "continue",  "default",  "delete",
    "do",       "double", "either",   "else",    "enum",      "explicit",  "export",   "extern",
    "f32",      "f64",    "fails",    "false",   "float",     "for",       "friend",   "goto",
    "i128",     "i16",    "i32",      "i64",     "i8",        "if",        "in_set",   "inline",
    "int",      "load",   "long",     "merge",   "mutable",   "namespace", "new",      "not",
    "operator", "or",     "passes",   "private", "protected", "public",    "register", "requires",
    "return",   "short",  "signed",   "sizeof",  "static",    "store",     "struct",   "switch",
    "template", "this",   "throw",    "true",    "try",       "typedef",   "typename", "u128",
    "u16",      "u32",    "u64",      "u8",      "union",     "unsigned",  "update",   "using",
    "virtual",  "void",   "volatile", "while",   "xor",
};

/// Instructions worth running with full warps only.
bool is_heavy(Code code) {
  switch (code) {
    case Code::ProbeUnique:
    case Code::ProbeLoop:
    case Code::CrossLoop:
    case Code::UpdateGroups:
    case Code::MergeGroups:
    case Code::AppendRows:
    case Code::EmitResult:
    case Code::Limit:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string storage_name(Type type) {
  switch (type) {
    case Type::Bool:
      return "u8";
    case Type::I16:
      return "i16";
    case Type::I32:
    case Type::Date:
      return "i32";
    case Type::I64:
    case Type::D64:
    case Type::Time:
    case Type::Timestamp:
    case Type::TimestampTz:
      return "i64";
    case Type::F32:
      return "f32";
    case Type::F64:
      return "f64";
    case Type::D128:
      return "i128";
    case Type::Numeric:
      return "Numeric";
    case Type::Interval:
      return "Interval";
    case Type::Uuid:
      return "Uuid";
    case Type::Text:
    case Type::Bytea:
      return "StringView";
  }
  return "?";
}

uint32_t alignment_of(Type type) {
  switch (type) {
    case Type::Uuid:
      return alignof(types::Uuid);
    case Type::Text:
    case Type::Bytea:
      return alignof(types::StringView);
    case Type::Interval:
      return alignof(types::Interval);
    case Type::Numeric:
      return alignof(types::Numeric);
    default:
      return types::size_of(type);
  }
}

std::string identifier(std::string_view name) {
  std::string out;
  for (char c : name) {
    const bool is_digit = c >= '0' && c <= '9';
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit || c == '_';
    if (out.empty() && is_digit) out += '_';
    out += fits ? c : '_';
  }
  if (std::find(std::begin(kReserved), std::end(kReserved), out) != std::end(kReserved)) out += '_';
  return out.empty() ? "unnamed" : out;
}

std::string camel_case(std::string_view name) {
  std::string out;
  bool starts = true;
  for (char c : identifier(name)) {
    const bool is_lower = c >= 'a' && c <= 'z';
    if (c != '_') out += starts && is_lower ? static_cast<char>(c - 'a' + 'A') : c;
    starts = c == '_';
  }
  return out;
}

bool is_string(Type type) { return type == Type::Text || type == Type::Bytea; }

Status Renderer::unsupported(const std::string& what) const {
  return Status::error(ErrorCode::FeatureNotSupported, "kernels cannot do " + what + " yet");
}

void Renderer::line(const std::string& text) {
  out_.append(size_t{2} * depth_, ' ');
  out_ += text + "\n";
}

void Renderer::open(const std::string& text) {
  line(text);
  depth_++;
}

void Renderer::close() {
  depth_--;
  line("}");
}

void Renderer::start_function() {
  out_.clear();
  depth_ = 1;
  used_names_ = {"row", "p", "shared", "context", "place", "out"};
  known_.assign(pipeline_.values.size(), {});
  lanes_.assign(pipeline_.lane_sets.size(), {});
  row_tests_.assign(pipeline_.values.size(), ir::kNone);
  flow_ = 0;
  skips_.clear();
  present_rows_.clear();
  needs_context_ = false;
}

std::string Renderer::fresh(const std::string& wanted) {
  std::string name = identifier(wanted);
  for (uint32_t n = 2; !used_names_.insert(name).second; n++) {
    name = identifier(wanted) + "_" + std::to_string(n);
  }
  return name;
}

/// Whether the value is true, as a condition.
std::string Renderer::truth(ir::ValueId id) const {
  const std::string& value = v(id);
  if (null_of(id).empty()) return value;
  return "!" + null_of(id) + " && " + value;
}

/// Whether every row that is here belongs to the lane set.
bool Renderer::covers_flow(ir::LaneSetId lanes) const {
  for (ir::LaneSetId at = flow_; at != ir::kNone; at = pipeline_.lane_sets[at].parent) {
    if (at == lanes) return true;
  }
  return false;
}

/// Empty where the lane set holds every row that is here.
std::string Renderer::condition(ir::LaneSetId lanes) const {
  return covers_flow(lanes) ? "" : lanes_[lanes];
}

/// `const T name = value;`, evaluated for rows of the lane set only.
void Renderer::define(ir::ValueId id, const std::string& name, ir::LaneSetId lanes,
                      const std::string& value, const std::string& null) {
  const std::string type = pipeline_.values[id].is_row ? "char*" : storage_name(type_of(id));
  const std::string guard = condition(lanes);
  known_[id].value = name;
  if (!null.empty()) {
    known_[id].null = fresh(name + "_null");
    line("const bool " + known_[id].null + " = " + null + ";");
  }
  const std::string const_type = type == "char*" ? "char* const" : "const " + type;
  if (guard.empty()) {
    line(const_type + " " + name + " = " + value + ";");
  } else {
    line(const_type + " " + name + " = " + guard + " ? " + value + " : " + type + "{};");
  }
}

std::string Renderer::context() {
  needs_context_ = true;
  return "context";
}

/// Declares the result and leaves the row behind where the call fails.
void Renderer::fallible(const Instruction& instruction, const std::string& name,
                        const std::string& declaration, const std::string& call,
                        const std::string& guard) {
  line(declaration + " " + name + "{};");
  const std::string fails =
      "fails(" + call + ", p.control, " + std::to_string(instruction.operator_id) + ", row)";
  line("if (" + (guard.empty() ? fails : guard + " && " + fails) + ") " + row_skip_);
}

/// Where the part that drops rows ends: after the last filter ahead of anything heavy.
size_t Renderer::find_cut() const {
  size_t cut = 0;
  for (size_t i = 0; i < pipeline_.body.size(); i++) {
    const Instruction& instruction = pipeline_.body[i];
    if (is_heavy(instruction.code)) break;
    if (instruction.code == Code::Narrow && instruction.flag_ends_flow) cut = i + 1;
  }
  return cut;
}

/// Renders again what later instructions need of those before `from`.
Status Renderer::recall(size_t from) {
  std::vector<bool> needed(pipeline_.values.size(), false);
  std::vector<bool> needed_lanes(pipeline_.lane_sets.size(), false);
  const auto need = [&](const Instruction& instruction) {
    for (ir::ValueId arg : instruction.args) needed[arg] = true;
    for (ir::LaneSetId lanes : instruction.merge_lanes) needed_lanes[lanes] = true;
    needed_lanes[instruction.lanes] = true;
    const bool is_connective = instruction.code == Code::And || instruction.code == Code::Or;
    if (is_connective) needed_lanes[instruction.index] = true;
  };
  for (size_t i = from; i < pipeline_.body.size(); i++) need(pipeline_.body[i]);
  for (size_t i = from; i-- > 0;) {
    const Instruction& earlier = pipeline_.body[i];
    const bool makes_lanes = earlier.new_lanes != ir::kNone && needed_lanes[earlier.new_lanes] &&
                             !covers_flow(earlier.new_lanes);
    if (makes_lanes || (earlier.result != ir::kNone && needed[earlier.result])) need(earlier);
  }
  for (size_t i = 0; i < from; i++) {
    const Instruction& earlier = pipeline_.body[i];
    if (earlier.flag_ends_flow) continue;
    const bool makes_lanes = earlier.new_lanes != ir::kNone && needed_lanes[earlier.new_lanes] &&
                             !covers_flow(earlier.new_lanes);
    const bool makes_value = earlier.result != ir::kNone && needed[earlier.result];
    if (makes_lanes || makes_value) MR_RETURN_IF_ERROR(instruction(earlier));
  }
  return {};
}

/// The body of a function over instructions [from, to).
Status Renderer::function(size_t from, size_t to, const std::string& skip) {
  start_function();
  skips_.push_back(skip);
  row_skip_ = skip;
  if (from == 0 && options_.marked != RenderOptions::Marked::Any) {
    const std::string rows =
        parameters_.add(Parameter::Kind::SourceRows, 0, "char*", "source_rows", 8, 8);
    line(std::string("if (") + (options_.marked == RenderOptions::Marked::Yes ? "!" : "") +
         "is_marked(p." + rows + " + row * " + std::to_string(options_.source_stride) + ")) " +
         skip);
  }
  if (from > 0) {
    flow_ = pipeline_.body[from - 1].new_lanes;
    MR_RETURN_IF_ERROR(recall(from));
  }
  for (size_t i = from; i < to; i++) MR_RETURN_IF_ERROR(instruction(pipeline_.body[i]));
  while (depth_ > 1) close();
  if (needs_context_) {
    const std::string settings =
        parameters_.add(Parameter::Kind::Settings, 0, "const Settings*", "settings", 8, 8);
    out_ = "  OpContext context{p." + settings + ", nullptr};\n" + out_;
  }
  return {};
}

Status Renderer::instruction(const Instruction& instruction) {
  const bool stores = instruction.code == Code::AppendRows || instruction.code == Code::EmitResult;
  for (ir::ValueId arg : instruction.args) {
    if (!stores) MR_RETURN_IF_ERROR(demand(arg));
  }
  switch (instruction.code) {
    case Code::Load:
      return load(instruction);
    case Code::Constant:
      return constant(instruction);
    case Code::Call:
      return call(instruction);
    case Code::And:
    case Code::Or:
      return connective(instruction);
    case Code::IsNull:
      return is_null(instruction);
    case Code::InSet:
      return in_set(instruction);
    case Code::Narrow:
    case Code::NarrowUndecided:
      return narrow(instruction);
    case Code::Merge:
      return merge(instruction);
    case Code::RuntimeFilter:
      return runtime_filter(instruction);
    case Code::ProbeUnique:
      return probe_unique(instruction);
    case Code::ProbeLoop:
    case Code::CrossLoop:
      return start_match(instruction);
    case Code::MatchEnd:
      return end_match(instruction);
    case Code::ExpandSets:
      return unsupported("set-returning functions");
    case Code::Gather:
      return gather(instruction);
    case Code::Fetch:
      return fetch(instruction);
    case Code::StateBytes:
      return state_bytes(instruction);
    case Code::Finalize:
      known_[instruction.result].deferred = &instruction;
      return {};
    case Code::Limit:
      return limit(instruction);
    case Code::AppendRows:
    case Code::EmitResult:
      return append_rows(instruction);
    case Code::UpdateGroups:
      return update_groups(instruction);
    case Code::MergeGroups:
      return merge_groups(instruction);
    case Code::CountRows:  // rows are counted where a profile is asked for, by the interpreter
    case Code::Discard:
      return {};
  }
  return Status::error(ErrorCode::Internal, "an instruction that kernels do not know");
}

void Renderer::add_struct(const std::string& name, const std::string& text) {
  if (struct_names_.insert(name).second) structs_.push_back(text);
}

/// Names of a layout's fields: as known, else by number.
std::vector<std::string>& Renderer::names_of(const runtime::RowLayout& layout) {
  RowNames& names = options_.row_names != nullptr ? *options_.row_names : own_names_;
  std::vector<std::string>& found = names[&layout];
  while (found.size() < layout.fields().size()) {
    found.push_back("field_" + std::to_string(found.size()));
  }
  return found;
}

std::string Renderer::kernel_text(bool keeps) {
  std::string shared;
  if (keeps) {
    shared += "  KeptRows::Queue kept[" + std::to_string(kMostLanes / 32) + "];\n";
  }
  const bool block_groups = group_sink_ != nullptr && options_.block_groups > 0;
  if (block_groups) {
    shared += "  BlockGroups<" + std::to_string(options_.block_groups) + ", Group> groups;\n";
  }
  std::string text = "extern \"C\" __global__ void __launch_bounds__(" +
                     std::to_string(kMostLanes) + ", " + std::to_string(kLeastBlocks) + ") " +
                     options_.name + "(const __grid_constant__ Parameters p) {\n";
  if (!shared.empty()) text += "  __shared__ Shared shared;\n";
  if (block_groups) text += "  shared.groups.clear();\n  __syncthreads();\n";
  const std::string consume =
      block_groups ? "consume(p, shared, rows.row())" : "consume(p, rows.row())";
  if (keeps) {
    text += "  KeptRows rows(p.control, p.row_end, shared.kept);\n";
    text += "  while (rows.next([&](u64 row) { return keep(p, row); })) {\n";
  } else {
    text += "  WarpRows rows(p.control, p.row_end);\n  while (rows.next()) {\n";
  }
  text += "    if (rows.mine()) " + consume + ";\n  }\n";
  if (block_groups) text += flush_groups();
  text += "}\n";
  if (!shared.empty()) text = "struct Shared {\n" + shared + "};\n\n" + text;
  return text;
}

Result<RenderedKernel> Renderer::run() {
  for (const char* path : kPrelude) MR_RETURN_IF_ERROR(library_.add(path));
  parameters_.add(Parameter::Kind::Control, 0, "Control*", "control", 8, 8);
  parameters_.add(Parameter::Kind::RowEnd, 0, "u64", "row_end", 8, 8);
  sink_layouts_.resize(bindings_.row_sinks.size() + (bindings_.result != nullptr ? 1 : 0));
  const size_t cut = find_cut();
  std::string keep;
  if (cut > 0) {
    MR_RETURN_IF_ERROR(function(0, cut, "return false;"));
    keep = "static __device__ bool keep(const Parameters& p, u64 row) {\n" + out_ +
           "  return true;\n}\n\n";
  }
  MR_RETURN_IF_ERROR(function(cut, pipeline_.body.size(), "return;"));
  const bool block_groups = group_sink_ != nullptr && options_.block_groups > 0;
  const std::string consume = std::string("static __device__ void consume(const Parameters& p, ") +
                              (block_groups ? "Shared& shared, " : "") + "u64 row) {\n" + out_ +
                              "}\n\n";
  const std::string kernel = kernel_text(cut > 0);
  // Shared stands before consume() where consume() takes it.
  const size_t shared_end = kernel.find("extern");
  RenderedKernel rendered;
  rendered.name = options_.name;
  rendered.pipeline = "using namespace millrace::kernel;\nusing namespace millrace::ops;\n\n";
  for (const std::string& text : structs_) rendered.pipeline += text + "\n";
  rendered.pipeline += parameters_.render() + "\n" + kernel.substr(0, shared_end) + keep + consume +
                       kernel.substr(shared_end);
  rendered.text = library_.text() + rendered.pipeline;
  rendered.parameters = parameters_.parameters();
  rendered.parameter_bytes = parameters_.size_bytes();
  rendered.sink_layouts = sink_layouts_;
  return rendered;
}

Result<RenderedKernel> render(const ir::Pipeline& pipeline, const runtime::Bindings& bindings,
                              const RenderOptions& options) {
  return Renderer(pipeline, bindings, options).run();
}

}  // namespace millrace::backend::cuda
