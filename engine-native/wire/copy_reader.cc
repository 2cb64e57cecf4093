#include "wire/copy_reader.h"

#include <cstring>

#include "ops/cast/big_endian.h"

namespace millrace::wire {

using base::ErrorCode;
using base::Result;
using base::Status;

namespace {

Status malformed(std::string message) {
  return Status::error(ErrorCode::BadCopyFileFormat, message);
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

CopyReader::CopyReader(CopyFormat format, Header header, std::vector<std::string> names,
                       RowSink sink)
    : format_(std::move(format)),
      header_(header),
      names_(std::move(names)),
      sink_(std::move(sink)),
      is_csv_(format_.kind == CopyFormat::Kind::Csv),
      escape_(format_.escape == format_.quote ? '\0' : format_.escape) {}

std::optional<std::string_view> CopyReader::line() const {
  if (!has_line_) return std::nullopt;
  return at_hand_.substr(start_, line_end_ - start_);
}

Status CopyReader::feed(std::string_view bytes) {
  if (held_.empty()) {
    at_hand_ = bytes;
  } else {
    held_.append(bytes);
    at_hand_ = held_;
  }
  const Status status = is_binary() ? read_tuples(false) : read_lines(false);
  if (!status.ok()) return status;
  // What is left waits for its rest.
  if (held_.empty()) {
    held_.assign(bytes.substr(start_));
  } else {
    held_.erase(0, start_);
  }
  at_hand_ = held_;
  scan_ -= start_;
  start_ = 0;
  return {};
}

Status CopyReader::finish() {
  at_hand_ = held_;
  return is_binary() ? read_tuples(true) : read_lines(true);
}

Status CopyReader::read_lines(bool at_end) {
  while (!ended_) {
    if (scan_ == start_ && !in_quote_ && start_ == at_hand_.size()) break;
    const bool is_new = scan_ == start_;
    if (is_new) line_number_++;
    has_line_ = false;
    Result<Found> found = find_line(at_end);
    if (!found.ok()) return found.status();
    if (found.value() == Found::More) {
      // Counted again when it is looked at again from its start.
      if (scan_ == start_) line_number_--;
      return {};
    }
    const bool is_last = found.value() == Found::End;
    const size_t next = scan_;
    if (!is_last || line_end_ > start_) {
      has_line_ = true;
      MR_RETURN_IF_ERROR(take_line());
      has_line_ = false;
    }
    start_ = scan_ = next;
    in_quote_ = last_was_escape_ = false;
    if (is_last) ended_ = true;
  }
  // After the end's mark nothing counts.
  if (ended_) start_ = scan_ = at_hand_.size();
  return {};
}

/// The line is [start_, end); `next` is where the one behind it starts.
CopyReader::Found CopyReader::end_line(size_t end, size_t next) {
  line_end_ = end;
  scan_ = next;
  return Found::Line;
}

Result<CopyReader::Found> CopyReader::find_line(bool at_end) {
  while (scan_ < at_hand_.size()) {
    const char c = at_hand_[scan_];
    if (is_csv_) {
      if (in_quote_ && c == escape_ && escape_ != '\0') last_was_escape_ = !last_was_escape_;
      if (c == format_.quote && !last_was_escape_) in_quote_ = !in_quote_;
      if (c != escape_ || escape_ == '\0') last_was_escape_ = false;
      const char counted = line_ends_ == LineEnd::Newline ? '\n' : '\r';
      if (in_quote_ && c == counted) line_number_++;
      if (in_quote_) {
        scan_++;
        continue;
      }
    }
    if (c == '\r') {
      return take_return(at_end);
    }
    if (c == '\n') {
      MR_RETURN_IF_ERROR(take_newline());
      return end_line(scan_, scan_ + 1);
    }
    if (c == '\\' && (!is_csv_ || scan_ == start_)) {
      bool is_marker = false;
      Result<Found> found = take_marker(at_end, &is_marker);
      if (!found.ok() || is_marker || found.value() == Found::More) return found;
      continue;
    }
    scan_++;
  }
  if (!at_end) return Found::More;
  line_end_ = at_hand_.size();
  return Found::End;
}

/// A carriage return ends the line, by itself or with the newline behind it.
Result<CopyReader::Found> CopyReader::take_return(bool at_end) {
  const auto refuse = [&] {
    return malformed(is_csv_ ? "unquoted carriage return found in data"
                             : "literal carriage return found in data")
        .with_hint(is_csv_ ? "Use quoted CSV field to represent carriage return."
                           : "Use \"\\r\" to represent carriage return.");
  };
  if (line_ends_ == LineEnd::Newline) return refuse();
  if (line_ends_ == LineEnd::Return) return end_line(scan_, scan_ + 1);
  const bool is_last = scan_ + 1 == at_hand_.size();
  if (is_last && !at_end) return Found::More;
  if (!is_last && at_hand_[scan_ + 1] == '\n') {
    line_ends_ = LineEnd::Both;
    return end_line(scan_, scan_ + 2);
  }
  if (line_ends_ == LineEnd::Both) return refuse();
  line_ends_ = LineEnd::Return;
  return end_line(scan_, scan_ + 1);
}

Status CopyReader::take_newline() {
  if (line_ends_ == LineEnd::Return || line_ends_ == LineEnd::Both) {
    return malformed(is_csv_ ? "unquoted newline found in data" : "literal newline found in data")
        .with_hint(is_csv_ ? "Use quoted CSV field to represent newline."
                           : "Use \"\\n\" to represent newline.");
  }
  line_ends_ = LineEnd::Newline;
  return {};
}

/// A backslash: of the end's mark, or before a character that stands for itself. Where it is not the
/// mark the scan has passed it.
Result<CopyReader::Found> CopyReader::take_marker(bool at_end, bool* is_marker) {
  const size_t size = at_hand_.size();
  const size_t mark = scan_;
  const auto may_wait = [&](size_t at) { return at >= size && !at_end; };
  if (may_wait(mark + 1)) return Found::More;
  const bool has_next = mark + 1 < size;
  if (!has_next || at_hand_[mark + 1] != '.') {
    scan_ = mark + (is_csv_ || !has_next ? 1 : 2);
    return Found::Line;
  }
  const auto passed = [&]() -> Result<Found> {
    scan_ = mark + 1;
    return Found::Line;
  };
  const auto ended = [&]() -> Result<Found> {
    *is_marker = true;
    line_end_ = mark;
    scan_ = size;
    return Found::End;
  };
  const Status corrupt = malformed("end-of-copy marker corrupt");
  const Status mismatch = malformed("end-of-copy marker does not match previous newline style");
  size_t at = mark + 2;
  if (may_wait(at)) return Found::More;
  if (at >= size) return ended();
  if (line_ends_ == LineEnd::Both) {
    if (at_hand_[at] == '\n') return is_csv_ ? passed() : Result<Found>(mismatch);
    if (at_hand_[at] != '\r') return is_csv_ ? passed() : Result<Found>(corrupt);
    at++;
    if (may_wait(at)) return Found::More;
    if (at >= size) return ended();
  }
  const char end = at_hand_[at];
  if (end != '\r' && end != '\n') return is_csv_ ? passed() : Result<Found>(corrupt);
  const bool fits =
      line_ends_ == LineEnd::Unknown || (line_ends_ == LineEnd::Return ? end == '\r' : end == '\n');
  if (!fits) return mismatch;
  return ended();
}

Status CopyReader::take_line() {
  const std::string_view line = at_hand_.substr(start_, line_end_ - start_);
  if (!saw_header_) {
    saw_header_ = true;
    if (header_ == Header::Matched) {
      MR_RETURN_IF_ERROR(is_csv_ ? split_csv(line, SIZE_MAX) : split_text(line, SIZE_MAX));
      return check_header();
    }
    if (header_ == Header::Skipped) return {};
  }
  MR_RETURN_IF_ERROR(is_csv_ ? split_csv(line, names_.size()) : split_text(line, names_.size()));
  for (size_t at = fields_.size(); at < names_.size(); at++) {
    return malformed("missing data for column \"" + names_[at] + "\"");
  }
  return sink_(fields_);
}

Status CopyReader::check_header() {
  if (fields_.size() != names_.size()) {
    return malformed("wrong number of fields in header line: got " +
                     std::to_string(fields_.size()) + ", expected " +
                     std::to_string(names_.size()));
  }
  for (size_t at = 0; at < names_.size(); at++) {
    const std::string where =
        "column name mismatch in header line field " + std::to_string(at + 1) + ": got ";
    const std::string expected = ", expected \"" + names_[at] + "\"";
    if (fields_[at].is_null) {
      return malformed(where + "null value (\"" + format_.null + "\")" + expected);
    }
    if (fields_[at].bytes != names_[at]) {
      return malformed(where + "\"" + std::string(fields_[at].bytes) + "\"" + expected);
    }
  }
  return {};
}

/// Writes what the backslash sequence behind `at` stands for; answers where it ends.
size_t CopyReader::unescape(std::string_view line, size_t at, std::string& to) const {
  if (at >= line.size()) return at;
  char c = line[at++];
  if (is_octal(c)) {
    int value = c - '0';
    for (int more = 0; more < 2 && at < line.size() && is_octal(line[at]); more++) {
      value = value * 8 + (line[at++] - '0');
    }
    c = static_cast<char>(value & 0xff);
  } else if (c == 'x' && at < line.size() && hex_digit(line[at]) >= 0) {
    int value = hex_digit(line[at++]);
    if (at < line.size() && hex_digit(line[at]) >= 0) value = value * 16 + hex_digit(line[at++]);
    c = static_cast<char>(value);
  } else {
    constexpr std::string_view kLetters = "bfnrtv";
    constexpr std::string_view kMeanings = "\b\f\n\r\t\v";
    const size_t letter = kLetters.find(c);
    if (letter != std::string_view::npos) c = kMeanings[letter];
  }
  to.push_back(c);
  return at;
}

Status CopyReader::split_text(std::string_view line, size_t most_fields) {
  fields_.clear();
  unescaped_.clear();
  // Fields point into it: it must not move.
  unescaped_.reserve(line.size());
  size_t at = 0;
  while (true) {
    if (fields_.size() == most_fields) return malformed("extra data after last expected column");
    const size_t from = at;
    while (at < line.size() && line[at] != format_.delimiter && line[at] != '\\') at++;
    size_t end = at;
    std::string_view value = line.substr(from, at - from);
    if (at < line.size() && line[at] == '\\') {
      const size_t copied = unescaped_.size();
      unescaped_.append(value);
      while (at < line.size() && line[at] != format_.delimiter) {
        end = at;
        if (line[at] == '\\') {
          const bool is_last = at + 1 >= line.size();
          at = unescape(line, at + 1, unescaped_);
          if (is_last) break;
        } else {
          unescaped_.push_back(line[at++]);
        }
        end = at;
      }
      value = std::string_view(unescaped_).substr(copied);
    }
    const bool is_null = line.substr(from, end - from) == format_.null;
    fields_.push_back({is_null ? std::string_view() : value, is_null});
    if (at >= line.size()) return {};
    at++;
  }
}

Status CopyReader::split_csv(std::string_view line, size_t most_fields) {
  fields_.clear();
  unescaped_.clear();
  unescaped_.reserve(line.size());
  const char quote = format_.quote;
  const char escape = format_.escape;
  size_t at = 0;
  while (true) {
    if (fields_.size() == most_fields) return malformed("extra data after last expected column");
    const size_t from = at;
    while (at < line.size() && line[at] != format_.delimiter && line[at] != quote) at++;
    std::string_view value = line.substr(from, at - from);
    bool was_quoted = false;
    if (at < line.size() && line[at] == quote) {
      was_quoted = true;
      const size_t copied = unescaped_.size();
      unescaped_.append(value);
      bool inside = false;
      while (at < line.size()) {
        const char c = line[at++];
        if (!inside) {
          if (c == format_.delimiter) {
            at--;
            break;
          }
          if (c == quote) {
            inside = true;
          } else {
            unescaped_.push_back(c);
          }
          continue;
        }
        const bool may_escape = c == escape && at < line.size();
        if (may_escape && (line[at] == escape || line[at] == quote)) {
          unescaped_.push_back(line[at++]);
        } else if (c == quote) {
          inside = false;
        } else {
          unescaped_.push_back(c);
        }
      }
      if (inside) return malformed("unterminated CSV quoted field");
      value = std::string_view(unescaped_).substr(copied);
    }
    const bool is_null = !was_quoted && value == format_.null;
    fields_.push_back({is_null ? std::string_view() : value, is_null});
    if (at >= line.size()) return {};
    at++;
  }
}

namespace {
constexpr std::string_view kSignature("PGCOPY\n\377\r\n\0", 11);
}

Status CopyReader::read_tuples(bool at_end) {
  while (!ended_) {
    if (!saw_signature_) {
      Result<Found> found = read_signature();
      if (!found.ok()) return found.status();
      if (found.value() == Found::More) {
        return at_end ? malformed("COPY file signature not recognized") : Status();
      }
      continue;
    }
    if (at_end && start_ == at_hand_.size()) {
      // A stream may end without its trailer.
      ended_ = true;
      break;
    }
    line_number_++;
    Result<Found> found = read_tuple();
    if (!found.ok()) return found.status();
    if (found.value() == Found::More) {
      if (at_end) return malformed("unexpected EOF in COPY data");
      line_number_--;
      return {};
    }
    if (found.value() == Found::End) ended_ = true;
  }
  if (start_ < at_hand_.size()) return malformed("received copy data after EOF marker");
  return {};
}

Result<CopyReader::Found> CopyReader::read_signature() {
  const std::string_view head = at_hand_.substr(start_, kSignature.size());
  if (head != kSignature.substr(0, head.size())) {
    return malformed("COPY file signature not recognized");
  }
  const std::string_view rest = at_hand_.substr(start_);
  if (rest.size() < kSignature.size() + 8) return Found::More;
  const auto flags = ops::get_big_endian<uint32_t>(rest.data() + kSignature.size());
  if ((flags & (1u << 16)) != 0) return malformed("invalid COPY file header (WITH OIDS)");
  if ((flags >> 16) != 0) return malformed("unrecognized critical flags in COPY file header");
  const auto extension = ops::get_big_endian<int32_t>(rest.data() + kSignature.size() + 4);
  if (extension < 0) return malformed("invalid COPY file header (missing length)");
  const size_t size = kSignature.size() + 8 + static_cast<size_t>(extension);
  if (rest.size() < size) return Found::More;
  start_ += size;
  saw_signature_ = true;
  return Found::Line;
}

Result<CopyReader::Found> CopyReader::read_tuple() {
  const std::string_view rest = at_hand_.substr(start_);
  if (rest.size() < 2) return Found::More;
  const auto count = ops::get_big_endian<int16_t>(rest.data());
  if (count == -1) {
    start_ += 2;
    return Found::End;
  }
  if (static_cast<size_t>(count) != names_.size() || count < 0) {
    return malformed("row field count is " + std::to_string(count) + ", expected " +
                     std::to_string(names_.size()));
  }
  fields_.clear();
  size_t at = 2;
  for (int i = 0; i < count; i++) {
    if (rest.size() - at < 4) return Found::More;
    const auto size = ops::get_big_endian<int32_t>(rest.data() + at);
    at += 4;
    if (size == -1) {
      fields_.push_back({{}, true});
      continue;
    }
    if (size < 0) return malformed("invalid field size");
    if (rest.size() - at < static_cast<size_t>(size)) return Found::More;
    fields_.push_back({rest.substr(at, static_cast<size_t>(size)), false});
    at += static_cast<size_t>(size);
  }
  MR_RETURN_IF_ERROR(sink_(fields_));
  start_ += at;
  return Found::Line;
}

}  // namespace millrace::wire
