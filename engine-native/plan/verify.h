// plan: fragments as received. May include base and types. Invariant: nothing of a message is
// trusted before verify() accepted it. Start reading at fragment.proto.
#pragma once
#include "base/status.h"
#include "plan/fragment.pb.h"

namespace millrace::plan {

/// Shape of a message: depths, widths, ids, kinds in range, exchanges filled before they are read.
/// XX000 otherwise. That columns exist and types fit is checked where operators are made and by the
/// IR's verifier.
base::Status verify(const Query& query);
/// The same of one expression without columns.
base::Status verify_constant(const Expression& expression);

}  // namespace millrace::plan
