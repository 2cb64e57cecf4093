#include "operators/sort.h"

namespace millrace::operators {

/// Keys, then all columns.
class SortedNode::RunSink : public Sink {
 public:
  RunSink(const std::vector<plan::SortKey>& keys, runtime::SortState* state,
          const Environment* environment)
      : keys_(keys), rows_(state), state_(state), environment_(environment) {}
  Status emit(Lowering& lowering) override {
    std::vector<ir::ValueId> columns;
    for (const plan::SortKey& key : keys_) {
      MR_ASSIGN_OR_RETURN(const ir::ValueId value, lower_expression(key.expression(), lowering));
      columns.push_back(value);
    }
    columns.insert(columns.end(), lowering.columns.begin(), lowering.columns.end());
    lowering.bindings.row_sinks.push_back(&rows_);
    lowering.ir().append_rows(static_cast<uint32_t>(lowering.bindings.row_sinks.size() - 1),
                              std::move(columns));
    return {};
  }
  Status seal() override { return state_->sort(environment_->stop_check()); }

 private:
  struct Rows : runtime::RowSink {
    explicit Rows(runtime::SortState* into) : state(into) {}
    Status append(uint32_t worker, std::span<const runtime::VectorView> columns,
                  runtime::LanesView lanes) override {
      return state->append(worker, columns, lanes);
    }
    runtime::SortState* state;
  };
  const std::vector<plan::SortKey>& keys_;
  Rows rows_;
  runtime::SortState* state_;
  const Environment* environment_;
};

SortedNode::SortedNode(const plan::Operator& op, std::unique_ptr<Node> input,
                       std::vector<plan::SortKey> keys, uint64_t keep, bool with_ties)
    : BasicNode(op), keys_(std::move(keys)), keep_(keep), with_ties_(with_ties) {
  schema_ = input->schema();
  inputs_.push_back(std::move(input));
}

Status SortedNode::plan(TaskPlan& task) {
  std::vector<runtime::RowLayout::FieldType> fields;
  runtime::SortOrder order;
  for (const plan::SortKey& key : keys_) {
    fields.push_back({type_of(key.expression().type()), key.expression().nullable()});
    order.keys.push_back({key.descending(), key.nulls_first()});
  }
  for (const ir::SourceColumn& column : stored_schema()) {
    fields.push_back({column.type, column.nullable});
  }
  state_ = std::make_unique<runtime::SortState>(
      std::move(fields), std::move(order), task.environment->budget(),
      task.environment->worker_count(), keep_, with_ties_);
  return plan_into(*inputs_[0], std::make_unique<RunSink>(keys_, state_.get(), task.environment),
                   task);
}

Status SortedNode::produce(uint32_t, Lowering& lowering) {
  Source source;
  source.kind = Source::Kind::Rows;
  MR_ASSIGN_OR_RETURN(source.rows, chosen_rows(lowering.environment));
  source.ordered = true;
  lowering.start(std::move(source), {{{types::Type::I64, 0, 0}, false, true}});
  ir::Builder& ir = lowering.ir();
  ir.set_operator(id());
  const ir::ValueId row = ir.load(0);
  const uint32_t state = lowering.row_state({&state_->layout(), nullptr, nullptr, nullptr});
  lowering.columns.clear();
  for (uint32_t c = 0; c < schema_.size(); c++) {
    lowering.columns.push_back(ir.fetch(row, state, static_cast<uint32_t>(keys_.size()) + c,
                                        schema_[c].type, schema_[c].nullable));
  }
  ir.count_rows();
  return {};
}

Result<std::unique_ptr<Node>> make_sort(const plan::Operator& op, Environment* environment) {
  MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> input, make_node(op.sort().input(), environment));
  if (op.sort().keys().empty()) return Status::error(ErrorCode::Internal, "sort without a key");
  return std::unique_ptr<Node>(std::make_unique<SortedNode>(
      op, std::move(input),
      std::vector<plan::SortKey>(op.sort().keys().begin(), op.sort().keys().end()), UINT64_MAX,
      false));
}

}  // namespace millrace::operators
