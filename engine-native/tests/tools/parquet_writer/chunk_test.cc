// Column chunks and files: which encoding is chosen, where pages are cut, what the statistics say,
// and that the values are there. Uncompressed, so that the bytes can be looked at.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "formats/parquet/writer/file_writer.h"
#include "formats/parquet/writer/row_group_encoder.h"
#include "tests/tools/check.h"
#include "tests/tools/parquet_writer/rle_decoder.h"

namespace millrace::formats::parquet_writer {
namespace {

WriterOptions plain_options() { return {.codec = Codec::Uncompressed}; }

template <class T>
EncodedChunk encode(const ColumnSpec& spec, const WriterOptions& options,
                    const std::vector<T>& values, const std::vector<uint8_t>& present = {}) {
  const Schema schema{.columns = {spec}, .sorted_by = {}};
  RowGroupEncoder encoder(schema, options);
  // In pieces of an odd size: where the caller cuts must not matter.
  const std::span<const T> all(values);
  const std::span<const uint8_t> all_present(present);
  for (size_t i = 0; i < values.size(); i += 777) {
    const size_t count = std::min<size_t>(777, values.size() - i);
    EXPECT(encoder
               .append(0, all.subspan(i, count),
                       present.empty() ? all_present : all_present.subspan(i, count))
               .ok());
  }
  EncodedRowGroup row_group;
  EXPECT(encoder.finish(row_group).ok());
  EXPECT_EQUAL(row_group.row_count, static_cast<int64_t>(values.size()));
  return std::move(row_group.chunks[0]);
}

/// The last `size_bytes` of a page: its values, if one knows how many there are.
std::span<const uint8_t> page_tail(const EncodedChunk& chunk, size_t page, size_t size_bytes) {
  const EncodedPage& place = chunk.pages[page];
  const auto end = static_cast<size_t>(place.offset + place.size_bytes);
  return std::span<const uint8_t>(chunk.bytes).subspan(end - size_bytes, size_bytes);
}

int64_t number_at(const std::string& bytes) {
  int64_t value = 0;
  std::memcpy(&value, bytes.data(), 8);
  return value;
}

void repeating_values_are_coded() {
  std::vector<int64_t> values;
  for (int64_t i = 0; i < 10'000; ++i) values.push_back(i * i % 97 - 40);
  const EncodedChunk chunk = encode({.name = "a"}, plain_options(), values);
  EXPECT(chunk.has_dictionary && chunk.encoding == Encoding::RleDictionary);
  EXPECT_EQUAL(*chunk.distinct_count, 49);  // squares modulo a prime
  EXPECT_EQUAL(number_at(chunk.bounds->least), -40);
  EXPECT_EQUAL(number_at(chunk.bounds->greatest), 56);
  EXPECT_EQUAL(chunk.pages.size(), size_t{1});

  // Page: the width, then codes; before the page: the dictionary.
  const size_t coded_bytes = static_cast<size_t>(chunk.pages[0].size_bytes);
  const auto page = page_tail(chunk, 0, coded_bytes);
  const size_t codes_at = coded_bytes - (10'000 / 8 * 6 + 2);  // one run of packed groups
  EXPECT_EQUAL(static_cast<int>(page[codes_at - 1]), 6);
  const auto codes = test::decode_rle(page.subspan(codes_at), 6, values.size());
  const auto dictionary = std::span<const uint8_t>(chunk.bytes)
                              .subspan(static_cast<size_t>(chunk.pages[0].offset) - 49 * 8, 49 * 8);
  EXPECT_EQUAL(codes.size(), values.size());
  for (size_t i = 0; i < codes.size(); ++i) {
    int64_t value = 0;
    std::memcpy(&value, dictionary.data() + codes[i] * 8, 8);
    EXPECT_EQUAL(value, values[i]);
  }
}

void new_values_are_plain() {
  std::vector<int64_t> values;
  for (int64_t i = 0; i < 20'000; ++i)
    values.push_back(static_cast<int64_t>(mix(static_cast<uint64_t>(i) + 1)));
  WriterOptions options = plain_options();
  options.page_size_bytes = 3 * kVectorRows * 8;
  const EncodedChunk chunk = encode({.name = "a"}, options, values);
  EXPECT(!chunk.has_dictionary && !chunk.distinct_count && chunk.encoding == Encoding::Plain);
  EXPECT_EQUAL(chunk.pages.size(), size_t{4});
  size_t row = 0;
  for (size_t i = 0; i < chunk.pages.size(); ++i) {
    const EncodedPage& page = chunk.pages[i];
    const size_t count = i < 3 ? 3 * kVectorRows : 20'000 - 9 * kVectorRows;
    EXPECT_EQUAL(page.first_row, static_cast<int64_t>(row));
    EXPECT_EQUAL(page.row_count, static_cast<int64_t>(count));
    EXPECT_EQUAL(std::memcmp(page_tail(chunk, i, count * 8).data(), &values[row], count * 8), 0);
    const auto [least, greatest] =
        std::minmax_element(values.begin() + static_cast<int64_t>(row),
                            values.begin() + static_cast<int64_t>(row + count));
    EXPECT_EQUAL(number_at(page.bounds->least), *least);
    EXPECT_EQUAL(number_at(page.bounds->greatest), *greatest);
    row += count;
  }
  EXPECT_EQUAL(row, values.size());
  EXPECT(chunk.page_order == BoundaryOrder::Unordered);
}

void sorted_keys_are_plain_and_long_runs_coded() {
  std::vector<int64_t> keys;
  std::vector<int64_t> runs;
  for (int64_t i = 0; i < 40'000; ++i) {
    keys.push_back(i / 4);
    runs.push_back(-i / 400);
  }
  WriterOptions options = plain_options();
  options.page_size_bytes = 1 << 14;
  const EncodedChunk plain = encode({.name = "a"}, options, keys);
  EXPECT(!plain.has_dictionary && plain.pages.size() > 2);
  EXPECT(plain.page_order == BoundaryOrder::Ascending);
  options.page_row_limit = 8 * kVectorRows;
  const EncodedChunk coded = encode({.name = "a"}, options, runs);
  EXPECT(coded.has_dictionary);
  EXPECT_EQUAL(coded.pages.size(), size_t{3});
  EXPECT(coded.page_order == BoundaryOrder::Descending);
  EXPECT_EQUAL(number_at(coded.pages[1].bounds->greatest), -8 * 2048 / 400);
}

void large_dictionaries_are_given_up() {
  std::vector<std::string> texts;
  std::vector<std::string_view> values;
  for (int i = 0; i < 9'000; ++i)
    texts.push_back(std::string(100, 'a') + std::to_string(i * 7919 % 3'001));
  values.assign(texts.begin(), texts.end());
  const ColumnSpec text{
      .name = "a", .physical = PhysicalType::ByteArray, .logical = LogicalType::String};
  WriterOptions options = plain_options();
  EXPECT(encode(text, options, values).has_dictionary);
  options.dictionary_size_limit_bytes = 200'000;
  const EncodedChunk plain = encode(text, options, values);
  EXPECT(!plain.has_dictionary);
  EXPECT_EQUAL(plain.bounds->least.size(), size_t{64});
  EXPECT(!plain.bounds->least_exact && !plain.bounds->greatest_exact);
  size_t plain_bytes = 0;
  for (std::string_view value : values) plain_bytes += 4 + value.size();
  EXPECT_EQUAL(plain.pages.size(), size_t{1});
  const auto page = page_tail(plain, 0, plain_bytes);
  EXPECT_EQUAL(std::string(page.begin() + 4, page.begin() + 4 + 101), values[0].substr(0, 101));
}

void nulls_are_levels(bool dictionary) {
  std::vector<int32_t> values;
  std::vector<uint8_t> present;
  std::vector<int32_t> kept;
  for (int32_t i = 0; i < 5'000; ++i) {
    const bool is_null = i % 3 == 0 || (i >= 2'048 && i < 4'096);
    values.push_back(is_null ? 999'999 : i % 10);  // what stands for NULL must not be looked at
    present.push_back(is_null ? 0 : 1);
    if (!is_null) kept.push_back(i % 10);
  }
  WriterOptions options = plain_options();
  options.dictionary = dictionary;
  options.page_row_limit = kVectorRows;
  const ColumnSpec spec{.name = "a", .physical = PhysicalType::Int32, .nullable = true};
  const EncodedChunk chunk = encode(spec, options, values, present);
  EXPECT_EQUAL(chunk.has_dictionary, dictionary);
  EXPECT_EQUAL(chunk.null_count, static_cast<int64_t>(values.size() - kept.size()));
  EXPECT_EQUAL(chunk.pages.size(), size_t{3});
  EXPECT_EQUAL(chunk.pages[1].null_count, 2'048);
  EXPECT(!chunk.pages[1].bounds && chunk.pages[0].bounds && chunk.pages[2].bounds);
  int32_t greatest = 0;
  std::memcpy(&greatest, chunk.bounds->greatest.data(), 4);
  EXPECT_EQUAL(greatest, 9);
  if (dictionary) {
    EXPECT_EQUAL(*chunk.distinct_count, 10);
    return;
  }
  const auto first_count = static_cast<size_t>(2'048 - chunk.pages[0].null_count);
  EXPECT_EQUAL(
      std::memcmp(page_tail(chunk, 0, first_count * 4).data(), kept.data(), first_count * 4), 0);
  // Levels stand before the values: 2,048 bits in 256 groups of eight, two bytes of header.
  const auto levels = page_tail(chunk, 0, first_count * 4 + 256 + 2).first(256 + 2);
  const auto decoded = test::decode_rle(levels, 1, kVectorRows);
  EXPECT(std::equal(decoded.begin(), decoded.end(), present.begin()));
}

void booleans_are_bits() {
  const bool pattern[] = {true, false, false, true, true, false, true, false, true, true, false};
  const Schema schema{.columns = {{.name = "a", .physical = PhysicalType::Boolean}},
                      .sorted_by = {}};
  const WriterOptions options = plain_options();
  RowGroupEncoder encoder(schema, options);
  EXPECT(encoder.append<bool>(0, pattern).ok());
  EncodedRowGroup row_group;
  EXPECT(encoder.finish(row_group).ok());
  const auto bits = page_tail(row_group.chunks[0], 0, 2);
  EXPECT_EQUAL(static_cast<int>(bits[0]), 0b01011001);
  EXPECT_EQUAL(static_cast<int>(bits[1]), 0b011);
}

void compression_is_used_where_it_helps() {
  std::vector<int64_t> regular(kVectorRows * 4);
  std::vector<int64_t> random(regular.size());
  uint64_t state = 1;
  for (size_t i = 0; i < random.size(); ++i) {
    regular[i] = static_cast<int64_t>(i);
    state = state * 6364136223846793005 + 1442695040888963407;
    random[i] = static_cast<int64_t>(mix(state));
  }
  const WriterOptions options;
  const EncodedChunk small = encode({.name = "a"}, options, regular);
  EXPECT(small.bytes.size() * 2 < regular.size() * 8);
  EXPECT(small.uncompressed_bytes > static_cast<int64_t>(regular.size() * 8));
  const EncodedChunk raw = encode({.name = "a"}, options, random);
  EXPECT_EQUAL(
      std::memcmp(page_tail(raw, 0, random.size() * 8).data(), random.data(), random.size() * 8),
      0);
}

class MemorySink final : public ByteSink {
 public:
  WriteStatus write(std::span<const uint8_t> bytes) override {
    if (content.size() + bytes.size() > limit_bytes) return WriteStatus::error("full");
    content.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }
  std::string content;
  size_t limit_bytes = SIZE_MAX;
};

EncodedRowGroup sample_row_group(const Schema& schema, const WriterOptions& options,
                                 std::vector<size_t>& sizes) {
  RowGroupEncoder encoder(schema, options);
  const std::vector<int64_t> values = {3, 1, 2};
  EXPECT(encoder.append(0, std::span<const int64_t>(values)).ok());
  EncodedRowGroup row_group;
  EXPECT(encoder.finish(row_group).ok());
  sizes.push_back(row_group.chunks[0].bytes.size());
  return row_group;
}

void files_are_framed() {
  const Schema schema{.columns = {{.name = "column_name", .field_id = 1}}, .sorted_by = {}};
  const WriterOptions options;
  MemorySink sink;
  FileWriter writer(schema, options, sink);
  std::vector<size_t> sizes;
  EXPECT(writer.append(sample_row_group(schema, options, sizes)).ok());
  EXPECT(writer.append(sample_row_group(schema, options, sizes)).ok());
  EXPECT_EQUAL(sink.content.size(), 4 + sizes[0] + sizes[1]);
  EXPECT(writer.finish().ok());
  EXPECT_EQUAL(writer.size_bytes(), static_cast<int64_t>(sink.content.size()));
  EXPECT(sink.content.starts_with("PAR1") && sink.content.ends_with("PAR1"));
  uint32_t footer_bytes = 0;
  std::memcpy(&footer_bytes, sink.content.data() + sink.content.size() - 8, 4);
  EXPECT(footer_bytes + 8 + 4 + sizes[0] + sizes[1] < sink.content.size());
  const std::string footer = sink.content.substr(sink.content.size() - 8 - footer_bytes);
  EXPECT_EQUAL(static_cast<int>(footer[0]), 0x15);  // the version, an i32 field
  EXPECT(footer.find("column_name") != std::string::npos);
  EXPECT(footer.find(options.created_by) != std::string::npos);
}

void a_full_sink_is_an_error() {
  const Schema schema{.columns = {{.name = "a"}}, .sorted_by = {}};
  const WriterOptions options;
  std::vector<size_t> sizes;
  MemorySink sink;
  sink.limit_bytes = 10;
  FileWriter writer(schema, options, sink);
  const WriteStatus status = writer.append(sample_row_group(schema, options, sizes));
  EXPECT(!status.ok() && status.message() == "full");
  MemorySink later;
  FileWriter other(schema, options, later);
  EXPECT(other.append(sample_row_group(schema, options, sizes)).ok());
  later.limit_bytes = later.content.size() + 20;
  EXPECT(!other.finish().ok());
}

}  // namespace
}  // namespace millrace::formats::parquet_writer

int main() {
  using namespace millrace::formats::parquet_writer;
  repeating_values_are_coded();
  new_values_are_plain();
  sorted_keys_are_plain_and_long_runs_coded();
  large_dictionaries_are_given_up();
  nulls_are_levels(true);
  nulls_are_levels(false);
  booleans_are_bits();
  compression_is_used_where_it_helps();
  files_are_framed();
  a_full_sink_is_an_error();
  return millrace::test::report("parquet_writer_chunk_test");
}
