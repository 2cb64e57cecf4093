// Regular expressions that answer arrays.
#include <vector>

#include "ops/array.h"
#include "ops/scalar/regex/pattern.h"
#include "ops/set/array.h"

namespace millrace::ops {

using array::Body;
using array::Datum;
using array::Form;
using array::Shape;
using regex::Flags;
using regex::Matcher;
using regex::Span;
using regex::Subject;

namespace {

void put_text(Body& body, std::string_view text) {
  Datum value;
  value.form = Form::Text;
  value.set(StringView::make(text.data(), static_cast<u32>(text.size())));
  array::append(body, value);
}

/// The groups of a match, or the whole of it where the pattern has none.
ErrorCode groups_of(OpContext& c, const Subject& subject, const std::vector<Span>& spans,
                    StringView& out) {
  Body& body = array::scratch();
  const size_t first = spans.size() > 1 ? 1 : 0;
  for (size_t i = first; i < spans.size(); i++) {
    if (spans[i].begin < 0) {
      Datum absent;
      absent.form = Form::Text;
      array::append(body, absent);
    } else {
      put_text(body, subject.slice(spans[i].begin, spans[i].end));
    }
  }
  return array::finish(c, Form::Text, body, Shape::list(static_cast<i64>(spans.size() - first)),
                       out);
}

ErrorCode match(OpContext& c, const StringView& text, const StringView& pattern,
                const StringView& flag_text, Nullable<StringView>& out) {
  Flags flags;
  ErrorCode code = regex::parse_flags_of(c, flag_text, "regexp_match", flags);
  Matcher* matcher;
  if (code == ErrorCode::Ok) code = regex::find_matcher(c, pattern, flags.options, matcher);
  if (code != ErrorCode::Ok) return code;
  const Subject subject(text);
  std::vector<Span> spans;
  out.is_null = !matcher->find(subject.text, 0, true, spans);
  return out.is_null ? ErrorCode::Ok : groups_of(c, subject, spans, out.value);
}

ErrorCode split(OpContext& c, const StringView& text, const StringView& pattern,
                const StringView& flag_text, StringView& out) {
  Flags flags;
  ErrorCode code = regex::parse_flags_of(c, flag_text, "regexp_split_to_array", flags);
  Matcher* matcher;
  if (code == ErrorCode::Ok) code = regex::find_matcher(c, pattern, flags.options, matcher);
  if (code != ErrorCode::Ok) return code;
  const Subject subject(text);
  Body& body = array::scratch();
  std::vector<Span> spans;
  i64 search_from = 0;
  i64 matched_until = 0;
  i64 part_from = 0;
  i64 count = 0;
  while (search_from <= subject.text.size &&
         matcher->find(subject.text, search_from, false, spans)) {
    const Span whole = spans[0];
    // A match of nothing counts neither at an end of the text nor right behind another match.
    const bool counts = whole.begin < subject.text.size && whole.end > matched_until;
    matched_until = whole.end;
    search_from = whole.end > whole.begin ? whole.end : whole.end + 1;
    if (!counts) continue;
    put_text(body, subject.slice(part_from, whole.begin));
    part_from = whole.end;
    count++;
  }
  put_text(body, subject.slice(part_from, subject.text.size));
  return array::finish(c, Form::Text, body, Shape::list(count + 1), out);
}

}  // namespace

ErrorCode RegexpMatch::apply(OpContext& c, StringView text, StringView pattern,
                             Nullable<StringView>& out) {
  return match(c, text, pattern, empty_string(), out);
}
ErrorCode RegexpMatchFlags::apply(OpContext& c, StringView text, StringView pattern,
                                  StringView flags, Nullable<StringView>& out) {
  return match(c, text, pattern, flags, out);
}
ErrorCode RegexpSplitToArray::apply(OpContext& c, StringView text, StringView pattern,
                                    StringView& out) {
  return split(c, text, pattern, empty_string(), out);
}
ErrorCode RegexpSplitToArrayFlags::apply(OpContext& c, StringView text, StringView pattern,
                                         StringView flags, StringView& out) {
  return split(c, text, pattern, flags, out);
}

ErrorCode RegexpMatches::open(OpContext& c, std::span<const SetArgument> arguments) {
  text_ = arguments[0].as<StringView>();
  pattern_ = arguments[1].as<StringView>();
  flags_ = arguments.size() > 2 ? arguments[2].as<StringView>() : empty_string();
  search_from_ = 0;
  done_ = false;
  Flags flags;
  const ErrorCode code = regex::parse_flags(c, flags_, flags);
  Matcher* matcher;
  return code != ErrorCode::Ok ? code : regex::find_matcher(c, pattern_, flags.options, matcher);
}

ErrorCode RegexpMatches::next(OpContext& c, u32 most, void* out, u8*, u32* made) {
  *made = 0;
  if (done_) return ErrorCode::Ok;
  Flags flags;
  ErrorCode code = regex::parse_flags(c, flags_, flags);
  Matcher* matcher;
  if (code == ErrorCode::Ok) code = regex::find_matcher(c, pattern_, flags.options, matcher);
  if (code != ErrorCode::Ok) return code;
  const Subject subject(text_);
  std::vector<Span> spans;
  StringView* arrays = static_cast<StringView*>(out);
  while (!done_ && *made < most) {
    done_ =
        search_from_ > subject.text.size || !matcher->find(subject.text, search_from_, true, spans);
    if (done_) break;
    code = groups_of(c, subject, spans, arrays[*made]);
    if (code != ErrorCode::Ok) return code;
    (*made)++;
    const Span whole = spans[0];
    search_from_ = whole.end > whole.begin ? whole.end : whole.end + 1;
    done_ = !flags.global;
  }
  return ErrorCode::Ok;
}

}  // namespace millrace::ops
