#include "ops/cast/parse_number.h"

#include <cerrno>
#include <clocale>
#include <cmath>
#include <cstdlib>
#include <string>

namespace millrace::ops {

namespace {

/// Floats are read by the C library, as PostgreSQL reads them, but never in a local language.
locale_t plain_locale() {
  static const locale_t locale = newlocale(LC_ALL_MASK, "C", nullptr);
  return locale;
}
f64 read_float(const char* text, char** end, f64) { return strtod_l(text, end, plain_locale()); }
f32 read_float(const char* text, char** end, f32) { return strtof_l(text, end, plain_locale()); }

template <class F>
ParseOutcome parse_float(const StringView& text, F& out, StringView& out_of_range) {
  Reader reader = Reader::over(text);
  reader.skip_space();
  const std::string copy(reader.at, static_cast<size_t>(reader.end - reader.at));
  if (copy.empty()) return ParseOutcome::Invalid;
  char* end = nullptr;
  errno = 0;
  out = read_float(copy.c_str(), &end, F{});
  const u32 used = static_cast<u32>(end - copy.c_str());
  if (used == 0) return ParseOutcome::Invalid;
  if (errno == ERANGE && (out == 0 || std::isinf(out))) {
    out_of_range = StringView::make(reader.at, used);
    return ParseOutcome::OutOfRange;
  }
  reader.at += used;
  reader.skip_space();
  return reader.at == reader.end ? ParseOutcome::Ok : ParseOutcome::Invalid;
}

}  // namespace

ParseOutcome parse_f64(const StringView& text, f64& out, StringView& out_of_range) {
  return parse_float(text, out, out_of_range);
}
ParseOutcome parse_f32(const StringView& text, f32& out, StringView& out_of_range) {
  return parse_float(text, out, out_of_range);
}

}  // namespace millrace::ops
