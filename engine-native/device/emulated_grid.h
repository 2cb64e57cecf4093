// Runs a kernel's grid on one thread of the system: every lane is a fiber, blocks of 32-lane warps.
// Between collectives lanes run one after the other; a few blocks are under way at a time.
#pragma once
#include <csetjmp>
#include <csignal>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "device/device.h"
#include "device/emulated_abi.h"
#include "device/fiber.h"

namespace millrace::device {

/// In which order lanes run between collectives.
enum class LaneOrder : uint8_t { Rising, Falling, Random };

struct EmulatedEntry {
  void (*launch)(const void* parameters);
  MrState* state;
  char* shared_begin;
  char* shared_end;
};

class EmulatedGrid {
 public:
  EmulatedGrid(const EmulatedEntry& entry, LaunchShape shape, LaneOrder order, uint64_t seed);
  /// XX000 where lanes break the rules: a collective whose lanes came from different places, one
  /// that nobody can leave, a shuffle that reads a lane which takes no part, an address that is none.
  Status run(const void* parameters);

 private:
  static constexpr uint32_t kWarpLanes = 32;
  enum class Wait : uint8_t { Nothing, Barrier, Collective, Ended };
  struct Lane {
    MrLane indices{};
    EmulatedGrid* grid = nullptr;
    FiberContext fiber;
    const char* stack_bottom = nullptr;
    Wait wait = Wait::Nothing;
    MrCollective kind = MrSyncWarp;
    uint32_t mask = 0;
    uint64_t value = 0;  // in: the lane's; out: its result
    uint32_t argument = 0;
    const void* place = nullptr;
    uint32_t line = 0;
  };
  struct Block {
    std::vector<Lane> lanes;
    std::vector<char> shared;             // while other blocks run
    std::vector<uint32_t> frozen_passes;  // by warp
    uint32_t first_stack = 0;
    bool under_way = false;
  };

  // Called by lanes.
  static void barrier(unsigned line);
  static unsigned long collective(MrCollective kind, unsigned mask, unsigned long value,
                                  unsigned argument, unsigned line);
  static void pause();
  static void run_lane(void* lane);
  static void on_bad_address(int signal, siginfo_t* facts, void* context);
  void suspend();

  void run_blocks();
  bool start_block(Block& block);
  bool stays_behind(Block& block, uint32_t lane);
  bool advance(Block& block);
  void resume(Lane& lane);
  void try_barrier(Block& block);
  void try_collective(Block& block, Lane& arrived);
  void complete(Lane* warp, uint32_t mask);
  void fail(std::string why);
  std::string waiting(const Block& block) const;

  const EmulatedEntry entry_;
  const LaunchShape shape_;
  const LaneOrder order_;
  std::mt19937_64 random_;
  uint32_t resident_count_;
  FiberStacks stacks_;
  std::vector<Block> blocks_;
  FiberContext launcher_;
  sigjmp_buf rescue_;  // where a bad address leads
  Block* block_ = nullptr;
  Lane* lane_ = nullptr;
  const void* parameters_ = nullptr;
  uint32_t next_block_ = 0;
  uint64_t pauses_ = 0;
  uint64_t pauses_without_progress_ = 0;
  std::string failure_;
};

}  // namespace millrace::device
