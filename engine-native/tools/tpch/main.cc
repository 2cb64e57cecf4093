// millrace-tpch: the command line of the data generator. Exit status: 0 done, 1 failed, 2 misused.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tools/tpch/generator.h"

namespace millrace::tpch {
namespace {

constexpr const char* kUsage =
    "usage: millrace-tpch --scale S --out DIR [--threads N] [--tables a,b] [--overwrite]\n"
    "\n"
    "Writes the tables of the TPC-H benchmark, row for row those of the TPC's own dbgen, as\n"
    "DIR/<table>/part-00000.parquet and so on.\n"
    "\n"
    "  --scale S      1 is about 8.7 million rows; 0.001 to 0.999, or whole numbers to 10000\n"
    "  --out DIR      made if it is not there\n"
    "  --threads N    default: one a processor, at most 16\n"
    "  --tables a,b   some tables only: region, nation, supplier, customer, part, partsupp,\n"
    "                 orders, lineitem\n"
    "  --overwrite    replace tables that are there already\n";

std::atomic<bool> interrupted = false;

struct Arguments {
  std::optional<Scale> scale;
  std::string out_dir;
  std::vector<Table> tables = {kAllTables.begin(), kAllTables.end()};
  size_t thread_count = std::clamp<size_t>(std::thread::hardware_concurrency(), 1, kMaxThreads);
  bool overwrite = false;
  bool help = false;
};

/// Reads one option's value into `arguments`; the message says what is wrong with it.
std::optional<std::string> read_value(std::string_view option, std::string_view value,
                                      Arguments& arguments) {
  const std::string quoted = "\"" + std::string(value) + "\"";
  if (option == "--scale") {
    arguments.scale = Scale::parse(value);
    if (!arguments.scale) return "scale " + quoted + " is not " + std::string(Scale::kAllowed);
  } else if (option == "--out") {
    if (value.empty()) return "--out needs a directory";
    arguments.out_dir = value;
  } else if (option == "--threads") {
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), arguments.thread_count);
    const bool is_number = error == std::errc() && end == value.data() + value.size();
    if (!is_number || arguments.thread_count < 1 || arguments.thread_count > kMaxThreads) {
      return "--threads must be 1 to " + std::to_string(kMaxThreads) + ", not " + quoted;
    }
  } else {  // --tables
    arguments.tables.clear();
    while (true) {
      const size_t comma = value.find(',');
      const std::string_view name = value.substr(0, comma);
      const std::optional<Table> table = find_table(name);
      if (!table) return "there is no table \"" + std::string(name) + "\"";
      if (std::ranges::find(arguments.tables, *table) == arguments.tables.end()) {
        arguments.tables.push_back(*table);
      }
      if (comma == std::string_view::npos) break;
      value.remove_prefix(comma + 1);
    }
  }
  return {};
}

std::optional<std::string> parse(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const size_t equals = word.find('=');
    const std::string_view option = word.substr(0, equals);
    if (option == "--help" || option == "-h") {
      arguments.help = true;
      return {};
    }
    if (word == "--overwrite") {
      arguments.overwrite = true;
      continue;
    }
    if (option != "--scale" && option != "--out" && option != "--threads" && option != "--tables") {
      return "unknown argument \"" + std::string(word) + "\"";
    }
    std::string_view value;
    if (equals != std::string_view::npos) {
      value = word.substr(equals + 1);
    } else if (++i < argc) {
      value = argv[i];
    } else {
      return std::string(option) + " needs a value";
    }
    if (std::optional<std::string> problem = read_value(option, value, arguments)) return problem;
  }
  if (!arguments.scale) return "--scale is missing";
  if (arguments.out_dir.empty()) return "--out is missing";
  return {};
}

/// One line that rewrites itself on a terminal, and one line a table elsewhere.
class ProgressLine {
 public:
  void show(const Progress& progress) {
    const auto now = std::chrono::steady_clock::now();
    const bool table_is_done = progress.table_share >= 1;
    if (is_terminal_ ? now - shown_ < std::chrono::milliseconds(100) && !table_is_done
                     : !table_is_done) {
      return;
    }
    shown_ = now;
    const std::string_view name = table_info(progress.table).name;
    std::fprintf(stderr, "%s%-8.*s %3.0f %%   all %3.0f %%   %lld rows   %.1f s%s",
                 is_terminal_ ? "\r" : "", static_cast<int>(name.size()), name.data(),
                 100 * progress.table_share, 100 * progress.overall_share,
                 static_cast<long long>(progress.row_count), seconds(), is_terminal_ ? "  " : "\n");
  }

  /// Leaves the line as it is and begins another.
  void end() const {
    if (is_terminal_ && shown_ > started_) std::fprintf(stderr, "\n");
  }

  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  }

 private:
  const bool is_terminal_ = ::isatty(STDERR_FILENO) == 1;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point shown_ = started_;
};

int run(int argc, char** argv) {
  Arguments arguments;
  if (const std::optional<std::string> problem = parse(argc, argv, arguments)) {
    std::fprintf(stderr, "millrace-tpch: %s\n\n%s", problem->c_str(), kUsage);
    return 2;
  }
  if (arguments.help) {
    std::fputs(kUsage, stdout);
    return 0;
  }
  std::signal(SIGINT, [](int) { interrupted = true; });
  std::signal(SIGTERM, [](int) { interrupted = true; });

  ProgressLine line;
  GenerateSummary summary;
  const WriteStatus status = generate(
      {.scale = *arguments.scale,
       .out_dir = arguments.out_dir,
       .tables = arguments.tables,
       .thread_count = arguments.thread_count,
       .overwrite = arguments.overwrite,
       .cancelled = &interrupted},
      [&line](const Progress& progress) { line.show(progress); }, summary);
  line.end();
  if (!status.ok()) {
    std::fprintf(stderr, "millrace-tpch: %s\n", status.message().c_str());
    return 1;
  }
  std::fprintf(stderr, "scale %s: %lld rows, %zu files, %.1f MB in \"%s\", %.1f s\n",
               arguments.scale->text().c_str(), static_cast<long long>(summary.row_count),
               summary.file_count, static_cast<double>(summary.size_bytes) / 1e6,
               arguments.out_dir.c_str(), line.seconds());
  return 0;
}

}  // namespace
}  // namespace millrace::tpch

int main(int argc, char** argv) { return millrace::tpch::run(argc, argv); }
