#include "ops/scalar/regex/matcher.h"

#include <algorithm>

#include "ops/scalar/text_case.h"

namespace millrace::ops::regex {

Matcher::Matcher(std::unique_ptr<Expression> expression) : expression_(std::move(expression)) {
  programs_.resize(expression_->part_count);
  make_programs(*expression_->root);
}

void Matcher::make_programs(const Part& part) {
  programs_[part.index] = std::make_unique<Program>(*part.node, expression_->sets);
  is_too_complex_ = is_too_complex_ || programs_[part.index]->is_too_large();
  for (const auto& child : part.children) {
    if (!is_too_complex_) make_programs(*child);
  }
}

bool Matcher::matches_anywhere(const Text& text) {
  if (expression_->refers_back) {
    text_ = text;
    return find_referring(text, 0);
  }
  return program_of(*expression_->root).first_end(text, 0) != kNoMatch;
}

bool Matcher::find(const Text& text, i64 from, bool wants_groups, std::vector<Span>& spans) {
  text_ = text;
  if (expression_->refers_back) {
    if (!find_referring(text, from)) return false;
    spans = groups_;
    return true;
  }
  const Part& root = *expression_->root;
  Program& program = program_of(root);
  const i64 first_end = program.first_end(text, from);
  if (first_end == kNoMatch) return false;
  groups_.assign(expression_->group_count + 1, Span{});
  // The earliest match begins no later than the one that ends first.
  for (i64 begin = from; begin <= first_end; begin++) {
    const i64 end = (root.flags & kShorter) ? program.shortest(text, begin, begin, text.size)
                                            : program.longest(text, begin, text.size);
    if (end == kNoMatch) continue;
    if (wants_groups && expression_->group_count > 0) divide(root, begin, end);
    groups_[0] = {begin, end};
    spans = groups_;
    return true;
  }
  return false;
}

/// With references an end that the program allows may not divide: then the next one is tried.
bool Matcher::find_referring(const Text& text, i64 from) {
  const Part& root = *expression_->root;
  Program& program = program_of(root);
  const bool shorter = (root.flags & kShorter) != 0;
  for (i64 begin = from; begin <= text.size; begin++) {
    i64 least = begin;
    i64 most = text.size;
    while (least <= most) {
      const i64 end =
          shorter ? program.shortest(text, begin, least, most) : program.longest(text, begin, most);
      if (end == kNoMatch) break;
      groups_.assign(expression_->group_count + 1, Span{});
      if (divide(root, begin, end)) {
        groups_[0] = {begin, end};
        return true;
      }
      if (shorter) {
        least = end + 1;
      } else {
        most = end - 1;
      }
    }
  }
  return false;
}

void Matcher::clear_groups(const Part& part) {
  if (part.group > 0 && part.kind != Part::kReference) groups_[part.group] = Span{};
  for (const auto& child : part.children) clear_groups(*child);
}

/// Divides a span that the part's program is known to match exactly.
bool Matcher::divide(const Part& part, i64 begin, i64 end) {
  if (!divide_inner(part, begin, end)) return false;
  if (part.group > 0 && part.kind != Part::kReference) groups_[part.group] = {begin, end};
  return true;
}

bool Matcher::divide_inner(const Part& part, i64 begin, i64 end) {
  switch (part.kind) {
    case Part::kLeaf:
      return true;
    case Part::kGroup:
      return divide(*part.children[0], begin, end);
    case Part::kReference:
      return compare_reference(part, begin, end);
    case Part::kPair:
      return divide_pair(part, begin, end);
    case Part::kChoice:
      for (const auto& child : part.children) {
        if (program_of(*child).matches(text_, begin, end) && divide(*child, begin, end)) {
          return true;
        }
      }
      return false;
    case Part::kRepeat:
      return (part.flags & kShorter) ? divide_repeat_shorter(part, begin, end)
                                     : divide_repeat(part, begin, end);
  }
  return false;
}

bool Matcher::divide_pair(const Part& part, i64 begin, i64 end) {
  const Part& left = *part.children[0];
  const Part& right = *part.children[1];
  const bool shorter = (left.flags & kShorter) != 0;
  i64 middle = shorter ? program_of(left).shortest(text_, begin, begin, end)
                       : program_of(left).longest(text_, begin, end);
  while (middle != kNoMatch) {
    if (program_of(right).matches(text_, middle, end) && divide(left, begin, middle) &&
        divide(right, middle, end)) {
      return true;
    }
    if (middle == (shorter ? end : begin)) return false;
    clear_groups(left);
    clear_groups(right);
    middle = shorter ? program_of(left).shortest(text_, begin, middle + 1, end)
                     : program_of(left).longest(text_, begin, middle - 1);
  }
  return false;
}

bool Matcher::compare_reference(const Part& part, i64 begin, i64 end) {
  const Span span = groups_[part.group];
  if (span.begin < 0) return false;
  const i64 size = span.end - span.begin;
  if (size == 0) return begin == end;
  if (begin == end) return part.least == 0;
  if ((end - begin) % size != 0) return false;
  const i64 rounds = (end - begin) / size;
  if (rounds < part.least || (part.most >= 0 && rounds > part.most)) return false;
  for (i64 i = begin; i < end; i++) {
    const u32 a = text_.codes[i];
    const u32 b = text_.codes[span.begin + (i - begin) % size];
    if (a == b) continue;
    if (!expression_->options.ignore_case || lower_of(a) != lower_of(b)) return false;
  }
  return true;
}

/// Divides the rounds that are not verified yet.
bool Matcher::rounds_hold(const Part& child, const std::vector<i64>& ends, i64 rounds,
                          i64& verified) {
  for (i64 i = verified + 1; i <= rounds; i++) {
    clear_groups(child);
    if (!divide(child, ends[static_cast<size_t>(i - 1)], ends[static_cast<size_t>(i)]))
      return false;
    verified = i;
  }
  return true;
}

bool Matcher::divide_repeat(const Part& part, i64 begin, i64 end) {
  const Part& child = *part.children[0];
  Program& program = program_of(child);
  i64 least = part.least;
  if (least <= 0) {
    if (begin == end) return true;
    least = 1;
  }
  i64 most = end - begin;
  if (part.most >= 0) most = std::min<i64>(most, part.most);
  most = std::max(most, least);
  std::vector<i64> ends(static_cast<size_t>(most) + 1, begin);
  const auto at = [&](i64 i) -> i64& { return ends[static_cast<size_t>(i)]; };
  i64 k = 1;
  i64 verified = 0;
  i64 limit = end;
  while (k > 0) {
    at(k) = program.longest(text_, at(k - 1), limit);
    if (at(k) == kNoMatch) {
      k--;
    } else {
      verified = std::min(verified, k - 1);
      if (at(k) != end) {
        if (k >= most) {
          k--;
        } else if (at(k) != at(k - 1) || (k < least && least - k >= end - at(k))) {
          k++;
          limit = end;
          continue;
        }
      } else if (k >= least && rounds_hold(child, ends, k, verified)) {
        return true;
      }
    }
    // Shorten the k'th round, or an earlier one; ask for an empty one only where it is needed.
    for (; k > 0; k--) {
      const i64 previous = at(k - 1);
      if (at(k) <= previous) continue;
      limit = at(k) - 1;
      if (limit > previous || (k < least && least - k >= end - previous)) break;
    }
  }
  return false;
}

bool Matcher::divide_repeat_shorter(const Part& part, i64 begin, i64 end) {
  const Part& child = *part.children[0];
  Program& program = program_of(child);
  i64 least = part.least;
  if (least <= 0) {
    if (begin == end) return true;
    least = 1;
  }
  i64 most = end - begin;
  if (part.most >= 0) most = std::min<i64>(most, part.most);
  most = std::max(most, least);
  std::vector<i64> ends(static_cast<size_t>(most) + 1, begin);
  const auto at = [&](i64 i) -> i64& { return ends[static_cast<size_t>(i)]; };
  i64 k = 1;
  i64 verified = 0;
  i64 limit = begin;
  while (k > 0) {
    // No empty round unless it is needed, and the last round allowed must reach the end.
    if (limit == at(k - 1) && limit != end && (k >= least || least - k < end - limit)) limit++;
    if (k >= most) limit = end;
    at(k) = limit <= end ? program.shortest(text_, at(k - 1), limit, end) : kNoMatch;
    if (at(k) == kNoMatch) {
      k--;
    } else {
      verified = std::min(verified, k - 1);
      if (at(k) != end) {
        if (k < most) {
          k++;
          limit = at(k - 1);
          continue;
        }
        k--;
      } else if (k >= least && rounds_hold(child, ends, k, verified)) {
        return true;
      }
    }
    for (; k > 0; k--) {
      if (at(k) < end) {
        limit = at(k) + 1;
        break;
      }
    }
  }
  return false;
}

}  // namespace millrace::ops::regex
