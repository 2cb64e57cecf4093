#include "formats/parquet/writer/byte_sink.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace millrace::formats::parquet_writer {

LocalFileSink::~LocalFileSink() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

WriteStatus LocalFileSink::failure(const char* action) const {
  const std::string reason = std::generic_category().message(errno);
  return WriteStatus::error(std::string("could not ") + action + " \"" + path_ + "\": " + reason);
}

WriteStatus LocalFileSink::open(const std::string& path) {
  path_ = path;
  descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  return descriptor_ < 0 ? failure("create") : WriteStatus();
}

WriteStatus LocalFileSink::write(std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return failure("write to");
    }
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return {};
}

WriteStatus LocalFileSink::close() {
  const int descriptor = std::exchange(descriptor_, -1);
  return ::close(descriptor) == 0 ? WriteStatus() : failure("close");
}

}  // namespace millrace::formats::parquet_writer
