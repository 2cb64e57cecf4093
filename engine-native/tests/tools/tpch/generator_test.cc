// Whole runs: the files do not depend on the number of threads, and a run that fails or is stopped
// leaves no table that could be taken for a whole one.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <string>

#include "tests/tools/check.h"
#include "tools/tpch/generator.h"

namespace millrace::tpch {
namespace {

namespace fs = std::filesystem;

/// A folder that goes away with the object.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (fs::temp_directory_path() / "millrace-tpch-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~ScratchFolder() { fs::remove_all(path_); }
  std::string path() const { return path_; }

 private:
  std::string path_;
};

std::map<std::string, std::string> read_all(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    files[fs::relative(entry.path(), folder).string()] =
        std::string(std::istreambuf_iterator<char>(file), {});
  }
  return files;
}

GenerateRequest request_of(const std::string& folder, size_t thread_count) {
  return {.scale = *Scale::parse("0.03"),
          .out_dir = folder,
          .tables = {Table::Region, Table::PartSupp, Table::Lineitem},
          .thread_count = thread_count};
}

int64_t row_count_of(const GenerateRequest& request) {
  int64_t row_count = 0;
  for (Table table : request.tables) {
    TableCutter cutter(table, request.scale);
    row_count += cutter.next(std::numeric_limits<int64_t>::max()).row_count;
  }
  return row_count;
}

WriteStatus run(const GenerateRequest& request) {
  GenerateSummary summary;
  double last_share = 0;
  const WriteStatus status = generate(
      request,
      [&last_share](const Progress& progress) {
        EXPECT(progress.overall_share >= last_share && progress.overall_share <= 1);
        last_share = progress.overall_share;
      },
      summary);
  if (status.ok()) EXPECT_EQUAL(summary.row_count, row_count_of(request));
  if (status.ok()) EXPECT_EQUAL(last_share, 1.0);
  return status;
}

void threads_do_not_matter() {
  const ScratchFolder one;
  const ScratchFolder four;
  EXPECT(run(request_of(one.path(), 1)).ok());
  EXPECT(run(request_of(four.path(), 4)).ok());
  const auto files = read_all(one.path());
  EXPECT_EQUAL(files.size(), size_t{3});
  EXPECT(files.contains("lineitem/part-00000.parquet"));
  EXPECT(files == read_all(four.path()));
}

void existing_tables_are_kept() {
  const ScratchFolder folder;
  GenerateRequest request = request_of(folder.path(), 2);
  fs::create_directories(folder.path() + "/partsupp");
  std::ofstream(folder.path() + "/partsupp/part-00007.parquet") << "of a larger run";
  const WriteStatus refused = run(request);
  EXPECT(!refused.ok() && refused.message().find("partsupp exists already") != std::string::npos);
  EXPECT_EQUAL(read_all(folder.path()).size(), size_t{1});
  request.overwrite = true;
  EXPECT(run(request).ok());
  EXPECT(!read_all(folder.path()).contains("partsupp/part-00007.parquet"));
  EXPECT_EQUAL(read_all(folder.path()).size(), size_t{3});
}

void stopped_runs_leave_nothing_unfinished() {
  const ScratchFolder folder;
  std::atomic<bool> cancelled = false;
  GenerateRequest request = request_of(folder.path(), 1);
  request.cancelled = &cancelled;
  GenerateSummary summary;
  const WriteStatus status = generate(
      request,
      [&cancelled](const Progress& progress) {
        if (progress.table == Table::Lineitem) cancelled = true;
      },
      summary);
  // Lineitem has two row groups at this scale; the stop is asked for after the first.
  EXPECT(!status.ok() && status.message() == "interrupted");
  EXPECT(!read_all(folder.path()).contains("lineitem/part-00000.parquet"));
  for (const auto& [name, content] : read_all(folder.path())) EXPECT(!name.ends_with(".tmp"));
  EXPECT(read_all(folder.path()).contains("partsupp/part-00000.parquet"));
}

void unwritable_places_are_named() {
  const ScratchFolder folder;
  std::ofstream(folder.path() + "/file") << "not a folder";
  const WriteStatus status = run(request_of(folder.path() + "/file", 2));
  EXPECT(!status.ok() && status.message().find("/file/region") != std::string::npos);
}

void full_disks_are_named() {
  parquet::LocalFileSink sink;
  EXPECT(sink.open("/dev/full").ok());
  const uint8_t byte[1] = {0};
  const WriteStatus status = sink.write(byte);
  EXPECT(!status.ok());
  EXPECT_EQUAL(status.message(), "could not write to \"/dev/full\": No space left on device");
}

}  // namespace
}  // namespace millrace::tpch

int main() {
  using namespace millrace::tpch;
  threads_do_not_matter();
  existing_tables_are_kept();
  stopped_runs_leave_nothing_unfinished();
  unwritable_places_are_named();
  full_disks_are_named();
  return millrace::test::report("tpch_generator_test");
}
