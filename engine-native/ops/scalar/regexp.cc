#include "ops/scalar/regexp.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "ops/cast/parse_bytes.h"
#include "ops/scalar/regex/pattern.h"
#include "ops/scalar/utf8.h"

namespace millrace::ops {

namespace {

using regex::fail_text;
using regex::find_matcher;
using regex::Flags;
using regex::Matcher;
using regex::Options;
using regex::parse_flags;
using regex::parse_flags_of;
using regex::Span;
using regex::Subject;
using regex::view_of;

ErrorCode fail_parameter(OpContext& c, const char* name, i32 value) {
  char text[80];
  const int size =
      std::snprintf(text, sizeof text, "invalid value for parameter \"%s\": %d", name, value);
  return fail_text(c, ErrorCode::InvalidParameterValue, {text, static_cast<size_t>(size)});
}

ErrorCode match_anywhere(OpContext& c, const StringView& text, const StringView& pattern,
                         const Options& options, u8& out) {
  Matcher* matcher;
  const ErrorCode code = find_matcher(c, pattern, options, matcher);
  if (code == ErrorCode::Ok) out = matcher->matches_anywhere(Subject(text).text) ? 1 : 0;
  return code;
}

void set_text(std::string_view text, Nullable<StringView>& out) {
  out = {StringView::make(text.data(), static_cast<u32>(text.size())), false};
}

/// Copies a piece of an argument whose view is about to end: short strings lie within their view.
ErrorCode keep(OpContext& c, std::string_view text, StringView& out) {
  StringWriter writer;
  if (!writer.reserve(c, text.size())) return c.fail(ErrorCode::OutOfMemory);
  writer.append(text.data(), static_cast<u32>(text.size()));
  out = writer.finish();
  return ErrorCode::Ok;
}

/// Appends the replacement with \1 … \9 and \& filled in.
void append_replacement(std::string& to, const Subject& subject, const std::vector<Span>& spans,
                        std::string_view with) {
  for (size_t i = 0; i < with.size(); i++) {
    if (with[i] != '\\' || i + 1 == with.size()) {
      to += with[i];
      continue;
    }
    const char next = with[i + 1];
    if (next == '\\') {
      to += '\\';
      i++;
      continue;
    }
    const bool is_group = next >= '1' && next <= '9';
    if (!is_group && next != '&') {
      to += '\\';
      continue;
    }
    i++;
    const size_t group = is_group ? static_cast<size_t>(next - '0') : 0;
    if (group < spans.size() && spans[group].begin >= 0) {
      to += subject.slice(spans[group].begin, spans[group].end);
    }
  }
}

/// Replaces the n-th match at or after `start` (from 0), all of them for n = 0.
ErrorCode replace(OpContext& c, const StringView& text, const StringView& pattern,
                  const StringView& with, i64 start, i32 n, const Options& options,
                  StringView& out) {
  Matcher* matcher;
  const ErrorCode code = find_matcher(c, pattern, options, matcher);
  if (code != ErrorCode::Ok) return code;
  const Subject subject(text);
  const bool wants_groups = view_of(with).find('\\') != std::string_view::npos;
  thread_local std::string result;
  result.clear();
  std::vector<Span> spans;
  i64 copied = 0;
  i32 count = 0;
  for (i64 from = start; from <= subject.text.size;) {
    if (!matcher->find(subject.text, from, wants_groups, spans)) break;
    const Span whole = spans[0];
    count++;
    from = whole.end > whole.begin ? whole.end : whole.end + 1;
    if (n > 0 && count != n) continue;
    result += subject.slice(copied, whole.begin);
    append_replacement(result, subject, spans, view_of(with));
    copied = whole.end;
    if (n > 0) break;
  }
  if (copied == 0 && result.empty()) {
    out = text;
    return ErrorCode::Ok;
  }
  if (copied < subject.text.size) result += subject.slice(copied, subject.text.size);
  return keep(c, result, out);
}

/// The n-th match at or after character `start` (from 1); false if there are fewer.
bool find_nth(Matcher& matcher, const Subject& subject, i32 start, i32 n, bool wants_groups,
              std::vector<Span>& spans) {
  i32 count = 0;
  for (i64 from = static_cast<i64>(start) - 1; from <= subject.text.size;) {
    if (!matcher.find(subject.text, from, wants_groups, spans)) return false;
    if (++count == n) return true;
    from = spans[0].end > spans[0].begin ? spans[0].end : spans[0].end + 1;
  }
  return false;
}

/// What regexp_instr and regexp_substr look for.
struct Wanted {
  i32 start = 1;
  i32 n = 1;
  i32 group = 0;
  StringView flags = empty_string();
};

ErrorCode find_wanted(OpContext& c, const StringView& text, const StringView& pattern,
                      const Wanted& wanted, std::string_view function, i32 end_option, Span& out,
                      std::string_view* slice) {
  if (wanted.start <= 0) return fail_parameter(c, "start", wanted.start);
  if (wanted.n <= 0) return fail_parameter(c, "n", wanted.n);
  if (end_option != 0 && end_option != 1) return fail_parameter(c, "endoption", end_option);
  if (wanted.group < 0) return fail_parameter(c, "subexpr", wanted.group);
  Flags flags;
  ErrorCode code = parse_flags_of(c, wanted.flags, function, flags);
  if (code != ErrorCode::Ok) return code;
  Matcher* matcher;
  code = find_matcher(c, pattern, flags.options, matcher);
  if (code != ErrorCode::Ok) return code;
  const Subject subject(text);
  std::vector<Span> spans;
  out = Span{};
  if (!find_nth(*matcher, subject, wanted.start, wanted.n, wanted.group > 0, spans)) {
    return ErrorCode::Ok;
  }
  size_t group = static_cast<size_t>(wanted.group);
  if (group == 1 && matcher->group_count() == 0) group = 0;  // the whole is the only part
  if (group < spans.size()) out = spans[group];
  if (slice != nullptr && out.begin >= 0) {
    const u32 from = subject.byte_offset(out.begin);
    *slice = {text.bytes() + from, subject.byte_offset(out.end) - from};
  }
  return ErrorCode::Ok;
}

ErrorCode instr(OpContext& c, const StringView& text, const StringView& pattern,
                const Wanted& wanted, i32 end_option, i32& out) {
  Span span;
  const ErrorCode code =
      find_wanted(c, text, pattern, wanted, "regexp_instr", end_option, span, nullptr);
  out = span.begin < 0 ? 0 : static_cast<i32>((end_option == 1 ? span.end : span.begin) + 1);
  return code;
}

ErrorCode substr(OpContext& c, const StringView& text, const StringView& pattern,
                 const Wanted& wanted, Nullable<StringView>& out) {
  Span span;
  std::string_view slice;
  out = {empty_string(), true};
  const ErrorCode code = find_wanted(c, text, pattern, wanted, "regexp_substr", 0, span, &slice);
  if (code == ErrorCode::Ok && span.begin >= 0) set_text(slice, out);
  return code;
}

ErrorCode count(OpContext& c, const StringView& text, const StringView& pattern, i32 start,
                const StringView& flags_text, i32& out) {
  if (start <= 0) return fail_parameter(c, "start", start);
  Flags flags;
  ErrorCode code = parse_flags_of(c, flags_text, "regexp_count", flags);
  if (code != ErrorCode::Ok) return code;
  Matcher* matcher;
  code = find_matcher(c, pattern, flags.options, matcher);
  if (code != ErrorCode::Ok) return code;
  const Subject subject(text);
  std::vector<Span> spans;
  out = 0;
  for (i64 from = static_cast<i64>(start) - 1; from <= subject.text.size; out++) {
    if (!matcher->find(subject.text, from, false, spans)) break;
    from = spans[0].end > spans[0].begin ? spans[0].end : spans[0].end + 1;
  }
  return ErrorCode::Ok;
}

/// A pattern of SIMILAR TO as a regular expression. `escape` empty: none.
ErrorCode similar_escape(OpContext& c, std::string_view pattern, std::string_view escape,
                         StringView& out) {
  std::string result = "^(?:";
  bool after_escape = false;
  bool in_brackets = false;
  int quotes = 0;
  for (size_t i = 0; i < pattern.size();) {
    const size_t length = utf8::length_of(pattern[i]);
    const std::string_view character = pattern.substr(i, length);
    const char byte = pattern[i];
    i += length;
    if (after_escape) {
      after_escape = false;
      if (byte != '"' || in_brackets) {
        result += '\\';
        result += character;
        continue;
      }
      // Escape and double quote part the pattern in three: the middle is what substring answers.
      if (quotes == 0) {
        result += "){1,1}?(";
      } else if (quotes == 1) {
        result += "){1,1}(?:";
      } else {
        return c.fail(ErrorCode::TooManyEscapeQuotes);
      }
      quotes++;
    } else if (character == escape) {
      after_escape = true;
    } else if (in_brackets) {
      if (byte == '\\') result += '\\';
      result += character;
      if (byte == ']') in_brackets = false;
    } else if (byte == '[') {
      result += '[';
      in_brackets = true;
    } else if (byte == '%') {
      result += ".*";
    } else if (byte == '_') {
      result += '.';
    } else if (byte == '(') {
      result += "(?:";
    } else {
      if (byte == '\\' || byte == '.' || byte == '^' || byte == '$') result += '\\';
      result += character;
    }
  }
  result += ")$";
  return keep(c, result, out);
}

}  // namespace

ErrorCode TextRegexEq::apply(OpContext& c, StringView text, StringView pattern, u8& out) {
  return match_anywhere(c, text, pattern, Options{}, out);
}

ErrorCode TextIcRegexEq::apply(OpContext& c, StringView text, StringView pattern, u8& out) {
  Options options;
  options.ignore_case = true;
  return match_anywhere(c, text, pattern, options, out);
}

ErrorCode SubstringRegex::apply(OpContext& c, StringView text, StringView pattern,
                                Nullable<StringView>& out) {
  out = {empty_string(), true};
  Matcher* matcher;
  const ErrorCode code = find_matcher(c, pattern, Options{}, matcher);
  if (code != ErrorCode::Ok) return code;
  const Subject subject(text);
  std::vector<Span> spans;
  if (!matcher->find(subject.text, 0, true, spans)) return ErrorCode::Ok;
  const Span span = spans[matcher->group_count() > 0 ? 1 : 0];
  if (span.begin >= 0) {
    const u32 from = subject.byte_offset(span.begin);
    set_text({text.bytes() + from, subject.byte_offset(span.end) - from}, out);
  }
  return ErrorCode::Ok;
}

ErrorCode SubstringSimilar::apply(OpContext& c, StringView text, StringView pattern,
                                  StringView escape, Nullable<StringView>& out) {
  StringView expression;
  const ErrorCode code = SimilarToEscapeWith::apply(c, pattern, escape, expression);
  return code != ErrorCode::Ok ? code : SubstringRegex::apply(c, text, expression, out);
}

ErrorCode SimilarToEscape::apply(OpContext& c, StringView pattern, StringView& out) {
  return similar_escape(c, view_of(pattern), "\\", out);
}

ErrorCode SimilarToEscapeWith::apply(OpContext& c, StringView pattern, StringView escape,
                                     StringView& out) {
  if (utf8::count(escape.bytes(), escape.size) > 1) return c.fail(ErrorCode::InvalidEscapeString);
  return similar_escape(c, view_of(pattern), view_of(escape), out);
}

ErrorCode RegexpReplace::apply(OpContext& c, StringView text, StringView pattern, StringView with,
                               StringView& out) {
  return replace(c, text, pattern, with, 0, 1, Options{}, out);
}

ErrorCode RegexpReplaceFlags::apply(OpContext& c, StringView text, StringView pattern,
                                    StringView with, StringView flags_text, StringView& out) {
  if (flags_text.size > 0 && flags_text.bytes()[0] >= '0' && flags_text.bytes()[0] <= '9') {
    return c.fail(ErrorCode::RegexpOptionIsNumber,
                  StringView::make(flags_text.bytes(), utf8::length_of(flags_text.bytes()[0])));
  }
  Flags flags;
  const ErrorCode code = parse_flags(c, flags_text, flags);
  if (code != ErrorCode::Ok) return code;
  return replace(c, text, pattern, with, 0, flags.global ? 0 : 1, flags.options, out);
}

ErrorCode RegexpReplaceStart::apply(OpContext& c, StringView text, StringView pattern,
                                    StringView with, i32 start, StringView& out) {
  return RegexpReplaceStartN::apply(c, text, pattern, with, start, 1, out);
}

ErrorCode RegexpReplaceStartN::apply(OpContext& c, StringView text, StringView pattern,
                                     StringView with, i32 start, i32 n, StringView& out) {
  return RegexpReplaceStartNFlags::apply(c, text, pattern, with, start, n, empty_string(), out);
}

ErrorCode RegexpReplaceStartNFlags::apply(OpContext& c, StringView text, StringView pattern,
                                          StringView with, i32 start, i32 n, StringView flags_text,
                                          StringView& out) {
  if (start <= 0) return fail_parameter(c, "start", start);
  if (n < 0) return fail_parameter(c, "n", n);
  Flags flags;
  const ErrorCode code = parse_flags(c, flags_text, flags);
  if (code != ErrorCode::Ok) return code;
  return replace(c, text, pattern, with, static_cast<i64>(start) - 1, n, flags.options, out);
}

ErrorCode RegexpLike::apply(OpContext& c, StringView text, StringView pattern, u8& out) {
  return match_anywhere(c, text, pattern, Options{}, out);
}

ErrorCode RegexpLikeFlags::apply(OpContext& c, StringView text, StringView pattern,
                                 StringView flags_text, u8& out) {
  Flags flags;
  const ErrorCode code = parse_flags_of(c, flags_text, "regexp_like", flags);
  return code != ErrorCode::Ok ? code : match_anywhere(c, text, pattern, flags.options, out);
}

ErrorCode RegexpCount::apply(OpContext& c, StringView text, StringView pattern, i32& out) {
  return count(c, text, pattern, 1, empty_string(), out);
}
ErrorCode RegexpCountStart::apply(OpContext& c, StringView text, StringView pattern, i32 start,
                                  i32& out) {
  return count(c, text, pattern, start, empty_string(), out);
}
ErrorCode RegexpCountStartFlags::apply(OpContext& c, StringView text, StringView pattern, i32 start,
                                       StringView flags, i32& out) {
  return count(c, text, pattern, start, flags, out);
}

ErrorCode RegexpInstr::apply(OpContext& c, StringView text, StringView pattern, i32& out) {
  return instr(c, text, pattern, {}, 0, out);
}
ErrorCode RegexpInstrStart::apply(OpContext& c, StringView text, StringView pattern, i32 start,
                                  i32& out) {
  return instr(c, text, pattern, {.start = start}, 0, out);
}
ErrorCode RegexpInstrN::apply(OpContext& c, StringView text, StringView pattern, i32 start, i32 n,
                              i32& out) {
  return instr(c, text, pattern, {.start = start, .n = n}, 0, out);
}
ErrorCode RegexpInstrEnd::apply(OpContext& c, StringView text, StringView pattern, i32 start, i32 n,
                                i32 end, i32& out) {
  return instr(c, text, pattern, {.start = start, .n = n}, end, out);
}
ErrorCode RegexpInstrFlags::apply(OpContext& c, StringView text, StringView pattern, i32 start,
                                  i32 n, i32 end, StringView flags, i32& out) {
  return instr(c, text, pattern, {.start = start, .n = n, .flags = flags}, end, out);
}
ErrorCode RegexpInstrSub::apply(OpContext& c, StringView text, StringView pattern, i32 start, i32 n,
                                i32 end, StringView flags, i32 group, i32& out) {
  return instr(c, text, pattern, {.start = start, .n = n, .group = group, .flags = flags}, end,
               out);
}

ErrorCode RegexpSubstr::apply(OpContext& c, StringView text, StringView pattern,
                              Nullable<StringView>& out) {
  return substr(c, text, pattern, {}, out);
}
ErrorCode RegexpSubstrStart::apply(OpContext& c, StringView text, StringView pattern, i32 start,
                                   Nullable<StringView>& out) {
  return substr(c, text, pattern, {.start = start}, out);
}
ErrorCode RegexpSubstrN::apply(OpContext& c, StringView text, StringView pattern, i32 start, i32 n,
                               Nullable<StringView>& out) {
  return substr(c, text, pattern, {.start = start, .n = n}, out);
}
ErrorCode RegexpSubstrFlags::apply(OpContext& c, StringView text, StringView pattern, i32 start,
                                   i32 n, StringView flags, Nullable<StringView>& out) {
  return substr(c, text, pattern, {.start = start, .n = n, .flags = flags}, out);
}
ErrorCode RegexpSubstrSub::apply(OpContext& c, StringView text, StringView pattern, i32 start,
                                 i32 n, StringView flags, i32 group, Nullable<StringView>& out) {
  return substr(c, text, pattern, {.start = start, .n = n, .group = group, .flags = flags}, out);
}

}  // namespace millrace::ops
