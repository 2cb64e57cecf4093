// One kernel being rendered. Private to backend/cuda.
#pragma once
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "backend/cuda/render.h"
#include "backend/cuda/source_library.h"

namespace millrace::backend::cuda {

/// Spelling of a type's storage, its size's alignment, and names made fit for C.
std::string storage_name(types::Type type);
uint32_t alignment_of(types::Type type);
std::string identifier(std::string_view name);
std::string camel_case(std::string_view name);
bool is_string(types::Type type);

/// A field of a key: where it lies, and whether NULL is a value like others.
struct KeyField {
  std::string name;
  runtime::RowLayout::Field field;
  bool nullable;  // the key carries a NULL flag
};
/// `struct Name { … }`: hash(), equals(row), write(row), and integer() for one integer. `rest` are
/// further members.
std::string render_key(const std::string& name, std::span<const KeyField> fields, uint32_t stride,
                       bool is_integer, const std::string& rest);
bool is_single_integer(const runtime::JoinTable::Spec& spec);
std::vector<KeyField> join_key_fields(const runtime::JoinTable& table,
                                      const std::vector<std::string>& names);

class Renderer {
 public:
  Renderer(const ir::Pipeline& pipeline, const runtime::Bindings& bindings,
           const RenderOptions& options)
      : pipeline_(pipeline), bindings_(bindings), options_(options) {}
  Result<RenderedKernel> run();

 private:
  /// A value as the text at hand knows it.
  struct Known {
    std::string value;                          // empty: not (yet) rendered in this function
    std::string null;                           // when it is NULL; empty: never
    std::string state;                          // of StateBytes: where the state lies
    const ir::Instruction* deferred = nullptr;  // rendered when it is first used
  };
  /// A loop over pairs that is open: what its MatchEnd needs.
  struct OpenMatch {
    const ir::Instruction* start;
    const ir::Instruction* end;
    std::string key;              // the rendered key, empty for cross loops
    std::string row;              // the pair's row
    std::string matched;          // whether a pair matched
    std::string unknown;          // Mark: whether a residual was NULL
    std::string single;           // Single: the matching row
    bool only_existence = false;  // no loop was rendered
  };

  // render.cc
  size_t find_cut() const;
  Status function(size_t from, size_t to, const std::string& skip);
  Status recall(size_t from);
  Status instruction(const ir::Instruction& instruction);
  void start_function();
  void line(const std::string& text);
  void open(const std::string& text);
  void close();
  Status unsupported(const std::string& what) const;
  std::string kernel_text(bool keeps);
  std::string context();

  // Names and conditions.
  std::string fresh(const std::string& wanted);
  const std::string& v(ir::ValueId id) const { return known_[id].value; }
  const std::string& null_of(ir::ValueId id) const { return known_[id].null; }
  types::Type type_of(ir::ValueId id) const { return pipeline_.values[id].type.type; }
  std::string truth(ir::ValueId id) const;
  bool covers_flow(ir::LaneSetId lanes) const;
  std::string condition(ir::LaneSetId lanes) const;
  void define(ir::ValueId id, const std::string& name, ir::LaneSetId lanes,
              const std::string& value, const std::string& null);
  void fallible(const ir::Instruction& instruction, const std::string& name,
                const std::string& declaration, const std::string& call, const std::string& guard);
  std::string table_parameter(Parameter::Kind kind, uint32_t index,
                              const runtime::JoinTable& table);
  std::vector<std::string>& names_of(const runtime::RowLayout& layout);
  std::string key_struct(const runtime::JoinTable& table);
  void add_struct(const std::string& name, const std::string& text);

  // render_values.cc
  Status load(const ir::Instruction& instruction);
  Status constant(const ir::Instruction& instruction);
  Status call(const ir::Instruction& instruction);
  Status connective(const ir::Instruction& instruction);
  Status is_null(const ir::Instruction& instruction);
  Status in_set(const ir::Instruction& instruction);
  Status narrow(const ir::Instruction& instruction);
  Status merge(const ir::Instruction& instruction);
  Status gather(const ir::Instruction& instruction);
  Status runtime_filter(const ir::Instruction& instruction);
  Status limit(const ir::Instruction& instruction);
  Status fetch(const ir::Instruction& instruction);
  Status state_bytes(const ir::Instruction& instruction);
  Status finalize(const ir::Instruction& instruction);
  Status demand(ir::ValueId value);

  // render_matches.cc
  Status probe_unique(const ir::Instruction& instruction);
  Status start_match(const ir::Instruction& instruction);
  Status end_match(const ir::Instruction& instruction);
  Status start_outer_loop(const ir::Instruction& instruction, OpenMatch& match);
  Status mark(const ir::Instruction& instruction, const OpenMatch& match);
  Result<std::string> probe_key(const ir::Instruction& instruction, std::string* missing);
  const ir::Instruction& end_of(const ir::Instruction& start) const;

  // render_sinks.cc
  Status group(const ir::Instruction& instruction, std::string* group);
  Status update_groups(const ir::Instruction& instruction);
  Status merge_groups(const ir::Instruction& instruction);
  Status append_rows(const ir::Instruction& instruction);
  Status append_to_table(const ir::Instruction& instruction, runtime::JoinTable& table);
  Status append_to_list(const ir::Instruction& instruction, uint32_t sink);
  Status store_field(const runtime::RowLayout::Field& field, ir::ValueId value);
  std::string flush_groups();

  const ir::Pipeline& pipeline_;
  const runtime::Bindings& bindings_;
  const RenderOptions& options_;
  RowNames own_names_;
  ParameterLayout parameters_;
  SourceLibrary library_;
  std::map<const runtime::JoinTable*, std::string> table_parameters_;
  std::vector<std::string> structs_;  // in the order they are needed
  std::set<std::string> struct_names_;
  std::vector<runtime::RowLayout> sink_layouts_;
  const ir::Instruction* group_sink_ = nullptr;
  bool uses_settings_ = false;

  // The function at hand.
  std::string out_;
  uint32_t depth_ = 1;
  std::set<std::string> used_names_;
  std::vector<Known> known_;
  std::vector<std::string> lanes_;  // by lane set: its condition
  ir::LaneSetId flow_ = 0;
  std::vector<std::string> skips_;  // how a row is left behind, innermost last
  std::string row_skip_;            // how the source's row is
  std::set<ir::ValueId> present_rows_;
  std::vector<ir::ValueId> row_tests_;  // by value: the row it tests for presence, or kNone
  std::vector<OpenMatch> matches_;
  bool needs_context_ = false;
};

}  // namespace millrace::backend::cuda
