// Decoded columns of row groups, kept while the memory budget allows.
#pragma once
#include <list>
#include <map>
#include <mutex>
#include <string>

#include "column/chunk.h"

namespace millrace::exec {

/// A column of a row group of one version of a file.
struct ChunkKey {
  std::string path;
  int64_t size_bytes;
  int64_t mtime_ns;
  uint32_t row_group;
  uint32_t column;
  auto operator<=>(const ChunkKey&) const = default;
};

/// Least recently used goes first. Chunks in use elsewhere stay alive there, but only chunks that
/// nobody uses count as reclaimed. Threads: all.
class ColumnCache {
 public:
  column::ChunkPtr find(const ChunkKey& key);
  void insert(const ChunkKey& key, column::ChunkPtr chunk);
  /// Drops what is kept of the file.
  void forget(const std::string& path);
  /// Drops unused chunks until `wanted_bytes` are free; answers how many were freed.
  int64_t reclaim(int64_t wanted_bytes);
  int64_t held_bytes() const;

 private:
  struct Entry {
    column::ChunkPtr chunk;
    std::list<const ChunkKey*>::iterator place;
  };
  mutable std::mutex mutex_;
  std::map<ChunkKey, Entry> entries_;
  std::list<const ChunkKey*> order_;  // least recently used first
};

}  // namespace millrace::exec
