// DataRow messages byte by byte: framing, NULL, dictionaries, both formats, too small buffers.
#include <cstring>

#include "tests/wire/binary_values.h"
#include "tests/wire/wire_value.h"

namespace millrace::tests {
namespace {

using wire::EncodedColumn;
using wire::EncodedRows;

StringView view_of(const char* text) {
  return StringView::make(text, static_cast<types::u32>(std::strlen(text)));
}

template <class T>
EncodedColumn column_of(Type type, const std::vector<T>& values, int scale = 0) {
  EncodedColumn column;
  column.type = {type, 18, static_cast<types::i16>(scale)};
  column.values = values.data();
  return column;
}

void test_framing() {
  const std::vector<types::i32> numbers{7, -12};
  const std::vector<StringView> texts{view_of("ab"), view_of("a text of some length")};
  const std::vector<types::u8> present{1, 0};
  EncodedColumn columns[2] = {column_of(Type::I32, numbers), column_of(Type::Text, texts)};
  columns[0].validity = present.data();
  char buffer[512];
  const ops::Settings settings = plain_settings();
  EncodedRows rows = wire::encode_data_rows(columns, 0, 2, settings, buffer, sizeof buffer);
  CHECK_EQUAL(rows.row_count, 2u);
  CHECK_EQUAL(to_hex({buffer, rows.size_bytes}),
              "44"
              "00000011"
              "0002"
              "00000001"
              "37"
              "00000002"
              "6162"
              "44"
              "00000023"
              "0002"
              "ffffffff"
              "00000015" +
                  to_hex("a text of some length"));
  rows = wire::encode_data_rows(columns, 1, 2, settings, buffer, sizeof buffer);
  CHECK_EQUAL(rows.row_count, 1u);
  CHECK_EQUAL(rows.size_bytes, size_t{36});
  // No columns at all are rows, too.
  rows = wire::encode_data_rows({}, 0, 3, settings, buffer, sizeof buffer);
  CHECK_EQUAL(to_hex({buffer, rows.size_bytes}),
              "44000000060000"
              "44000000060000"
              "44000000060000");
}

void test_dictionary() {
  const std::vector<StringView> entries{view_of("AIR"), view_of("REG AIR")};
  const std::vector<types::u8> narrow{1, 0, 1};
  const std::vector<types::u16> middle{1, 0, 1};
  const std::vector<types::u32> wide{1, 0, 1};
  const void* codes[] = {narrow.data(), middle.data(), wide.data()};
  const uint8_t sizes[] = {1, 2, 4};
  for (int i = 0; i < 3; i++) {
    EncodedColumn column = column_of(Type::Text, entries);
    column.codes = codes[i];
    column.code_size = sizes[i];
    char buffer[256];
    const EncodedRows rows =
        wire::encode_data_rows({&column, 1}, 0, 3, plain_settings(), buffer, sizeof buffer);
    CHECK_EQUAL(rows.row_count, 3u);
    CHECK_EQUAL(std::string_view(buffer + 11, 7), "REG AIR");
    CHECK_EQUAL(std::string_view(buffer + 18 + 11, 3), "AIR");
  }
}

void test_small_buffers() {
  const std::string long_text(5000, 'x');
  const std::vector<StringView> texts{view_of("short"), view_of(long_text.c_str()), view_of("z")};
  const EncodedColumn column = column_of(Type::Text, texts);
  const ops::Settings settings = plain_settings();
  std::vector<char> buffer(100);
  EncodedRows rows = wire::encode_data_rows({&column, 1}, 0, 3, settings, buffer.data(), 100);
  CHECK_EQUAL(rows.row_count, 1u);
  CHECK_EQUAL(rows.size_bytes, size_t{16});
  rows = wire::encode_data_rows({&column, 1}, 1, 3, settings, buffer.data(), 100);
  CHECK_EQUAL(rows.row_count, 0u);
  CHECK_EQUAL(rows.size_bytes, size_t{0});
  CHECK(rows.needed_bytes >= 5011 && rows.needed_bytes < 5100);
  buffer.resize(rows.needed_bytes);
  rows = wire::encode_data_rows({&column, 1}, 1, 3, settings, buffer.data(), buffer.size());
  CHECK_EQUAL(rows.row_count, 1u);
  CHECK_EQUAL(rows.size_bytes, size_t{5011});
  // A buffer of any size gives the same bytes, and none is written past its end.
  const std::vector<types::i64> cents{1, -5, 100, 123456, 0, -99, 7};
  const EncodedColumn money = column_of(Type::D64, cents, 2);
  char whole[1000];
  const EncodedRows all = wire::encode_data_rows({&money, 1}, 0, 7, settings, whole, sizeof whole);
  CHECK_EQUAL(all.row_count, 7u);
  for (size_t size = 1; size < 300; size++) {
    std::string out;
    uint32_t row = 0;
    std::vector<char> guarded(size + 8, '\x5a');
    while (row < 7) {
      const EncodedRows part =
          wire::encode_data_rows({&money, 1}, row, 7, settings, guarded.data(), size);
      if (part.row_count == 0) {
        CHECK(part.needed_bytes > size);
        break;
      }
      out.append(guarded.data(), part.size_bytes);
      row += part.row_count;
    }
    if (row == 7) CHECK_EQUAL(out, std::string(whole, all.size_bytes));
    CHECK_EQUAL(std::string(guarded.data() + size, 8), std::string(8, '\x5a'));
  }
}

void test_formats() {
  for (const BinaryValue& value : kBinaryValues) {
    TestArena arena;
    alignas(16) char memory[32];
    const std::string text = value.text;
    const base::Status status = wire::decode_parameter({value.type, 38, 0}, false, text, 1,
                                                       plain_settings(), arena.arena, memory);
    CHECK_EQUAL(status.message(), "");
    CHECK_EQUAL(to_hex(encode_one(value.type, 0, memory, true)), value.binary);
    CHECK_EQUAL(encode_one(value.type, 0, memory, false), value.text);
  }
}

void test_decimals() {
  const types::i64 narrow = -1234500;
  CHECK_EQUAL(encode_one(Type::D64, 2, &narrow, false), "-12345.00");
  CHECK_EQUAL(encode_one(Type::D64, 4, &narrow, false), "-123.4500");
  CHECK_EQUAL(encode_one(Type::D64, 0, &narrow, false), "-1234500");
  CHECK_EQUAL(encode_one(Type::D64, 9, &narrow, false), "-0.001234500");
  // numeric_send of -12345.00, -123.4500 and -0.001234500.
  CHECK_EQUAL(to_hex(encode_one(Type::D64, 2, &narrow, true)), "000200014000000200010929");
  CHECK_EQUAL(to_hex(encode_one(Type::D64, 4, &narrow, true)), "0002000040000004007b1194");
  CHECK_EQUAL(to_hex(encode_one(Type::D64, 9, &narrow, true)), "0002ffff40000009000c0d7a");
  const types::i128 wide = static_cast<types::i128>(1000000000000000000) * 1000000000000000000;
  CHECK_EQUAL(encode_one(Type::D128, 2, &wide, false), "10000000000000000000000000000000000.00");
  CHECK_EQUAL(to_hex(encode_one(Type::D128, 2, &wide, true)),
              "000100080000000200"
              "64");
}

void test_settings() {
  ops::Settings settings = plain_settings();
  const types::i32 date = 7305;
  const types::i64 time = 645926400000000;
  const types::Interval interval{3661000000, 2, 14};
  const StringView bytes = StringView::make("a\0\\", 3);
  settings.date_style = ops::DateStyle::Sql;
  settings.date_order = ops::DateOrder::Dmy;
  settings.zone = ops::find_zone("america/new_york");
  settings.interval_style = ops::IntervalStyle::Iso8601;
  settings.bytea_output = ops::ByteaOutput::Escape;
  settings.extra_float_digits = 0;
  CHECK_EQUAL(encode_one(Type::Date, 0, &date, false, settings), "01/01/2020");
  CHECK_EQUAL(encode_one(Type::TimestampTz, 0, &time, false, settings), "19/06/2020 20:00:00 EDT");
  CHECK_EQUAL(encode_one(Type::Interval, 0, &interval, false, settings), "P1Y2M2DT1H1M1S");
  CHECK_EQUAL(encode_one(Type::Bytea, 0, &bytes, false, settings), "a\\000\\\\");
  const double third = 1.0 / 3.0;
  CHECK_EQUAL(encode_one(Type::F64, 0, &third, false, settings), "0.333333333333333");
  // Binary takes no heed of settings.
  CHECK_EQUAL(to_hex(encode_one(Type::Date, 0, &date, true, settings)), "00001c89");
}

}  // namespace
}  // namespace millrace::tests

int main() {
  millrace::tests::test_framing();
  millrace::tests::test_dictionary();
  millrace::tests::test_small_buffers();
  millrace::tests::test_formats();
  millrace::tests::test_decimals();
  millrace::tests::test_settings();
  return millrace::tests::check_result();
}
