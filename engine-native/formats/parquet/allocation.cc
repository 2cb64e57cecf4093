#include "formats/parquet/allocation.h"

#include <algorithm>
#include <bit>

namespace millrace::formats::parquet {

namespace {

constexpr uint64_t kLeastBytes = uint64_t{4} << 10;
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
  if (buffer_.size_bytes() >= size_bytes) {
    const int64_t missing = cost_bytes(size_bytes) - reserved_bytes_;
    if (missing <= 0) return {};
    MR_RETURN_IF_ERROR(reservation_->grow(missing));
    reserved_bytes_ += missing;
    return {};
  }
  release();
  if (size_bytes > kGreatestBytes) return refused(size_bytes);
  // Whole steps, so that buffers fit again; less than a step in powers of two.
  const uint64_t steps = (size_bytes + kStepBytes - 1) / kStepBytes * kStepBytes;
  const uint64_t rounded =
      size_bytes < kStepBytes ? std::bit_ceil(std::max(size_bytes, kLeastBytes)) : steps;
  if (rounded <= kGreatestKeptBytes) buffer_ = spares().take(rounded);
  const uint64_t reserved =
      buffer_.size_bytes() == 0 && size_bytes <= kGreatestKeptBytes ? rounded : size_bytes;
  const base::Status status = reservation_->grow(cost_bytes(reserved));
  if (!status.ok()) {
    if (buffer_.size_bytes() > 0) spares().put(std::move(buffer_));
    buffer_ = column::Buffer();
    return status;
  }
  reserved_bytes_ = cost_bytes(reserved);
  if (buffer_.size_bytes() == 0) buffer_ = column::Buffer(reserved);
  return {};
}

void ScratchBuffer::release() {
  if (buffer_.size_bytes() == 0) return;
  reservation_->shrink(reserved_bytes_);
  reserved_bytes_ = 0;
  if (buffer_.size_bytes() <= kGreatestKeptBytes) spares().put(std::move(buffer_));
  buffer_ = column::Buffer();
}

}  // namespace millrace::formats::parquet
