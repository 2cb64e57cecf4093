// Bytes put away on disk for as long as somebody in this process holds them.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "base/status.h"

namespace millrace::io {

class TemporaryFile;

/// Bytes that were put away; given back to the disk when it dies. Threads: `read_at` from any.
class TemporaryExtent {
 public:
  TemporaryExtent(std::shared_ptr<TemporaryFile> file, int64_t offset, int64_t size_bytes)
      : file_(std::move(file)), offset_(offset), size_bytes_(size_bytes) {}
  TemporaryExtent(const TemporaryExtent&) = delete;
  TemporaryExtent& operator=(const TemporaryExtent&) = delete;
  ~TemporaryExtent();
  int64_t size_bytes() const { return size_bytes_; }
  /// Fills all of `out` from byte `from` of the extent, blocking.
  base::Status read_at(int64_t from, std::span<char> out) const;

 private:
  const std::shared_ptr<TemporaryFile> file_;
  const int64_t offset_;
  const int64_t size_bytes_;
};

/// Files without a name in one directory: the system takes them back when the process ends, however
/// it ends, so there is nothing to clean up at the next start. Threads: all.
class TemporarySpace {
 public:
  /// Nothing is made before the first write. Empty: there is no room on disk at all.
  explicit TemporarySpace(std::string directory) : directory_(std::move(directory)) {}
  bool exists() const { return !directory_.empty(); }
  /// The parts, one behind the other; 53100 where the disk is full.
  base::Result<std::unique_ptr<TemporaryExtent>> write(
      std::span<const std::span<const char>> parts);

 private:
  /// A file is left behind for a new one beyond this; it goes when its last extent does.
  static constexpr int64_t kMostFileBytes = int64_t{64} << 30;
  base::Result<std::shared_ptr<TemporaryFile>> reserve(int64_t size_bytes, int64_t* offset);

  const std::string directory_;
  std::mutex mutex_;
  std::shared_ptr<TemporaryFile> file_;
  int64_t end_ = 0;
};

}  // namespace millrace::io
