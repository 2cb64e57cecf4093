#include "wire/copy_row.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "ops/cast/big_endian.h"
#include "wire/value_writer.h"

namespace millrace::wire {

using ops::put_big_endian;

namespace {

/// What a byte of a value becomes in text: 0 itself, else what follows the backslash.
using EscapeTable = std::array<char, 256>;

EscapeTable text_escapes(char delimiter) {
  EscapeTable table{};
  table[static_cast<unsigned char>(delimiter)] = delimiter;
  table['\\'] = '\\';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['\v'] = 'v';
  return table;
}

/// The bytes that make a csv value be quoted.
EscapeTable csv_marks(const CopyFormat& format) {
  EscapeTable table{};
  for (const char mark : {format.delimiter, format.quote, '\n', '\r'}) {
    table[static_cast<unsigned char>(mark)] = 1;
  }
  return table;
}

bool has_any(std::string_view value, const EscapeTable& table) {
  char found = 0;
  for (const char c : value) found |= table[static_cast<unsigned char>(c)];
  return found != 0;
}

char* put(std::string_view text, char* to) {
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

char* put_escaped(std::string_view value, const EscapeTable& escapes, char* to) {
  if (!has_any(value, escapes)) return put(value, to);
  for (const char c : value) {
    const char escape = escapes[static_cast<unsigned char>(c)];
    if (escape != 0) {
      *to++ = '\\';
      *to++ = escape;
    } else {
      *to++ = c;
    }
  }
  return to;
}

char* put_quoted(std::string_view value, const CopyFormat& format, char* to) {
  *to++ = format.quote;
  for (const char c : value) {
    if (c == format.quote || c == format.escape) *to++ = format.escape;
    *to++ = c;
  }
  *to++ = format.quote;
  return to;
}

/// Writes rows of one format; a value is written aside first, as it may grow.
class RowWriter {
 public:
  RowWriter(std::span<const EncodedColumn> columns, const CopyFormat& format,
            const ops::Settings& settings)
      : format_(format),
        table_(format.kind == CopyFormat::Kind::Csv ? csv_marks(format)
                                                    : text_escapes(format.delimiter)) {
    columns_.reserve(columns.size());
    for (const EncodedColumn& column : columns) columns_.push_back(resolve(column, settings));
  }

  /// Most bytes that the row can take.
  size_t limit_of(uint32_t row) {
    // Message header, count of columns, line end.
    size_t limit = 5 + 2 + 1 + kSlack;
    size_t widest = 0;
    for (const ValueColumn& column : columns_) {
      if (column.is_null(row)) {
        limit += format_.null.size() + 4;
        continue;
      }
      const size_t size = column.measure == nullptr ? column.size_limit
                                                    : column.measure(column, column.index_of(row));
      widest = std::max(widest, size);
      // Every byte escaped, two quotes and a delimiter; in binary four bytes of length.
      limit += 2 * size + 4;
    }
    if (scratch_.size() < widest + kSlack) scratch_.resize(widest + kSlack);
    return limit;
  }

  char* write(uint32_t row, char* to) {
    return format_.kind == CopyFormat::Kind::Binary ? binary(row, to) : line(row, to);
  }

 private:
  char* binary(uint32_t row, char* to) {
    to = put_big_endian(static_cast<int16_t>(columns_.size()), to);
    for (const ValueColumn& column : columns_) {
      if (column.is_null(row)) {
        to = put_big_endian(int32_t{-1}, to);
        continue;
      }
      char* const value = to + 4;
      char* const end = column.write(column, column.index_of(row), value);
      put_big_endian(static_cast<int32_t>(end - value), to);
      to = end;
    }
    return to;
  }

  char* line(uint32_t row, char* to) {
    for (size_t c = 0; c < columns_.size(); c++) {
      if (c > 0) *to++ = format_.delimiter;
      const ValueColumn& column = columns_[c];
      if (column.is_null(row)) {
        to = put(format_.null, to);
        continue;
      }
      char* const end = column.write(column, column.index_of(row), scratch_.data());
      const std::string_view value(scratch_.data(), static_cast<size_t>(end - scratch_.data()));
      const bool csv = format_.kind == CopyFormat::Kind::Csv;
      to = csv ? put_csv(c, value, to) : put_escaped(value, table_, to);
    }
    *to++ = '\n';
    return to;
  }

  char* put_csv(size_t c, std::string_view value, char* to) const {
    const bool forced = c < format_.force_quote.size() && format_.force_quote[c];
    // A line of \. alone would end the data for who reads it.
    const bool ends_data = columns_.size() == 1 && value == "\\.";
    const bool quoted = forced || value == format_.null || ends_data || has_any(value, table_);
    return quoted ? put_quoted(value, format_, to) : put(value, to);
  }

  const CopyFormat& format_;
  const EscapeTable table_;
  std::vector<ValueColumn> columns_;
  std::vector<char> scratch_;
};

}  // namespace

EncodedRows encode_copy_rows(std::span<const EncodedColumn> columns, const CopyFormat& format,
                             uint32_t from, uint32_t to, const ops::Settings& settings,
                             char* buffer, size_t capacity) {
  RowWriter writer(columns, format, settings);
  EncodedRows done;
  char* at = buffer;
  char* const end = buffer + capacity;
  for (uint32_t row = from; row < to; row++) {
    const size_t limit = writer.limit_of(row);
    if (limit > static_cast<size_t>(end - at)) {
      done.needed_bytes = limit;
      break;
    }
    char* const start = at;
    at = writer.write(row, at + 5);
    *start = 'd';
    put_big_endian(static_cast<int32_t>(at - start - 1), start + 1);
    done.row_count++;
  }
  done.size_bytes = static_cast<size_t>(at - buffer);
  return done;
}

}  // namespace millrace::wire
