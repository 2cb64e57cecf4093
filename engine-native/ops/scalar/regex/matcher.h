// Finds a match and divides it among the groups, as Henry Spencer's engine in PostgreSQL does: the
// earliest start; then the longest or shortest end, by what the whole expression likes; then each
// part, from left to right, takes the most or least it can. Host only.
#pragma once

#include "ops/scalar/regex/program.h"

namespace millrace::ops::regex {

/// [begin, end) in code points; begin < 0 where a group took no part.
struct Span {
  i64 begin = -1;
  i64 end = -1;
};

/// Not thread-safe.
class Matcher {
 public:
  explicit Matcher(std::unique_ptr<Expression> expression);

  bool is_too_complex() const { return is_too_complex_; }
  u32 group_count() const { return expression_->group_count; }

  bool matches_anywhere(const Text& text);
  /// The first match that begins at `from` or later. `spans[0]` is the whole, `spans[n]` group n;
  /// groups are found only if `wants_groups`.
  bool find(const Text& text, i64 from, bool wants_groups, std::vector<Span>& spans);

 private:
  Program& program_of(const Part& part) { return *programs_[part.index]; }
  void make_programs(const Part& part);
  bool find_referring(const Text& text, i64 from);
  bool divide(const Part& part, i64 begin, i64 end);
  bool divide_inner(const Part& part, i64 begin, i64 end);
  bool divide_pair(const Part& part, i64 begin, i64 end);
  bool divide_repeat(const Part& part, i64 begin, i64 end);
  bool divide_repeat_shorter(const Part& part, i64 begin, i64 end);
  bool compare_reference(const Part& part, i64 begin, i64 end);
  bool rounds_hold(const Part& child, const std::vector<i64>& ends, i64 rounds, i64& verified);
  void clear_groups(const Part& part);

  std::unique_ptr<Expression> expression_;
  std::vector<std::unique_ptr<Program>> programs_;
  std::vector<Span> groups_;
  Text text_{};
  bool is_too_complex_ = false;
};

}  // namespace millrace::ops::regex
