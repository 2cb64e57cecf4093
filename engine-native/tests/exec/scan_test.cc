// Scans of Parquet files of many row groups and pages: conditions that prune, columns decoded late,
// runtime filters, several files; against the same rows kept in memory.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <random>
#include <thread>

#include "formats/parquet/writer/file_writer.h"
#include "formats/parquet/writer/row_group_encoder.h"
#include "tests/check.h"
#include "tests/exec/query_run.h"

namespace millrace::tests {
namespace {

namespace writer = formats::parquet_writer;

const plan::Type kI64 = type(plan::I64);
const plan::Type kText = type(plan::TEXT);

struct Row {
  int64_t key;  // rising over the file
  std::optional<int64_t> value;
  std::string word;  // of few values: a dictionary
};

std::vector<Row> make_rows(uint32_t seed, int64_t first, size_t count) {
  std::mt19937 random(seed);
  std::vector<Row> rows;
  for (size_t i = 0; i < count; i++) {
    Row row;
    row.key = first + static_cast<int64_t>(i);
    // Whole row groups of NULL, and some in between.
    if (i / 4096 != 1 && random() % 5 != 0) row.value = static_cast<int64_t>(random() % 1000);
    row.word = "a word that is long " + std::to_string(random() % 7);
    rows.push_back(std::move(row));
  }
  return rows;
}

/// A file on disk, removed at the end.
class DataFile {
 public:
  DataFile(const std::vector<Row>& rows, size_t row_group_rows) {
    char path[] = "/tmp/scan_test_XXXXXX";
    close(mkstemp(path));
    path_ = path;
    writer::Schema schema;
    schema.columns.resize(3);
    schema.columns[0].name = "key";
    schema.columns[1].name = "value";
    schema.columns[1].nullable = true;
    schema.columns[2].name = "word";
    schema.columns[2].physical = writer::PhysicalType::ByteArray;
    schema.columns[2].logical = writer::LogicalType::String;
    writer::WriterOptions options;
    options.page_row_limit = 2048;
    writer::LocalFileSink sink;
    CHECK(sink.open(path_).ok());
    writer::FileWriter file(schema, options, sink);
    for (size_t from = 0; from < rows.size(); from += row_group_rows) {
      writer::RowGroupEncoder encoder(schema, options);
      std::vector<int64_t> keys;
      std::vector<int64_t> values;
      std::vector<uint8_t> present;
      std::vector<std::string_view> words;
      for (size_t i = from; i < std::min(rows.size(), from + row_group_rows); i++) {
        keys.push_back(rows[i].key);
        values.push_back(rows[i].value.value_or(0));
        present.push_back(rows[i].value.has_value() ? 1 : 0);
        words.push_back(rows[i].word);
      }
      CHECK(encoder.append<int64_t>(0, keys).ok());
      CHECK(encoder.append<int64_t>(1, values, present).ok());
      CHECK(encoder.append<std::string_view>(2, words).ok());
      writer::EncodedRowGroup group;
      CHECK(encoder.finish(group).ok());
      CHECK(file.append(std::move(group)).ok());
    }
    CHECK(file.finish().ok());
    CHECK(sink.close().ok());
    struct stat status;
    CHECK_EQUAL(stat(path_.c_str(), &status), 0);
    size_bytes_ = status.st_size;
    mtime_ns_ = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec;
    row_count_ = rows.size();
  }
  ~DataFile() { unlink(path_.c_str()); }
  DataFile(const DataFile&) = delete;
  DataFile& operator=(const DataFile&) = delete;

  void describe(plan::DataFile& file) const {
    file.set_path(path_);
    file.set_size_bytes(static_cast<uint64_t>(size_bytes_));
    file.set_mtime_ns(mtime_ns_);
    file.set_row_count(row_count_);
  }

 private:
  std::string path_;
  int64_t size_bytes_ = 0;
  int64_t mtime_ns_ = 0;
  uint64_t row_count_ = 0;
};

plan::Operator scan_of(const std::vector<const DataFile*>& files,
                       std::vector<plan::Expression> conditions) {
  plan::Operator made;
  plan::TableScan* scan = made.mutable_scan();
  scan->set_format("parquet");
  for (const DataFile* file : files) file->describe(*scan->add_files());
  for (const char* name : {"key", "value", "word"}) scan->add_file_columns(name);
  *scan->add_columns() = field("key", kI64, false);
  *scan->add_columns() = field("value", kI64, true);
  *scan->add_columns() = field("word", kText, false);
  for (plan::Expression& condition : conditions) *scan->add_conditions() = std::move(condition);
  return made;
}

struct Condition {
  plan::Expression expression;
  std::function<bool(const Row&)> passes;
};

std::vector<Condition> conditions() {
  const plan::Expression key = column(0, kI64, false);
  const plan::Expression value = column(1, kI64);
  const plan::Expression word = column(2, kText, false);
  const auto number = [](int64_t n) { return literal(kI64, std::to_string(n)); };
  const std::string third = "a word that is long 3";
  return {
      {compare("lt", key, number(3000)), [](const Row& r) { return r.key < 3000; }},
      {compare("gt", number(9000), key), [](const Row& r) { return r.key < 9000; }},
      {compare("ge", key, number(15999)), [](const Row& r) { return r.key >= 15999; }},
      {compare("eq", key, number(8191)), [](const Row& r) { return r.key == 8191; }},
      {compare("eq", key, number(-1)), [](const Row&) { return false; }},
      {compare("eq", value, number(77)), [](const Row& r) { return r.value == 77; }},
      {is_null(value), [](const Row& r) { return !r.value.has_value(); }},
      {is_null(value, true), [](const Row& r) { return r.value.has_value(); }},
      {compare("eq", word, literal(kText, third)),
       [third](const Row& r) { return r.word == third; }},
      {compare("gt", word, literal(kText, third)),
       [third](const Row& r) { return r.word > third; }},
      {compare("ne", key, number(5)), [](const Row& r) { return r.key != 5; }},
      {in_list(value, {"5", "6", "7"}),
       [](const Row& r) { return r.value.has_value() && *r.value >= 5 && *r.value <= 7; }},
  };
}

TextRow text_row(const Row& row) {
  const Text value = row.value.has_value() ? Text(std::to_string(*row.value)) : Text();
  return {std::to_string(row.key), value, row.word};
}

void check_scan(exec::Services& services, const plan::Operator& root, uint32_t threads,
                uint32_t vector_size, const std::vector<TextRow>& wanted, const std::string& what) {
  QueryBuilder builder;
  builder.settings(threads, vector_size).result(root, 3);
  const Answer answer = run_query(services, builder.query);
  if (answer.status.ok() && sorted_text_of(answer.rows) == sorted_text_of(wanted)) return;
  report(__FILE__, __LINE__,
         what + ": " + answer.sqlstate() + " " + answer.status.message() + " " +
             answer.status.detail() + ", rows " + std::to_string(answer.rows.size()) + " of " +
             std::to_string(wanted.size()));
}

/// Open files keep their metadata and the page indexes they read: less than any state of a query.
constexpr int64_t kReaderBytes = 64 << 10;

void scans_with_conditions() {
  const std::vector<Row> first = make_rows(1, 0, 14000);
  const std::vector<Row> second = make_rows(2, 14000, 5000);
  const DataFile first_file(first, 4096);
  const DataFile second_file(second, 2048);
  std::vector<Row> rows = first;
  rows.insert(rows.end(), second.begin(), second.end());
  const std::vector<Condition> all = conditions();
  std::mt19937 random(5);
  exec::Services warm(4, 256 << 20, 64);
  for (int round = 0; round < 150; round++) {
    std::vector<size_t> chosen;
    for (uint32_t n = random() % 3; n > 0; n--) chosen.push_back(random() % all.size());
    std::vector<plan::Expression> expressions;
    std::string what = "conditions";
    for (size_t c : chosen) {
      expressions.push_back(all[c].expression);
      what += " " + std::to_string(c);
    }
    std::vector<TextRow> wanted;
    for (const Row& row : rows) {
      bool passes = true;
      for (size_t c : chosen) passes &= all[c].passes(row);
      if (passes) wanted.push_back(text_row(row));
    }
    if (round % 2 == 0) {
      // As one AND too.
      if (expressions.size() > 1) expressions = {all_of(std::move(expressions))};
    }
    const plan::Operator root = scan_of({&first_file, &second_file}, std::move(expressions));
    const uint32_t sizes[] = {1, 100, 2048};
    const uint32_t vector_size = sizes[random() % (round % 10 == 0 ? 3 : 2) + (round % 10 ? 1 : 0)];
    const uint32_t threads = 1u << random() % 3;
    if (round % 3 == 0) {
      exec::Services cold(4, 256 << 20, 64);
      check_scan(cold, root, threads, vector_size, wanted, what + " cold");
    } else {
      check_scan(warm, root, threads, vector_size, wanted, what);
    }
  }
  check_given_back(warm, kReaderBytes);
  CHECK(warm.cache.held_bytes() > 0);
}

/// A join's build side tells the probe's scan what can match.
void runtime_filters() {
  const std::vector<Row> rows = make_rows(3, 0, 14000);
  const DataFile file(rows, 2048);
  exec::Services services(4, 256 << 20, 64);
  for (const auto& keys : std::vector<std::vector<int64_t>>{
           {}, {5}, {2047, 2048, 13999}, {-7, 20000}, {9000, 9000, 9001}}) {
    std::vector<TextRow> build;
    for (int64_t key : keys) build.push_back({std::to_string(key)});
    build.push_back({std::nullopt});
    for (const uint32_t column_index : {0u, 1u}) {
      plan::Operator scan = scan_of({&file}, {});
      plan::RuntimeFilterUse* use = scan.mutable_scan()->add_runtime_filters();
      use->set_filter_id(9);
      use->set_column(column_index);
      plan::Operator root =
          hash_join(plan::SEMI, std::move(scan), values({kI64}, build),
                    {join_key(column(column_index, kI64), column(0, kI64))}, {}, {0, 1, 2});
      root.mutable_hash_join()->add_publishes()->set_filter_id(9);
      std::vector<TextRow> wanted;
      for (const Row& row : rows) {
        const std::optional<int64_t> key = column_index == 0 ? row.key : row.value;
        if (key.has_value() && std::count(keys.begin(), keys.end(), *key) > 0) {
          wanted.push_back(text_row(row));
        }
      }
      for (const uint32_t threads : {1u, 4u}) {
        check_scan(services, root, threads, 2048, wanted, "runtime filter");
      }
    }
  }
}

/// A file that is not what was pinned is an error, and a small cache budget gives way.
void changed_files_and_small_budgets() {
  const std::vector<Row> rows = make_rows(4, 0, 14000);
  const DataFile file(rows, 2048);
  exec::Services services(2, 256 << 20, 64);
  plan::Operator stale = scan_of({&file}, {});
  stale.mutable_scan()->mutable_files(0)->set_mtime_ns(1);
  QueryBuilder builder;
  builder.settings(2, 2048).result(stale, 3);
  CHECK(!run_query(services, builder.query).status.ok());
  std::vector<TextRow> wanted;
  for (const Row& row : rows) wanted.push_back(text_row(row));
  // Room for the columns at hand, not for all of them: the cache must give way.
  exec::Services small(2, 5 << 20, 64);
  for (int round = 0; round < 5; round++) {
    check_scan(small, scan_of({&file}, {}), 2, 2048, wanted, "small budget");
  }
  check_given_back(small, kReaderBytes);
  CHECK(small.budget.held_bytes() <= small.budget.limit_bytes());
}

}  // namespace
}  // namespace millrace::tests

int main() {
  using namespace millrace::tests;  // NOLINT: the tests above
  scans_with_conditions();
  runtime_filters();
  changed_files_and_small_budgets();
  return check_result();
}
