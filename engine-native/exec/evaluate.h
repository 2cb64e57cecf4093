// Constants: an expression without columns, evaluated on the spot by the interpreter.
#pragma once
#include <optional>
#include <string>

#include "base/status.h"
#include "memory/budget.h"
#include "ops/context.h"
#include "plan/fragment.pb.h"

namespace millrace::exec {

/// Literal text of the value, nothing for NULL; the error evaluation raises.
base::Result<std::optional<std::string>> evaluate(const plan::Expression& expression,
                                                  const ops::Settings& settings,
                                                  memory::Budget* budget);

}  // namespace millrace::exec
