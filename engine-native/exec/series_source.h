// Set-returning functions in FROM.
#pragma once
#include "exec/source.h"
#include "plan/fragment.pb.h"

namespace millrace::exec {

/// generate_series over integers, numerics and timestamps; 22023 for a step of zero. `evaluate`
/// gives the arguments' values.
Result<std::unique_ptr<Source>> make_series_source(const plan::TableFunction& function,
                                                   std::vector<runtime::Constant> arguments,
                                                   const ops::Settings* settings,
                                                   uint32_t vector_size);

}  // namespace millrace::exec
