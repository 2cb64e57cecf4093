#include "ops/scalar/regex/pattern.h"

#include <list>
#include <memory>
#include <string>

#include "ops/cast/parse_bytes.h"

namespace millrace::ops::regex {

namespace {

/// One compiled pattern. PostgreSQL keeps as many.
constexpr size_t kCacheSize = 32;
struct CacheEntry {
  std::string pattern;
  Options options;
  std::unique_ptr<Matcher> matcher;
};

bool same_options(const Options& a, const Options& b) {
  return a.ignore_case == b.ignore_case && a.newline_stops == b.newline_stops &&
         a.newline_anchors == b.newline_anchors && a.expanded == b.expanded &&
         a.literal == b.literal;
}

}  // namespace

ErrorCode fail_text(OpContext& c, ErrorCode code, std::string_view text) {
  return fail_message(c, code, "", text.data(), static_cast<u32>(text.size()), "");
}

ErrorCode find_matcher(OpContext& c, const StringView& pattern, const Options& options,
                       Matcher*& out) {
  thread_local std::list<CacheEntry> cache;
  const std::string_view text = view_of(pattern);
  for (auto at = cache.begin(); at != cache.end(); ++at) {
    if (at->pattern != text || !same_options(at->options, options)) continue;
    if (at != cache.begin()) cache.splice(cache.begin(), cache, at);
    out = cache.front().matcher.get();
    return ErrorCode::Ok;
  }
  const char* error = nullptr;
  bool unsupported = false;
  auto expression = regex::parse(text, options, error, unsupported);
  if (expression == nullptr) {
    return fail_text(
        c, unsupported ? ErrorCode::FeatureNotSupported : ErrorCode::InvalidRegularExpression,
        error);
  }
  auto matcher = std::make_unique<Matcher>(std::move(expression));
  if (matcher->is_too_complex()) {
    return c.fail(ErrorCode::InvalidRegularExpression,
                  literal("regular expression is too complex"));
  }
  cache.push_front({std::string(text), options, std::move(matcher)});
  if (cache.size() > kCacheSize) cache.pop_back();
  out = cache.front().matcher.get();
  return ErrorCode::Ok;
}

ErrorCode parse_flags(OpContext& c, const StringView& text, Flags& out) {
  for (u32 i = 0; i < text.size; i++) {
    Options& o = out.options;
    const char flag = text.bytes()[i];
    switch (flag) {
      case 'g':
        out.global = true;
        break;
      case 'c':
        o.ignore_case = false;
        break;
      case 'i':
        o.ignore_case = true;
        break;
      case 'm':
      case 'n':
        o.newline_stops = o.newline_anchors = true;
        break;
      case 'p':
        o.newline_stops = true;
        o.newline_anchors = false;
        break;
      case 'q':
        o.literal = true;
        break;
      case 's':
        o.newline_stops = o.newline_anchors = false;
        break;
      case 't':
        o.expanded = false;
        break;
      case 'w':
        o.newline_stops = false;
        o.newline_anchors = true;
        break;
      case 'x':
        o.expanded = true;
        break;
      case 'b':
      case 'e':
        return c.fail(ErrorCode::FeatureNotSupported,
                      literal("basic and extended regular expressions are not supported"));
      default:
        return fail_message(c, ErrorCode::InvalidParameterValue,
                            "invalid regular expression option: \"", text.bytes() + i,
                            utf8::length_of(flag), "\"");
    }
  }
  return ErrorCode::Ok;
}

ErrorCode parse_flags_of(OpContext& c, const StringView& text, std::string_view function,
                         Flags& out) {
  const ErrorCode code = parse_flags(c, text, out);
  if (code != ErrorCode::Ok || !out.global) return code;
  return fail_message(c, ErrorCode::InvalidParameterValue, "", function.data(),
                      static_cast<u32>(function.size()),
                      "() does not support the \"global\" option");
}

}  // namespace millrace::ops::regex
