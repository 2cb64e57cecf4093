// Set-returning functions: the source makes the rows from arguments that are constants by now.
#include "operators/node.h"

namespace millrace::operators {

namespace {

class TableFunction : public BasicNode {
 public:
  explicit TableFunction(const plan::Operator& op) : BasicNode(op), op_(op) {
    for (const plan::Field& field : op.table_function().columns()) {
      schema_.push_back({type_of(field.type()), field.nullable()});
    }
  }
  Status plan(TaskPlan&) override { return {}; }
  uint32_t flow_count() const override { return 1; }
  Status produce(uint32_t, Lowering& lowering) override {
    Source source;
    source.kind = Source::Kind::Series;
    source.op = &op_;
    source.ordered = true;
    lowering.start(std::move(source), schema_);
    lowering.ir().set_operator(id());
    lowering.columns.clear();
    for (uint32_t c = 0; c < schema_.size(); c++) {
      lowering.columns.push_back(lowering.ir().load(c));
    }
    lowering.ir().count_rows();
    return {};
  }
  bool keeps_order() const override { return true; }

 private:
  const plan::Operator& op_;
};

}  // namespace

Result<std::unique_ptr<Node>> make_table_function(const plan::Operator& op, Environment*) {
  return std::unique_ptr<Node>(std::make_unique<TableFunction>(op));
}

}  // namespace millrace::operators
