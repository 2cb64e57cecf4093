#include "exec/column_cache.h"

#include <vector>

namespace millrace::exec {

column::ChunkPtr ColumnCache::find(const ChunkKey& key) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  order_.splice(order_.end(), order_, found->second.place);
  return found->second.chunk;
}

void ColumnCache::insert(const ChunkKey& key, column::ChunkPtr chunk) {
  const std::lock_guard lock(mutex_);
  const auto [at, added] = entries_.try_emplace(key);
  if (!added) return;
  at->second.chunk = std::move(chunk);
  at->second.place = order_.insert(order_.end(), &at->first);
}

void ColumnCache::forget(const std::string& path) {
  std::vector<column::ChunkPtr> dropped;
  const std::lock_guard lock(mutex_);
  auto at = entries_.lower_bound(ChunkKey{path, INT64_MIN, INT64_MIN, 0, 0});
  while (at != entries_.end() && at->first.path == path) {
    dropped.push_back(std::move(at->second.chunk));
    order_.erase(at->second.place);
    at = entries_.erase(at);
  }
}

int64_t ColumnCache::reclaim(int64_t wanted_bytes) {
  // Freed outside the lock: a chunk gives its bytes back to the budget as it dies.
  std::vector<column::ChunkPtr> dropped;
  int64_t freed = 0;
  {
    const std::lock_guard lock(mutex_);
    for (auto at = order_.begin(); at != order_.end() && freed < wanted_bytes;) {
      const auto entry = entries_.find(**at);
      if (entry->second.chunk.use_count() > 1) {
        ++at;
        continue;
      }
      freed += entry->second.chunk->size_bytes();
      dropped.push_back(std::move(entry->second.chunk));
      at = order_.erase(at);
      entries_.erase(entry);
    }
  }
  return freed;
}

int64_t ColumnCache::held_bytes() const {
  const std::lock_guard lock(mutex_);
  int64_t bytes = 0;
  for (const auto& [key, entry] : entries_) bytes += entry.chunk->size_bytes();
  return bytes;
}

}  // namespace millrace::exec
