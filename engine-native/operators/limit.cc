#include "operators/node.h"

namespace millrace::operators {

namespace {

class Limit : public StreamingNode {
 public:
  Limit(const plan::Operator& op, std::unique_ptr<Node> input)
      : StreamingNode(op),
        state_(op.limit().offset(), op.limit().has_limit() ? op.limit().limit() : UINT64_MAX) {
    schema_ = input->schema();
    inputs_.push_back(std::move(input));
  }

 protected:
  Status transform(Lowering& lowering) override {
    lowering.bindings.limits.push_back(&state_);
    lowering.ir().limit(static_cast<uint32_t>(lowering.bindings.limits.size() - 1));
    lowering.has_limit = true;
    return {};
  }

 private:
  runtime::LimitState state_;
};

}  // namespace

Result<std::unique_ptr<Node>> make_limit(const plan::Operator& op, Environment* environment) {
  MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> input, make_node(op.limit().input(), environment));
  return std::unique_ptr<Node>(std::make_unique<Limit>(op, std::move(input)));
}

}  // namespace millrace::operators
