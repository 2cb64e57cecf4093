// State that outlives an instruction inside the interpreter. Private to backend/cpu.
#pragma once
#include <algorithm>
#include <memory>
#include <vector>

#include "backend/cpu/interpreter.h"

namespace millrace::backend::cpu {

/// Memory for strings that operations make; given back when the next batch starts.
struct Interpreter::ArenaOwner {
  explicit ArenaOwner(memory::Budget* budget) : reservation(budget) {
    arena.next = arena.end = nullptr;
    arena.refill = &refill;
  }
  void reset() {
    if (blocks.size() > 1) {
      std::swap(blocks.front(), blocks.back());
      int64_t dropped = 0;
      for (size_t i = 1; i < blocks.size(); i++) {
        dropped += static_cast<int64_t>(blocks[i].size_bytes());
      }
      blocks.resize(1);
      reservation.shrink(dropped);
    }
    used = 0;
    if (blocks.empty()) return;
    used = 1;
    arena.next = blocks.front().as<char>();
    arena.end = arena.next + blocks.front().size_bytes();
  }
  /// A place to come back to: what was allocated since is given up, its blocks are kept for later.
  struct Mark {
    size_t used = 0;
    char* next = nullptr;
    char* end = nullptr;
  };
  Mark mark() const { return {used, arena.next, arena.end}; }
  void rewind(const Mark& to) {
    used = to.used;
    arena.next = to.next;
    arena.end = to.end;
  }
  static char* refill(ops::Arena* arena, uint32_t size) {
    // `arena` is the first member of its owner.
    auto* owner = reinterpret_cast<ArenaOwner*>(arena);
    while (owner->used < owner->blocks.size()) {
      column::Buffer& kept = owner->blocks[owner->used++];
      if (kept.size_bytes() >= size) return owner->open(kept, size);
    }
    const size_t last = owner->blocks.empty() ? 0 : owner->blocks.back().size_bytes();
    const size_t block = std::max<size_t>(std::clamp<size_t>(last * 2, 64 << 10, 4 << 20), size);
    if (!owner->reservation.grow(static_cast<int64_t>(block)).ok()) return nullptr;
    owner->blocks.emplace_back(block);
    owner->used++;
    return owner->open(owner->blocks.back(), size);
  }
  char* open(column::Buffer& block, uint32_t size) {
    char* at = block.as<char>();
    arena.next = at + size;
    arena.end = at + block.size_bytes();
    return at;
  }
  ops::Arena arena;
  std::vector<column::Buffer> blocks;
  size_t used = 0;  // blocks that hold something
  memory::Reservation reservation;
};

/// Results of a call by dictionary entry, for one dictionary.
struct Interpreter::CodeCache {
  uint64_t dictionary_id = 0;
  bool failed = false;  // some entry raises an error: rows decide
  column::Buffer values;
  column::Buffer validity;
};

/// Groups by the codes of their keys, for keys of few values: no hash and no comparison a row. Valid
/// for one set of dictionaries; a code past the entries stands for NULL.
struct Interpreter::GroupCache {
  static constexpr uint32_t kMostGroups = 4096;
  /// Lanes are put together by group while a vector has at most this many.
  static constexpr uint32_t kMostRuns = 64;
  std::vector<uint64_t> dictionary_ids;
  std::vector<uint32_t> radix;
  std::vector<char*> rows;  // by mixed-radix code
  std::vector<uint16_t> codes = std::vector<uint16_t>(kVectorSize);
  // The vector at hand: lanes group after group.
  struct Run {
    char* row;
    uint32_t from;
    uint32_t to;
  };
  bool has_runs = false;
  std::vector<Run> runs;
  std::vector<uint16_t> run_lanes = std::vector<uint16_t>(kVectorSize);
  std::vector<uint32_t> counts;  // by code; zero between vectors
};

/// The sets of the lane that a loop over sets is at.
struct Interpreter::Expansion {
  std::vector<std::unique_ptr<ops::SetCursor>> cursors;
  std::vector<uint8_t> ended;  // by set
  std::vector<uint32_t> made;  // by set: elements of the round at hand
  std::vector<ops::SetArgument> arguments;
  bool is_open = false;
  uint64_t row_count = 0;  // rows of the lane so far
};

/// A loop over pairs of rows: of lanes with their candidates in a table or list of rows, or with the
/// rows of an expansion.
struct Interpreter::Match {
  uint32_t pc = 0;
  ir::Match kind = ir::Match::Pairs;
  bool finishing = false;
  std::unique_ptr<Expansion> expansion;  // ExpandSets
  std::vector<uint32_t> limits;          // that stand in the loop
  bool stops_at_match = false;           // further matches of a lane change nothing
  ArenaOwner::Mark mark;                 // strings of a round of pairs die with the round
  std::vector<VectorView> keys;
  LanesView parent_lanes;
  // ProbeLoop: lanes still following their chain, and where they are.
  std::vector<uint16_t> lane = std::vector<uint16_t>(kVectorSize);
  std::vector<const char*> at = std::vector<const char*>(kVectorSize);
  uint32_t open_count = 0;
  uint32_t next_open = 0;
  // CrossLoop: next row for the lane at `next_open`.
  uint64_t next_row = 0;
  // The pairs at hand: parents are in the pair space, rows here by pair.
  std::vector<const char*> pair_rows = std::vector<const char*>(kVectorSize);
  // By lane of the parent space: how it matched so far.
  enum Seen : uint8_t { kNothing = 0, kUnknown = 1, kMatched = 2 };
  std::vector<uint8_t> seen = std::vector<uint8_t>(kVectorSize);
  std::vector<const char*> single_row = std::vector<const char*>(kVectorSize);
  // Rows that go on.
  std::vector<const char*> out_rows = std::vector<const char*>(kVectorSize);
  std::vector<uint8_t> out_marks = std::vector<uint8_t>(kVectorSize);
  std::vector<uint8_t> out_mark_validity = std::vector<uint8_t>(kVectorSize);
};

}  // namespace millrace::backend::cpu
