// column: how values lie in memory, in flight and at rest. May include base, types, memory.
// Invariant: a View owns nothing and is valid as long as its owner says; validity is one byte a row,
// 1 = present, and no validity means no NULL. Start reading here.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "memory/budget.h"
#include "types/physical.h"

namespace millrace::column {

using types::Type;
using types::TypeParameters;

/// Rows a vector holds at most; morsels and row groups are handed out in multiples of it.
constexpr uint32_t kVectorSize = 2048;

/// Bytes aligned for any type, without initialization.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(size_t size_bytes)
      : bytes_(size_bytes == 0 ? nullptr
                               : static_cast<char*>(std::aligned_alloc(64, round_up(size_bytes)))),
        size_bytes_(size_bytes) {
    MR_CHECK(size_bytes == 0 || bytes_ != nullptr);
  }
  Buffer(Buffer&& other) noexcept
      : bytes_(std::exchange(other.bytes_, nullptr)),
        size_bytes_(std::exchange(other.size_bytes_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_bytes_, other.size_bytes_);
    return *this;
  }
  ~Buffer() { std::free(bytes_); }
  template <class T = char>
  T* as() {
    return reinterpret_cast<T*>(bytes_);
  }
  template <class T = char>
  const T* as() const {
    return reinterpret_cast<const T*>(bytes_);
  }
  size_t size_bytes() const { return size_bytes_; }

 private:
  static size_t round_up(size_t size) { return (size + 63) / 64 * 64 + 64; }
  char* bytes_ = nullptr;
  size_t size_bytes_ = 0;
};

/// The distinct values of a dictionary-encoded column, without NULL; a code is an index.
/// Two codes mean the same value only if their dictionaries' ids are equal.
struct Dictionary {
  uint64_t id;  // unique in the process
  Type type;
  uint32_t entry_count;
  Buffer values;             // [entry_count] of the type's storage
  std::vector<Buffer> heap;  // bytes behind string views
  static uint64_t next_id();
};

enum class Encoding : uint8_t {
  Flat,          // values in the type's storage
  Dictionary8,   // u8 codes
  Dictionary16,  // u16 codes
  Dictionary32,  // u32 codes
};
constexpr uint32_t code_size(Encoding encoding) {
  return encoding == Encoding::Dictionary8 ? 1 : encoding == Encoding::Dictionary16 ? 2 : 4;
}

/// Rows of one column. A NULL row's value or code is any bits the type allows (code < entry_count
/// where there are entries).
struct ColumnView {
  TypeParameters type;
  Encoding encoding = Encoding::Flat;
  const void* values = nullptr;
  const uint8_t* validity = nullptr;
  const Dictionary* dictionary = nullptr;
  uint32_t row_count = 0;
};

/// A decoded column of one row group (or of chosen rows of it): owner of its bytes, immutable once
/// made, shared by scans through the column cache. Its bytes are counted in `reservation`.
struct Chunk {
  explicit Chunk(memory::Budget* budget) : reservation(budget) {}
  TypeParameters type;
  Encoding encoding = Encoding::Flat;
  uint32_t row_count = 0;
  Buffer values;
  Buffer validity;  // empty: no NULL
  std::shared_ptr<const Dictionary> dictionary;
  std::vector<Buffer> heap;  // bytes behind string views of a flat chunk
  memory::Reservation reservation;

  /// Rows [from, from + row_count).
  ColumnView view(uint32_t from, uint32_t row_count) const;
  int64_t size_bytes() const { return reservation.held_bytes(); }
};
using ChunkPtr = std::shared_ptr<const Chunk>;

}  // namespace millrace::column
