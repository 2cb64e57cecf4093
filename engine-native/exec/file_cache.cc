#include "exec/file_cache.h"

#include "formats/registry.h"
#include "io/random_access_file.h"

namespace millrace::exec {

using base::ErrorCode;
using base::Result;
using base::Status;

namespace {

Status check_pinned(const std::string& path, int64_t size_bytes, int64_t mtime_ns) {
  const Result<io::FileStamp> stamp = io::stamp_at(path);
  if (stamp.ok() && stamp.value() == io::FileStamp{size_bytes, mtime_ns}) return {};
  if (!stamp.ok() && stamp.status().code() != ErrorCode::UndefinedFile) return stamp.status();
  const char* what = stamp.ok() ? "changed" : "removed";
  return Status::error(ErrorCode::FileChanged,
                       "file \"" + path + "\" was " + what + " after the query was planned");
}

}  // namespace

Result<std::shared_ptr<const formats::FileReader>> FileCache::open(const std::string& format,
                                                                   const std::string& path,
                                                                   formats::FileIdentity identity) {
  const bool pinned = identity.size_bytes.has_value() && identity.mtime_ns.has_value();
  if (pinned) {
    MR_RETURN_IF_ERROR(check_pinned(path, *identity.size_bytes, *identity.mtime_ns));
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(path);
    if (found != entries_.end() && found->second.size_bytes == *identity.size_bytes &&
        found->second.mtime_ns == *identity.mtime_ns) {
      return found->second.reader;
    }
  }
  MR_ASSIGN_OR_RETURN(std::unique_ptr<formats::FileReader> opened,
                      formats::open_file(format, path, identity, budget_));
  std::shared_ptr<const formats::FileReader> reader = std::move(opened);
  if (!pinned) return reader;
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kMostFiles) entries_.clear();
  entries_[path] = {*identity.size_bytes, *identity.mtime_ns, reader};
  return reader;
}

}  // namespace millrace::exec
