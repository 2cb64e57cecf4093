// A node compiled to states, run over code points with a cache of state sets; host only.
#pragma once
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "ops/scalar/regex/syntax.h"

namespace millrace::ops::regex {

constexpr i64 kNoMatch = -1;

/// A text as code points; positions count them.
struct Text {
  const u32* codes;
  i64 size;
};

/// Runs one node. Not thread-safe: it remembers what it saw.
class Program {
 public:
  Program(const Node& node, const std::vector<CharacterSet>& sets);

  /// More states than are allowed: the program must not be run.
  bool is_too_large() const { return is_too_large_; }

  /// Greatest end in [begin, limit] of a match that begins at `begin`.
  i64 longest(const Text& text, i64 begin, i64 limit);
  /// Least end in [least, limit] of a match that begins at `begin`.
  i64 shortest(const Text& text, i64 begin, i64 least, i64 limit);
  bool matches(const Text& text, i64 begin, i64 end) { return longest(text, begin, end) == end; }
  /// Least end of any match that begins at or after `begin`.
  i64 first_end(const Text& text, i64 begin);

 private:
  struct Instruction {
    enum Kind : u8 { kSet, kSplit, kAssert, kLook, kMatch } kind;
    u32 set = 0;
    Assertion assertion{};
    bool ahead = false, negated = false;
    u32 look = 0;  // index into looks_
    u32 next = 0, other = 0;
  };
  /// A set of instructions that wait for a code point.
  struct State {
    std::vector<u32> waiting;
    bool matches = false;
    bool matches_at_end = false;
    i32 next[2][128];  // for ASCII, anchored and not; -1 unknown
  };

  u32 emit(Instruction instruction);
  u32 compile(const Node& node, u32 next);
  u32 compile_repeat(const Node& node, u32 next);
  bool holds(const Instruction& instruction, const Text& text, i64 at);

  /// Follows instructions that take no text; fills `waiting_`, answers whether one is a match.
  bool close(const std::vector<u32>& from, const Text* text, i64 at, bool at_start, bool at_end);
  u32 state_of(std::vector<u32> kernel, bool at_start);
  u32 step(u32 state, u32 code, bool unanchored);
  void forget();

  template <class F>
  void run(const Text& text, i64 begin, i64 limit, bool unanchored, F at_match);
  template <class F>
  void run_in_context(const Text& text, i64 begin, i64 limit, bool unanchored, F at_match);

  const std::vector<CharacterSet>& sets_;
  std::vector<Instruction> code_;
  std::vector<std::unique_ptr<Program>> looks_;
  u32 start_ = 0;
  bool needs_context_ = false;  // asserts more than the ends of the text
  bool is_too_large_ = false;

  std::vector<u32> marks_;
  u32 mark_ = 0;
  std::vector<u32> stack_;
  std::vector<u32> waiting_;
  std::vector<std::unique_ptr<State>> states_;
  std::map<std::pair<bool, std::vector<u32>>, u32> known_;
  std::unordered_map<u64, u32> steps_;  // state << 32 | code, for codes past ASCII
};

}  // namespace millrace::ops::regex
