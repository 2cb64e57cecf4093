#include "ops/scalar/regex/program.h"

#include <algorithm>

namespace millrace::ops::regex {

namespace {
constexpr size_t kMostInstructions = 100000;
constexpr size_t kMostStates = 2000;
constexpr u64 kUnanchoredBit = u64{1} << 63;
}  // namespace

Program::Program(const Node& node, const std::vector<CharacterSet>& sets) : sets_(sets) {
  start_ = compile(node, emit({.kind = Instruction::kMatch}));
  marks_.resize(code_.size());
}

u32 Program::emit(Instruction instruction) {
  if (code_.size() >= kMostInstructions) {
    is_too_large_ = true;
    return 0;
  }
  code_.push_back(instruction);
  return static_cast<u32>(code_.size() - 1);
}

/// Emits code that goes on at `next`; answers where it begins.
u32 Program::compile(const Node& node, u32 next) {
  if (is_too_large_) return 0;
  switch (node.kind) {
    case Node::kEmpty:
      return next;
    case Node::kSet:
      return emit({.kind = Instruction::kSet, .set = node.set, .next = next});
    case Node::kAssert:
      needs_context_ = needs_context_ || (node.assertion != Assertion::TextStart &&
                                          node.assertion != Assertion::TextEnd);
      return emit({.kind = Instruction::kAssert, .assertion = node.assertion, .next = next});
    case Node::kLook: {
      needs_context_ = true;
      looks_.push_back(std::make_unique<Program>(*node.children[0], sets_));
      is_too_large_ = is_too_large_ || looks_.back()->is_too_large();
      return emit({.kind = Instruction::kLook,
                   .ahead = node.ahead,
                   .negated = node.negated,
                   .look = static_cast<u32>(looks_.size() - 1),
                   .next = next});
    }
    case Node::kReference:
      // Whatever the group could match; the division compares it with what it did.
      return compile(*node.children[0], next);
    case Node::kSequence:
      for (size_t i = node.children.size(); i > 0; i--) next = compile(*node.children[i - 1], next);
      return next;
    case Node::kChoice: {
      u32 at = compile(*node.children.back(), next);
      for (size_t i = node.children.size() - 1; i > 0; i--) {
        const u32 branch = compile(*node.children[i - 1], next);
        at = emit({.kind = Instruction::kSplit, .next = branch, .other = at});
      }
      return at;
    }
    case Node::kRepeat:
      return compile_repeat(node, next);
  }
  return next;
}

u32 Program::compile_repeat(const Node& node, u32 next) {
  const Node& child = *node.children[0];
  u32 at = next;
  if (node.most < 0) {
    const u32 loop = emit({.kind = Instruction::kSplit, .next = next, .other = next});
    const u32 body = compile(child, loop);
    code_[loop].next = body;
    at = loop;
  } else {
    for (int i = node.least; i < node.most; i++) {
      const u32 body = compile(child, at);
      at = emit({.kind = Instruction::kSplit, .next = body, .other = next});
    }
  }
  for (int i = 0; i < node.least; i++) at = compile(child, at);
  return at;
}

bool Program::holds(const Instruction& instruction, const Text& text, i64 at) {
  if (instruction.kind == Instruction::kLook) {
    Program& look = *looks_[instruction.look];
    bool found = false;
    if (instruction.ahead) {
      found = look.shortest(text, at, at, text.size) != kNoMatch;
    } else {
      for (i64 begin = at; begin >= 0 && !found; begin--) found = look.matches(text, begin, at);
    }
    return found != instruction.negated;
  }
  const auto is_word = [&](i64 position) {
    return position >= 0 && position < text.size &&
           is_in_class(text.codes[position], CharacterClass::Word);
  };
  switch (instruction.assertion) {
    case Assertion::TextStart:
      return at == 0;
    case Assertion::TextEnd:
      return at == text.size;
    case Assertion::LineStart:
      return at == 0 || text.codes[at - 1] == '\n';
    case Assertion::LineEnd:
      return at == text.size || text.codes[at] == '\n';
    case Assertion::WordStart:
      return !is_word(at - 1) && is_word(at);
    case Assertion::WordEnd:
      return is_word(at - 1) && !is_word(at);
    case Assertion::WordEdge:
      return is_word(at - 1) != is_word(at);
    case Assertion::NoWordEdge:
      return is_word(at - 1) == is_word(at);
  }
  return false;
}

bool Program::close(const std::vector<u32>& from, const Text* text, i64 at, bool at_start,
                    bool at_end) {
  bool matches = false;
  mark_++;
  waiting_.clear();
  stack_ = from;
  while (!stack_.empty()) {
    const u32 index = stack_.back();
    stack_.pop_back();
    if (marks_[index] == mark_) continue;
    marks_[index] = mark_;
    const Instruction& instruction = code_[index];
    switch (instruction.kind) {
      case Instruction::kSet:
        waiting_.push_back(index);
        break;
      case Instruction::kSplit:
        stack_.push_back(instruction.next);
        stack_.push_back(instruction.other);
        break;
      case Instruction::kMatch:
        matches = true;
        break;
      case Instruction::kAssert:
      case Instruction::kLook: {
        const bool passes = text != nullptr ? holds(instruction, *text, at)
                            : instruction.assertion == Assertion::TextStart ? at_start
                                                                            : at_end;
        if (passes) stack_.push_back(instruction.next);
        break;
      }
    }
  }
  return matches;
}

void Program::forget() {
  states_.clear();
  known_.clear();
  steps_.clear();
}

u32 Program::state_of(std::vector<u32> kernel, bool at_start) {
  std::sort(kernel.begin(), kernel.end());
  kernel.erase(std::unique(kernel.begin(), kernel.end()), kernel.end());
  const auto [at, is_new] =
      known_.emplace(std::pair(at_start, std::move(kernel)), static_cast<u32>(states_.size()));
  if (!is_new) return at->second;
  auto state = std::make_unique<State>();
  state->matches_at_end = close(at->first.second, nullptr, 0, at_start, true);
  state->matches = close(at->first.second, nullptr, 0, at_start, false);
  state->waiting = waiting_;
  for (auto& table : state->next) std::fill(std::begin(table), std::end(table), -1);
  states_.push_back(std::move(state));
  return at->second;
}

u32 Program::step(u32 from, u32 code, bool unanchored) {
  std::vector<u32> kernel;
  for (const u32 index : states_[from]->waiting) {
    if (sets_[code_[index].set].contains(code)) kernel.push_back(code_[index].next);
  }
  if (unanchored) kernel.push_back(start_);
  return state_of(std::move(kernel), false);
}

/// Calls `at_match(end)` for the ends of matches in rising order until it answers false.
template <class F>
void Program::run(const Text& text, i64 begin, i64 limit, bool unanchored, F at_match) {
  if (needs_context_) {
    run_in_context(text, begin, limit, unanchored, at_match);
    return;
  }
  if (states_.size() > kMostStates) forget();
  u32 state = state_of({start_}, begin == 0);
  for (i64 at = begin;; at++) {
    const State& current = *states_[state];
    if (at == text.size ? current.matches_at_end : current.matches) {
      if (!at_match(at)) return;
    }
    if (at >= limit || (current.waiting.empty() && !unanchored)) return;
    const u32 code = text.codes[at];
    if (code < 128) {
      const i32 known = current.next[unanchored ? 1 : 0][code];
      if (known >= 0) {
        state = static_cast<u32>(known);
        continue;
      }
      const u32 next = step(state, code, unanchored);
      states_[state]->next[unanchored ? 1 : 0][code] = static_cast<i32>(next);
      state = next;
      continue;
    }
    const u64 key = u64{state} << 32 | code | (unanchored ? kUnanchoredBit : 0);
    const auto known = steps_.find(key);
    if (known != steps_.end()) {
      state = known->second;
    } else {
      const u32 next = step(state, code, unanchored);
      steps_.emplace(key, next);
      state = next;
    }
  }
}

template <class F>
void Program::run_in_context(const Text& text, i64 begin, i64 limit, bool unanchored, F at_match) {
  std::vector<u32> kernel{start_};
  for (i64 at = begin;; at++) {
    if (close(kernel, &text, at, false, false) && !at_match(at)) return;
    if (at >= limit || (waiting_.empty() && !unanchored)) return;
    kernel.clear();
    for (const u32 index : waiting_) {
      if (sets_[code_[index].set].contains(text.codes[at])) kernel.push_back(code_[index].next);
    }
    if (unanchored) kernel.push_back(start_);
  }
}

i64 Program::longest(const Text& text, i64 begin, i64 limit) {
  i64 found = kNoMatch;
  run(text, begin, limit, false, [&](i64 end) {
    found = end;
    return true;
  });
  return found;
}

i64 Program::shortest(const Text& text, i64 begin, i64 least, i64 limit) {
  i64 found = kNoMatch;
  run(text, begin, limit, false, [&](i64 end) {
    if (end < least) return true;
    found = end;
    return false;
  });
  return found;
}

i64 Program::first_end(const Text& text, i64 begin) {
  i64 found = kNoMatch;
  run(text, begin, text.size, true, [&](i64 end) {
    found = end;
    return false;
  });
  return found;
}

}  // namespace millrace::ops::regex
