// UNION ALL: each input is a flow of its own into the same pipeline.
#include "operators/node.h"

namespace millrace::operators {

namespace {

class UnionAll : public BasicNode {
 public:
  UnionAll(const plan::Operator& op, std::vector<std::unique_ptr<Node>> inputs) : BasicNode(op) {
    schema_ = inputs[0]->schema();
    for (const auto& input : inputs) {
      for (size_t c = 0; c < schema_.size(); c++) {
        schema_[c].nullable |= input->schema()[c].nullable;
      }
    }
    inputs_ = std::move(inputs);
  }
  Status plan(TaskPlan& task) override {
    for (const auto& input : inputs_) MR_RETURN_IF_ERROR(input->plan(task));
    return {};
  }
  uint32_t flow_count() const override {
    uint32_t count = 0;
    for (const auto& input : inputs_) count += input->flow_count();
    return count;
  }
  Status produce(uint32_t flow, Lowering& lowering) override {
    for (const auto& input : inputs_) {
      if (flow >= input->flow_count()) {
        flow -= input->flow_count();
        continue;
      }
      MR_RETURN_IF_ERROR(input->produce(flow, lowering));
      if (lowering.ended) return {};
      lowering.ir().set_operator(id());
      lowering.ir().count_rows();
      return {};
    }
    return Status::error(ErrorCode::Internal, "no such flow");
  }
  bool keeps_order() const override { return true; }
};

}  // namespace

Result<std::unique_ptr<Node>> make_union_all(const plan::Operator& op, Environment* environment) {
  std::vector<std::unique_ptr<Node>> inputs;
  for (const plan::Operator& input : op.union_all().inputs()) {
    MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> node, make_node(input, environment));
    inputs.push_back(std::move(node));
  }
  if (inputs.empty()) return Status::error(ErrorCode::Internal, "UNION ALL of nothing");
  for (const auto& input : inputs) {
    MR_RETURN_IF_ERROR(
        check_same_types(inputs[0]->schema(), input->schema(), "the inputs of UNION ALL"));
  }
  return std::unique_ptr<Node>(std::make_unique<UnionAll>(op, std::move(inputs)));
}

}  // namespace millrace::operators
