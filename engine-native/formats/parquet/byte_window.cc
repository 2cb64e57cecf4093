#include "formats/parquet/byte_window.h"

#include <algorithm>
#include <cstring>

namespace millrace::formats::parquet {

using base::Status;

int64_t ByteWindow::end_of_run_at(int64_t offset) {
  while (run_ + 1 < runs_.size() && runs_[run_].end() <= offset) run_++;
  return runs_.empty() ? offset : runs_[run_].end();
}

Status ByteWindow::make_room(int64_t kept_from, int64_t kept_bytes, int64_t wanted_bytes) {
  const char* kept = buffer_.as<char>() + (kept_from - start_);
  if (static_cast<int64_t>(buffer_.size_bytes()) >= wanted_bytes) {
    if (kept_bytes > 0) std::memmove(buffer_.as<char>(), kept, static_cast<size_t>(kept_bytes));
    return {};
  }
  ScratchBuffer larger(reservation_);
  MR_RETURN_IF_ERROR(larger.resize(static_cast<uint64_t>(wanted_bytes)));
  if (kept_bytes > 0) std::memcpy(larger.as<char>(), kept, static_cast<size_t>(kept_bytes));
  buffer_.swap(larger);
  return {};
}

Status ByteWindow::fill(int64_t offset, int64_t size_bytes) {
  const int64_t run_end = end_of_run_at(offset);
  MR_CHECK(offset + size_bytes <= run_end);
  const int64_t wanted = std::max(size_bytes, std::min(read_bytes_, run_end - offset));
  const int64_t kept = offset >= start_ && offset < end_ ? end_ - offset : 0;
  MR_RETURN_IF_ERROR(make_room(kept > 0 ? offset : start_, kept, wanted));
  start_ = offset;
  end_ = offset + kept;
  if (run_end > announced_ && read_bytes_ >= kReadBytes) {
    const int64_t ahead_end = std::min(run_end, offset + wanted + kAheadBytes);
    const int64_t ahead_from = std::max(announced_, offset + wanted);
    // In pieces of some size, as each is a call into the system.
    if (ahead_end - ahead_from >= kAheadBytes / 2 || ahead_end == run_end) {
      if (ahead_end > ahead_from) file_.will_read(ahead_from, ahead_end - ahead_from);
      announced_ = ahead_end;
    }
  }
  const int64_t missing = wanted - kept;
  MR_RETURN_IF_ERROR(
      file_.read_at(end_, {buffer_.as<char>() + kept, static_cast<size_t>(missing)}));
  *bytes_read_ += missing;
  end_ += missing;
  return {};
}

base::Result<std::span<const uint8_t>> ByteWindow::at(int64_t offset, int64_t size_bytes) {
  if (offset < start_ || offset + size_bytes > end_) MR_RETURN_IF_ERROR(fill(offset, size_bytes));
  return std::span<const uint8_t>(buffer_.as<uint8_t>() + (offset - start_),
                                  static_cast<size_t>(size_bytes));
}

}  // namespace millrace::formats::parquet
