// The emulated device runs what CUDA would, and says what CUDA would only do wrong.
#include <unistd.h>

#include <numeric>
#include <string>
#include <vector>

#include "device/emulated_device.h"
#include "tests/check.h"

namespace {

using namespace millrace::device;  // NOLINT: one room under test

std::unique_ptr<EmulatedDevice> open_device(const std::string& cache_dir = "") {
  auto opened = EmulatedDevice::open({LaneOrder::Rising, 1, cache_dir});
  CHECK(opened.ok());
  return std::move(opened).value();
}

struct Order {
  LaneOrder order;
  uint64_t seed;
};
constexpr Order kOrders[] = {{LaneOrder::Rising, 1},
                             {LaneOrder::Falling, 1},
                             {LaneOrder::Random, 1},
                             {LaneOrder::Random, 7}};

struct SumParameters {
  const int* values;
  unsigned count;
  unsigned long long* sum;
};

/// Sums by warp shuffles, then through shared memory, then by one atomic a block.
const char* const kSum = R"(
struct Parameters {
  const int* values;
  unsigned count;
  unsigned long long* sum;
};
extern "C" __global__ void sum(const Parameters p) {
  __shared__ unsigned long long warps[32];
  unsigned long long own = 0;
  for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < p.count;
       i += gridDim.x * blockDim.x) {
    own += p.values[i];
  }
  for (int offset = 16; offset > 0; offset /= 2) {
    own += __shfl_down_sync(0xffffffff, own, offset);
  }
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = own;
  __syncthreads();
  if (threadIdx.x == 0) {
    unsigned long long total = 0;
    for (unsigned w = 0; w < blockDim.x / 32; w++) total += warps[w];
    atomicAdd(p.sum, total);
  }
}
)";

struct Outcome {
  Status status;
  unsigned long long sum;
};

Outcome run_sum(EmulatedDevice& device, const std::string& text, LaunchShape shape,
                unsigned count) {
  auto kernel = device.compile(text, "sum");
  if (!kernel.ok()) return {kernel.status(), 0};
  std::vector<int> values(count);
  std::iota(values.begin(), values.end(), 1);
  auto column = Memory::make(&device, count * sizeof(int));
  auto total = Memory::make(&device, 8);
  CHECK(column.ok() && total.ok());
  CHECK(device.copy_to_device(column.value().address(), values.data(), count * sizeof(int)).ok());
  CHECK(device.fill(total.value().address(), 0, 8).ok());
  const SumParameters parameters{reinterpret_cast<const int*>(column.value().address()), count,
                                 reinterpret_cast<unsigned long long*>(total.value().address())};
  Outcome outcome{device.launch(*kernel.value(), shape, &parameters, sizeof(parameters)), 0};
  CHECK(device.copy_to_host(&outcome.sum, total.value().address(), 8).ok());
  return outcome;
}

std::string without(std::string text, const std::string& piece) {
  const size_t at = text.find(piece);
  CHECK(at != std::string::npos);
  return text.erase(at, piece.size());
}

std::string replaced(std::string text, const std::string& piece, const std::string& with) {
  const size_t at = text.find(piece);
  CHECK(at != std::string::npos);
  return text.replace(at, piece.size(), with);
}

bool contains(const std::string& text, const std::string& piece) {
  return text.find(piece) != std::string::npos;
}

void sums_in_every_order() {
  const auto device = open_device();
  for (const Order& order : kOrders) {
    device->set_order(order.order, order.seed);
    for (const LaunchShape shape : {LaunchShape{1, 64}, {5, 128}, {2, 1024}}) {
      const Outcome outcome = run_sum(*device, kSum, shape, 10'007);
      CHECK(outcome.status.ok());
      CHECK_EQUAL(outcome.sum, 10'007ull * 10'008 / 2);
    }
  }
  CHECK_EQUAL(device->compile_count(), 1u);
}

void missing_barrier_gives_a_wrong_sum() {
  const auto device = open_device();
  const std::string broken = without(kSum, "__syncthreads();");
  bool noticed = false;
  for (const Order& order : kOrders) {
    device->set_order(order.order, order.seed);
    const Outcome outcome = run_sum(*device, broken, {2, 128}, 1'000);
    noticed |= !outcome.status.ok() || outcome.sum != 1'000ull * 1'001 / 2;
  }
  CHECK(noticed);
}

void barriers_at_two_places_are_named() {
  const auto device = open_device();
  const std::string split =
      replaced(kSum, "__syncthreads();",
               "if (threadIdx.x < 40) {\n  __syncthreads();\n} else {\n  __syncthreads();\n}");
  const Outcome outcome = run_sum(*device, split, {1, 64}, 100);
  CHECK(!outcome.status.ok());
  CHECK(contains(outcome.status.message(), "from different places"));
  CHECK(contains(outcome.status.message(), "lane 40"));
}

void barriers_nobody_can_leave_are_reported() {
  const auto device = open_device();
  for (const Order& order : kOrders) {
    device->set_order(order.order, order.seed);
    const Outcome some = run_sum(
        *device, replaced(kSum, "__syncthreads();", "if (threadIdx.x != 3) __syncthreads();"),
        {1, 64}, 100);
    CHECK(contains(some.status.message(), "nobody can go on"));
    CHECK(contains(some.status.message(), "lane 3 has ended"));
    const Outcome shuffle = run_sum(
        *device, replaced(kSum, "own += __shfl_down", "if (threadIdx.x != 3) own += __shfl_down"),
        {1, 64}, 100);
    CHECK(contains(shuffle.status.message(), "nobody can go on"));
  }
}

void endless_waiting_is_reported() {
  const auto device = open_device();
  const Outcome outcome =
      run_sum(*device, replaced(kSum, "__syncthreads();", "while (atomicAdd(p.sum, 0ull) == 0) {}"),
              {1, 64}, 100);
  CHECK(contains(outcome.status.message(), "round without end"));
}

void shuffles_read_participants_only() {
  const auto device = open_device();
  const std::string halves =
      replaced(kSum, "own += __shfl_down_sync(0xffffffff, own, offset);",
               "if (threadIdx.x % 32 < 16) own += __shfl_down_sync(0x0000ffff, own, offset);");
  const Outcome outcome = run_sum(*device, halves, {1, 64}, 100);
  CHECK(contains(outcome.status.message(), "takes no part"));
  const std::string alone = replaced(kSum, "own += __shfl_down_sync(0xffffffff, own, offset);",
                                     "own += __shfl_xor_sync(0x0000ffff, own, 1);");
  CHECK(contains(run_sum(*device, alone, {1, 64}, 100).status.message(), "own mask"));
}

void shared_memory_and_device_memory_start_poisoned() {
  const auto device = open_device();
  const std::string unset =
      replaced(kSum, "if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = own;",
               "if (threadIdx.x == 0) warps[0] = own;");
  const Outcome outcome = run_sum(*device, unset, {3, 64}, 64);
  CHECK(outcome.status.ok());
  CHECK_EQUAL(outcome.sum, (3ull * 0xa5a5a5a5a5a5a5a5ull) + 32 * 33 / 2);
  auto memory = Memory::make(device.get(), 4);
  uint32_t word = 0;
  CHECK(memory.ok() && device->copy_to_host(&word, memory.value().address(), 4).ok());
  CHECK_EQUAL(word, 0xa5a5a5a5u);
}

void bad_addresses_end_the_run_only() {
  const auto device = open_device();
  const std::string wild =
      replaced(kSum, "own += p.values[i];", "own += p.values[i + (1ul << 40)];");
  for (const Order& order : kOrders) {
    device->set_order(order.order, order.seed);
    const Outcome outcome = run_sum(*device, wild, {2, 64}, 1'000);
    CHECK(contains(outcome.status.message(), "address that is none"));
  }
  CHECK(run_sum(*device, kSum, {2, 64}, 1'000).status.ok());
}

/// Reads, then writes: without an atomic other lanes' updates are lost once lanes give way.
void atomics_interleave() {
  const auto device = open_device();
  const std::string lossy = replaced(
      kSum, "atomicAdd(p.sum, total);",
      "const unsigned long long old = atomicAdd(p.sum, 0ull); atomicExch(p.sum, old + total);");
  bool lost = false;
  for (uint64_t seed = 1; seed <= 20; seed++) {
    device->set_order(LaneOrder::Random, seed);
    const Outcome outcome = run_sum(*device, lossy, {6, 64}, 1'000);
    CHECK(outcome.status.ok());
    lost |= outcome.sum != 1'000ull * 1'001 / 2;
  }
  CHECK(lost);
}

/// A lock, taken by lanes of one warp: those who wait must let the holder go on.
const char* const kCollectives = R"(
struct Parameters {
  unsigned* out;
  unsigned* lock;
};
extern "C" __global__ void collectives(const Parameters p) {
  const unsigned lane = threadIdx.x;
  const unsigned all = 0xffffffff;
  unsigned* out = p.out + lane * 8;
  out[0] = __ballot_sync(all, lane % 3 == 0);
  out[1] = __shfl_sync(all, lane * 10, lane + 1);
  out[2] = __shfl_up_sync(all, lane, 2u);
  out[3] = __shfl_xor_sync(all, lane, 5);
  out[4] = __match_any_sync(all, lane / 10);
  out[5] = __any_sync(all, lane == 31) + 2 * __all_sync(all, lane < 31);
  if (lane < 8) out[6] = __ballot_sync(0x000000ff, lane & 1);
  bool done = false;
  while (!done) {
    if (atomicCAS(p.lock, 0u, 1u) == 0) {
      out[7] = p.lock[1]++;
      __threadfence();
      atomicExch(p.lock, 0u);
      done = true;
    }
  }
}
)";

void collectives_answer_as_cuda_does() {
  const auto device = open_device();
  auto kernel = device->compile(kCollectives, "collectives");
  CHECK(kernel.ok());
  if (!kernel.ok()) return;
  for (const Order& order : kOrders) {
    device->set_order(order.order, order.seed);
    auto out = Memory::make(device.get(), 32 * 8 * 4);
    auto lock = Memory::make(device.get(), 8);
    CHECK(out.ok() && lock.ok() && device->fill(lock.value().address(), 0, 8).ok());
    struct {
      char* out;
      char* lock;
    } parameters{out.value().address(), lock.value().address()};
    CHECK(device->launch(*kernel.value(), {1, 32}, &parameters, sizeof(parameters)).ok());
    std::vector<uint32_t> words(32 * 8);
    CHECK(device->copy_to_host(words.data(), out.value().address(), words.size() * 4).ok());
    uint32_t turns = 0;
    for (uint32_t lane = 0; lane < 32; lane++) {
      const uint32_t* own = &words[lane * 8];
      CHECK_EQUAL(own[0], 0x49249249u);
      CHECK_EQUAL(own[1], (lane + 1) % 32 * 10);
      CHECK_EQUAL(own[2], lane < 2 ? lane : lane - 2);
      CHECK_EQUAL(own[3], lane ^ 5);
      const uint32_t tens[] = {0x3ff, 0xffc00, 0x3ff00000, 0xc0000000};
      CHECK_EQUAL(own[4], tens[lane / 10]);
      CHECK_EQUAL(own[5], 1u);
      CHECK_EQUAL(own[6], lane < 8 ? 0xaau : 0xa5a5a5a5u);
      turns |= 1u << own[7];
    }
    CHECK_EQUAL(turns, 0xffffffffu);
  }
}

void texts_are_compiled_once() {
  char pattern[] = "/tmp/millrace-device-test-XXXXXX";
  CHECK(mkdtemp(pattern) != nullptr);
  const std::string dir = std::string(pattern) + "/kernels";
  for (uint32_t expected : {1u, 0u}) {
    const auto device = open_device(dir);
    CHECK(device->compile(kSum, "sum").ok());
    CHECK(device->compile(kSum, "sum").ok());
    CHECK_EQUAL(device->compile_count(), expected);
  }
  const auto device = open_device(dir);
  const auto broken =
      device->compile("extern \"C\" __global__ void sum(int p) { nothing; }", "sum");
  CHECK(!broken.ok());
  CHECK(contains(broken.status().message(), "does not compile"));
  CHECK(contains(broken.status().detail(), "nothing"));
  CHECK(contains(broken.status().detail(), "kernel:1:"));
  CHECK(std::system(("rm -r " + std::string(pattern)).c_str()) == 0);
}

}  // namespace

int main() {
  sums_in_every_order();
  missing_barrier_gives_a_wrong_sum();
  barriers_at_two_places_are_named();
  barriers_nobody_can_leave_are_reported();
  endless_waiting_is_reported();
  shuffles_read_participants_only();
  shared_memory_and_device_memory_start_poisoned();
  bad_addresses_end_the_run_only();
  atomics_interleave();
  collectives_answer_as_cuda_does();
  texts_are_compiled_once();
  return millrace::tests::check_result();
}
