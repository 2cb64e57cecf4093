// The interpreter's loops over aggregates, instantiated from ops/aggregate.def.
#pragma once
#include "backend/cpu/loop.h"
#include "ops/registry.h"
#include "runtime/rows.h"

namespace millrace::backend::cpu {

/// Lanes of one aggregate's input and where their states are: states[i] + offset for lane lanes[i],
/// or one state for all where `single`.
struct UpdateFrame {
  OpContext* context;
  const Argument* arguments;
  const uint16_t* lanes;  // null: 0..count
  uint32_t count;
  char* const* rows;
  uint32_t offset;
  char* single;                  // null: by row
  runtime::RowCollection* heap;  // keeps strings that states hold
};

struct AggregateLoops {
  void (*init)(char* state);
  ErrorCode (*update)(UpdateFrame& frame);
  /// `from` need not be aligned.
  ErrorCode (*merge)(OpContext& context, char* into, const char* from,
                     runtime::RowCollection* heap);
  ErrorCode (*finalize)(OpContext& context, const char* state, void* out, bool* is_null);
  /// The string that the state holds; null where states hold none. A state on its way elsewhere is
  /// followed by the string's bytes where they do not stand inline, and merge() expects them there.
  const types::StringView* (*held)(const char* state);
};

/// In the order of aggregate.def.
const AggregateLoops& loops_of(const ops::AggregateDescriptor& aggregate);
/// The loops of an overload, in the order of the families' .def files.
const Loops& loops_of(const ops::OpDescriptor& op);

}  // namespace millrace::backend::cpu
