// Literal rows.
#include <algorithm>

#include "operators/node.h"

namespace millrace::operators {

namespace {

/// Rows are few: each is a flow of one row, its expressions lowered as they stand.
class Values : public BasicNode {
 public:
  explicit Values(const plan::Operator& op) : BasicNode(op), op_(op) {
    for (const plan::Field& field : op.values().columns()) {
      schema_.push_back({type_of(field.type()), field.nullable()});
    }
  }
  Status plan(TaskPlan&) override { return {}; }
  uint32_t flow_count() const override {
    return std::max(1u, static_cast<uint32_t>(op_.values().tuples_size()));
  }

  Status produce(uint32_t flow, Lowering& lowering) override {
    Source source;
    source.kind = Source::Kind::Tuples;
    source.op = &op_;
    source.ordered = true;
    lowering.start(std::move(source), {});
    lowering.ir().set_operator(id());
    lowering.columns.clear();
    if (op_.values().tuples().empty()) {
      // No row: the source is empty, but the columns must exist.
      for (const ir::SourceColumn& column : schema_) {
        runtime::Constant none;
        none.type = column.type;
        none.is_null = true;
        lowering.columns.push_back(lowering.constant(std::move(none)));
      }
      return {};
    }
    std::vector<ir::ValueId> columns;
    for (const plan::Expression& value : op_.values().tuples(static_cast<int>(flow)).values()) {
      MR_ASSIGN_OR_RETURN(const ir::ValueId id, lower_expression(value, lowering));
      columns.push_back(id);
    }
    lowering.columns = std::move(columns);
    lowering.ir().count_rows();
    return {};
  }
  bool keeps_order() const override { return true; }

 private:
  const plan::Operator& op_;
};

}  // namespace

Result<std::unique_ptr<Node>> make_values(const plan::Operator& op, Environment*) {
  for (const plan::Tuple& tuple : op.values().tuples()) {
    if (tuple.values_size() != op.values().columns_size()) {
      return Status::error(ErrorCode::Internal, "VALUES rows differ in width");
    }
  }
  return std::unique_ptr<Node>(std::make_unique<Values>(op));
}

}  // namespace millrace::operators
