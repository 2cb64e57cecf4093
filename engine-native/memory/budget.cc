#include "memory/budget.h"

#include <string>

namespace millrace::memory {

bool Budget::take(int64_t bytes) {
  while (true) {
    int64_t held = held_bytes_.load(std::memory_order_relaxed);
    while (bytes <= limit_bytes_ - held) {
      if (held_bytes_.compare_exchange_weak(held, held + bytes, std::memory_order_relaxed)) {
        return true;
      }
    }
    if (bytes > limit_bytes_) return false;
    // What is freed others may take: asked again as long as there is something to free.
    const int64_t missing = bytes - (limit_bytes_ - held);
    if (!reclaimer_ || reclaimer_(missing) == 0) return false;
  }
}

base::Status Reservation::grow(int64_t bytes) {
  if (!budget_->take(bytes)) {
    return base::Status::error(base::ErrorCode::OutOfMemory)
        .with_detail("A reservation of " + std::to_string(bytes) +
                     " bytes was refused: " + std::to_string(budget_->held_bytes()) + " of " +
                     std::to_string(budget_->limit_bytes()) + " bytes are held.");
  }
  held_bytes_ += bytes;
  if (held_bytes_ > peak_bytes()) peak_bytes_.store(held_bytes_, std::memory_order_relaxed);
  return {};
}

void Reservation::shrink(int64_t bytes) {
  if (bytes == 0) return;
  held_bytes_ -= bytes;
  budget_->give_back(bytes);
}

}  // namespace millrace::memory
