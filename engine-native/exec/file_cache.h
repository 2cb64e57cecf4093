// Open data files, shared by queries: a footer is read once a version of a file.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/status.h"
#include "formats/format_reader.h"

namespace millrace::exec {

/// Threads: all.
class FileCache {
 public:
  explicit FileCache(memory::Budget* budget) : budget_(budget) {}
  /// The file as pinned; FileChanged where another, or none, stands at its path by now, even if the
  /// pinned one is still open here: what a statement sees must not hang on what a cache holds.
  base::Result<std::shared_ptr<const formats::FileReader>> open(const std::string& format,
                                                                const std::string& path,
                                                                formats::FileIdentity identity);

 private:
  struct Entry {
    int64_t size_bytes;
    int64_t mtime_ns;
    std::shared_ptr<const formats::FileReader> reader;
  };
  static constexpr size_t kMostFiles = 1024;
  memory::Budget* budget_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace millrace::exec
