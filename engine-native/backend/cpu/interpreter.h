// backend/cpu: runs pipelines of the IR vector by vector, with loops instantiated from ops/; it
// states no semantics of its own. May include what stands left of it in the order of rooms.
// Start reading at Interpreter::step.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "backend/cpu/registers.h"
#include "ir/ir.h"
#include "runtime/state.h"

namespace millrace::backend::cpu {

using base::Status;

/// Rows a source hands to a pipeline. A column is asked for when the first instruction needs it and
/// some row still lives: what filters drop is not decoded.
class Batch {
 public:
  virtual ~Batch() = default;
  virtual uint32_t row_count() const = 0;
  /// The rows of source column `index`; valid until the source's next batch.
  virtual base::Result<ColumnView> column(uint32_t index) = 0;
};

/// Runs one worker's share of a pipeline. Memory of registers is kept between batches.
/// Threads: one at a time.
class Interpreter {
 public:
  Interpreter(const ir::Pipeline* pipeline, const runtime::Bindings* bindings,
              const ops::Settings* settings, memory::Budget* budget, uint32_t worker, bool timed);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  enum class Outcome : uint8_t {
    Done,     // the batch is through
    Blocked,  // the result sink is full: call resume() after its wake-up
    Paused,   // a loop over pairs gives way: call resume() when it is its turn again
    Failed,   // see status()
  };
  /// At most kVectorSize rows; views must stay valid until the batch is Done.
  Outcome run(Batch& batch);
  Outcome resume() { return step(); }
  /// Asked before columns are decoded and between rounds of loops: true ends the batch soon, with
  /// Failed or Paused.
  void set_stopped(std::function<bool()> stopped) { stopped_ = std::move(stopped); }
  const Status& status() const { return status_; }

  struct OperatorCounts {
    uint64_t rows = 0;
    uint64_t nanoseconds = 0;
  };
  /// By operator id.
  const std::vector<OperatorCounts>& counts() const { return counts_; }

 private:
  struct Match;
  struct Expansion;
  struct CodeCache;
  struct GroupCache;
  struct ArenaOwner;

  Outcome step();
  bool has_enough(const Match& match) const;
  void make_loops();
  bool is_stopped() const { return stopped_ && stopped_(); }
  Status execute(const ir::Instruction& instruction);
  void start_batch(Batch& batch);

  // Values (values.cc).
  Status load(const ir::Instruction& instruction);
  void flatten(Register& value, uint32_t row_count);
  VectorView flat(ir::ValueId id);
  void collect(std::span<const ir::ValueId> ids, std::vector<VectorView>& out);
  void connective(const ir::Instruction& instruction);
  void is_null(const ir::Instruction& instruction);
  void in_set(const ir::Instruction& instruction);
  void narrow(const ir::Instruction& instruction);
  void merge(const ir::Instruction& instruction);
  void gather(const ir::Instruction& instruction);
  void runtime_filter(const ir::Instruction& instruction);
  void limit(const ir::Instruction& instruction);

  // Calls (calls.cc).
  Status call(const ir::Instruction& instruction);
  Status call_constant(const ir::Instruction& instruction);
  bool call_coded(const ir::Instruction& instruction);
  ErrorCode run_loop(const ir::Instruction& instruction, std::span<const Argument> arguments,
                     LanesView lanes, uint32_t dense_count, Register& result,
                     const uint8_t* present);
  const uint8_t* present_lanes(std::span<const Argument> arguments, LanesView lanes, uint8_t* into);
  Status error_of(ErrorCode code) const;

  // Matches (matches.cc).
  void probe_unique(const ir::Instruction& instruction);
  void start_match(const ir::Instruction& instruction, uint32_t pc);
  bool next_pairs(Match& match);
  Status end_pairs(const ir::Instruction& instruction, Match& match, bool* emits);
  Status note_unknown(Match& match);
  Status finish_match(Match& match, bool* emits);
  void emit_rows(const ir::Instruction& end, uint32_t count);
  void fetch(const ir::Instruction& instruction);

  // Sets (expansions.cc).
  void start_expansion(const ir::Instruction& instruction, uint32_t pc);
  Status open_sets(const ir::Instruction& start, Match& match);
  Status take_elements(const ir::Instruction& start, Expansion& expansion, uint32_t at,
                       uint32_t* taken);
  void pad_elements(const ir::Instruction& start, Expansion& expansion, uint32_t at, uint32_t taken,
                    bool is_empty);
  Status next_elements(Match& match, uint32_t* count);

  // Groups and sinks (sinks.cc).
  Status update_groups(const ir::Instruction& instruction);
  Status merge_groups(const ir::Instruction& instruction);
  Status group_rows(const ir::Instruction& instruction, LanesView lanes);
  Status find_groups(const ir::Instruction& instruction, LanesView lanes, char** rows);
  bool can_group_by_code(const ir::Instruction& instruction);
  Status group_by_code(const ir::Instruction& instruction, LanesView lanes);
  ErrorCode update_by_group(const runtime::GroupState::Aggregate& aggregate,
                            std::span<const Argument> arguments, uint32_t worker);
  Status finalize(const ir::Instruction& instruction);
  Status state_bytes(const ir::Instruction& instruction);
  Status append_rows(const ir::Instruction& instruction);
  Status emit_result(const ir::Instruction& instruction, bool* blocked);

  uint32_t rows_of(ir::LaneSetId lanes) const {
    return spaces_[pipeline_->lane_sets[lanes].space].row_count;
  }

  const ir::Pipeline* pipeline_;
  const runtime::Bindings* bindings_;
  memory::Budget* budget_;
  const uint32_t worker_;
  const bool timed_;
  ops::OpContext context_;
  std::unique_ptr<ArenaOwner> arena_;
  std::vector<Register> registers_;
  std::vector<Lanes> lanes_;
  std::vector<Space> spaces_;
  std::vector<std::unique_ptr<CodeCache>> code_caches_;    // by instruction
  std::vector<std::unique_ptr<GroupCache>> group_caches_;  // by group sink
  std::vector<std::unique_ptr<Match>> matches_;            // by instruction
  std::vector<uint32_t> match_ends_;                       // of the loop that starts there
  std::vector<Match*> open_matches_;
  std::vector<OperatorCounts> counts_;
  struct FilterUse {
    uint64_t seen = 0;
    uint64_t passed = 0;
  };
  std::vector<FilterUse> filter_uses_;  // by runtime filter
  std::vector<VectorView> scratch_views_;
  std::vector<VectorView> scratch_keys_;
  std::vector<char*> group_rows_;
  Batch* batch_ = nullptr;
  std::function<bool()> stopped_;
  uint32_t pc_ = 0;
  uint32_t emitted_ = 0;
  Status status_;
};

}  // namespace millrace::backend::cpu
