// Every encoding, page form and physical type, from pages made by hand.
#include <cmath>
#include <thread>

#include "tests/formats/parquet/encodings.h"
#include "tests/formats/parquet/open_built.h"
#include "tests/formats/parquet/thrift_bytes.h"

namespace {

using namespace millrace::tests;  // NOLINT: a program of one file
using millrace::column::Encoding;

/// One row group of one column.
std::string file_of(const BuiltColumn& column) { return build_file({{column}}); }

template <class T>
std::string lines(const std::vector<T>& values) {
  std::string out;
  for (const T& value : values) out += std::to_string(value) + "\n";
  return out;
}

std::string lines_of(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += value + "\n";
  return out;
}

/// Numbers with runs, jumps and the ends of the type.
std::vector<int64_t> integers(uint32_t bits, uint32_t count) {
  std::vector<int64_t> values;
  const int64_t least = bits == 32 ? INT32_MIN : INT64_MIN;
  const int64_t greatest = bits == 32 ? INT32_MAX : INT64_MAX;
  for (uint32_t i = 0; i < count; i++) {
    values.push_back(i % 97 == 5 ? least : i % 97 == 6 ? greatest : int64_t{i} / 40 * 3 - 100);
  }
  return values;
}

std::vector<std::string> strings(uint32_t count) {
  std::vector<std::string> values;
  for (uint32_t i = 0; i < count; i++) {
    values.push_back(std::string("prefix") + std::to_string(i / 3) +
                     std::string(i % 17, static_cast<char>('a' + i % 26)) +
                     (i % 5 == 0 ? "é" : ""));
    if (i % 11 == 0) values.back().clear();
  }
  return values;
}

void test_integers() {
  for (const uint32_t bits : {32u, 64u}) {
    for (const uint32_t count : {1u, 2u, 129u, 130u, 5000u}) {
      const std::vector<int64_t> values = integers(bits, count);
      std::string plain_bytes = plain(values);
      if (bits == 32) plain_bytes = plain(std::vector<int32_t>(values.begin(), values.end()));
      const PhysicalType physical = bits == 32 ? PhysicalType::Int32 : PhysicalType::Int64;
      const auto check = [&](PageEncoding encoding, const std::string& bytes) {
        const BuiltColumn column = {
            .name = "c", .physical = physical, .pages = {{count, encoding, bytes}}};
        CHECK_ROWS(rows_or_error(file_of(column)), lines(values));
      };
      check(PageEncoding::Plain, plain_bytes);
      check(PageEncoding::DeltaBinaryPacked, delta(values, bits));
      check(PageEncoding::DeltaBinaryPacked, delta(values, bits, 256, 1));
      check(PageEncoding::DeltaBinaryPacked, delta(values, bits, 1024, 32));
      check(PageEncoding::ByteStreamSplit, byte_stream_split(plain_bytes, bits / 8));
    }
  }
}

void test_floats() {
  const std::vector<double> doubles = {0.5, -1e300, INFINITY, 1.0 / 3, -0.0};
  const std::vector<float> floats = {0.5f, -1e30f, INFINITY, 0.25f, -0.0f};
  BuiltColumn column = {.name = "c", .physical = PhysicalType::Double};
  column.pages = {{5, PageEncoding::ByteStreamSplit, byte_stream_split(plain(doubles), 8)}};
  CHECK_ROWS(rows_or_error(file_of(column)),
             "0.5\n-1.0000000000000001e+300\ninf\n0.33333333333333331\n-0\n");
  column.physical = PhysicalType::Float;
  column.pages = {{5, PageEncoding::ByteStreamSplit, byte_stream_split(plain(floats), 4)}};
  CHECK_ROWS(rows_or_error(file_of(column)), "0.5\n-1.0000000150474662e+30\ninf\n0.25\n-0\n");
  // Half floats: 1.5, the greatest, the least subnormal, minus infinity.
  column = {.name = "c", .physical = PhysicalType::FixedLenByteArray, .type_length = 2};
  column.logical = ThriftBytes().structure(15, ThriftBytes().bytes()).bytes();
  column.pages = {{4, PageEncoding::Plain, plain<uint16_t>({0x3e00, 0x7bff, 0x0001, 0xfc00})}};
  CHECK_ROWS(rows_or_error(file_of(column)), "1.5\n65504\n5.9604644775390625e-08\n-inf\n");
}

void test_booleans() {
  std::vector<bool> values;
  for (int i = 0; i < 3000; i++) values.push_back(i % 3 == 0 || (i > 500 && i < 900));
  const std::vector<int> numbers(values.begin(), values.end());
  const BuiltColumn column = {.name = "c",
                              .physical = PhysicalType::Boolean,
                              .pages = {{3000, PageEncoding::Plain, plain_booleans(values)},
                                        {3000, PageEncoding::Rle, levels(values)}}};
  CHECK_ROWS(rows_or_error(file_of(column)), lines(numbers) + lines(numbers));
}

void test_strings() {
  for (const uint32_t count : {1u, 40u, 4000u}) {
    const std::vector<std::string> values = strings(count);
    BuiltColumn column = {.name = "c", .physical = PhysicalType::ByteArray, .converted_type = 0};
    for (const int version : {1, 2}) {
      column.pages = {
          {count, PageEncoding::Plain, plain_strings(values), {}, false, version},
          {count, PageEncoding::DeltaLengthByteArray, delta_lengths(values), {}, false, version},
          {count, PageEncoding::DeltaByteArray, delta_strings(values), {}, false, version}};
      const std::string expected = lines_of(values);
      CHECK_ROWS(rows_or_error(file_of(column)), expected + expected + expected);
    }
  }
}

void test_fixed_length() {
  const std::string bytes = "abcdefghijklmnopqrstuvwxyz0123456789";
  BuiltColumn column = {
      .name = "c", .physical = PhysicalType::FixedLenByteArray, .type_length = 12};
  const std::string expected =
      "6162636465666768696a6b6c\n6d6e6f707172737475767778\n797a30313233343536373839\n";
  column.pages = {
      {3, PageEncoding::Plain, bytes},
      {3, PageEncoding::ByteStreamSplit, byte_stream_split(bytes, 12)},
      {3, PageEncoding::DeltaByteArray,
       delta_strings({bytes.substr(0, 12), bytes.substr(12, 12), bytes.substr(24, 12)})}};
  CHECK_ROWS(rows_or_error(file_of(column)), expected + expected + expected);
  column.type_length = 36;
  column.pages = {{1, PageEncoding::Plain, bytes}};
  CHECK_ROWS(rows_or_error(file_of(column)),
             "6162636465666768696a6b6c6d6e6f707172737475767778797a30313233343536373839\n");
}

/// Rows with nulls, by every way to write their levels.
void test_nulls() {
  std::vector<bool> present;
  std::vector<int32_t> values;
  std::string expected;
  for (int i = 0; i < 5003; i++) {
    present.push_back(i % 7 != 0 && (i < 2000 || i > 2600));
    if (present.back()) values.push_back(i);
    expected += present.back() ? std::to_string(i) + "\n" : "\\N\n";
  }
  BuiltColumn column = {.name = "c", .physical = PhysicalType::Int32, .repetition = 1};
  for (const bool legacy : {false, true}) {
    for (const int version : {1, 2}) {
      if (legacy && version == 2) continue;
      column.pages = {{5003, PageEncoding::Plain, plain(values), present, legacy, version}};
      CHECK_ROWS(rows_or_error(file_of(column)), expected);
    }
  }
  const std::vector<bool> none(100, false);
  for (const int version : {1, 2}) {
    column.pages = {{100, PageEncoding::RleDictionary, "", none, false, version}};
    std::string nulls;
    for (int i = 0; i < 100; i++) nulls += "\\N\n";
    CHECK_ROWS(rows_or_error(file_of(column)), nulls);
  }
  // All present: no validity is kept.
  column.pages = {{3, PageEncoding::Plain, plain<int32_t>({1, 2, 3}), {true, true, true}}};
  OpenedFile opened(file_of(column));
  const auto chunk = opened.decode(0, 0);
  CHECK(chunk.ok() && chunk.value()->validity.size_bytes() == 0);
}

void test_codecs_and_checksums() {
  const std::vector<std::string> values = strings(1000);
  for (const int32_t codec : {0, 1, 2, 4, 5, 6, 7}) {
    for (const int version : {1, 2}) {
      for (const bool v2_compressed : {true, false}) {
        const BuiltColumn column = {.name = "c",
                                    .physical = PhysicalType::ByteArray,
                                    .converted_type = 0,
                                    .codec = codec,
                                    .pages = {{.row_count = 1000,
                                               .values = plain_strings(values),
                                               .present = std::vector<bool>(1000, true),
                                               .version = version,
                                               .v2_compressed = v2_compressed,
                                               .has_crc = true}}};
        BuiltColumn optional = column;
        optional.repetition = 1;
        CHECK_ROWS(rows_or_error(file_of(optional)), lines_of(values));
      }
    }
  }
}

void test_empty_pages() {
  const BuiltColumn column = {.name = "c",
                              .physical = PhysicalType::Int32,
                              .codec = 1,
                              .pages = {{0, PageEncoding::Plain, ""},
                                        {2, PageEncoding::Plain, plain<int32_t>({1, 2})},
                                        {0, PageEncoding::Plain, ""},
                                        {1, PageEncoding::Plain, plain<int32_t>({3})},
                                        {0, PageEncoding::Plain, "", {}, false, 2}}};
  CHECK_ROWS(rows_or_error(file_of(column)), "1\n2\n3\n");
  CHECK_ROWS(rows_or_error(build_file({{{.name = "c"}}})), "");
}

/// Text over a dictionary of `entry_count` entries, written with codes of `width` bits.
BuiltColumn coded_column(uint32_t entry_count, uint32_t width, uint32_t row_count) {
  std::vector<std::string> entries;
  std::vector<uint32_t> used;
  for (uint32_t i = 0; i < entry_count; i++) entries.push_back("entry number " + std::to_string(i));
  for (uint32_t i = 0; i < row_count; i++) used.push_back(i / 20 * 7 % entry_count);
  return {.name = "c",
          .physical = PhysicalType::ByteArray,
          .converted_type = 0,
          .dictionary = plain_strings(entries),
          .dictionary_count = entry_count,
          .pages = {{row_count, PageEncoding::RleDictionary, codes(used, width)}}};
}

std::string coded_lines(uint32_t entry_count, uint32_t row_count) {
  std::string out;
  for (uint32_t i = 0; i < row_count; i++) {
    out += "entry number " + std::to_string(i / 20 * 7 % entry_count) + "\n";
  }
  return out;
}

void test_text_stays_codes() {
  struct Case {
    uint32_t entry_count;
    uint32_t width;
    Encoding encoding;
  };
  for (const Case& one :
       {Case{1, 0, Encoding::Dictionary8}, Case{3, 2, Encoding::Dictionary8},
        Case{256, 8, Encoding::Dictionary8}, Case{200, 20, Encoding::Dictionary8},
        Case{257, 9, Encoding::Dictionary16}, Case{65536, 16, Encoding::Dictionary16},
        Case{65537, 17, Encoding::Dictionary32}}) {
    constexpr uint32_t kRows = 9000;
    OpenedFile opened(file_of(coded_column(one.entry_count, one.width, kRows)));
    const auto chunk = opened.decode(0, 0);
    CHECK(chunk.ok());
    if (!chunk.ok()) continue;
    CHECK(chunk.value()->encoding == one.encoding);
    CHECK_EQUAL(chunk.value()->dictionary->entry_count, one.entry_count);
    CHECK_ROWS(column_text(chunk.value()), coded_lines(one.entry_count, kRows));
    const auto again = opened.decode(0, 0);
    CHECK(again.ok() && again.value()->dictionary->id == chunk.value()->dictionary->id);
    const auto whole = opened.reader->dictionary(0, 0, &opened.budget);
    CHECK(whole.ok() && whole.value() != nullptr &&
          whole.value()->id == chunk.value()->dictionary->id);
  }
}

/// A dictionary that the writer gave up: later pages are plain, the chunk becomes flat.
void test_dictionary_fallback() {
  for (const bool states_offset : {true, false}) {
    BuiltColumn column = coded_column(300, 9, 4000);
    column.states_dictionary_offset = states_offset;
    const std::vector<std::string> values = strings(500);
    column.pages.push_back({500, PageEncoding::Plain, plain_strings(values)});
    column.pages.push_back(column.pages[0]);
    const std::string expected = coded_lines(300, 4000) + lines_of(values) + coded_lines(300, 4000);
    OpenedFile opened(file_of(column));
    const auto chunk = opened.decode(0, 0);
    CHECK(chunk.ok() && chunk.value()->encoding == Encoding::Flat);
    CHECK(chunk.ok() && chunk.value()->dictionary == nullptr);
    if (chunk.ok()) CHECK_ROWS(column_text(chunk.value()), expected);
    const auto whole = opened.reader->dictionary(0, 0, &opened.budget);
    CHECK(whole.ok() && whole.value() == nullptr);
    // Plain pages first, the dictionary only later.
    std::swap(column.pages[0], column.pages[1]);
    CHECK_ROWS(rows_or_error(file_of(column)),
               lines_of(values) + coded_lines(300, 4000) + coded_lines(300, 4000));
  }
}

void test_repeated_entries() {
  const BuiltColumn column = {
      .name = "c",
      .physical = PhysicalType::ByteArray,
      .converted_type = 0,
      .dictionary = plain_strings({"a", "a rather long entry", "a", "a rather long entry", "b"}),
      .dictionary_count = 5,
      .pages = {{5, PageEncoding::PlainDictionary, codes({0, 1, 2, 3, 4}, 3)}}};
  OpenedFile opened(file_of(column));
  const auto chunk = opened.decode(0, 0);
  CHECK(chunk.ok());
  if (!chunk.ok()) return;
  CHECK_EQUAL(chunk.value()->dictionary->entry_count, 3u);
  const auto* found = chunk.value()->values.as<uint8_t>();
  CHECK(found[0] == found[2] && found[1] == found[3] && found[0] != found[1]);
  CHECK_ROWS(column_text(chunk.value()), "a\na rather long entry\na\na rather long entry\nb\n");
}

void test_numbers_leave_dictionaries() {
  std::vector<uint32_t> used;
  std::vector<bool> present;
  std::string expected;
  for (uint32_t i = 0; i < 5000; i++) {
    present.push_back(i % 3 != 1);
    if (present.back()) used.push_back(i % 4);
    expected += present.back() ? std::to_string((i % 4) * 100) + "\n" : "\\N\n";
  }
  const BuiltColumn column = {
      .name = "c",
      .physical = PhysicalType::Int64,
      .repetition = 1,
      .dictionary = plain<int64_t>({0, 100, 200, 300}),
      .dictionary_count = 4,
      .pages = {{5000, PageEncoding::RleDictionary, codes(used, 2), present}}};
  OpenedFile opened(file_of(column));
  const auto chunk = opened.decode(0, 0);
  CHECK(chunk.ok() && chunk.value()->encoding == Encoding::Flat);
  if (chunk.ok()) CHECK_ROWS(column_text(chunk.value()), expected);
  const auto whole = opened.reader->dictionary(0, 0, &opened.budget);
  CHECK(whole.ok() && whole.value() != nullptr && whole.value()->entry_count == 4);
}

std::string time_type(int id, bool is_utc, int unit) {
  const std::string unit_bytes = ThriftBytes().structure(unit, ThriftBytes().bytes()).bytes();
  return ThriftBytes()
      .structure(id, ThriftBytes().boolean(1, is_utc).structure(2, unit_bytes).bytes())
      .bytes();
}

void check_type(const BuiltColumn& column, const std::string& sql_type,
                const std::string& expected) {
  const std::string bytes = file_of(column);
  OpenedFile opened(bytes);
  CHECK(opened.status.ok());
  if (!opened.status.ok()) return;
  CHECK_EQUAL(opened.reader->columns()[0].sql_type, sql_type);
  CHECK_ROWS(rows_or_error(bytes), expected);
}

BuiltColumn of32(const std::vector<int32_t>& values, int32_t converted) {
  return {.name = "c",
          .physical = PhysicalType::Int32,
          .converted_type = converted,
          .pages = {{static_cast<uint32_t>(values.size()), PageEncoding::Plain, plain(values)}}};
}

BuiltColumn of64(const std::vector<int64_t>& values, int32_t converted,
                 const std::string& logical = {}) {
  return {.name = "c",
          .physical = PhysicalType::Int64,
          .converted_type = converted,
          .logical = logical,
          .pages = {{static_cast<uint32_t>(values.size()), PageEncoding::Plain, plain(values)}}};
}

void test_integer_types() {
  check_type(of32({-128, 127}, 15), "smallint", "-128\n127\n");
  check_type(of32({-32768, 32767}, 16), "smallint", "-32768\n32767\n");
  check_type(of32({0, 255}, 11), "smallint", "0\n255\n");
  check_type(of32({0, 65535}, 12), "integer", "0\n65535\n");
  check_type(of32({0, -1}, 13), "bigint", "0\n4294967295\n");
  check_type(of32({INT32_MIN}, 17), "integer", "-2147483648\n");
  check_type(of64({0, -1}, 14), "numeric(20,0)", "0\n18446744073709551615\n");
  check_type(of64({INT64_MIN}, 18), "bigint", "-9223372036854775808\n");
}

void test_time_types() {
  check_type(of32({0, 10957, INT32_MAX, -INT32_MAX}, 6), "date",
             "-10957\n0\n2147483647\n-2147483648\n");
  check_type(of32({0, 86399999}, 7), "time without time zone", "0\n86399999000\n");
  check_type(of64({0, 86400000000}, 8), "time without time zone", "0\n86400000000\n");
  check_type(of64({1999}, -1, time_type(7, false, 3)), "time without time zone", "1\n");
  check_type(of64({946684800001}, 9), "timestamp with time zone", "1000\n");
  check_type(of64({946684800000001, INT64_MAX, -INT64_MAX}, 10), "timestamp with time zone",
             "1\n9223372036854775807\n-9223372036854775808\n");
  check_type(of64({946684800000001}, -1, time_type(8, false, 2)), "timestamp without time zone",
             "1\n");
  // Below a microsecond, always downwards.
  check_type(of64({946684800000001999, -1}, -1, time_type(8, true, 3)), "timestamp with time zone",
             "1\n-946684800000001\n");
  std::string int96 = plain<uint64_t>({1'500'000}) + plain<uint32_t>({2'451'545});
  int96 += plain<uint64_t>({0}) + plain<uint32_t>({2'440'588});
  check_type(
      {.name = "c", .physical = PhysicalType::Int96, .pages = {{2, PageEncoding::Plain, int96}}},
      "timestamp without time zone", "1500\n-946684800000000\n");
  check_type({.name = "c",
              .physical = PhysicalType::FixedLenByteArray,
              .type_length = 12,
              .converted_type = 21,
              .pages = {{1, PageEncoding::Plain, plain<uint32_t>({14, 3, 5})}}},
             "interval", "14/3/5000\n");
}

void test_decimal_types() {
  BuiltColumn column = of32({-12345, 99999}, 5);
  column.precision = 5;
  column.scale = 2;
  check_type(column, "numeric(5,2)", "-123.45\n999.99\n");
  column = of64({-1, 999'999'999'999'999'999}, 5);
  column.precision = 18;
  check_type(column, "numeric(18,0)", "-1\n999999999999999999\n");
  column.precision = 30;
  check_type(column, "numeric(30,0)", "-1\n999999999999999999\n");
  column = {.name = "c",
            .physical = PhysicalType::ByteArray,
            .converted_type = 5,
            .precision = 10,
            .scale = 1,
            .pages = {{4, PageEncoding::Plain,
                       plain_strings({"\xff", std::string("\0\x80", 2), "\x12\x34\x56\x78",
                                      std::string(18, '\xff')})}}};
  check_type(column, "numeric(10,1)", "-0.1\n12.8\n30541989.6\n-0.1\n");
  column.precision = 38;
  check_type(column, "numeric(38,1)", "-0.1\n12.8\n30541989.6\n-0.1\n");
  column.physical = PhysicalType::FixedLenByteArray;
  column.type_length = 16;
  // 10^38 - 1, and minus that.
  column.pages = {{2, PageEncoding::Plain,
                   std::string("\x4b\x3b\x4c\xa8\x5a\x86\xc4\x7a\x09\x8a\x22\x3f\xff\xff\xff\xff"
                               "\xb4\xc4\xb3\x57\xa5\x79\x3b\x85\xf6\x75\xdd\xc0\x00\x00\x00\x01",
                               32)}};
  check_type(column, "numeric(38,1)",
             "9999999999999999999999999999999999999.9\n"
             "-9999999999999999999999999999999999999.9\n");
}

void test_byte_types() {
  const std::string uuid = "0123456789abcdef";
  BuiltColumn column = {.name = "c",
                        .physical = PhysicalType::FixedLenByteArray,
                        .type_length = 16,
                        .logical = ThriftBytes().structure(14, ThriftBytes().bytes()).bytes(),
                        .pages = {{1, PageEncoding::Plain, uuid}}};
  check_type(column, "uuid", "30313233343536373839616263646566\n");
  column = {.name = "c",
            .physical = PhysicalType::ByteArray,
            .pages = {{1, PageEncoding::Plain, plain_strings({std::string("\0\xff", 2)})}}};
  check_type(column, "bytea", "00ff\n");
  column.converted_type = 20;  // BSON
  check_type(column, "bytea", "00ff\n");
  column.pages = {{1, PageEncoding::Plain, plain_strings({"{}"})}};
  for (const int32_t converted : {0, 4, 19}) {  // UTF8, ENUM, JSON
    column.converted_type = converted;
    check_type(column, "text", "{}\n");
  }
  // A logical type that is not known: read as its physical type.
  column.converted_type = -1;
  column.logical = ThriftBytes().structure(40, ThriftBytes().bytes()).bytes();
  check_type(column, "bytea", "7b7d\n");
}

/// Readers are shared by threads.
void test_threads() {
  BuiltColumn column = coded_column(300, 9, 4000);
  column.has_page_index = true;
  for (DataPage& page : column.pages) {
    page.minimum = "entry number 0";
    page.maximum = "entry number 99";
  }
  OpenedFile opened(file_of(column));
  const std::string expected = coded_lines(300, 4000);
  std::vector<std::string> found(4);
  std::vector<std::thread> threads;
  for (std::string& rows : found) {
    threads.emplace_back([&opened, &rows] {
      const millrace::formats::RowRange all{0, 4000};
      for (int round = 0; round < 20; round++) {
        int64_t bytes_read = 0;
        opened.reader->page_bounds(0, 0);
        const auto whole = opened.reader->dictionary(0, 0, &opened.budget);
        const auto chunk = opened.reader->decode(0, 0, {&all, 1}, &opened.budget, &bytes_read);
        rows = chunk.ok() && whole.ok() ? column_text(chunk.value()) : "failed";
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& rows : found) CHECK_ROWS(rows, expected);
}

}  // namespace

int main() {
  test_integers();
  test_floats();
  test_booleans();
  test_strings();
  test_fixed_length();
  test_nulls();
  test_codecs_and_checksums();
  test_empty_pages();
  test_text_stays_codes();
  test_dictionary_fallback();
  test_repeated_entries();
  test_numbers_leave_dictionaries();
  test_integer_types();
  test_time_types();
  test_decimal_types();
  test_byte_types();
  test_threads();
  return check_result();
}
