// COPY ... FROM STDIN: the client's bytes to lines and fields, in PostgreSQL 15's text and csv formats,
// and to binary tuples. Reads hostile bytes: whatever comes is fields or an error, never more.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "wire/copy_row.h"

namespace millrace::wire {

/// A field of a row: its bytes without quotes and escapes, or NULL.
struct CopyField {
  std::string_view bytes;
  bool is_null = false;
};

/// Cuts a stream of bytes into rows. One thread at a time.
class CopyReader {
 public:
  using Status = base::Status;
  /// Takes a row's fields, valid during the call; what it fails of ends the reading.
  using RowSink = std::function<Status(const std::vector<CopyField>& fields)>;
  enum class Header : uint8_t { None, Skipped, Matched };

  /// `names`: of the columns, in the order of fields.
  CopyReader(CopyFormat format, Header header, std::vector<std::string> names, RowSink sink);

  /// More bytes. 22P04 and others where they are malformed.
  Status feed(std::string_view bytes);
  /// There are no more.
  Status finish();

  /// The number of the line, or tuple, at hand, from 1.
  uint64_t line_number() const { return line_number_; }
  /// The line at hand as it was sent; nothing between lines and in binary.
  std::optional<std::string_view> line() const;
  bool is_binary() const { return format_.kind == CopyFormat::Kind::Binary; }
  /// Bytes that wait for the rest of their line.
  size_t held_bytes() const { return held_.capacity() + unescaped_.capacity(); }

 private:
  enum class LineEnd : uint8_t { Unknown, Newline, Return, Both };
  enum class Found : uint8_t { Line, More, End };

  // Lines.
  Status read_lines(bool at_end);
  base::Result<Found> find_line(bool at_end);
  base::Result<Found> take_return(bool at_end);
  Status take_newline();
  base::Result<Found> take_marker(bool at_end, bool* is_marker);
  Found end_line(size_t end, size_t next);
  Status take_line();
  Status split_text(std::string_view line, size_t most_fields);
  Status split_csv(std::string_view line, size_t most_fields);
  Status check_header();
  size_t unescape(std::string_view line, size_t at, std::string& to) const;

  // Tuples.
  Status read_tuples(bool at_end);
  base::Result<Found> read_signature();
  base::Result<Found> read_tuple();

  const CopyFormat format_;
  const Header header_;
  const std::vector<std::string> names_;
  const RowSink sink_;
  bool is_csv_ = false;
  char escape_ = '\0';  // of csv, where it is another than the quote

  std::string held_;          // bytes of lines that have no end so far
  std::string_view at_hand_;  // what is being read
  size_t start_ = 0;          // of the line at hand
  size_t scan_ = 0;           // how far it was looked for its end
  size_t line_end_ = 0;
  bool in_quote_ = false;
  bool last_was_escape_ = false;
  bool has_line_ = false;
  bool saw_header_ = false;
  bool saw_signature_ = false;
  bool ended_ = false;
  LineEnd line_ends_ = LineEnd::Unknown;
  uint64_t line_number_ = 0;
  std::vector<CopyField> fields_;
  std::string unescaped_;
};

}  // namespace millrace::wire
