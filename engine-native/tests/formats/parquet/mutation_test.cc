// mutation_test SECONDS [SEED [FILE...]]: changes valid files at random and reads them. Whatever
// the bytes, reading ends soon, within its budget, with rows or an error of a file; and everything that
// was reserved is given back.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <new>
#include <random>

#include "tests/formats/parquet/encodings.h"
#include "tests/formats/parquet/open_built.h"

namespace {

/// Memory outside budgets must stay small too: one allocation of more ends the test.
constexpr size_t kGreatestAllocation = size_t{64} << 20;

}  // namespace

[[gnu::noinline]] void* operator new(size_t size) {
  void* memory = size > kGreatestAllocation ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) {
    std::fprintf(stderr, "an allocation of %zu bytes\n", size);
    std::abort();
  }
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace {

using namespace millrace::tests;  // NOLINT: a program of one file
using millrace::base::ErrorCode;
using millrace::formats::RowRange;
using Clock = std::chrono::steady_clock;
using Random = std::mt19937_64;

constexpr int64_t kBudgetBytes = int64_t{32} << 20;
constexpr double kSlowestRead_s = 10;  // of processor time, with sanitizers

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Time this process has used: the machine may be busy with others.
double processor_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

BuiltColumn numbers(const std::string& name, int32_t codec, int version, PageEncoding encoding) {
  BuiltColumn column = {.name = name, .physical = PhysicalType::Int64, .repetition = 1};
  column.codec = codec;
  column.has_page_index = version == 2;
  for (int page = 0; page < 3; page++) {
    std::vector<bool> present;
    std::vector<int64_t> values;
    for (int i = 0; i < 3000; i++) {
      present.push_back(i % 5 != 0 || page == 1);
      if (present.back()) values.push_back(i * 37 % 1000 + page);
    }
    const std::string bytes = encoding == PageEncoding::Plain ? plain(values)
                              : encoding == PageEncoding::ByteStreamSplit
                                  ? byte_stream_split(plain(values), 8)
                                  : delta(values, 64);
    column.pages.push_back({3000, encoding, bytes, present, false, version});
    column.pages.back().minimum = plain<int64_t>({0});
    column.pages.back().maximum = plain<int64_t>({1002});
  }
  column.statistics = statistics(plain<int64_t>({0}), plain<int64_t>({1002}));
  return column;
}

BuiltColumn texts(const std::string& name, int32_t codec, PageEncoding encoding) {
  BuiltColumn column = {
      .name = name, .physical = PhysicalType::ByteArray, .repetition = 1, .converted_type = 0};
  column.codec = codec;
  std::vector<std::string> values;
  for (int i = 0; i < 3000; i++) values.push_back("value number " + std::to_string(i * i));
  const std::string bytes = encoding == PageEncoding::Plain            ? plain_strings(values)
                            : encoding == PageEncoding::DeltaByteArray ? delta_strings(values)
                                                                       : delta_lengths(values);
  column.pages = {{3000, encoding, bytes, std::vector<bool>(3000, true)},
                  {3000, encoding, bytes, std::vector<bool>(3000, true), false, 2},
                  {3000, encoding, bytes, std::vector<bool>(3000, true)}};
  column.statistics = statistics("value", "valuf", 0);
  return column;
}

BuiltColumn coded(const std::string& name, int32_t codec, bool falls_back) {
  BuiltColumn column = texts(name, codec, PageEncoding::Plain);
  std::vector<std::string> entries;
  std::vector<uint32_t> used;
  for (int i = 0; i < 400; i++) entries.push_back("value number " + std::to_string(i));
  for (uint32_t i = 0; i < 3000; i++) used.push_back(i / 30 * 7 % 400);
  column.dictionary = plain_strings(entries);
  column.dictionary_count = 400;
  for (size_t page = 0; page < (falls_back ? 1u : 3u); page++) {
    column.pages[page].encoding = PageEncoding::RleDictionary;
    column.pages[page].values = codes(used, 9);
  }
  return column;
}

BuiltColumn decimals(const std::string& name) {
  BuiltColumn column = {.name = name,
                        .physical = PhysicalType::FixedLenByteArray,
                        .type_length = 9,
                        .converted_type = 5,
                        .precision = 20,
                        .scale = 3};
  std::string values;
  for (int i = 0; i < 9000; i++)
    values += std::string(7, '\0') + static_cast<char>(i >> 8) + static_cast<char>(i);
  column.pages = {{9000, PageEncoding::ByteStreamSplit, byte_stream_split(values, 9)}};
  return column;
}

BuiltColumn dates(const std::string& name) {
  BuiltColumn column = {.name = name, .physical = PhysicalType::Int32, .converted_type = 6};
  std::vector<int32_t> entries;
  std::vector<uint32_t> used;
  for (int32_t i = 0; i < 900; i++) entries.push_back(8000 + i);
  for (uint32_t i = 0; i < 9000; i++) used.push_back(i % 900);
  column.dictionary = plain(entries);
  column.dictionary_count = 900;
  column.pages = {{9000, PageEncoding::PlainDictionary, codes(used, 10)}};
  column.statistics = statistics(plain<int32_t>({8000}), plain<int32_t>({8899}), 0);
  return column;
}

std::vector<std::string> built_files() {
  std::vector<std::string> files;
  for (const int32_t codec : {0, 1, 2, 4, 5, 6, 7}) {
    files.push_back(build_file({{numbers("plain", codec, 1, PageEncoding::Plain),
                                 numbers("delta", codec, 2, PageEncoding::DeltaBinaryPacked),
                                 texts("text", codec, PageEncoding::Plain),
                                 coded("coded", codec, codec % 2 == 0), dates("date")}}));
  }
  files.push_back(
      build_file({{numbers("split", 0, 2, PageEncoding::ByteStreamSplit),
                   texts("lengths", 0, PageEncoding::DeltaLengthByteArray),
                   texts("prefixes", 0, PageEncoding::DeltaByteArray), decimals("decimal")}}));
  return files;
}

/// A few changes of bytes; half of them where structure is dense: the end, and page headers.
std::string mutated(const std::string& original, Random& random) {
  std::string bytes = original;
  const int changes = 1 + static_cast<int>(random() % 4);
  for (int i = 0; i < changes; i++) {
    size_t at = random() % bytes.size();
    if (random() % 2 == 0) at = bytes.size() - 1 - random() % std::min<size_t>(bytes.size(), 1500);
    switch (random() % 6) {
      case 0:
        bytes[at] = static_cast<char>(random());
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ 1 << (random() % 8));
        break;
      case 2:
        bytes[at] = static_cast<char>(random() % 2 == 0 ? 0xff : 0x7f);
        break;
      case 3:
        bytes[at] = static_cast<char>(bytes[at] + (random() % 2 == 0 ? 1 : -1));
        break;
      case 4:
        bytes.erase(at, 1 + random() % 3);
        break;
      default:
        bytes.insert(at, random() % 3 + 1, static_cast<char>(random()));
        break;
    }
    if (bytes.size() < 16) return bytes;
  }
  // A footer that grew or shrank is looked for where it is, every other time.
  const auto grown = static_cast<int64_t>(bytes.size()) - static_cast<int64_t>(original.size());
  if (grown != 0 && random() % 2 == 0) {
    uint32_t footer_bytes;
    std::memcpy(&footer_bytes, original.data() + original.size() - 8, sizeof footer_bytes);
    footer_bytes += static_cast<uint32_t>(grown);
    std::memcpy(bytes.data() + bytes.size() - 8, &footer_bytes, sizeof footer_bytes);
  }
  return bytes;
}

/// Whether the bytes of a file can cause this error.
bool is_expected(const millrace::base::Status& status) {
  switch (status.code()) {
    case ErrorCode::Ok:
    case ErrorCode::DataCorrupted:
    case ErrorCode::FeatureNotSupported:
    case ErrorCode::OutOfMemory:
    case ErrorCode::InvalidByteSequence:
    case ErrorCode::DateOutOfRange:
    case ErrorCode::TimestampOutOfRange:
    case ErrorCode::IntervalOutOfRange:
      return true;
    default:
      return false;
  }
}

void read_chunk(OpenedFile& opened, uint32_t group, uint32_t column) {
  const uint32_t rows = opened.reader->row_group_rows(group);
  opened.reader->statistics(group, column);
  opened.reader->bounds(group, column);
  CHECK(is_expected(opened.reader->dictionary(group, column, &opened.budget).status()));
  // Touch what was decoded, for the sanitizers.
  const auto whole = opened.decode(group, column);
  CHECK(is_expected(whole.status()));
  if (whole.ok() && rows <= 100'000) column_text(whole.value());
  const uint32_t middle = rows / 2 / 2048 * 2048;
  const auto part = opened.decode(group, column, {{middle, rows}});
  CHECK(is_expected(part.status()));
  if (part.ok() && rows <= 100'000) column_text(part.value());
  opened.reader->page_bounds(group, column);
}

/// Reads everything that the file offers.
void read_all(const std::string& bytes) {
  OpenedFile opened(bytes, kBudgetBytes);
  CHECK(is_expected(opened.status));
  if (!opened.status.ok()) {
    CHECK_EQUAL(opened.budget.held_bytes(), 0);
    return;
  }
  const uint32_t groups = std::min(opened.reader->row_group_count(), 4u);
  const auto columns = static_cast<uint32_t>(std::min<size_t>(opened.reader->columns().size(), 50));
  for (uint32_t group = 0; group < groups; group++) {
    for (uint32_t column = 0; column < columns; column++) read_chunk(opened, group, column);
  }
  opened.reader.reset();
  CHECK_EQUAL(opened.budget.held_bytes(), 0);
}

}  // namespace

int main(int argument_count, char** arguments) {
  const double limit_s = argument_count > 1 ? std::atof(arguments[1]) : 5;
  const uint64_t seed = argument_count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1;
  std::vector<std::string> files = built_files();
  for (int i = 3; i < argument_count; i++) {
    std::ifstream in(arguments[i], std::ios::binary);
    files.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  for (const std::string& file : files) {
    CHECK(!rows_or_error(file).empty() &&
          rows_or_error(file).find("malformed") == std::string::npos);
  }
  const Clock::time_point start = Clock::now();
  uint64_t round = 0;
  for (; seconds_since(start) < limit_s && failure_count() == 0; round++) {
    Random random(seed * 1'000'003 + round);
    const std::string bytes = mutated(files[random() % files.size()], random);
    const double read_start_s = processor_s();
    read_all(bytes);
    CHECK(processor_s() - read_start_s < kSlowestRead_s);
    if (failure_count() != 0) {
      std::fprintf(stderr, "seed %llu round %llu\n", static_cast<unsigned long long>(seed),
                   static_cast<unsigned long long>(round));
    }
  }
  std::printf("%llu files read\n", static_cast<unsigned long long>(round));
  return check_result();
}
