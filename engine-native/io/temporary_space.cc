#include "io/temporary_space.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace millrace::io {

using base::ErrorCode;
using base::Result;
using base::Status;

/// A file that has no name any more.
class TemporaryFile {
 public:
  explicit TemporaryFile(int descriptor) : descriptor_(descriptor) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { ::close(descriptor_); }
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

namespace {

Status failed(const char* verb, int error) {
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
    return Status::error(ErrorCode::DiskFull, std::strerror(error));
  }
  return Status::error(ErrorCode::IoError, std::string("could not ") + verb +
                                               " a temporary file: " + std::strerror(error));
}

int open_unnamed(const std::string& directory) {
  const int descriptor = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)) {
    return descriptor;
  }
  // Not every file system makes files without a name: made with one, which is taken away at once.
  std::string path = directory + "/millrace-XXXXXX";
  const int named = ::mkostemp(path.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(path.c_str());
  return named;
}

Status write_all(int descriptor, int64_t offset, std::span<const char> bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    constexpr size_t kGreatestWrite = size_t{1} << 30;
    const ssize_t put =
        ::pwrite(descriptor, bytes.data() + done, std::min(bytes.size() - done, kGreatestWrite),
                 offset + static_cast<int64_t>(done));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return failed("write", errno);
    done += static_cast<size_t>(put);
  }
  return {};
}

}  // namespace

TemporaryExtent::~TemporaryExtent() {
  if (size_bytes_ == 0) return;
  // Best effort: where holes are not known the bytes go with the file.
  (void)::fallocate(file_->descriptor(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset_,
                    size_bytes_);
}

Status TemporaryExtent::read_at(int64_t from, std::span<char> out) const {
  MR_CHECK(from >= 0 && from + static_cast<int64_t>(out.size()) <= size_bytes_);
  size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = ::pread(file_->descriptor(), out.data() + done, out.size() - done,
                                offset_ + from + static_cast<int64_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", errno);
    if (got == 0) return Status::error(ErrorCode::IoError, "a temporary file ends too early");
    done += static_cast<size_t>(got);
  }
  return {};
}

Result<std::shared_ptr<TemporaryFile>> TemporarySpace::reserve(int64_t size_bytes,
                                                               int64_t* offset) {
  const std::lock_guard lock(mutex_);
  if (file_ == nullptr || end_ + size_bytes > kMostFileBytes) {
    const int descriptor = open_unnamed(directory_);
    if (descriptor < 0) return failed("create", errno);
    file_ = std::make_shared<TemporaryFile>(descriptor);
    end_ = 0;
  }
  *offset = end_;
  end_ += size_bytes;
  return file_;
}

Result<std::unique_ptr<TemporaryExtent>> TemporarySpace::write(
    std::span<const std::span<const char>> parts) {
  int64_t size_bytes = 0;
  for (const auto& part : parts) size_bytes += static_cast<int64_t>(part.size());
  int64_t offset = 0;
  MR_ASSIGN_OR_RETURN(std::shared_ptr<TemporaryFile> file, reserve(size_bytes, &offset));
  auto extent = std::make_unique<TemporaryExtent>(file, offset, size_bytes);
  for (const auto& part : parts) {
    MR_RETURN_IF_ERROR(write_all(file->descriptor(), offset, part));
    offset += static_cast<int64_t>(part.size());
  }
  return extent;
}

}  // namespace millrace::io
