#include "io/random_access_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace millrace::io {

namespace {

using base::ErrorCode;
using base::Status;

Status failed(const char* verb, const std::string& path, int error) {
  const ErrorCode code =
      error == ENOENT || error == ENOTDIR ? ErrorCode::UndefinedFile : ErrorCode::IoError;
  return Status::error(
      code, std::string("could not ") + verb + " file \"" + path + "\": " + std::strerror(error));
}

FileStamp stamp_from(const struct stat& found) {
  return {found.st_size, found.st_mtim.tv_sec * 1'000'000'000 + found.st_mtim.tv_nsec};
}

base::Result<FileStamp> stamp_of(int descriptor, const std::string& path) {
  struct stat found;
  if (::fstat(descriptor, &found) != 0) return failed("stat", path, errno);
  if (S_ISDIR(found.st_mode)) return failed("open", path, EISDIR);
  return stamp_from(found);
}

}  // namespace

base::Result<FileStamp> stamp_at(const std::string& path) {
  struct stat found;
  if (::stat(path.c_str(), &found) != 0) return failed("stat", path, errno);
  return stamp_from(found);
}

base::Result<std::unique_ptr<RandomAccessFile>> RandomAccessFile::open(const std::string& path) {
  int descriptor;
  do {
    descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) return failed("open", path, errno);
  base::Result<FileStamp> stamp = stamp_of(descriptor, path);
  if (!stamp.ok()) {
    ::close(descriptor);
    return stamp.status();
  }
  return std::unique_ptr<RandomAccessFile>(new RandomAccessFile(path, descriptor, stamp.value()));
}

RandomAccessFile::~RandomAccessFile() { ::close(descriptor_); }

Status RandomAccessFile::read_at(int64_t offset, std::span<char> out) const {
  // The kernel reads at most this much a call.
  constexpr size_t kGreatestRead = size_t{1} << 30;
  size_t done = 0;
  while (done < out.size()) {
    const ssize_t got =
        ::pread(descriptor_, out.data() + done, std::min(out.size() - done, kGreatestRead),
                offset + static_cast<int64_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path_, errno);
    if (got == 0) {
      return Status::error(ErrorCode::IoError,
                           "could not read file \"" + path_ + "\": it ends before byte " +
                               std::to_string(offset + static_cast<int64_t>(out.size())));
    }
    done += static_cast<size_t>(got);
  }
  return {};
}

void RandomAccessFile::will_read(int64_t offset, int64_t size_bytes) const {
  ::posix_fadvise(descriptor_, offset, size_bytes, POSIX_FADV_WILLNEED);
}

Status RandomAccessFile::check_unchanged() const {
  MR_ASSIGN_OR_RETURN(const FileStamp now, stamp_of(descriptor_, path_));
  if (now == stamp_) return {};
  return Status::error(ErrorCode::FileChanged,
                       "file \"" + path_ + "\" was changed while it was being read");
}

}  // namespace millrace::io
