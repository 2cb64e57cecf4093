// io: files and ranged reads. May include base only. Invariant: a file that was opened is known by
// its size and modification time; a read gives all bytes asked for or an error naming the file.
// Start reading here.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/status.h"

namespace millrace::io {

/// What tells one state of a file from another.
struct FileStamp {
  int64_t size_bytes;
  int64_t mtime_ns;
  bool operator==(const FileStamp&) const = default;
};

/// The state of the file that stands at a path now; UndefinedFile where there is none.
base::Result<FileStamp> stamp_at(const std::string& path);

/// A file open for reading. Threads: all members may be called from any thread at once.
class RandomAccessFile {
 public:
  /// UndefinedFile where there is none, IoError where it cannot be opened.
  static base::Result<std::unique_ptr<RandomAccessFile>> open(const std::string& path);
  RandomAccessFile(const RandomAccessFile&) = delete;
  RandomAccessFile& operator=(const RandomAccessFile&) = delete;
  ~RandomAccessFile();

  const std::string& path() const { return path_; }
  const FileStamp& stamp() const { return stamp_; }

  /// Fills all of `out`, blocking; IoError where the file ends before.
  base::Status read_at(int64_t offset, std::span<char> out) const;
  /// Asks the system to have these bytes ready soon; never blocks, never fails.
  void will_read(int64_t offset, int64_t size_bytes) const;
  /// FileChanged where size or modification time are no longer those found at opening.
  base::Status check_unchanged() const;

 private:
  RandomAccessFile(std::string path, int descriptor, FileStamp stamp)
      : path_(std::move(path)), descriptor_(descriptor), stamp_(stamp) {}

  const std::string path_;
  const int descriptor_;
  const FileStamp stamp_;
};

}  // namespace millrace::io
