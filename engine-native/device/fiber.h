// Threads of control that give way to each other by hand, all on one thread of the system.
#pragma once
#include <cstddef>
#include <cstdint>

namespace millrace::device {

/// Where a suspended fiber goes on.
struct FiberContext {
  void* stack_pointer = nullptr;
  void* fake_stack = nullptr;  // AddressSanitizer's, while suspended
};

/// Stacks for `count` fibers, each with a page below it that may not be touched. Their tops are
/// staggered: at one distance throughout they would share cache sets.
class FiberStacks {
 public:
  explicit FiberStacks(uint32_t count);
  ~FiberStacks();
  FiberStacks(const FiberStacks&) = delete;
  FiberStacks& operator=(const FiberStacks&) = delete;
  char* top(uint32_t index) const;
  char* bottom(uint32_t index) const;
  static constexpr size_t kStackBytes = 64 << 10;

 private:
  char* memory_;
  uint32_t count_;
};

/// Makes a fiber that will call entry(argument), which must call begin_fiber() first and must never
/// return.
void prepare_fiber(FiberContext& fiber, char* stack_bottom, char* stack_top, void (*entry)(void*),
                   void* argument);

void begin_fiber();

/// Suspends the running context in `from` and goes on with `to`, whose stack ends at `to_bottom`
/// (null: the system thread's own). `from_ends` where `from` is never entered again.
void switch_fiber(FiberContext& from, FiberContext& to, const char* to_bottom, bool from_ends);

}  // namespace millrace::device
