#include "exchange/exchange.h"

namespace millrace::exchange {

using runtime::LanesView;
using runtime::RowCollection;
using runtime::VectorView;

Exchange::Exchange(std::vector<runtime::RowLayout::FieldType> fields,
                   std::vector<uint32_t> hash_columns, uint32_t partition_count,
                   memory::Budget* budget)
    : layout_(0, fields, 0),
      hash_columns_(std::move(hash_columns)),
      partition_count_(hash_columns_.empty() ? 1 : partition_count),
      budget_(budget),
      partitions_(partition_count_) {}

Exchange::Producer::Producer(Exchange* exchange, uint32_t worker_count)
    : exchange_(exchange), workers_(worker_count) {
  for (Worker& worker : workers_) {
    for (uint32_t p = 0; p < exchange->partition_count_; p++) {
      worker.partitions.push_back(
          std::make_unique<RowCollection>(&exchange->layout_, exchange->budget_));
    }
  }
}

Status Exchange::Producer::append(uint32_t worker_index, std::span<const VectorView> columns,
                                  LanesView lanes) {
  Worker& worker = workers_[worker_index];
  char* rows[column::kVectorSize];
  const auto append_to = [&](RowCollection& into, LanesView chosen) -> Status {
    MR_RETURN_IF_ERROR(into.allocate(chosen.count, rows));
    return into.write(columns, chosen, rows);
  };
  if (exchange_->partition_count_ == 1) return append_to(*worker.partitions[0], lanes);
  std::vector<VectorView> keys;
  for (uint32_t column : exchange_->hash_columns_) keys.push_back(columns[column]);
  uint64_t hashes[column::kVectorSize];
  runtime::hash_columns(keys, lanes, hashes);
  // Rows of a partition, in order: counted, then placed.
  std::vector<uint32_t> starts(exchange_->partition_count_ + 1, 0);
  const auto partition_of = [&](uint64_t hash) {
    return runtime::partition_of(hash, exchange_->partition_count_);
  };
  for (uint32_t i = 0; i < lanes.count; i++) starts[partition_of(hashes[i]) + 1]++;
  for (uint32_t p = 0; p < exchange_->partition_count_; p++) starts[p + 1] += starts[p];
  uint16_t placed[column::kVectorSize];
  std::vector<uint32_t> next(starts.begin(), starts.end() - 1);
  for (uint32_t i = 0; i < lanes.count; i++) {
    placed[next[partition_of(hashes[i])]++] = static_cast<uint16_t>(lanes[i]);
  }
  for (uint32_t p = 0; p < exchange_->partition_count_; p++) {
    const uint32_t count = starts[p + 1] - starts[p];
    if (count == 0) continue;
    MR_RETURN_IF_ERROR(append_to(*worker.partitions[p], {placed + starts[p], count}));
  }
  return {};
}

void Exchange::Producer::seal() {
  const std::lock_guard lock(exchange_->mutex_);
  for (Worker& worker : workers_) {
    for (uint32_t p = 0; p < exchange_->partition_count_; p++) {
      if (worker.partitions[p]->row_count() == 0) continue;
      exchange_->partitions_[p].push_back(std::move(worker.partitions[p]));
    }
  }
  exchange_->open_producers_.fetch_sub(1);
}

std::vector<const RowCollection*> Exchange::rows_of(uint32_t partition) const {
  std::vector<const RowCollection*> rows;
  for (const auto& collection : partitions_[partition]) rows.push_back(collection.get());
  return rows;
}

}  // namespace millrace::exchange
