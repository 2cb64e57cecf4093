// A join without an equality: `inner` is put away, each outer row meets all its rows.
#include "operators/hash_join.h"

namespace millrace::operators {

Result<std::unique_ptr<Node>> make_nested_loop_join(const plan::Operator& op,
                                                    Environment* environment) {
  const plan::NestedLoopJoin& join = op.nested_loop_join();
  MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> outer, make_node(join.outer(), environment));
  MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> inner, make_node(join.inner(), environment));
  auto shape = std::make_shared<plan::HashJoin>();
  shape->set_kind(join.kind());
  if (join.has_condition()) *shape->mutable_residual() = join.condition();
  *shape->mutable_output() = join.output();
  return make_join(op, std::move(shape), std::move(outer), std::move(inner));
}

}  // namespace millrace::operators
