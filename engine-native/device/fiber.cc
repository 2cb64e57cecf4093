#include "device/fiber.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "base/status.h"

#if defined(__SANITIZE_ADDRESS__)
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#if !defined(__x86_64__)
#error "the emulated device has a context switch for x86-64 only"
#endif

// Saves what a function must leave as it was, exchanges stacks, restores.
__asm__(R"(
.text
.local mr_switch_stacks
.type mr_switch_stacks, @function
mr_switch_stacks:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size mr_switch_stacks, .-mr_switch_stacks
.local mr_enter_fiber
.type mr_enter_fiber, @function
mr_enter_fiber:
  movq %r13, %rdi
  callq *%r12
  ud2
.size mr_enter_fiber, .-mr_enter_fiber
)");

extern "C" {
void mr_switch_stacks(void** save, void* load);
void mr_enter_fiber();
}

namespace millrace::device {

namespace {

constexpr size_t kStagger = 272;
constexpr size_t kStaggerSteps = 29;

size_t page_bytes() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

#if defined(__SANITIZE_ADDRESS__)
struct ThreadStack {
  void* bottom;
  size_t size;
};
ThreadStack own_stack() {
  ThreadStack stack{};
  pthread_attr_t attributes;
  MR_CHECK(pthread_getattr_np(pthread_self(), &attributes) == 0);
  pthread_attr_getstack(&attributes, &stack.bottom, &stack.size);
  pthread_attr_destroy(&attributes);
  return stack;
}
#endif

}  // namespace

FiberStacks::FiberStacks(uint32_t count) : count_(count) {
  void* memory = mmap(nullptr, count * kStackBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  MR_CHECK(memory != MAP_FAILED);
  memory_ = static_cast<char*>(memory);
  for (uint32_t i = 0; i < count; i++) {
    MR_CHECK(mprotect(memory_ + i * kStackBytes, page_bytes(), PROT_NONE) == 0);
  }
}

FiberStacks::~FiberStacks() { munmap(memory_, count_ * kStackBytes); }

char* FiberStacks::top(uint32_t index) const {
  return memory_ + (index + 1) * kStackBytes - (index % kStaggerSteps) * kStagger;
}

char* FiberStacks::bottom(uint32_t index) const {
  return memory_ + index * kStackBytes + page_bytes();
}

void prepare_fiber(FiberContext& fiber, [[maybe_unused]] char* stack_bottom, char* stack_top,
                   void (*entry)(void*), void* argument) {
#if defined(__SANITIZE_ADDRESS__)
  // What an earlier fiber left there without returning.
  __asan_unpoison_memory_region(stack_bottom, static_cast<size_t>(stack_top - stack_bottom));
#endif
  // As mr_switch_stacks would have left it: r15 r14 r13 r12 rbx rbp, then where to return to.
  void* frame[7] = {nullptr,
                    nullptr,
                    argument,
                    reinterpret_cast<void*>(entry),
                    nullptr,
                    nullptr,
                    reinterpret_cast<void*>(&mr_enter_fiber)};
  // Past the return the stack lies at a multiple of 16, as a call wants it.
  char* at = stack_top - 16 - sizeof(frame);
  std::memcpy(at, frame, sizeof(frame));
  fiber.stack_pointer = at;
  fiber.fake_stack = nullptr;
}

void begin_fiber() {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
#endif
}

void switch_fiber(FiberContext& from, FiberContext& to, [[maybe_unused]] const char* to_bottom,
                  [[maybe_unused]] bool from_ends) {
#if defined(__SANITIZE_ADDRESS__)
  const void* bottom = to_bottom;
  size_t size = FiberStacks::kStackBytes - page_bytes();
  if (bottom == nullptr) {
    static thread_local const ThreadStack own = own_stack();
    bottom = own.bottom;
    size = own.size;
  }
  __sanitizer_start_switch_fiber(from_ends ? nullptr : &from.fake_stack, bottom, size);
#endif
  mr_switch_stacks(&from.stack_pointer, to.stack_pointer);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(from.fake_stack, nullptr, nullptr);
#endif
}

}  // namespace millrace::device
