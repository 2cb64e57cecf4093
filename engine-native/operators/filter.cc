#include "operators/node.h"

namespace millrace::operators {

namespace {

class Filter : public StreamingNode {
 public:
  Filter(const plan::Operator& op, std::unique_ptr<Node> input) : StreamingNode(op), op_(op) {
    schema_ = input->schema();
    inputs_.push_back(std::move(input));
  }

 protected:
  Status transform(Lowering& lowering) override {
    return lower_condition(op_.filter().condition(), lowering);
  }

 private:
  const plan::Operator& op_;
};

}  // namespace

Result<std::unique_ptr<Node>> make_filter(const plan::Operator& op, Environment* environment) {
  MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> input, make_node(op.filter().input(), environment));
  return std::unique_ptr<Node>(std::make_unique<Filter>(op, std::move(input)));
}

}  // namespace millrace::operators
