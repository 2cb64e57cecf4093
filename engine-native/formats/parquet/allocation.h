// Memory for decoding: reserved first, then taken.
#pragma once
#include <cstdint>

#include "column/chunk.h"
#include "memory/budget.h"

namespace millrace::formats::parquet {

/// What a buffer of `size_bytes` costs: column::Buffer aligns, and leaves at least 64 readable
/// bytes behind its end.
constexpr int64_t cost_bytes(uint64_t size_bytes) {
  return size_bytes == 0 ? 0 : static_cast<int64_t>((size_bytes + 63) / 64 * 64 + 64);
}

/// No file has more; also keeps sums of sizes from wrapping.
constexpr uint64_t kGreatestBytes = uint64_t{1} << 46;

inline base::Status refused(uint64_t size_bytes) {
  return base::Status::error(base::ErrorCode::OutOfMemory)
      .with_detail("A buffer of " + std::to_string(size_bytes) + " bytes was refused.");
}

inline base::Result<column::Buffer> allocate(memory::Reservation* reservation,
                                             uint64_t size_bytes) {
  if (size_bytes > kGreatestBytes) return refused(size_bytes);
  MR_RETURN_IF_ERROR(reservation->grow(cost_bytes(size_bytes)));
  return column::Buffer(size_bytes);
}

/// Frees the buffer and its share of the reservation.
inline void release(memory::Reservation* reservation, column::Buffer* buffer) {
  reservation->shrink(cost_bytes(buffer->size_bytes()));
  *buffer = column::Buffer();
}

/// A buffer that is needed only while decoding: the window, the inflated page. Each thread keeps two
/// spare ones of at most 2 MiB, as fresh memory costs more to touch than most pages to decode. What
/// a thread keeps is outside any reservation; of what it uses that is inside which was asked for.
class ScratchBuffer {
 public:
  explicit ScratchBuffer(memory::Reservation* reservation) : reservation_(reservation) {}
  ~ScratchBuffer() { release(); }
  ScratchBuffer(const ScratchBuffer&) = delete;
  ScratchBuffer& operator=(const ScratchBuffer&) = delete;
  void swap(ScratchBuffer& other) {
    std::swap(buffer_, other.buffer_);
    std::swap(reserved_bytes_, other.reserved_bytes_);
  }

  /// Room for `size_bytes` at least; what it held before is lost.
  base::Status resize(uint64_t size_bytes);
  void release();
  template <class T = char>
  T* as() {
    return buffer_.as<T>();
  }
  size_t size_bytes() const { return buffer_.size_bytes(); }

 private:
  memory::Reservation* reservation_;
  column::Buffer buffer_;
  int64_t reserved_bytes_ = 0;
};

}  // namespace millrace::formats::parquet
