// COPY rows byte by byte: escapes, quotes, NULL, binary, framing, too small buffers.
#include "wire/copy_row.h"

#include <cstring>

#include "tests/wire/wire_value.h"

namespace millrace::tests {
namespace {

using wire::CopyFormat;
using wire::EncodedColumn;
using wire::EncodedRows;

StringView view_of(const std::string& text) {
  return StringView::make(text.data(), static_cast<types::u32>(text.size()));
}

EncodedColumn texts_of(const std::vector<StringView>& values) {
  EncodedColumn column;
  column.type = {Type::Text, 0, 0};
  column.values = values.data();
  return column;
}

/// The lines of a column of texts, message headers checked and left out.
std::string lines(const CopyFormat& format, const std::vector<std::string>& values) {
  std::vector<StringView> views;
  for (const std::string& value : values) views.push_back(view_of(value));
  const EncodedColumn column = texts_of(views);
  std::vector<char> buffer(1 << 16);
  const EncodedRows rows =
      wire::encode_copy_rows({&column, 1}, format, 0, static_cast<uint32_t>(views.size()),
                             plain_settings(), buffer.data(), buffer.size());
  CHECK_EQUAL(rows.row_count, static_cast<uint32_t>(views.size()));
  std::string text;
  for (size_t at = 0; at < rows.size_bytes;) {
    CHECK(buffer[at] == 'd');
    size_t size = 0;
    for (int i = 1; i <= 4; i++) size = size << 8 | static_cast<unsigned char>(buffer[at + i]);
    text.append(buffer.data() + at + 5, size - 4);
    at += 1 + size;
  }
  return text;
}

void test_text_escapes() {
  CopyFormat format;
  CHECK_EQUAL(lines(format, {"plain", "a\tb\\c\nd\re", "\b\f\v\x01", "\\N", ""}),
              std::string("plain\na\\tb\\\\c\\nd\\re\n\\b\\f\\v\x01\n\\\\N\n\n"));
  format.delimiter = '|';
  CHECK_EQUAL(lines(format, {"a|b\tc"}), std::string("a\\|b\\tc\n"));
}

void test_csv_quotes() {
  CopyFormat format;
  format.kind = CopyFormat::Kind::Csv;
  format.delimiter = ',';
  format.null = "";
  CHECK_EQUAL(lines(format, {"plain", "a,b", "say \"x\"", "two\nlines", "", "\\."}),
              std::string("plain\n\"a,b\"\n\"say \"\"x\"\"\"\n\"two\nlines\"\n\"\"\n\"\\.\"\n"));
  format.quote = '\'';
  format.escape = '\\';
  format.force_quote = {true};
  CHECK_EQUAL(lines(format, {"it's", "a\\b"}), std::string("'it\\'s'\n'a\\\\b'\n"));
}

void test_null_and_binary() {
  const std::vector<types::i32> numbers{7, -12};
  const std::vector<types::u8> present{1, 0};
  EncodedColumn columns[2];
  for (EncodedColumn& column : columns) {
    column.type = {Type::I32, 0, 0};
    column.values = numbers.data();
  }
  columns[1].validity = present.data();
  char buffer[512];
  CopyFormat format;
  EncodedRows rows =
      wire::encode_copy_rows(columns, format, 0, 2, plain_settings(), buffer, sizeof buffer);
  CHECK_EQUAL(to_hex({buffer, rows.size_bytes}),
              "64000000083709370a"
              "640000000b" +
                  to_hex("-12\t\\N\n"));
  // As many rows as fit, and how much the next one wants.
  rows = wire::encode_copy_rows(columns, format, 0, 2, plain_settings(), buffer, 10);
  CHECK_EQUAL(rows.row_count, 0u);
  CHECK(rows.needed_bytes > 10);
  format.kind = CopyFormat::Kind::Binary;
  for (EncodedColumn& column : columns) column.is_binary = true;
  rows = wire::encode_copy_rows(columns, format, 1, 2, plain_settings(), buffer, sizeof buffer);
  CHECK_EQUAL(to_hex({buffer, rows.size_bytes}),
              "64"
              "00000012"
              "0002"
              "00000004"
              "fffffff4"
              "ffffffff");
}

}  // namespace
}  // namespace millrace::tests

int main() {
  millrace::tests::test_text_escapes();
  millrace::tests::test_csv_quotes();
  millrace::tests::test_null_and_binary();
  return millrace::tests::check_result();
}
