// Opens a built file and answers its rows, or the error that it ends with.
#pragma once
#include <memory>
#include <string>

#include "formats/registry.h"
#include "tests/check.h"
#include "tests/formats/parquet/file_builder.h"
#include "tests/formats/parquet/row_text.h"

namespace millrace::tests {

/// A file on disk, its reader, and the budget that both take from.
struct OpenedFile {
  explicit OpenedFile(const std::string& bytes, int64_t limit_bytes = int64_t{64} << 20)
      : file(bytes), budget(limit_bytes) {
    auto opened = formats::open_file("parquet", file.path(), {}, &budget);
    status = opened.status();
    if (opened.ok()) reader = std::move(opened).value();
  }

  base::Result<column::ChunkPtr> decode(uint32_t row_group, uint32_t column) {
    return decode(row_group, column, {{0, reader->row_group_rows(row_group)}});
  }
  base::Result<column::ChunkPtr> decode(uint32_t row_group, uint32_t column,
                                        const std::vector<formats::RowRange>& ranges) {
    return reader->decode(row_group, column, ranges, &budget, &bytes_read);
  }

  TemporaryFile file;
  memory::Budget budget;
  base::Status status;
  std::unique_ptr<formats::FileReader> reader;
  int64_t bytes_read = 0;
};

/// "XX001 message" with the file's name as FILE, and the detail where there is one.
inline std::string error_text(const base::Status& status, const std::string& path) {
  if (status.ok()) return "ok";
  std::string text = std::string(base::sqlstate_of(status.code())) + " " + status.message();
  if (!status.detail().empty()) text += " | " + status.detail();
  for (size_t at = text.find(path); at != std::string::npos; at = text.find(path)) {
    text.replace(at, path.size(), "FILE");
  }
  return text;
}

/// Rows of a file, or the error.
inline std::string rows_or_error(const std::string& bytes) {
  OpenedFile opened(bytes);
  if (!opened.status.ok()) return error_text(opened.status, opened.file.path());
  base::Status error;
  const std::string rows = file_text(*opened.reader, &opened.budget, &error);
  return error.ok() ? rows : error_text(error, opened.file.path());
}

/// Reports the first line that differs.
inline void check_rows(const std::string& actual, const std::string& expected, const char* file,
                       int line) {
  if (actual == expected) return;
  size_t row = 1;
  size_t from = 0;
  for (size_t i = 0; i < actual.size() && i < expected.size() && actual[i] == expected[i]; i++) {
    if (actual[i] != '\n') continue;
    row++;
    from = i + 1;
  }
  const auto line_of = [&](const std::string& text) {
    return from < text.size() ? text.substr(from, text.find('\n', from) - from) : "<end>";
  };
  report(file, line,
         "row " + std::to_string(row) + " is " + line_of(actual) + ", not " + line_of(expected));
}

/// A column's rows one a line, decoded over `ranges` of its first row group.
inline std::string column_text(const column::ChunkPtr& chunk) {
  std::string out;
  const column::ColumnView view = chunk->view(0, chunk->row_count);
  for (uint32_t row = 0; row < chunk->row_count; row++) out += row_text(view, row) + "\n";
  return out;
}

}  // namespace millrace::tests

#define CHECK_ROWS(actual, expected) \
  ::millrace::tests::check_rows(actual, expected, __FILE__, __LINE__)
