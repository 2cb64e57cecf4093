// Statistics, page index and parts of row groups: what is read, and what is believed.
#include <cmath>
#include <limits>

#include "io/byte_range.h"
#include "tests/formats/parquet/encodings.h"
#include "tests/formats/parquet/open_built.h"
#include "tests/formats/parquet/thrift_bytes.h"

namespace {

using namespace millrace::tests;  // NOLINT: a program of one file
using millrace::column::kVectorSize;
using millrace::formats::ColumnBounds;
using millrace::formats::PageBounds;
using millrace::formats::RowRange;
using millrace::types::StringView;

std::string number(int32_t value) { return plain<int32_t>({value}); }

/// Rows 0, 1, 2 … with every 10th NULL, in pages of the given sizes.
BuiltColumn counting_column(const std::vector<uint32_t>& page_rows, bool is_optional,
                            bool is_coded) {
  BuiltColumn column = {.name = "c", .physical = PhysicalType::Int32};
  column.repetition = is_optional ? 1 : 0;
  column.codec = 6;
  int32_t row = 0;
  std::vector<int32_t> entries;
  for (const uint32_t rows : page_rows) {
    DataPage page = {.row_count = rows};
    std::vector<int32_t> values;
    std::vector<uint32_t> used;
    for (uint32_t i = 0; i < rows; i++, row++) {
      const bool present = !is_optional || row % 10 != 0;
      if (is_optional) page.present.push_back(present);
      if (!present) continue;
      values.push_back(row);
      used.push_back(static_cast<uint32_t>(entries.size()));
      entries.push_back(row);
    }
    page.values = is_coded ? codes(used, 20) : plain(values);
    if (is_coded) page.encoding = PageEncoding::RleDictionary;
    if (!values.empty()) {
      page.minimum = number(values.front());
      page.maximum = number(values.back());
    }
    column.pages.push_back(std::move(page));
  }
  if (is_coded) {
    column.dictionary = plain(entries);
    column.dictionary_count = static_cast<uint32_t>(entries.size());
  }
  return column;
}

std::string counting_rows(const std::vector<RowRange>& ranges, bool is_optional) {
  std::string out;
  for (const RowRange& range : ranges) {
    for (uint32_t row = range.from; row < range.to; row++) {
      out += is_optional && row % 10 == 0 ? "\\N\n" : std::to_string(row) + "\n";
    }
  }
  return out;
}

void test_ranges() {
  const std::vector<std::vector<uint32_t>> layouts = {
      {20000}, {3000, 1, 4096, 5000, 7903}, std::vector<uint32_t>(200, 100)};
  const std::vector<std::vector<RowRange>> choices = {{},
                                                      {{0, 20000}},
                                                      {{0, 2048}},
                                                      {{2048, 4096}, {6144, 8192}},
                                                      {{18432, 20000}},
                                                      {{0, 2048}, {2048, 4096}, {10240, 20000}},
                                                      {{4096, 4096}, {8192, 10240}}};
  for (const auto& layout : layouts) {
    for (const bool is_optional : {false, true}) {
      for (const bool is_coded : {false, true}) {
        for (const bool has_index : {false, true}) {
          BuiltColumn column = counting_column(layout, is_optional, is_coded);
          column.has_page_index = has_index;
          OpenedFile opened(build_file({{column}}));
          for (const auto& ranges : choices) {
            const auto chunk = opened.decode(0, 0, ranges);
            CHECK_EQUAL(error_text(chunk.status(), opened.file.path()), "ok");
            if (!chunk.ok()) continue;
            CHECK_ROWS(column_text(chunk.value()), counting_rows(ranges, is_optional));
          }
        }
      }
    }
  }
  OpenedFile opened(build_file({{counting_column({100}, false, false)}}));
  CHECK(opened.decode(0, 0, {{0, 101}}).status().code() == millrace::base::ErrorCode::Internal);
}

void test_coalescing() {
  using millrace::io::ByteRange;
  using millrace::io::coalesce;
  const std::vector<ByteRange> ranges = {{0, 10}, {10, 5}, {18, 2}, {24, 3}, {25, 1}};
  CHECK((coalesce(ranges, 0) == std::vector<ByteRange>{{0, 15}, {18, 2}, {24, 3}}));
  CHECK((coalesce(ranges, 3) == std::vector<ByteRange>{{0, 20}, {24, 3}}));
  CHECK((coalesce(ranges, 4) == std::vector<ByteRange>{{0, 27}}));
  CHECK(coalesce({}, 4).empty());
}

/// With a page index, pages that are not asked for are not read.
void test_only_needed_pages_are_read() {
  std::vector<int32_t> noise;
  uint32_t state = 1;
  for (int i = 0; i < 40 * 8192; i++) {
    state = state * 1664525 + 1013904223;
    noise.push_back(static_cast<int32_t>(state));
  }
  BuiltColumn column = {.name = "c", .physical = PhysicalType::Int32};
  for (int page = 0; page < 40; page++) {
    const std::vector<int32_t> values(noise.begin() + page * 8192,
                                      noise.begin() + (page + 1) * 8192);
    column.pages.push_back({8192, PageEncoding::Plain, plain(values)});
  }
  column.has_page_index = true;
  OpenedFile opened(build_file({{column}}));
  const auto chunk = opened.decode(0, 0, {{30 * 8192, 31 * 8192}});
  CHECK(chunk.ok());
  CHECK(opened.bytes_read > 8192 * 4 && opened.bytes_read < 8192 * 4 + 1000);
  opened.bytes_read = 0;
  CHECK(opened.decode(0, 0).ok());
  CHECK(opened.bytes_read > 40 * 8192 * 4);
}

int32_t as_number(const void* bound) { return *static_cast<const int32_t*>(bound); }

void test_page_bounds() {
  // Pages that end between vectors: a vector over two pages has the bounds of both.
  BuiltColumn column = counting_column({5000, 5000, 5000}, false, false);
  CHECK(OpenedFile(build_file({{column}})).reader->page_bounds(0, 0).empty());
  column.has_page_index = true;
  OpenedFile opened(build_file({{column}}));
  const std::vector<PageBounds> bounds = opened.reader->page_bounds(0, 0);
  CHECK_EQUAL(bounds.size(), 5u);
  const RowRange rows[] = {{0, 4096}, {4096, 6144}, {6144, 8192}, {8192, 10240}, {10240, 15000}};
  const int32_t minima[] = {0, 0, 5000, 5000, 10000};
  const int32_t maxima[] = {4999, 9999, 9999, 14999, 14999};
  for (size_t i = 0; i < bounds.size() && i < 5; i++) {
    CHECK_EQUAL(bounds[i].rows.from, rows[i].from);
    CHECK_EQUAL(bounds[i].rows.to, rows[i].to);
    CHECK_EQUAL(as_number(bounds[i].bounds.minimum), minima[i]);
    CHECK_EQUAL(as_number(bounds[i].bounds.maximum), maxima[i]);
    CHECK_EQUAL(bounds[i].bounds.null_count.value_or(-1), 0);
  }
  // A page of nulls has no bounds, but says that all its rows are NULL.
  BuiltColumn nulls = {.name = "c", .physical = PhysicalType::Int32, .repetition = 1};
  nulls.pages = {{2048, PageEncoding::Plain, "", std::vector<bool>(2048, false)},
                 {2048, PageEncoding::Plain, plain(std::vector<int32_t>(2048, 7)),
                  std::vector<bool>(2048, true)}};
  nulls.pages[1].minimum = nulls.pages[1].maximum = number(7);
  nulls.has_page_index = true;
  OpenedFile with_nulls(build_file({{nulls}}));
  const std::vector<PageBounds> two = with_nulls.reader->page_bounds(0, 0);
  CHECK_EQUAL(two.size(), 2u);
  CHECK(two[0].bounds.minimum == nullptr && two[0].bounds.null_count == 2048);
  CHECK(as_number(two[1].bounds.minimum) == 7 && two[1].bounds.null_count == 0);
}

/// A page index that lies is found out by the pages it names.
void test_page_indexes_that_lie() {
  const std::string wrong_pages =
      "XX001 malformed Parquet file \"FILE\", column \"c\": its pages are not those of the file's "
      "page index";
  BuiltColumn column = counting_column({4096, 4096}, false, false);
  column.has_page_index = true;
  column.index_row_shift = -2048;
  OpenedFile shifted(build_file({{column}}));
  CHECK_EQUAL(error_text(shifted.decode(0, 0, {{0, 2048}}).status(), shifted.file.path()),
              wrong_pages);
  column.index_row_shift = 0;
  column.pages[1].maximum = number(8000);
  OpenedFile bounded(build_file({{column}}));
  CHECK(bounded.decode(0, 0, {{0, 2048}}).ok());
  CHECK_EQUAL(error_text(bounded.decode(0, 0, {{6144, 8192}}).status(), bounded.file.path()),
              "XX001 malformed Parquet file \"FILE\", column \"c\": a value is outside the bounds "
              "that its statistics declare");
  // Text that stays codes.
  BuiltColumn text = {.name = "c",
                      .physical = PhysicalType::ByteArray,
                      .converted_type = 0,
                      .dictionary = plain_strings({"a", "b", "c"}),
                      .dictionary_count = 3};
  const std::vector<uint32_t> used(2048, 1);
  text.pages = {{2048, PageEncoding::RleDictionary, codes(used, 2)},
                {2048, PageEncoding::RleDictionary, codes(used, 2)}};
  for (DataPage& page : text.pages) page.minimum = page.maximum = "b";
  text.has_page_index = true;
  CHECK(OpenedFile(build_file({{text}})).decode(0, 0, {{0, 2048}}).ok());
  text.pages[0].minimum = text.pages[0].maximum = "c";
  OpenedFile lying(build_file({{text}}));
  CHECK(!lying.decode(0, 0, {{0, 2048}}).ok());
  CHECK(lying.decode(0, 0, {{2048, 4096}}).ok());
}

/// The bounds that one column of one row shows: "minimum..maximum" as literals.
std::string literals(const BuiltColumn& column, const FileOptions& options = {}) {
  OpenedFile opened(build_file({{column}}, options));
  if (!opened.status.ok()) return error_text(opened.status, opened.file.path());
  const auto statistics = opened.reader->statistics(0, 0);
  const ColumnBounds bounds = opened.reader->bounds(0, 0);
  CHECK((bounds.minimum != nullptr) == statistics.minimum.has_value() ||
        opened.reader->columns()[0].sql_type == "text");
  return statistics.minimum.value_or("?") + ".." + statistics.maximum.value_or("?");
}

BuiltColumn bounded(PhysicalType physical, const std::string& bytes, int32_t converted = -1,
                    const std::string& logical = {}) {
  BuiltColumn column = {.name = "c",
                        .physical = physical,
                        .converted_type = converted,
                        .logical = logical,
                        .statistics = bytes};
  if (physical == PhysicalType::FixedLenByteArray) column.type_length = 16;
  return column;
}

void test_which_statistics_are_believed() {
  const BuiltColumn stated = bounded(PhysicalType::Int32, statistics(number(1), number(5)));
  CHECK_EQUAL(literals(stated), "1..5");
  CHECK_EQUAL(literals(stated, {.has_column_orders = false}), "?..?");
  CHECK_EQUAL(literals(bounded(PhysicalType::Int32, statistics(number(5), number(1)))), "?..?");
  CHECK_EQUAL(literals(bounded(PhysicalType::Int32, statistics("x", "y"))), "?..?");
  CHECK_EQUAL(literals(bounded(PhysicalType::Int32, "")), "?..?");
  // The older pair: signed numbers only.
  const BuiltColumn legacy = bounded(PhysicalType::Int32, legacy_statistics(number(-1), number(5)));
  CHECK_EQUAL(literals(legacy), "-1..5");
  CHECK_EQUAL(literals(legacy, {.has_column_orders = false}), "-1..5");
  BuiltColumn unsigned_legacy = legacy;
  unsigned_legacy.converted_type = 13;
  CHECK_EQUAL(literals(unsigned_legacy), "?..?");
  CHECK_EQUAL(literals(bounded(PhysicalType::ByteArray, legacy_statistics("a", "b"), 0)), "?..?");
  // Unsigned numbers by their own order.
  CHECK_EQUAL(literals(bounded(PhysicalType::Int32, statistics(number(1), number(-1)), 13)),
              "1..4294967295");
  // No order: times of INT96, intervals.
  CHECK_EQUAL(
      literals(bounded(PhysicalType::Int96, statistics(std::string(12, 0), std::string(12, 0)))),
      "?..?");
}

void test_float_statistics() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto of = [](double low, double high) {
    return bounded(PhysicalType::Double, statistics(plain<double>({low}), plain<double>({high})));
  };
  // Writers leave NaN out, SQL sorts it last: there is no greatest value to believe.
  CHECK_EQUAL(literals(of(-0.5, 7)), "-0.5..?");
  CHECK_EQUAL(literals(of(-INFINITY, 7)), "-Infinity..?");
  CHECK_EQUAL(literals(of(nan, 7)), "?..?");
  CHECK_EQUAL(literals(of(1, nan)), "?..?");
  // So NaN is no value outside its bounds.
  BuiltColumn column = of(1, 2);
  column.pages = {{2, PageEncoding::Plain, plain<double>({1, nan})}};
  CHECK_EQUAL(rows_or_error(build_file({{column}})), "1\nnan\n");
}

void test_literals() {
  const auto of64 = [](int64_t low, int64_t high, int32_t converted) {
    return bounded(PhysicalType::Int64, statistics(plain<int64_t>({low}), plain<int64_t>({high})),
                   converted);
  };
  CHECK_EQUAL(
      literals(bounded(PhysicalType::Int32, statistics(number(-719528), number(2932896)), 6)),
      "0001-01-01 BC..9999-12-31");
  CHECK_EQUAL(literals(bounded(PhysicalType::Int32, statistics(number(-719163), number(11016)), 6)),
              "0001-12-31 BC..2000-02-29");
  CHECK_EQUAL(
      literals(bounded(PhysicalType::Int32, statistics(number(-719162), number(INT32_MAX)), 6)),
      "0001-01-01..infinity");
  CHECK_EQUAL(literals(of64(-1, 951826154123456, 10)),
              "1969-12-31 23:59:59.999999+00..2000-02-29 12:09:14.123456+00");
  CHECK_EQUAL(literals(of64(0, 3723500000, 8)), "00:00:00..01:02:03.5");
  BuiltColumn decimals = of64(-5, 12345, 5);
  decimals.precision = 18;
  decimals.scale = 3;
  CHECK_EQUAL(literals(decimals), "-0.005..12.345");
  decimals.scale = 0;
  CHECK_EQUAL(literals(decimals), "-5..12345");
  CHECK_EQUAL(literals(bounded(PhysicalType::Boolean,
                               statistics(std::string(1, '\0'), std::string(1, '\1')))),
              "false..true");
  CHECK_EQUAL(literals(bounded(PhysicalType::ByteArray, statistics("a", "b\xff"))),
              "\\x61..\\x62ff");
  CHECK_EQUAL(literals(bounded(PhysicalType::ByteArray, statistics("a", "bé"), 0)), "a..bé");
  // Cut within a character: a bound, but no text.
  CHECK_EQUAL(literals(bounded(PhysicalType::ByteArray, statistics("a", "b\xc3"), 0)), "a..?");
  const std::string uuid = ThriftBytes().structure(14, ThriftBytes().bytes()).bytes();
  CHECK_EQUAL(
      literals(bounded(PhysicalType::FixedLenByteArray,
                       statistics(std::string(16, '\x12'), std::string(16, '\xab')), -1, uuid)),
      "12121212-1212-1212-1212-121212121212..abababab-abab-abab-abab-abababababab");
}

void test_bounds_as_values() {
  const BuiltColumn text =
      bounded(PhysicalType::ByteArray,
              statistics("a bound that is not inlined in its view", "short", 0), 0);
  OpenedFile opened(build_file({{text}}));
  const ColumnBounds bounds = opened.reader->bounds(0, 0);
  const auto& low = *static_cast<const StringView*>(bounds.minimum);
  CHECK_EQUAL(std::string(low.bytes(), low.size), "a bound that is not inlined in its view");
  CHECK_EQUAL(bounds.null_count.value_or(-1), 0);
}

}  // namespace

int main() {
  test_ranges();
  test_coalescing();
  test_only_needed_pages_are_read();
  test_page_bounds();
  test_page_indexes_that_lie();
  test_which_statistics_are_believed();
  test_float_statistics();
  test_literals();
  test_bounds_as_values();
  return check_result();
}
