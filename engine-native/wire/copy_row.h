// Rows as COPY ... TO STDOUT sends them: CopyData messages in PostgreSQL's text, csv and binary
// formats. Headers and trailers are the caller's.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "wire/data_row.h"

namespace millrace::wire {

struct CopyFormat {
  enum class Kind : uint8_t { Text, Csv, Binary };
  Kind kind = Kind::Text;
  char delimiter = '\t';
  std::string null = "\\N";
  char quote = '"';
  char escape = '"';
  std::vector<bool> force_quote;  // by column; may be shorter: the others are not forced
};

/// Writes the rows [from, to) of the columns as one CopyData message each, as many as fit; like
/// encode_data_rows otherwise. Columns must be `is_binary` exactly where the format is Binary.
EncodedRows encode_copy_rows(std::span<const EncodedColumn> columns, const CopyFormat& format,
                             uint32_t from, uint32_t to, const ops::Settings& settings,
                             char* buffer, size_t capacity);

}  // namespace millrace::wire
