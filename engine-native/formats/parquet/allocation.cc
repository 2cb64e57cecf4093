#include "formats/parquet/allocation.h"

#include <algorithm>

namespace millrace::formats::parquet {

namespace {

constexpr uint64_t kStepBytes = uint64_t{1} << 20;
constexpr uint64_t kGreatestKeptBytes = 2 * kStepBytes;
constexpr size_t kKeptBuffers = 2;

/// A thread's spare buffers.
struct Spares {
  column::Buffer buffers[kKeptBuffers];

  column::Buffer take(uint64_t size_bytes) {
    for (column::Buffer& buffer : buffers) {
      if (buffer.size_bytes() >= size_bytes) return std::exchange(buffer, column::Buffer());
    }
    return {};
  }
  void put(column::Buffer buffer) {
    for (column::Buffer& spare : buffers) {
      if (spare.size_bytes() < buffer.size_bytes()) {
        spare = std::move(buffer);
        return;
      }
    }
  }
};

Spares& spares() {
  thread_local Spares held;
  return held;
}

}  // namespace

base::Status ScratchBuffer::resize(uint64_t size_bytes) {
  if (buffer_.size_bytes() >= size_bytes) return {};
  release();
  // Whole steps, so that buffers fit again.
  const uint64_t rounded =
      std::max((size_bytes + kStepBytes - 1) / kStepBytes, uint64_t{1}) * kStepBytes;
  if (rounded > kGreatestKeptBytes) {
    MR_ASSIGN_OR_RETURN(buffer_, allocate(reservation_, size_bytes));
    return {};
  }
  column::Buffer spare = spares().take(rounded);
  if (spare.size_bytes() == 0) {
    MR_ASSIGN_OR_RETURN(buffer_, allocate(reservation_, rounded));
    return {};
  }
  MR_RETURN_IF_ERROR(reservation_->grow(cost_bytes(spare.size_bytes())));
  buffer_ = std::move(spare);
  return {};
}

void ScratchBuffer::release() {
  if (buffer_.size_bytes() == 0) return;
  reservation_->shrink(cost_bytes(buffer_.size_bytes()));
  if (buffer_.size_bytes() <= kGreatestKeptBytes) spares().put(std::move(buffer_));
  buffer_ = column::Buffer();
}

}  // namespace millrace::formats::parquet
