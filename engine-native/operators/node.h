// operators: each physical operator of a fragment, lowered to instructions of the pipeline IR. One
// file an operator, one line in operators.def. May include what stands left of it in the order of
// rooms. Invariant: an operator touches rows only through instructions; what it keeps between
// pipelines is a state of runtime/.
//
// A fragment is cut into pipelines at operators that must see all rows first. A pipeline may have
// several *flows*, run one after the other into the same sink: the inputs of UNION ALL, or the
// probe of a right join followed by its unmatched build rows.
//
// Start reading at Node.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ir/builder.h"
#include "plan/fragment.pb.h"
#include "runtime/state.h"

namespace millrace::operators {

using base::ErrorCode;
using base::Result;
using base::Status;

/// What feeds a flow; the executor makes it real.
struct Source {
  enum class Kind : uint8_t {
    Scan,         // the table's columns
    Tuples,       // literal rows, evaluated: columns
    Rows,         // one is_row column: `rows`, in order
    Collections,  // one is_row column: rows of `collections`, each `copies` times
    Groups,       // one is_row column: all rows of `groups`' tables
    BuildRows,    // one is_row column: (un)matched rows of `table`
    Exchange,     // one is_row column: rows of the exchange
  };
  Kind kind = Kind::Tuples;
  const plan::Operator* op = nullptr;  // Scan, Tuples, Exchange
  std::span<char* const> rows;
  std::vector<const runtime::RowCollection*> collections;
  std::function<uint64_t(const char* row)> copies;
  const runtime::GroupState* groups = nullptr;
  runtime::JoinTable* table = nullptr;
  bool matched = false;  // BuildRows: the matched or the unmatched ones
  bool ordered = false;  // one worker, rows in order
  /// Rows whose keys may meet stand in one unit, which one worker reads whole (final aggregation).
  bool by_partition = false;
  /// Scan: filters that other pipelines publish; position in the bindings, source column.
  struct FilterUse {
    const runtime::JoinTable* table;
    uint32_t column;
  };
  std::vector<FilterUse> filters;
};

/// Rows an exchange hands on, seen by operators through the executor.
struct ExchangeRows {
  const runtime::RowLayout* layout;
};

/// What the executor offers to operators.
class Environment {
 public:
  virtual ~Environment() = default;
  virtual memory::Budget* budget() = 0;
  virtual uint32_t worker_count() const = 0;
  /// The task is to end: long steps look at it every few milliseconds.
  virtual bool stopped() const = 0;
  runtime::Stopped stop_check() const {
    return [this] { return stopped(); };
  }
  /// The literal's value as the type demands; 22xxx where the text is not one.
  virtual Result<runtime::Constant> read_literal(const plan::Literal& literal,
                                                 types::TypeParameters type) = 0;
  virtual Result<const runtime::RowLayout*> exchange_layout(uint32_t exchange_id) = 0;
  /// The table that publishes the runtime filter, null if it is not part of this task.
  virtual runtime::JoinTable* filter_table(uint32_t filter_id) = 0;
  virtual void publish_filter(uint32_t filter_id, runtime::JoinTable* table) = 0;
};

/// One flow being written: instructions so far, and the values of the operator's output columns.
struct Lowering {
  explicit Lowering(Environment* env) : environment(env) {}
  Environment* environment;
  Source source;
  std::optional<ir::Builder> builder;
  runtime::Bindings bindings;
  std::vector<ir::ValueId> columns;
  std::vector<ir::ValueId> constants;  // by index in the bindings
  /// The flow ended below (its rows only mark a join's build side).
  bool ended = false;
  bool has_limit = false;

  void start(Source from, std::vector<ir::SourceColumn> source_columns) {
    source = std::move(from);
    builder.emplace(std::move(source_columns));
  }
  ir::Builder& ir() { return *builder; }
  ir::ValueId constant(runtime::Constant value);
  uint32_t row_state(runtime::RowState state);
  /// Columns of rows that stand in a state, fetched: fields [0, count) of the layout.
  void fetch_all(ir::ValueId row, uint32_t state, const runtime::RowLayout& layout, uint32_t count);
};

/// Whether values of the two lie alike and mean the same: precision apart, which only bounds them.
inline bool same_type(types::TypeParameters a, types::TypeParameters b) {
  const bool has_scale = a.type == types::Type::D64 || a.type == types::Type::D128;
  return a.type == b.type && (!has_scale || a.scale == b.scale);
}
/// XX000 unless the schemas agree, column by column.
Status check_same_types(const std::vector<ir::SourceColumn>& a,
                        const std::vector<ir::SourceColumn>& b, const char* what);

/// Lowers an expression over `lowering.columns` under the current lane set.
Result<ir::ValueId> lower_expression(const plan::Expression& expression, Lowering& lowering);
/// Splits conjunctions and filters by each part, cheap ones first combined into one mask.
Status lower_condition(const plan::Expression& condition, Lowering& lowering);

/// Sets used[c] for every column the expression mentions.
void note_columns(const plan::Expression& expression, std::vector<bool>& used);

types::TypeParameters type_of(const plan::Type& type);
runtime::RowLayout::FieldType field_type_of(const plan::Field& field);

/// Where a pipeline's rows go. Finishing has three steps, so that the heavy one runs in parallel.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual Status emit(Lowering& lowering) = 0;
  virtual Status seal() { return {}; }
  virtual uint32_t part_count() const { return 0; }
  virtual void finish_part(uint32_t) {}
};

struct PipelineSpec;

/// Collects the pipelines of a task in the order they must run.
struct TaskPlan {
  Environment* environment;
  std::vector<PipelineSpec> pipelines;
  std::vector<std::unique_ptr<Sink>> sinks;
};

/// An operator of the fragment and the state it keeps.
class Node {
 public:
  explicit Node(const plan::Operator& op) : id_(op.id()) {}
  virtual ~Node() = default;
  uint32_t id() const { return id_; }
  /// Adds the pipelines that must have run before this operator's rows can flow.
  virtual Status plan(TaskPlan& task) = 0;
  virtual uint32_t flow_count() const = 0;
  /// Writes flow `flow`: afterwards `lowering.columns` are this operator's output columns.
  virtual Status produce(uint32_t flow, Lowering& lowering) = 0;
  /// Columns put out.
  virtual const std::vector<ir::SourceColumn>& schema() const = 0;
  /// Bytes of state at most, for EXPLAIN ANALYZE.
  virtual int64_t peak_bytes() const { return 0; }
  virtual bool keeps_order() const { return false; }
  virtual const std::vector<std::unique_ptr<Node>>& inputs() const = 0;

 private:
  uint32_t id_;
};

/// A pipeline to be lowered when its turn comes: by then the states it reads are complete.
struct PipelineSpec {
  Node* top;
  uint32_t flow;
  Sink* sink;
  bool last_flow;  // the sink is finished after this one
};

/// Makes the tree of nodes; XX000 where the fragment is malformed.
Result<std::unique_ptr<Node>> make_node(const plan::Operator& op, Environment* environment);

/// All flows of `top` into `sink`, after what they need.
Status plan_into(Node& top, std::unique_ptr<Sink> sink, TaskPlan& task);

/// Node with stored inputs and schema.
class BasicNode : public Node {
 public:
  using Node::Node;
  const std::vector<ir::SourceColumn>& schema() const override { return schema_; }
  const std::vector<std::unique_ptr<Node>>& inputs() const override { return inputs_; }

 protected:
  std::vector<ir::SourceColumn> schema_;
  std::vector<std::unique_ptr<Node>> inputs_;
};

/// An operator that passes each row of its one input on, changed or not.
class StreamingNode : public BasicNode {
 public:
  using BasicNode::BasicNode;
  Status plan(TaskPlan& task) override { return inputs_[0]->plan(task); }
  uint32_t flow_count() const override { return inputs_[0]->flow_count(); }
  Status produce(uint32_t flow, Lowering& lowering) override {
    MR_RETURN_IF_ERROR(inputs_[0]->produce(flow, lowering));
    if (lowering.ended) return {};
    lowering.ir().set_operator(id());
    MR_RETURN_IF_ERROR(transform(lowering));
    lowering.ir().set_operator(id());
    lowering.ir().count_rows();
    return {};
  }
  bool keeps_order() const override { return inputs_[0]->keeps_order(); }

 protected:
  virtual Status transform(Lowering& lowering) = 0;
};

#define OPERATOR(name, message) \
  Result<std::unique_ptr<Node>> make_##name(const plan::Operator& op, Environment* environment);
#include "operators/operators.def"
#undef OPERATOR

}  // namespace millrace::operators
