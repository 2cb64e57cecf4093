#include "device/emulated_grid.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <numeric>

namespace millrace::device {

namespace {

constexpr uint32_t kResidentBlocks = 3;
constexpr uint8_t kPoison = 0xa5;
/// Lanes in rising or falling order give way after so many atomics, so that a lane that waits for
/// another's write sees it; in random order by chance.
constexpr uint64_t kAtomicsBeforePause = 61;
constexpr uint64_t kMostPausesWithoutProgress = 20'000'000;

thread_local EmulatedGrid* running = nullptr;
/// What the process does about bad addresses outside of kernels.
struct sigaction outer_segv;
struct sigaction outer_bus;

/// A lane's own stack may be what is exhausted.
class SignalStack {
 public:
  SignalStack() : bytes_(kBytes) {
    stack_t stack{};
    stack.ss_sp = bytes_.data();
    stack.ss_size = bytes_.size();
    sigaltstack(&stack, &outer_);
  }
  ~SignalStack() { sigaltstack(&outer_, nullptr); }
  SignalStack(const SignalStack&) = delete;
  SignalStack& operator=(const SignalStack&) = delete;

 private:
  static constexpr size_t kBytes = 64 << 10;
  std::vector<char> bytes_;
  stack_t outer_{};
};

const char* name_of(MrCollective kind) {
  switch (kind) {
    case MrSyncWarp:
      return "__syncwarp";
    case MrBallot:
      return "__ballot_sync";
    case MrAny:
      return "__any_sync";
    case MrAll:
      return "__all_sync";
    case MrShuffle:
      return "__shfl_sync";
    case MrShuffleUp:
      return "__shfl_up_sync";
    case MrShuffleDown:
      return "__shfl_down_sync";
    case MrShuffleXor:
      return "__shfl_xor_sync";
    case MrMatchAny:
      return "__match_any_sync";
  }
  return "?";
}

}  // namespace

EmulatedGrid::EmulatedGrid(const EmulatedEntry& entry, LaunchShape shape, LaneOrder order,
                           uint64_t seed)
    : entry_(entry),
      shape_(shape),
      order_(order),
      random_(seed),
      resident_count_(std::min(shape.block_count, kResidentBlocks)),
      stacks_(resident_count_ * shape.lane_count),
      blocks_(resident_count_) {}

Status EmulatedGrid::run(const void* parameters) {
  static const MrCalls calls{&barrier, &collective, &pause};
  parameters_ = parameters;
  entry_.state->calls = &calls;
  EmulatedGrid* outer = std::exchange(running, this);
  const SignalStack signal_stack;
  static std::once_flag handled;
  std::call_once(handled, [] {
    struct sigaction handler {};
    handler.sa_sigaction = &on_bad_address;
    handler.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(SIGSEGV, &handler, &outer_segv);
    sigaction(SIGBUS, &handler, &outer_bus);
  });
  if (sigsetjmp(rescue_, 1) == 0) run_blocks();
  running = outer;
  entry_.state->lane = nullptr;
  if (!failure_.empty()) return Status::error(ErrorCode::Internal, failure_);
  return {};
}

/// A lane's access to memory that is not there ends the run, as on a GPU.
void EmulatedGrid::on_bad_address(int signal, siginfo_t* facts, void* context) {
  EmulatedGrid* grid = running;
  if (grid == nullptr || grid->entry_.state->lane == nullptr) {
    // Not ours: another thread of the process.
    const struct sigaction& outer = signal == SIGSEGV ? outer_segv : outer_bus;
    if ((outer.sa_flags & SA_SIGINFO) != 0) return outer.sa_sigaction(signal, facts, context);
    if (outer.sa_handler != SIG_DFL && outer.sa_handler != SIG_IGN) return outer.sa_handler(signal);
    sigaction(signal, &outer, nullptr);
    return;
  }
  const MrLane& lane = *grid->entry_.state->lane;
  grid->fail("lane " + std::to_string(lane.lane) + " of block " + std::to_string(lane.block) +
             " uses an address that is none");
  siglongjmp(grid->rescue_, 1);
}

void EmulatedGrid::run_blocks() {
  const size_t shared_bytes = static_cast<size_t>(entry_.shared_end - entry_.shared_begin);
  for (uint32_t b = 0; b < resident_count_; b++) {
    blocks_[b].first_stack = b * shape_.lane_count;
    blocks_[b].shared.resize(shared_bytes);
    start_block(blocks_[b]);
  }
  while (failure_.empty()) {
    bool any = false;
    bool moved = false;
    for (Block& block : blocks_) {
      if (!block.under_way) continue;
      any = true;
      moved |= advance(block);
      if (!failure_.empty()) break;
    }
    if (!any) break;
    if (!moved && failure_.empty()) {
      for (const Block& block : blocks_) {
        if (block.under_way) fail("nobody can go on: " + waiting(block));
      }
    }
  }
}

bool EmulatedGrid::start_block(Block& block) {
  block.under_way = next_block_ < shape_.block_count;
  if (!block.under_way) return false;
  std::fill(block.shared.begin(), block.shared.end(), static_cast<char>(kPoison));
  block.lanes.assign(shape_.lane_count, Lane{});
  block.frozen_passes.assign(shape_.lane_count / kWarpLanes, 0);
  for (uint32_t i = 0; i < shape_.lane_count; i++) {
    Lane& lane = block.lanes[i];
    lane.indices = {i, next_block_, shape_.lane_count, shape_.block_count};
    lane.grid = this;
    char* bottom = stacks_.bottom(block.first_stack + i);
    lane.stack_bottom = bottom;
    prepare_fiber(lane.fiber, bottom, stacks_.top(block.first_stack + i), &run_lane, &lane);
  }
  next_block_++;
  return true;
}

/// Every lane that can run does, until it waits; false where none could.
bool EmulatedGrid::advance(Block& block) {
  const size_t shared_bytes = block.shared.size();
  block_ = &block;
  std::memcpy(entry_.shared_begin, block.shared.data(), shared_bytes);
  std::vector<uint32_t> order(block.lanes.size());
  std::iota(order.begin(), order.end(), 0u);
  if (order_ == LaneOrder::Falling) std::reverse(order.begin(), order.end());
  if (order_ == LaneOrder::Random) std::shuffle(order.begin(), order.end(), random_);
  bool moved = false;
  bool all_ended = true;
  for (uint32_t index : order) {
    Lane& lane = block.lanes[index];
    if (lane.wait == Wait::Nothing) {
      moved = true;
      if (order_ != LaneOrder::Random || !stays_behind(block, index)) resume(lane);
      if (!failure_.empty()) return true;
    }
    all_ended &= lane.wait == Wait::Ended;
  }
  try_barrier(block);
  std::memcpy(block.shared.data(), entry_.shared_begin, shared_bytes);
  if (all_ended) start_block(block);
  return moved;
}

/// By chance a lane waits a little while others go on to the next collective, or a warp for long.
bool EmulatedGrid::stays_behind(Block& block, uint32_t lane) {
  uint32_t& frozen = block.frozen_passes[lane / kWarpLanes];
  if (frozen == 0 && random_() % 1024 == 0) frozen = static_cast<uint32_t>(random_() % 4096);
  if (frozen == 0) return random_() % 4 == 0;
  frozen--;
  return true;
}

void EmulatedGrid::resume(Lane& lane) {
  lane_ = &lane;
  entry_.state->lane = &lane.indices;
  switch_fiber(launcher_, lane.fiber, lane.stack_bottom, false);
}

void EmulatedGrid::suspend() {
  switch_fiber(lane_->fiber, launcher_, nullptr, lane_->wait == Wait::Ended);
}

void EmulatedGrid::run_lane(void* argument) {
  begin_fiber();
  Lane* lane = static_cast<Lane*>(argument);
  EmulatedGrid* grid = lane->grid;
  grid->entry_.launch(grid->parameters_);
  lane->wait = Wait::Ended;
  grid->pauses_without_progress_ = 0;
  grid->suspend();
}

void EmulatedGrid::barrier(unsigned line) {
  EmulatedGrid& grid = *running;
  Lane& lane = *grid.lane_;
  lane.wait = Wait::Barrier;
  lane.place = __builtin_return_address(0);
  lane.line = line;
  grid.suspend();
}

/// Lets the block pass once all its lanes are here.
void EmulatedGrid::try_barrier(Block& block) {
  const Lane& first = block.lanes[0];
  for (const Lane& lane : block.lanes) {
    if (lane.wait != Wait::Barrier) return;
  }
  for (const Lane& lane : block.lanes) {
    if (lane.place == first.place) continue;
    return fail("lanes meet at a barrier from different places: " + waiting(block));
  }
  for (Lane& lane : block.lanes) lane.wait = Wait::Nothing;
  pauses_without_progress_ = 0;
}

unsigned long EmulatedGrid::collective(MrCollective kind, unsigned mask, unsigned long value,
                                       unsigned argument, unsigned line) {
  EmulatedGrid& grid = *running;
  Lane& lane = *grid.lane_;
  lane.wait = Wait::Collective;
  lane.kind = kind;
  lane.mask = mask;
  lane.value = value;
  lane.argument = argument;
  lane.line = line;
  lane.place = __builtin_return_address(0);
  grid.try_collective(*grid.block_, lane);
  // The last lane to come goes on at once.
  if (lane.wait != Wait::Nothing || !grid.failure_.empty()) grid.suspend();
  return lane.value;
}

void EmulatedGrid::try_collective(Block& block, Lane& arrived) {
  const uint32_t own = arrived.indices.lane % kWarpLanes;
  Lane* warp = &block.lanes[arrived.indices.lane - own];
  const std::string where = std::string(name_of(arrived.kind)) + " in line " +
                            std::to_string(arrived.line) + " of block " +
                            std::to_string(arrived.indices.block);
  if ((arrived.mask >> own & 1) == 0) return fail(where + ": a lane is not in its own mask");
  for (uint32_t i = 0; i < kWarpLanes; i++) {
    if ((arrived.mask >> i & 1) != 0 && warp[i].wait != Wait::Collective) return;
  }
  for (uint32_t i = 0; i < kWarpLanes; i++) {
    if ((arrived.mask >> i & 1) == 0) continue;
    if (warp[i].mask == arrived.mask && warp[i].place == arrived.place) continue;
    return fail(where + ": lanes " + std::to_string(own) + " and " + std::to_string(i) +
                " of a warp meet from different places (line " + std::to_string(warp[i].line) +
                ") or with different masks");
  }
  complete(warp, arrived.mask);
}

void EmulatedGrid::complete(Lane* warp, uint32_t mask) {
  uint64_t values[kWarpLanes];
  uint32_t ballot = 0;
  for (uint32_t i = 0; i < kWarpLanes; i++) {
    values[i] = warp[i].value;
    if ((mask >> i & 1) != 0 && values[i] != 0) ballot |= 1u << i;
  }
  for (uint32_t i = 0; i < kWarpLanes; i++) {
    if ((mask >> i & 1) == 0) continue;
    Lane& lane = warp[i];
    uint32_t from = i;
    switch (lane.kind) {
      case MrSyncWarp:
        break;
      case MrBallot:
        lane.value = ballot;
        break;
      case MrAny:
        lane.value = ballot != 0;
        break;
      case MrAll:
        lane.value = ballot == mask;
        break;
      case MrShuffle:
        from = lane.argument % kWarpLanes;
        break;
      case MrShuffleUp:
        from = lane.argument > i ? i : i - lane.argument;
        break;
      case MrShuffleDown:
        from = i + lane.argument >= kWarpLanes ? i : i + lane.argument;
        break;
      case MrShuffleXor:
        from = (i ^ lane.argument) % kWarpLanes;
        break;
      case MrMatchAny: {
        uint32_t equal = 0;
        for (uint32_t j = 0; j < kWarpLanes; j++) {
          if ((mask >> j & 1) != 0 && values[j] == values[i]) equal |= 1u << j;
        }
        lane.value = equal;
        break;
      }
    }
    const bool shuffles = lane.kind >= MrShuffle && lane.kind <= MrShuffleXor;
    if (shuffles && (mask >> from & 1) == 0) {
      return fail(std::string(name_of(lane.kind)) + " in line " + std::to_string(lane.line) +
                  ": lane " + std::to_string(i) + " reads lane " + std::to_string(from) +
                  ", which takes no part");
    }
    if (shuffles) lane.value = values[from];
    lane.wait = Wait::Nothing;
  }
  pauses_without_progress_ = 0;
}

void EmulatedGrid::pause() {
  EmulatedGrid& grid = *running;
  grid.pauses_++;
  if (++grid.pauses_without_progress_ > kMostPausesWithoutProgress) {
    grid.fail("lanes go round without end: " + grid.waiting(*grid.block_));
  } else if (grid.order_ == LaneOrder::Random ? grid.random_() % 8 != 0
                                              : grid.pauses_ % kAtomicsBeforePause != 0) {
    return;
  }
  grid.suspend();
}

void EmulatedGrid::fail(std::string why) {
  if (failure_.empty()) failure_ = std::move(why);
}

/// "block 0: lane 0 (and 3 more) waits at __syncthreads in line 7, …"
std::string EmulatedGrid::waiting(const Block& block) const {
  struct Place {
    std::string what;
    uint32_t first;
    uint32_t count;
  };
  std::vector<Place> places;
  for (const Lane& lane : block.lanes) {
    std::string what;
    switch (lane.wait) {
      case Wait::Nothing:
        what = "runs";
        break;
      case Wait::Ended:
        what = "has ended";
        break;
      case Wait::Barrier:
        what = "waits at __syncthreads in line " + std::to_string(lane.line);
        break;
      case Wait::Collective:
        what =
            std::string("waits at ") + name_of(lane.kind) + " in line " + std::to_string(lane.line);
        break;
    }
    const auto known = std::find_if(places.begin(), places.end(),
                                    [&what](const Place& place) { return place.what == what; });
    if (known == places.end()) {
      places.push_back({what, lane.indices.lane, 1});
    } else {
      known->count++;
    }
  }
  std::string text = "block " + std::to_string(block.lanes[0].indices.block) + ":";
  for (const Place& place : places) {
    text += " lane " + std::to_string(place.first);
    if (place.count > 1) text += " (and " + std::to_string(place.count - 1) + " more)";
    text += " " + place.what + ";";
  }
  text.pop_back();
  return text;
}

}  // namespace millrace::device
