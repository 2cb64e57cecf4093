// exec: runs tasks: pipelines over morsels, on a pool of threads that never wait for one another.
// May include what stands left of it in the order of rooms. Invariant: a job returns within about
// 2 ms of work; what cannot go on is parked as state and submitted again by whoever frees it.
// Start reading at task.h.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace millrace::exec {

/// First in, first out. Each thread sleeps on a condition of its own: with several waiters on one,
/// glibc before 2.41 may wake none of them (BZ 25847), and a job would lie until the next. Threads: all.
class ThreadPool {
 public:
  explicit ThreadPool(uint32_t thread_count);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  void submit(std::function<void()> job);
  /// Waits for the jobs at hand; jobs still queued, or submitted later, are dropped.
  void stop();
  uint32_t thread_count() const { return static_cast<uint32_t>(threads_.size()); }

 private:
  struct Sleeper {
    std::condition_variable wake;
    bool is_asleep = false;  // and listed as such; of the pool's mutex
  };
  void run(Sleeper& self);
  std::mutex mutex_;
  std::deque<std::function<void()>> jobs_;
  std::vector<Sleeper*> asleep_;  // woken last to first: who slept least has the warmest cache
  bool stopping_ = false;
  std::vector<std::unique_ptr<Sleeper>> sleepers_;
  std::vector<std::thread> threads_;
};

}  // namespace millrace::exec
