#include "operators/node.h"

namespace millrace::operators {

namespace {

class Project : public StreamingNode {
 public:
  Project(const plan::Operator& op, std::unique_ptr<Node> input) : StreamingNode(op), op_(op) {
    for (const plan::Expression& expression : op.project().expressions()) {
      schema_.push_back({type_of(expression.type()), expression.nullable()});
    }
    inputs_.push_back(std::move(input));
  }

 protected:
  Status transform(Lowering& lowering) override {
    std::vector<ir::ValueId> columns;
    for (const plan::Expression& expression : op_.project().expressions()) {
      MR_ASSIGN_OR_RETURN(const ir::ValueId value, lower_expression(expression, lowering));
      columns.push_back(value);
    }
    lowering.columns = std::move(columns);
    return {};
  }

 private:
  const plan::Operator& op_;
};

}  // namespace

Result<std::unique_ptr<Node>> make_project(const plan::Operator& op, Environment* environment) {
  MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> input, make_node(op.project().input(), environment));
  return std::unique_ptr<Node>(std::make_unique<Project>(op, std::move(input)));
}

}  // namespace millrace::operators
