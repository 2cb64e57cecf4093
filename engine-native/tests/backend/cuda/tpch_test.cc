// Five TPC-H queries: every pipeline rendered as a kernel and run on the emulated device, lanes in
// several orders, gives the rows the interpreter gives, which are PostgreSQL's.
// Arguments: the folder of PostgreSQL's answers; then, where there is one, a CUDA compiler that
// must take every kernel without spilling.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "device/emulated_device.h"
#include "tests/backend/cuda/device_query.h"
#include "tests/backend/cuda/tpch_queries.h"
#include "tests/backend/cuda/tpch_tables.h"
#include "tests/check.h"
#include "tests/exec/query_run.h"

namespace {

using namespace millrace;         // NOLINT: several rooms at once
using namespace millrace::tests;  // NOLINT

constexpr int kQueries[] = {1, 3, 13, 16, 18};
constexpr size_t kMostLines = 300;

struct Order {
  device::LaneOrder order;
  uint64_t seed;
  device::LaunchShape shape;
};
constexpr Order kOrders[] = {{device::LaneOrder::Rising, 1, {3, 64}},
                             {device::LaneOrder::Falling, 1, {2, 128}},
                             {device::LaneOrder::Random, 7, {4, 96}}};

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string answer_text(const std::vector<TextRow>& rows) {
  std::string text;
  for (const TextRow& row : rows) {
    for (size_t c = 0; c < row.size(); c++) text += (c > 0 ? "|" : "") + row[c].value_or("");
    text += "\n";
  }
  return text;
}

/// What Q1's groups want; other queries have many groups.
uint32_t block_groups_of(int query) { return query == 1 ? 16 : 0; }

std::string name_of(int query) { return "q" + std::to_string(query); }

std::vector<DeviceQuery::Kernel> check_query(int number, const TpchTables& data,
                                             const std::string& answers,
                                             device::EmulatedDevice& device,
                                             exec::Services& services) {
  const plan::Query query = tpch_query(number, data.dir());
  const Answer interpreted = run_query(services, query);
  CHECK(interpreted.status.ok());
  CHECK_EQUAL(interpreted.status.message(), "");
  char file[16];
  std::snprintf(file, sizeof(file), "/q%02d.txt", number);
  CHECK_EQUAL(answer_text(interpreted.rows), read_file(answers + file));
  std::vector<DeviceQuery::Kernel> kernels;
  for (const Order& order : kOrders) {
    device.set_order(order.order, order.seed);
    DeviceQuery run(&device, &services,
                    {name_of(number), order.shape, block_groups_of(number), nullptr});
    const DeviceQuery::Outcome outcome = run.run(query);
    CHECK_EQUAL(outcome.status.message(), "");
    CHECK_EQUAL(outcome.status.detail(), "");
    CHECK(!interpreted.rows.empty());
    CHECK_EQUAL(answer_text(outcome.rows), answer_text(interpreted.rows));
    kernels = run.kernels();
  }
  return kernels;
}

/// Without the barrier ahead of adding up a block's groups, or the one between a warp's writing of
/// kept rows and its reading of them, some order must give something else.
void missing_barriers_are_noticed(const TpchTables& data, device::EmulatedDevice& device,
                                  exec::Services& services) {
  struct Removal {
    int query;
    const char* barrier;
    const char* before;  // what follows the barrier that goes
  };
  const Removal kRemovals[] = {
      {1, "__syncthreads();\n", "  for (u32 i = threadIdx.x; i < shared.groups.count()"},
      {3, "__syncwarp();\n", "    const u32 taken"},
  };
  for (const Removal& removal : kRemovals) {
    const plan::Query query = tpch_query(removal.query, data.dir());
    const Answer interpreted = run_query(services, query);
    const std::string whole = std::string(removal.barrier) + removal.before;
    bool removed = false;
    bool noticed = false;
    for (const Order& order : kOrders) {
      device.set_order(order.order, order.seed);
      const auto remove = [&](std::string& text) {
        const size_t at = text.find(whole);
        if (at == std::string::npos) return;
        text.erase(at, std::strlen(removal.barrier));
        removed = true;
      };
      DeviceQuery run(
          &device, &services,
          {name_of(removal.query), order.shape, block_groups_of(removal.query), remove});
      const DeviceQuery::Outcome outcome = run.run(query);
      noticed |= !outcome.status.ok() || answer_text(outcome.rows) != answer_text(interpreted.rows);
      if (noticed) break;
    }
    CHECK(removed);
    CHECK(noticed);
  }
}

struct Usage {
  int registers = -1;
  int spilled_bytes = -1;
};

/// Compiles for sm_90 and reads what ptxas says.
Usage compile_for_gpu(const std::string& compiler, const std::string& dir,
                      const DeviceQuery::Kernel& kernel) {
  const std::string stem = dir + "/" + kernel.name;
  std::ofstream(stem + ".cu") << kernel.text;
  const std::string command = compiler +
                              " -cubin -arch=sm_90 -std=c++20 -fmad=false -Xptxas -v -o " + stem +
                              ".cubin " + stem + ".cu > " + stem + ".log 2>&1";
  const int status = std::system(command.c_str());
  const std::string log = read_file(stem + ".log");
  CHECK_EQUAL(status, 0);
  if (status != 0) std::fprintf(stderr, "%s\n", log.c_str());
  Usage usage;
  // Several kernels in one text: the worst counts.
  for (size_t at = log.find("spill stores"); at != std::string::npos;
       at = log.find("spill stores", at + 1)) {
    int frame = 0;
    int stores = 0;
    int loads = 0;
    const size_t line = log.rfind('\n', at) + 1;
    if (std::sscanf(log.c_str() + line,
                    " %d bytes stack frame, %d bytes spill stores, %d bytes "
                    "spill loads",
                    &frame, &stores, &loads) == 3) {
      usage.spilled_bytes = std::max(usage.spilled_bytes, stores + loads);
    }
    int registers = 0;
    const size_t used = log.find("Used ", at);
    if (used != std::string::npos && std::sscanf(log.c_str() + used, "Used %d", &registers) == 1) {
      usage.registers = std::max(usage.registers, registers);
    }
  }
  return usage;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string answers = argv[1];
  const std::string compiler = argc > 2 ? argv[2] : "";
  const TpchTables data("0.01");
  auto opened =
      device::EmulatedDevice::open({device::LaneOrder::Rising, 1, data.scratch("kernels")});
  CHECK(opened.ok());
  device::EmulatedDevice& device = *opened.value();
  exec::Services services(1, int64_t{1} << 30, 64);
  std::printf("%-16s %6s %10s %8s\n", "kernel", "lines", "registers", "spilled");
  for (const int query : kQueries) {
    for (const DeviceQuery::Kernel& kernel : check_query(query, data, answers, device, services)) {
      const size_t lines =
          static_cast<size_t>(std::count(kernel.pipeline.begin(), kernel.pipeline.end(), '\n'));
      CHECK(lines <= kMostLines);
      if (const char* dir = std::getenv("MILLRACE_KEEP_KERNELS"); dir != nullptr) {
        std::ofstream(std::string(dir) + "/" + kernel.name + ".cu") << kernel.text;
        std::ofstream(std::string(dir) + "/" + kernel.name + ".pipeline.cu") << kernel.pipeline;
      }
      Usage usage;
      if (!compiler.empty()) {
        usage = compile_for_gpu(compiler, data.scratch("."), kernel);
        CHECK(usage.registers > 0 && usage.registers <= 128);
        CHECK_EQUAL(usage.spilled_bytes, 0);
      }
      std::printf("%-16s %6zu %10d %8d\n", kernel.name.c_str(), lines, usage.registers,
                  usage.spilled_bytes);
    }
  }
  missing_barriers_are_noticed(data, device, services);
  return check_result();
}
