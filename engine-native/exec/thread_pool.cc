#include "exec/thread_pool.h"

namespace millrace::exec {

ThreadPool::ThreadPool(uint32_t thread_count) {
  asleep_.reserve(thread_count);
  for (uint32_t i = 0; i < thread_count; i++) {
    Sleeper& self = *sleepers_.emplace_back(std::make_unique<Sleeper>());
    threads_.emplace_back([this, &self] { run(self); });
  }
}

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::stop() {
  // What dropped jobs hold is let go without the lock: it may submit again.
  std::deque<std::function<void()>> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(jobs_);
    for (Sleeper* sleeper : asleep_) {
      sleeper->is_asleep = false;
      sleeper->wake.notify_one();
    }
    asleep_.clear();
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void ThreadPool::submit(std::function<void()> job) {
  Sleeper* woken = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    jobs_.push_back(std::move(job));
    if (asleep_.empty()) return;
    woken = asleep_.back();
    asleep_.pop_back();
    woken->is_asleep = false;
  }
  woken->wake.notify_one();
}

void ThreadPool::run(Sleeper& self) {
  while (true) {
    std::function<void()> job;
    {
      std::unique_lock lock(mutex_);
      // The job it was woken for may be gone to a thread that was awake.
      while (jobs_.empty() && !stopping_) {
        self.is_asleep = true;
        asleep_.push_back(&self);
        self.wake.wait(lock, [&self] { return !self.is_asleep; });
      }
      if (stopping_) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

}  // namespace millrace::exec
