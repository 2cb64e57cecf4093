// A moving window over chosen ranges of a file: reads ahead of what is asked, but only so far.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "formats/parquet/allocation.h"
#include "io/byte_range.h"
#include "io/random_access_file.h"
#include "memory/budget.h"

namespace millrace::formats::parquet {

/// Holds at most `read_bytes`, or one page where that is larger; the system is asked to have
/// kAheadBytes more ready, unless the reads are smaller than kReadBytes.
class ByteWindow {
 public:
  static constexpr int64_t kReadBytes = int64_t{1} << 20;
  static constexpr int64_t kAheadBytes = int64_t{4} << 20;
  /// Gaps up to this are read rather than jumped over.
  static constexpr int64_t kGapBytes = int64_t{64} << 10;

  /// `runs`: what will be asked for, rising, each inside the file. All outlive the window.
  ByteWindow(const io::RandomAccessFile& file, std::vector<io::ByteRange> runs,
             memory::Reservation* reservation, int64_t* bytes_read, int64_t read_bytes = kReadBytes)
      : file_(file),
        runs_(std::move(runs)),
        reservation_(reservation),
        bytes_read_(bytes_read),
        read_bytes_(read_bytes),
        buffer_(reservation) {}
  ByteWindow(const ByteWindow&) = delete;
  ByteWindow& operator=(const ByteWindow&) = delete;

  /// The bytes [offset, offset + size), which lie in one run, at or after what was asked before.
  /// Valid until the next call; at least 64 readable bytes follow.
  base::Result<std::span<const uint8_t>> at(int64_t offset, int64_t size_bytes);

 private:
  base::Status fill(int64_t offset, int64_t size_bytes);
  base::Status make_room(int64_t kept_from, int64_t kept_bytes, int64_t wanted_bytes);
  int64_t end_of_run_at(int64_t offset);

  const io::RandomAccessFile& file_;
  const std::vector<io::ByteRange> runs_;
  memory::Reservation* reservation_;
  int64_t* bytes_read_;
  const int64_t read_bytes_;
  size_t run_ = 0;
  int64_t announced_ = 0;  // the system was told of what lies before
  ScratchBuffer buffer_;
  int64_t start_ = 0;  // of the window, in the file
  int64_t end_ = 0;
};

}  // namespace millrace::formats::parquet
