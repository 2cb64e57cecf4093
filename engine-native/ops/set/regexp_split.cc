#include "ops/scalar/regex/pattern.h"
#include "ops/set/split.h"

namespace millrace::ops {

using regex::Flags;
using regex::Matcher;
using regex::Span;
using regex::Subject;

ErrorCode RegexpSplitToTable::open(OpContext& c, std::span<const SetArgument> arguments) {
  text_ = arguments[0].as<StringView>();
  pattern_ = arguments[1].as<StringView>();
  flags_ = arguments.size() > 2 ? arguments[2].as<StringView>() : empty_string();
  search_from_ = matched_until_ = part_from_ = known_character_ = 0;
  known_byte_ = 0;
  done_ = false;
  characters_ = Subject(text_, codes_).text;
  Flags flags;
  const ErrorCode code = parse_flags_of(c, flags_, "regexp_split_to_table", flags);
  Matcher* matcher;
  return code != ErrorCode::Ok ? code : find_matcher(c, pattern_, flags.options, matcher);
}

ErrorCode RegexpSplitToTable::next(OpContext& c, u32 most, void* out, u8*, u32* made) {
  *made = 0;
  if (done_) return ErrorCode::Ok;
  // Matchers are a thread's own, and the last step may have run on another one.
  Flags flags;
  ErrorCode code = parse_flags_of(c, flags_, "regexp_split_to_table", flags);
  Matcher* matcher;
  if (code == ErrorCode::Ok) code = find_matcher(c, pattern_, flags.options, matcher);
  if (code != ErrorCode::Ok) return code;
  StringView* parts = static_cast<StringView*>(out);
  const auto byte_of = [&](i64 character) {
    const bool is_ascii = characters_.size == text_.size;
    for (; !is_ascii && known_character_ < character; known_character_++) {
      known_byte_ += utf8::length_of(text_.bytes()[known_byte_]);
    }
    return is_ascii ? static_cast<u32>(character) : known_byte_;
  };
  const auto put = [&](i64 until) {
    const u32 from = byte_of(part_from_);
    parts[(*made)++] = StringView::make(text_.bytes() + from, byte_of(until) - from);
  };
  std::vector<Span> spans;
  while (*made < most) {
    if (search_from_ > characters_.size ||
        !matcher->find(characters_, search_from_, false, spans)) {
      put(characters_.size);
      done_ = true;
      return ErrorCode::Ok;
    }
    const Span whole = spans[0];
    const bool counts = whole.begin < characters_.size && whole.end > matched_until_;
    matched_until_ = whole.end;
    search_from_ = whole.end > whole.begin ? whole.end : whole.end + 1;
    if (!counts) continue;
    put(whole.begin);
    part_from_ = whole.end;
  }
  return ErrorCode::Ok;
}

}  // namespace millrace::ops
