// The pseudo text that all comments are cut from: 300 MiB of sentences, made once a run.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>

#include "tools/tpch/random.h"

namespace millrace::tpch {

class TextPool {
 public:
  static constexpr int32_t kSizeBytes = 300 * 1024 * 1024;

  /// Makes the whole pool, on the calling thread: about a second, 300 MiB.
  TextPool();

  std::string_view slice(int32_t offset, int32_t size_bytes) const {
    return {text_.get() + offset, static_cast<size_t>(size_bytes)};
  }

 private:
  std::unique_ptr<char[]> text_;
};

/// Comments of one column: pieces of the pool of 0.4 to 1.6 times an average length.
class CommentColumn {
 public:
  CommentColumn(int64_t seed, const TextPool& pool, int32_t average_length,
                int comments_per_row = 1)
      : stream_(seed, 2 * comments_per_row),
        pool_(&pool),
        min_length_(average_length * 4 / 10),
        max_length_(average_length * 16 / 10) {}

  std::string_view draw() {
    const int32_t offset = stream_.uniform(0, TextPool::kSizeBytes - max_length_);
    return pool_->slice(offset, stream_.uniform(min_length_, max_length_));
  }
  void seek_row(int64_t row) { stream_.seek_row(row); }
  void next_row() { stream_.next_row(); }

 private:
  RandomStream stream_;
  const TextPool* pool_;
  int32_t min_length_;
  int32_t max_length_;
};

}  // namespace millrace::tpch
