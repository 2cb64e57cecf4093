#include "exec/session_tables.h"

#include <charconv>

#include "exec/literal.h"

namespace millrace::exec {

using base::ErrorCode;

namespace {

Status unknown() {
  return Status::error(ErrorCode::Internal, "a session's rows are asked for that are not there");
}

}  // namespace

uint64_t SessionTables::open(std::shared_ptr<const TableShape> shape) {
  auto builder = std::make_shared<TableBuilder>(std::move(shape), budget_, &space_);
  const std::lock_guard lock(mutex_);
  const uint64_t number = next_++;
  builders_[number] = std::move(builder);
  return number;
}

Result<std::shared_ptr<TableBuilder>> SessionTables::builder(uint64_t number) const {
  const std::lock_guard lock(mutex_);
  const auto found = builders_.find(number);
  if (found == builders_.end()) return unknown();
  return found->second;
}

Result<std::shared_ptr<const TableSegment>> SessionTables::segment(uint64_t number) const {
  const std::lock_guard lock(mutex_);
  const auto found = segments_.find(number);
  if (found == segments_.end()) return unknown();
  return found->second;
}

Result<std::shared_ptr<const TableSegment>> SessionTables::segment(const std::string& path) const {
  uint64_t number = 0;
  const char* end = path.data() + path.size();
  if (std::from_chars(path.data(), end, number).ptr != end) return unknown();
  return segment(number);
}

Result<int64_t> SessionTables::finish(uint64_t number) {
  MR_ASSIGN_OR_RETURN(const std::shared_ptr<TableBuilder> sealed, builder(number));
  MR_RETURN_IF_ERROR(sealed->seal());
  const std::lock_guard lock(mutex_);
  if (builders_.erase(number) == 0) return unknown();
  const std::shared_ptr<const TableSegment> segment = sealed->segment();
  segments_[number] = segment;
  return segment->row_count();
}

Result<uint64_t> SessionTables::merge(const std::vector<uint64_t>& numbers) {
  std::vector<std::shared_ptr<const TableSegment>> parts;
  for (const uint64_t number : numbers) {
    MR_ASSIGN_OR_RETURN(std::shared_ptr<const TableSegment> part, segment(number));
    parts.push_back(std::move(part));
  }
  if (parts.empty()) return unknown();
  TableBuilder merged(parts[0]->shape(), budget_, &space_);
  merged.open(1, &literal_settings());
  int64_t bytes_read = 0;
  for (const auto& part : parts) {
    for (uint32_t group = 0; group < part->row_group_count(); group++) {
      const uint32_t rows = part->row_group_rows(group);
      const formats::RowRange whole{0, rows};
      std::vector<column::ChunkPtr> chunks;
      for (uint32_t c = 0; c < part->columns().size(); c++) {
        MR_ASSIGN_OR_RETURN(column::ChunkPtr chunk,
                            part->decode(group, c, {&whole, 1}, budget_, &bytes_read));
        chunks.push_back(std::move(chunk));
      }
      for (uint32_t from = 0; from < rows; from += column::kVectorSize) {
        const uint32_t count = std::min(column::kVectorSize, rows - from);
        std::vector<runtime::VectorView> views;
        for (const column::ChunkPtr& chunk : chunks) {
          const column::ColumnView view = chunk->view(from, count);
          views.push_back({view.type, view.values, view.validity, 1});
        }
        MR_RETURN_IF_ERROR(merged.append(0, views, {nullptr, count}));
      }
    }
  }
  MR_RETURN_IF_ERROR(merged.seal());
  const std::lock_guard lock(mutex_);
  const uint64_t number = next_++;
  segments_[number] = merged.segment();
  return number;
}

void SessionTables::drop(uint64_t number) {
  // They die outside the lock: what they hold may take time to give back.
  std::shared_ptr<TableBuilder> builder;
  std::shared_ptr<const TableSegment> segment;
  const std::lock_guard lock(mutex_);
  if (const auto found = builders_.find(number); found != builders_.end()) {
    builder = std::move(found->second);
    builders_.erase(found);
  }
  if (const auto found = segments_.find(number); found != segments_.end()) {
    segment = std::move(found->second);
    segments_.erase(found);
  }
}

size_t SessionTables::count() const {
  const std::lock_guard lock(mutex_);
  return builders_.size() + segments_.size();
}

}  // namespace millrace::exec
