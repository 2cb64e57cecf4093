// ir: the pipeline in a small typed language, the one form both back ends take.
//
// A pipeline runs over batches of its source. Its body is a list of instructions in static single
// assignment over *values* (a lane each row) that live in *spaces* (a space is one set of rows:
// the source's rows, then the rows after each expansion). A *lane set* is a subset of a space's
// rows: an instruction runs for its lane set, and only for those rows may it raise an error. The
// first lane set of a space holds all its rows; Filter and Narrow make smaller ones.
//
// Discrete parameters (types, operations, nullability) shape code; constants and run-time state are
// referred to by index and bound when a pipeline starts.
//
// What rendering Q1, Q3, Q13, Q16 and Q18 as kernels taught (backend/cuda renders all of it):
// - With one lane a row, a lane set is a condition, a space is a nested loop, Gather is nothing, and
//   the text reads like the query: at most 111 lines, 98 registers, no spills.
// - The body says what, never how many. Whether to make rows dense after a filter and how many
//   groups to keep close come from statistics and reach a back end beside the pipeline.
// - ProbeUnique or ProbeLoop is chosen when a table is complete, so a kernel that probes cannot be
//   compiled ahead of that; a back end that compiles wants both shapes or the planner's word.
// - Values wanted late must be worked out late: all Finalize ahead of AppendRows cost spills.
// - Partial groups merged into final ones are two pipelines that one shared table does not need.
// - Instructions name no columns; a back end that wants names carries them beside the pipeline.
//
// May include base, types, column, ops, plan. Invariant: verify() accepts a pipeline before any
// back end sees it. Start reading at Code below.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "ops/registry.h"
#include "ops/set_function.h"
#include "types/physical.h"

namespace millrace::ir {

using ValueId = uint32_t;
using LaneSetId = uint32_t;
using SpaceId = uint32_t;
constexpr uint32_t kNone = 0xffffffff;

enum class Code : uint8_t {
  /// result = column `index` of the source batch.
  Load,
  /// result = constant `index`; the same in every lane and every space.
  Constant,
  /// result = op(args), for `lanes`.
  Call,
  /// result = args[0] AND/OR args[1] in three-valued logic; args[1] is defined only in lane set
  /// `index`, outside of which args[0] alone decides.
  And,
  Or,
  /// result = args[0] is NULL (`flag`: is not NULL).
  IsNull,
  /// result = args[0] is in the set of constants `index`; NULL as IN demands.
  InSet,
  /// new lane set: rows of `lanes` where args[0] is true (`flag` false) or is not true (`flag`).
  Narrow,
  /// new lane set: rows of `lanes` where args[0] is not false (`flag` false) or not true (`flag`).
  NarrowUndecided,
  /// result, lane by lane, from args[i] where the row is in lane set merge_lanes[i].
  Merge,
  /// result = whether args[0] may match runtime filter `index`; NULL never does.
  RuntimeFilter,
  /// result = row of join table `index` whose keys equal args, or none; table keys are unique.
  ProbeUnique,
  /// Starts a loop over pairs (row of `lanes`, matching row of join table `index`) in a new space;
  /// result = the row. Ends at the MatchEnd that names it. Emits nothing by itself.
  ProbeLoop,
  /// Starts a loop over pairs (row of `lanes`, each row of row collection `index`).
  CrossLoop,
  /// Ends the innermost loop: args[0], if any, is the residual condition over the pairs; `match`
  /// says which rows go on in a new space; result = row (none for an unmatched one), second result
  /// = the mark.
  MatchEnd,
  /// Starts a loop over the rows that `sets` make of each row of `lanes`, in a new space; it has no
  /// end but the pipeline's. args are the sets' arguments, one set's after the other's. `results`:
  /// an element of each set, then, if there is one more, the row's number in its lane from 1
  /// (`flag`: a lane without elements has one row, of NULLs).
  ExpandSets,
  /// result = args[0] for the rows of this space; args[0] lives in the space this one came from.
  Gather,
  /// result = field `index` of the row args[0] of the state `state`; NULL where there is no row.
  Fetch,
  /// result = the state of aggregate `index` of group row args[0], as bytea (partial aggregation).
  StateBytes,
  /// result = the value of aggregate `index` of group row args[0].
  Finalize,
  /// Only the first rows that limit `index` lets through stay: a new lane set.
  Limit,
  /// Adds the lane set's rows to the operator's count (EXPLAIN ANALYZE).
  CountRows,
  /// Sinks. args are the columns.
  AppendRows,    // to row sink `index`
  UpdateGroups,  // group sink `index`: keys (`key_count` of args), then the aggregates' arguments;
                 // merge_lanes[a] is the lane set aggregate a takes (its FILTER)
  MergeGroups,   // group sink `index`: keys, then one state (bytea) an aggregate
  EmitResult,    // to the result sink
  /// Marks matched rows only (the flow ends at a join whose output comes from its build side).
  Discard,
};

/// Which rows leave a MatchEnd.
enum class Match : uint8_t {
  Pairs,              // inner
  PairsAndUnmatched,  // left
  Matched,            // semi
  Unmatched,          // anti
  Mark,               // every row once, with the mark
  Single,             // every row once, with its only match or none; 21000 beyond one
  BuildOnly,          // none: matches are marked in the table
};

struct Instruction {
  Code code;
  bool flag = false;
  Match match = Match::Pairs;
  uint32_t index = kNone;
  uint32_t operator_id = 0;
  LaneSetId lanes = kNone;
  ValueId result = kNone;
  ValueId second_result = kNone;
  LaneSetId new_lanes = kNone;
  SpaceId new_space = kNone;
  const ops::OpDescriptor* op = nullptr;
  std::vector<ValueId> args;
  std::vector<LaneSetId> merge_lanes;
  std::vector<const ops::SetFunction*> sets;
  std::vector<ValueId> results;
  uint32_t position = 0;  // of the expression in the statement, for errors
  /// UpdateGroups, MergeGroups: how many of args are keys. Fetch, StateBytes, Finalize: the row
  /// state (bound at run time) that the row belongs to.
  uint32_t key_count = 0;
  /// Narrow, Limit: the flow goes on only under the new lane set, so none left ends it.
  bool flag_ends_flow = false;
  bool marks_build = false;  // MatchEnd: matched rows of the table are marked
};

struct Value {
  types::TypeParameters type;
  bool nullable;
  SpaceId space;        // kNone for constants
  bool is_row = false;  // a row of a table or collection, not an SQL value
};

struct LaneSet {
  SpaceId space;
  LaneSetId parent;  // kNone for a space's full set
};

/// A column the source delivers.
struct SourceColumn {
  types::TypeParameters type;
  bool nullable;
  bool is_row = false;
};

struct Pipeline {
  std::vector<SourceColumn> columns;
  std::vector<Value> values;
  std::vector<LaneSet> lane_sets;
  uint32_t space_count = 0;
  std::vector<Instruction> body;
};

/// Every use is defined before, in the space and under a lane set that cover it; types agree with
/// the operations'. XX000 with the instruction otherwise.
base::Status verify(const Pipeline& pipeline);

/// One instruction a line: `v3:d64 = mul(v1, v2) over l1`.
std::string print(const Pipeline& pipeline);

}  // namespace millrace::ir
