// Files that are wrong, or more than the reader takes: the error names file and column, nothing
// else happens.
#include <cstring>
#include <filesystem>

#include "tests/formats/parquet/encodings.h"
#include "tests/formats/parquet/open_built.h"
#include "tests/formats/parquet/thrift_bytes.h"

namespace {

using namespace millrace::tests;  // NOLINT: a program of one file

constexpr const char* kMalformed = "XX001 malformed Parquet file \"FILE\", column \"c\": ";

std::string result_of(const BuiltColumn& column) { return rows_or_error(build_file({{column}})); }

BuiltColumn numbers(const std::vector<int32_t>& values) {
  return {.name = "c",
          .physical = PhysicalType::Int32,
          .pages = {{static_cast<uint32_t>(values.size()), PageEncoding::Plain, plain(values)}}};
}

BuiltColumn texts(const std::vector<std::string>& values) {
  return {.name = "c",
          .physical = PhysicalType::ByteArray,
          .converted_type = 0,
          .pages = {
              {static_cast<uint32_t>(values.size()), PageEncoding::Plain, plain_strings(values)}}};
}

void expect_malformed(const BuiltColumn& column, const std::string& what) {
  CHECK_EQUAL(result_of(column), kMalformed + what);
}

void test_files_that_are_none() {
  const std::string begin = "XX001 malformed Parquet file \"FILE\": ";
  CHECK_EQUAL(rows_or_error(""), begin + "it is too short");
  CHECK_EQUAL(rows_or_error("not a Parquet file at all"), begin + "it does not end as one");
  const std::string good = build_file({{numbers({1, 2})}});
  std::string bad = good;
  bad[0] = 'X';
  CHECK_EQUAL(rows_or_error(bad), begin + "it does not begin as one");
  bad = good;
  bad[bad.size() - 5] = 0x7f;
  CHECK_EQUAL(rows_or_error(bad), begin + "its footer is longer than the file");
  bad = good;
  bad.replace(bad.size() - 4, 4, "PARE");
  CHECK_EQUAL(rows_or_error(bad),
              "0A000 cannot read Parquet file \"FILE\": encryption is not supported");
  bad = good;
  bad[bad.size() - 9] = 0x55;  // the end of the footer's last structure
  CHECK_EQUAL(rows_or_error(bad), begin + "its footer cannot be parsed");
  CHECK_EQUAL(rows_or_error(build_file({{numbers({1})}}, {.row_count_error = 1})),
              begin + "its footer contradicts itself");
}

void test_files_that_are_missing_or_changed() {
  using millrace::formats::open_file;
  millrace::memory::Budget budget(1 << 20);
  const auto missing = open_file("parquet", "/nonexistent/file.parquet", {}, &budget);
  CHECK_EQUAL(error_text(missing.status(), "?"),
              "58P01 could not open file \"/nonexistent/file.parquet\": No such file or directory");
  const auto unknown = open_file("orc", "x", {}, &budget);
  CHECK_EQUAL(error_text(unknown.status(), "?"), "22023 file format \"orc\" does not exist");

  const std::string bytes = build_file({{numbers({1})}});
  const TemporaryFile file(bytes);
  const auto size = static_cast<int64_t>(bytes.size());
  CHECK(open_file("parquet", file.path(), {.size_bytes = size, .mtime_ns = {}}, &budget).ok());
  const auto resized =
      open_file("parquet", file.path(), {.size_bytes = size + 1, .mtime_ns = {}}, &budget);
  CHECK_EQUAL(error_text(resized.status(), file.path()),
              "40001 file \"FILE\" was changed after the query was planned");
  const auto touched =
      open_file("parquet", file.path(), {.size_bytes = {}, .mtime_ns = 1}, &budget);
  CHECK(!touched.ok());

  OpenedFile opened(bytes);
  std::filesystem::last_write_time(opened.file.path(), std::filesystem::file_time_type::min());
  CHECK_EQUAL(error_text(opened.decode(0, 0).status(), opened.file.path()),
              "40001 file \"FILE\" was changed while it was being read");
}

/// A column that cannot be read does not keep the others from being read.
void test_columns_that_are_not_supported() {
  struct Case {
    BuiltColumn column;
    std::string why;
  };
  BuiltColumn nested = numbers({1});
  nested.is_group = true;
  BuiltColumn repeated = numbers({1});
  repeated.repetition = 2;
  BuiltColumn encrypted = numbers({1});
  encrypted.is_encrypted = true;
  BuiltColumn lzo = numbers({1});
  lzo.codec = 3;
  BuiltColumn unknown_codec = numbers({1});
  unknown_codec.codec = 99;
  BuiltColumn wide = texts({"x"});
  wide.converted_type = 5;
  wide.precision = 39;
  for (Case& one : std::vector<Case>{{nested, "nested types are"},
                                     {repeated, "nested types are"},
                                     {encrypted, "encryption is"},
                                     {lzo, "compression by LZO is"},
                                     {unknown_codec, "compression codec 99 is"},
                                     {wide, "decimals of more than 38 digits are"}}) {
    BuiltColumn good = numbers({7});
    good.name = "good";
    OpenedFile opened(build_file({{one.column, good}}));
    CHECK(opened.status.ok());
    if (!opened.status.ok()) continue;
    CHECK(!opened.reader->columns()[0].unsupported.empty());
    CHECK_EQUAL(
        error_text(opened.decode(0, 0).status(), opened.file.path()),
        "0A000 cannot read Parquet file \"FILE\", column \"c\": " + one.why + " not supported");
    CHECK(!opened.reader->dictionary(0, 0, &opened.budget).ok());
    CHECK(opened.reader->page_bounds(0, 0).empty());
    const auto chunk = opened.decode(0, 1);
    CHECK(chunk.ok());
    if (chunk.ok()) CHECK_EQUAL(column_text(chunk.value()), "7\n");
  }
}

void test_pages_that_are_malformed() {
  BuiltColumn column = numbers({1, 2, 3});
  column.pages[0].row_count = 4;
  expect_malformed(column, "a page holds fewer values than it says");
  column = numbers({1, 2, 3});
  column.value_count_error = 1;
  expect_malformed(column, "its column chunk has not as many values as its row group rows");
  column = numbers({1, 2, 3});
  column.pages[0].has_crc = true;
  column.pages[0].crc_error = 1;
  expect_malformed(column, "a page does not match its checksum");
  column = numbers({1, 2, 3});
  column.pages[0].encoding = PageEncoding::RleDictionary;
  expect_malformed(column, "a page uses a dictionary that its column chunk lacks");
  column.dictionary = plain<int32_t>({5, 6});
  column.dictionary_count = 2;
  column.pages[0].values = codes({0, 1, 2}, 2);
  expect_malformed(column, "a dictionary code has no entry");
  column.pages[0].values = codes({0, 1, 1}, 33);
  expect_malformed(column, "a page has dictionary codes of over 32 bits");
  column.dictionary_count = 3;
  expect_malformed(column, "a page holds fewer values than it says");
  column = texts({"abc"});
  column.pages[0].values[0] = 4;
  expect_malformed(column, "a page holds fewer values than it says");
  column = texts({"abc"});
  column.pages[0].encoding = PageEncoding::DeltaByteArray;
  column.pages[0].values = delta({5}, 32) + delta_lengths({"abc"});
  expect_malformed(column, "a prefix is longer than the value before");
  column = numbers({1, 2});
  column.codec = 6;
  const std::string good = build_file({{column}});
  std::string bad = good;
  // The page's body is a zstd frame: break its magic.
  bad.replace(bad.find("\x28\xb5\x2f\xfd"), 1, "\x29");
  CHECK_EQUAL(rows_or_error(bad),
              std::string(kMalformed) + "a page cannot have the size that its header says");
  column = numbers({1, 2});
  column.pages[0].encoding = PageEncoding::DeltaByteArray;
  CHECK_EQUAL(result_of(column),
              "0A000 cannot read Parquet file \"FILE\", column \"c\": this encoding of its type is "
              "not supported");
}

void test_text_that_is_none() {
  const auto detail = [](int row) {
    return " | Row " + std::to_string(row) + " of column \"c\" in file \"FILE\".";
  };
  const std::string begin = "22021 invalid byte sequence for encoding \"UTF8\": ";
  const std::string filler(20, 'x');
  struct Case {
    std::string bytes;
    std::string shown;
  };
  for (const Case& one : std::vector<Case>{{"a\xff", "0xff"},
                                           {std::string("a\0b", 3), "0x00"},
                                           {"\xe9 \xe9", "0xe9 0x20 0xe9"},
                                           {"\xc0\x80", "0xc0 0x80"},
                                           {"\xed\xa0\x80", "0xed 0xa0 0x80"},
                                           {"\xf4\x90\x80\x80", "0xf4 0x90 0x80 0x80"},
                                           {"caf\xc3", "0xc3"}}) {
    for (const std::string& padding : {std::string(), filler}) {
      const std::string bad = padding + one.bytes;
      CHECK_EQUAL(result_of(texts({"good", "größe", bad, bad})), begin + one.shown + detail(3));
      // The same among nulls, in the second row group.
      BuiltColumn first = texts({"a", "b"});
      BuiltColumn second = texts({"c", bad});
      first.repetition = second.repetition = 1;
      first.pages[0].present = {true, true};
      second.pages[0] = {
          5, PageEncoding::Plain, second.pages[0].values, {false, true, false, false, true}};
      CHECK_EQUAL(rows_or_error(build_file({{first}, {second}})), begin + one.shown + detail(7));
      // An entry of a dictionary: an error only where a row uses it.
      BuiltColumn coded = texts({});
      coded.dictionary = plain_strings({"a", bad, "b"});
      coded.dictionary_count = 3;
      coded.pages = {{4, PageEncoding::RleDictionary, codes({0, 2, 0, 2}, 2)}};
      CHECK_EQUAL(result_of(coded), "a\nb\na\nb\n");
      coded.pages = {{4, PageEncoding::RleDictionary, codes({0, 2, 1, 2}, 2)}};
      CHECK_EQUAL(result_of(coded), begin + one.shown + detail(3));
      coded.pages = {{1, PageEncoding::Plain, plain_strings({"a"})},
                     {4, PageEncoding::RleDictionary, codes({0, 2, 1, 2}, 2)}};
      CHECK_EQUAL(result_of(coded), begin + one.shown + detail(4));
    }
  }
}

void test_values_out_of_range() {
  BuiltColumn column = numbers({0, 128});
  column.converted_type = 15;
  expect_malformed(column, "a value is outside its integer type");
  column.converted_type = 11;
  column.pages[0].values = plain<int32_t>({0, -1});
  expect_malformed(column, "a value is outside its integer type");
  column = numbers({0, 86'400'001});
  column.converted_type = 7;
  expect_malformed(column, "a time is outside the day");
  column = numbers({0, 2'145'042'906});
  column.converted_type = 6;
  CHECK_EQUAL(result_of(column), "22008 date out of range | Column \"c\" of file \"FILE\".");
  column.physical = PhysicalType::Int64;
  column.converted_type = 9;
  for (const int64_t value : {INT64_MAX / 10, int64_t{-600'000'000'000'000}}) {
    column.pages[0].values = plain<int64_t>({0, value});
    CHECK_EQUAL(result_of(column), "22008 timestamp out of range | Column \"c\" of file \"FILE\".");
  }
  column = {.name = "c",
            .physical = PhysicalType::FixedLenByteArray,
            .type_length = 12,
            .converted_type = 21,
            .pages = {{1, PageEncoding::Plain, plain<uint32_t>({0x80000000, 0, 0})}}};
  CHECK_EQUAL(result_of(column), "22008 interval out of range | Column \"c\" of file \"FILE\".");
}

void test_decimals_beyond_their_precision() {
  const std::string what = "a decimal exceeds its precision";
  BuiltColumn column = numbers({-99999, 100000});
  column.converted_type = 5;
  column.precision = 5;
  expect_malformed(column, what);
  column.pages[0].values = plain<int32_t>({-100000, 0});
  expect_malformed(column, what);
  column.dictionary = plain<int32_t>({1, 100000, 2});
  column.dictionary_count = 3;
  column.pages = {{2, PageEncoding::RleDictionary, codes({0, 1}, 2)}};
  expect_malformed(column, what);
  column.pages = {{2, PageEncoding::RleDictionary, codes({0, 2}, 2)}};
  CHECK_EQUAL(result_of(column), "1\n2\n");
  column = texts({std::string("\x01") + std::string(16, '\0')});
  column.converted_type = 5;
  column.precision = 38;
  expect_malformed(column, what);
  column = texts({std::string(16, '\x7f')});
  column.converted_type = 5;
  column.precision = 38;
  expect_malformed(column, what);
  column.precision = 18;
  expect_malformed(column, what);
}

void test_statistics_that_lie() {
  const std::string outside = "a value is outside the bounds that its statistics declare";
  const auto number = [](int32_t value) { return plain<int32_t>({value}); };
  BuiltColumn column = numbers({3, 5, 9});
  column.statistics = statistics(number(3), number(9), 0);
  CHECK_EQUAL(result_of(column), "3\n5\n9\n");
  column.statistics = statistics(number(3), number(8));
  expect_malformed(column, outside);
  column.statistics = statistics(number(4), number(9));
  expect_malformed(column, outside);
  column.statistics = statistics(number(3), number(9), 1);
  expect_malformed(column, "it has not as many nulls as its statistics declare");
  column.dictionary = plain<int32_t>({3, 5, 9, 100});
  column.dictionary_count = 4;
  column.statistics = statistics(number(3), number(9));
  column.pages = {{3, PageEncoding::RleDictionary, codes({0, 1, 2}, 2)}};
  CHECK_EQUAL(result_of(column), "3\n5\n9\n");
  column.pages = {{3, PageEncoding::RleDictionary, codes({0, 1, 3}, 2)}};
  expect_malformed(column, outside);

  BuiltColumn words = texts({"bbbb", "bbbbcc", "cccccccccccccccccc"});
  words.statistics = statistics("bbbb", "cccccccccccccccccc");
  CHECK_EQUAL(result_of(words), "bbbb\nbbbbcc\ncccccccccccccccccc\n");
  words.statistics = statistics("bbbb", "ccccccccccccccccca");
  expect_malformed(words, outside);
  words.statistics = statistics("bbbba", "d");
  expect_malformed(words, outside);
  words.dictionary = plain_strings({"a", "bbb", "ccc"});
  words.dictionary_count = 3;
  words.statistics = statistics("b", "d");
  words.pages = {{2, PageEncoding::RleDictionary, codes({1, 2}, 2)}};
  CHECK_EQUAL(result_of(words), "bbb\nccc\n");
  words.pages = {{2, PageEncoding::RleDictionary, codes({1, 0}, 2)}};
  expect_malformed(words, outside);

  BuiltColumn floats = {.name = "c",
                        .physical = PhysicalType::Double,
                        .pages = {{2, PageEncoding::Plain, plain<double>({1.0, 2.0})}}};
  floats.statistics = statistics(plain<double>({1.5}), plain<double>({2.0}));
  expect_malformed(floats, outside);
}

/// What is refused is given back, and what is decoded is counted.
void test_budget() {
  std::vector<std::string> values;
  for (int i = 0; i < 20000; i++)
    values.push_back("a string that is not inlined " + std::to_string(i));
  const std::string bytes = build_file({{texts(values)}});
  OpenedFile opened(bytes, 10 << 20);
  const int64_t held_before = opened.budget.held_bytes();
  {
    const auto chunk = opened.decode(0, 0);
    CHECK(chunk.ok());
    CHECK(chunk.ok() && chunk.value()->size_bytes() >= 20000 * 46);
    CHECK_EQUAL(opened.budget.held_bytes() - held_before, chunk.value()->size_bytes());
  }
  CHECK_EQUAL(opened.budget.held_bytes(), held_before);
  // A small chunk makes do with little: no buffer of a large chunk's size.
  OpenedFile small(build_file({{texts({"a string that is not inlined", "b"})}}), 64 << 10);
  CHECK(small.decode(0, 0).ok());
  for (const int64_t limit : {300'000, 900'000, 1'500'000}) {
    OpenedFile tight(bytes, limit);
    CHECK(tight.status.ok());
    const int64_t held = tight.budget.held_bytes();
    const auto chunk = tight.decode(0, 0);
    CHECK(!chunk.ok() && chunk.status().code() == millrace::base::ErrorCode::OutOfMemory);
    CHECK_EQUAL(tight.budget.held_bytes(), held);
  }
}

}  // namespace

int main() {
  test_files_that_are_none();
  test_files_that_are_missing_or_changed();
  test_columns_that_are_not_supported();
  test_pages_that_are_malformed();
  test_text_that_is_none();
  test_values_out_of_range();
  test_decimals_beyond_their_precision();
  test_statistics_that_lie();
  test_budget();
  return check_result();
}
