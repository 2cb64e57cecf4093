// memory: who may hold how many bytes. May include device, codec, io, base, types.
// Invariant: the sum of all reservations of a budget never exceeds its limit; what is held without a
// reservation is bounded by a constant a worker. Start reading here.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>

#include "base/status.h"

namespace millrace::memory {

/// A limit in bytes over all reservations made from it. Threads: all.
class Budget {
 public:
  explicit Budget(int64_t limit_bytes) : limit_bytes_(limit_bytes) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  /// Asked for bytes back (by evicting cached columns) when a reservation does not fit;
  /// answers how many were freed. Set once, before use.
  void set_reclaimer(std::function<int64_t(int64_t wanted_bytes)> reclaimer) {
    reclaimer_ = std::move(reclaimer);
  }
  int64_t limit_bytes() const { return limit_bytes_; }
  int64_t held_bytes() const { return held_bytes_.load(std::memory_order_relaxed); }

 private:
  friend class Reservation;
  bool take(int64_t bytes);
  void give_back(int64_t bytes) { held_bytes_.fetch_sub(bytes, std::memory_order_relaxed); }

  const int64_t limit_bytes_;
  std::atomic<int64_t> held_bytes_{0};
  std::function<int64_t(int64_t)> reclaimer_;
};

/// Bytes held from a budget by one owner; given back when it dies. Grows before memory is taken.
/// Threads: one at a time, but peak_bytes() from any.
class Reservation {
 public:
  explicit Reservation(Budget* budget) : budget_(budget) {}
  Reservation(Reservation&& other) noexcept
      : budget_(other.budget_), held_bytes_(other.held_bytes_), peak_bytes_(other.peak_bytes()) {
    other.held_bytes_ = 0;
  }
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  ~Reservation() { shrink(held_bytes_); }

  /// 53200 where the budget's limit would be passed.
  base::Status grow(int64_t bytes);
  void shrink(int64_t bytes);
  int64_t held_bytes() const { return held_bytes_; }
  int64_t peak_bytes() const { return peak_bytes_.load(std::memory_order_relaxed); }
  Budget* budget() const { return budget_; }

 private:
  Budget* budget_;
  int64_t held_bytes_ = 0;
  std::atomic<int64_t> peak_bytes_{0};
};

}  // namespace millrace::memory
