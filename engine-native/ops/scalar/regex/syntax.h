// PostgreSQL's advanced regular expressions as trees; host only. Two trees are made: plain nodes,
// which say what matches, and parts, which say how a match is divided among its subexpressions.
// A part that needs no dividing is a leaf, whatever its nodes.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ops/context.h"
#include "ops/scalar/character_class.h"

namespace millrace::ops::regex {

/// A set of code points: ranges and classes, perhaps complemented.
class CharacterSet {
 public:
  void add(u32 from, u32 to) { ranges_.push_back({from, to}); }
  void add_class(CharacterClass kind, bool negated) { classes_.push_back({kind, negated}); }
  void complement(bool without_newline) {
    complemented_ = true;
    without_newline_ = without_newline;
  }
  /// Adds the other case of all code points so far.
  void add_cases();
  /// Call once all is added.
  void finish();
  bool contains(u32 code) const { return code < 128 ? ascii_[code] != 0 : contains_slowly(code); }

 private:
  struct Range {
    u32 from, to;
  };
  struct Class {
    CharacterClass kind;
    bool negated;
  };
  bool contains_slowly(u32 code) const;
  std::vector<Range> ranges_;
  std::vector<Class> classes_;
  bool complemented_ = false;
  bool without_newline_ = false;
  u8 ascii_[128] = {};
};

enum class Assertion : u8 {
  TextStart,   // \A, and ^ without newline mode
  TextEnd,     // \Z, and $ without newline mode
  LineStart,   // ^ in newline mode
  LineEnd,     // $ in newline mode
  WordStart,   // \m
  WordEnd,     // \M
  WordEdge,    // \y
  NoWordEdge,  // \Y
};

struct Node {
  enum Kind : u8 { kEmpty, kSet, kAssert, kLook, kReference, kSequence, kChoice, kRepeat } kind;
  u32 set = 0;              // kSet
  Assertion assertion{};    // kAssert
  bool ahead = false;       // kLook
  bool negated = false;     // kLook
  u32 group = 0;            // kReference: whose text must come again
  int least = 0, most = 0;  // kRepeat; most < 0 is no limit
  std::vector<std::shared_ptr<const Node>> children;
};
using NodePtr = std::shared_ptr<const Node>;

/// How much a part likes to take.
constexpr u32 kLonger = 1;
constexpr u32 kShorter = 2;
constexpr u32 kMixed = 4;  // has both within
constexpr u32 kCaptures = 8;
constexpr u32 kRefers = 16;
constexpr u32 kSawLonger = 32;  // somewhere within
constexpr u32 kSawShorter = 64;

struct Part {
  enum Kind : u8 { kLeaf, kPair, kChoice, kRepeat, kReference, kGroup } kind;
  u32 flags = 0;
  NodePtr node;             // all that the part matches
  u32 group = 0;            // captured as, or referred to; 0 for none
  int least = 1, most = 1;  // kRepeat, kReference
  std::vector<std::unique_ptr<Part>> children;
  u32 index = 0;  // numbers the parts: where a matcher keeps their programs
};

struct Options {
  bool ignore_case = false;
  bool newline_stops = false;    // . and [^ do not match a newline
  bool newline_anchors = false;  // ^ and $ match at newlines
  bool expanded = false;
  bool literal = false;
};

struct Expression {
  std::unique_ptr<Part> root;
  std::vector<CharacterSet> sets;
  u32 group_count = 0;
  u32 part_count = 0;
  bool refers_back = false;
  Options options;
};

/// Null and a message where the pattern is not valid; `unsupported` where PostgreSQL knows it and
/// we do not.
std::unique_ptr<Expression> parse(std::string_view pattern, const Options& options,
                                  const char*& error, bool& unsupported);

}  // namespace millrace::ops::regex
