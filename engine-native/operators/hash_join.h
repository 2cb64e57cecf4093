// The join both join operators share.
#pragma once
#include "operators/node.h"

namespace millrace::operators {

/// `shape` without its inputs; no key means that every pair of rows is looked at.
Result<std::unique_ptr<Node>> make_join(const plan::Operator& op, plan::HashJoin shape,
                                        std::unique_ptr<Node> probe, std::unique_ptr<Node> build);

}  // namespace millrace::operators
