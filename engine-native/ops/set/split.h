// Parts of a text as rows. They view the text's own bytes.
#pragma once
#include "ops/scalar/regex/program.h"
#include "ops/scalar/text_search.h"
#include "ops/set_function.h"

namespace millrace::ops {

/// string_to_table(text, delimiter [, null text]): a NULL delimiter divides into characters, an
/// empty one not at all; an empty text has no parts.
class StringToTable : public SetCursor {
 public:
  static constexpr bool kStrict = false;
  static constexpr bool kNullable = true;
  ErrorCode open(OpContext&, std::span<const SetArgument> arguments) override {
    done_ = arguments[0].is_null;
    if (done_) return ErrorCode::Ok;
    text_ = arguments[0].as<StringView>();
    done_ = text_.size == 0;
    by_character_ = arguments[1].is_null;
    if (!by_character_) delimiter_ = arguments[1].as<StringView>();
    has_null_text_ = arguments.size() > 2 && !arguments[2].is_null;
    if (has_null_text_) null_text_ = arguments[2].as<StringView>();
    at_ = 0;
    return ErrorCode::Ok;
  }
  ErrorCode next(OpContext&, u32 most, void* out, u8* validity, u32* made) override {
    StringView* parts = static_cast<StringView*>(out);
    for (*made = 0; !done_ && *made < most; (*made)++) {
      const StringView part = take();
      const bool is_null = has_null_text_ && part.size == null_text_.size &&
                           equal_bytes(part.bytes(), null_text_.bytes(), part.size);
      parts[*made] = part;
      validity[*made] = is_null ? 0 : 1;
    }
    return ErrorCode::Ok;
  }

 private:
  StringView take() {
    const u32 from = at_;
    u32 end = text_.size;
    if (by_character_) {
      end = from + utf8::length_of(text_.bytes()[from]);
      at_ = end;
      done_ = end == text_.size;
    } else {
      const u32 found = delimiter_.size == 0 ? kNotFound : find_text(text_, delimiter_, from);
      done_ = found == kNotFound;
      if (!done_) {
        end = found;
        at_ = found + delimiter_.size;
      }
    }
    return StringView::make(text_.bytes() + from, end - from);
  }

  StringView text_ = empty_string();
  StringView delimiter_ = empty_string();
  StringView null_text_ = empty_string();
  u32 at_ = 0;
  bool by_character_ = false;
  bool has_null_text_ = false;
  bool done_ = true;
};

/// regexp_split_to_table(text, pattern [, flags]): what lies between matches. Matches of nothing
/// count neither at the ends of the text nor right behind another match.
class RegexpSplitToTable : public SetCursor {
 public:
  static constexpr bool kStrict = true;
  static constexpr bool kNullable = false;
  ErrorCode open(OpContext& c, std::span<const SetArgument> arguments) override;
  ErrorCode next(OpContext& c, u32 most, void* out, u8* validity, u32* made) override;

 private:
  StringView text_ = empty_string();
  StringView pattern_ = empty_string();
  StringView flags_ = empty_string();
  i64 search_from_ = 0;  // in characters, as the positions below
  i64 matched_until_ = 0;
  i64 part_from_ = 0;
  std::vector<u32> codes_;
  regex::Text characters_{};  // of `codes_`
  // A place in the text both ways, behind which every part begins.
  i64 known_character_ = 0;
  u32 known_byte_ = 0;
  bool done_ = true;
};

}  // namespace millrace::ops
