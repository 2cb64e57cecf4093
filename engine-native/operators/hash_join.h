// The join both join operators share.
#pragma once
#include "operators/node.h"

namespace millrace::operators {

/// What a join does, its inputs apart.
using JoinShape = std::shared_ptr<const plan::HashJoin>;

/// No key means that every pair of rows is looked at.
Result<std::unique_ptr<Node>> make_join(const plan::Operator& op, JoinShape shape,
                                        std::unique_ptr<Node> probe, std::unique_ptr<Node> build);

}  // namespace millrace::operators
