#include "runtime/join_table.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace millrace::runtime {

namespace {

using types::Type;

constexpr uint64_t kPointerMask = (uint64_t{1} << 48) - 1;
constexpr uint64_t kRowsPerRange = 16384;
/// Direct address pays while the array stays within a few entries a row.
constexpr uint64_t kDirectSlotsPerRow = 8;
constexpr uint64_t kDirectSlotsAlways = 4096;

bool is_integer(Type type) {
  switch (type) {
    case Type::I16:
    case Type::I32:
    case Type::I64:
    case Type::D64:
    case Type::Date:
    case Type::Timestamp:
    case Type::TimestampTz:
    case Type::Time:
      return true;
    default:
      return false;
  }
}

int64_t load_integer(Type type, const void* at) {
  switch (types::size_of(type)) {
    case 2:
      return *static_cast<const int16_t*>(at);
    case 4:
      return *static_cast<const int32_t*>(at);
    default:
      return *static_cast<const int64_t*>(at);
  }
}

template <class Function>
void with_integer(Type type, Function function) {
  switch (types::size_of(type)) {
    case 2:
      return function(int16_t{});
    case 4:
      return function(int32_t{});
    default:
      return function(int64_t{});
  }
}

RowLayout layout_of(const JoinTable::Spec& spec) {
  return RowLayout(spec.tracks_matches ? 16 : 8, spec.fields, 0);
}

}  // namespace

JoinTable::JoinTable(Spec spec, memory::Budget* budget, uint32_t worker_count)
    : spec_(std::move(spec)), layout_(layout_of(spec_)), reservation_(budget) {
  single_integer_key_ =
      spec_.key_count == 1 && is_integer(spec_.fields[0].type.type) && !spec_.nulls_equal[0];
  workers_.resize(worker_count);
  for (Worker& worker : workers_) {
    worker.rows = std::make_unique<RowCollection>(&layout_, budget);
    worker.null_keys = std::make_unique<RowCollection>(&layout_, budget);
  }
  const auto& unknown = spec_.unknown_on_null;
  if (spec_.key_count > 1 && std::find(unknown.begin(), unknown.end(), true) != unknown.end()) {
    unknown_matches_ = std::make_unique<UnknownMatches>(
        UnknownMatches::Keys{spec_.nulls_equal, unknown}, &layout_, budget);
  }
}

Status JoinTable::append(uint32_t worker_index, std::span<const VectorView> columns,
                         LanesView lanes) {
  Worker& worker = workers_[worker_index];
  uint16_t present[column::kVectorSize];
  uint16_t missing[column::kVectorSize];
  uint32_t present_count = 0;
  uint32_t missing_count = 0;
  for (uint32_t i = 0; i < lanes.count; i++) {
    const uint32_t lane = lanes[i];
    bool null_key = false;
    for (uint32_t k = 0; k < spec_.key_count; k++) {
      null_key |= !spec_.nulls_equal[k] && columns[k].is_null(lane);
    }
    if (null_key) {
      missing[missing_count++] = static_cast<uint16_t>(lane);
    } else {
      present[present_count++] = static_cast<uint16_t>(lane);
    }
  }
  if (missing_count > 0 && spec_.keeps_null_keys) {
    MR_RETURN_IF_ERROR(append_to(*worker.null_keys, columns, {missing, missing_count}, false));
  }
  if (present_count == 0) return {};
  const LanesView kept{present, present_count};
  if (single_integer_key_) note_bounds(worker, columns[0], kept);
  return append_to(*worker.rows, columns, kept, true);
}

Status JoinTable::append_to(RowCollection& rows, std::span<const VectorView> columns,
                            LanesView lanes, bool hashed) {
  char* addresses[column::kVectorSize];
  uint64_t hashes[column::kVectorSize];
  MR_RETURN_IF_ERROR(rows.allocate(lanes.count, addresses));
  if (hashed) hash_columns(columns.first(spec_.key_count), lanes, hashes);
  for (uint32_t i = 0; i < lanes.count; i++) {
    const uint64_t header = hashed ? hashes[i] : 0;
    std::memcpy(addresses[i], &header, sizeof(header));
    if (spec_.tracks_matches) addresses[i][kMatchOffset] = 0;
  }
  return rows.write(columns, lanes, addresses);
}

void JoinTable::note_bounds(Worker& worker, const VectorView& key, LanesView lanes) const {
  with_integer(key.type.type, [&](auto sample) {
    using T = decltype(sample);
    const T* values = static_cast<const T*>(key.values);
    for (uint32_t i = 0; i < lanes.count; i++) {
      const int64_t value = values[lanes[i] * key.stride];
      worker.minimum = std::min(worker.minimum, value);
      worker.maximum = std::max(worker.maximum, value);
    }
  });
}

Status JoinTable::seal(const Stopped& stopped) {
  uint64_t total = 0;
  uint64_t null_total = 0;
  for (Worker& worker : workers_) {
    total += worker.rows->row_count();
    null_total += worker.null_keys->row_count();
    minimum_ = std::min(minimum_, worker.minimum);
    maximum_ = std::max(maximum_, worker.maximum);
  }
  MR_RETURN_IF_ERROR(reservation_.grow(static_cast<int64_t>((total + null_total) * sizeof(char*))));
  rows_.reserve(total + null_total);
  for (const RowCollection* rows : collections()) {
    for (const RowCollection::Block& block : rows->blocks()) {
      if (stopped && stopped()) return Status::error(base::ErrorCode::QueryCanceled);
      char* at = const_cast<char*>(block.bytes.as<char>());
      for (uint32_t i = 0; i < block.row_count; i++, at += layout_.row_bytes()) {
        rows_.push_back(at);
      }
    }
  }
  row_count_ = total;

  const uint64_t span =
      total == 0 ? 0 : static_cast<uint64_t>(maximum_) - static_cast<uint64_t>(minimum_) + 1;
  direct_ = single_integer_key_ && total > 0 && span != 0 &&
            span <= std::max(kDirectSlotsAlways, total * kDirectSlotsPerRow);
  const uint64_t hashed_slots = std::bit_ceil(std::max<uint64_t>(total + total / 2, 16));
  const uint64_t slots = direct_ ? span : hashed_slots;
  shift_ = static_cast<uint32_t>(64 - std::countr_zero(hashed_slots));
  const uint64_t directory_bytes = slots * sizeof(uint64_t);
  MR_RETURN_IF_ERROR(reservation_.grow(static_cast<int64_t>(directory_bytes)));
  directory_ = column::Buffer(directory_bytes);
  MR_RETURN_IF_ERROR(clear_bytes(directory_.as<char>(), directory_bytes, stopped));
  for (uint64_t from = 0; from < total; from += kRowsPerRange) {
    ranges_.push_back({from, std::min(total, from + kRowsPerRange)});
  }
  return {};
}

int64_t JoinTable::integer_key(const char* row) const {
  return load_integer(layout_.fields()[0].type.type, row + layout_.fields()[0].offset);
}

bool JoinTable::has_equal_in_chain(const char* row) const {
  for (const char* other = next(row); other != nullptr; other = next(other)) {
    bool same = true;
    for (uint32_t k = 0; same && k < spec_.key_count; k++) {
      same = field_equals(layout_, k, row, other);
    }
    if (same) return true;
  }
  return false;
}

void JoinTable::insert(uint32_t range) {
  uint64_t* slots = directory_.as<uint64_t>();
  for (uint64_t i = ranges_[range].from; i < ranges_[range].to; i++) {
    char* row = rows_[i];
    uint64_t hash;
    std::memcpy(&hash, row, sizeof(hash));
    const uint64_t slot =
        direct_ ? static_cast<uint64_t>(integer_key(row)) - static_cast<uint64_t>(minimum_)
                : slot_of(hash);
    std::atomic_ref<uint64_t> head(slots[slot]);
    uint64_t old = head.load(std::memory_order_acquire);
    uint64_t wanted;
    do {
      const uint64_t following = old & kPointerMask;
      std::memcpy(row, &following, sizeof(following));
      wanted = (old & ~kPointerMask) | reinterpret_cast<uint64_t>(row);
      if (!direct_) wanted |= tag_of(hash);
    } while (!head.compare_exchange_weak(old, wanted, std::memory_order_acq_rel));
    if (old == 0 || duplicates_.load(std::memory_order_relaxed)) continue;
    if (direct_ || has_equal_in_chain(row)) duplicates_.store(true, std::memory_order_relaxed);
  }
}

void JoinTable::find_heads(std::span<const VectorView> keys, LanesView lanes,
                           const char** heads) const {
  const uint64_t* slots = directory_.as<uint64_t>();
  if (row_count_ == 0) {
    for (uint32_t i = 0; i < lanes.count; i++) heads[i] = nullptr;
    return;
  }
  if (direct_) {
    const VectorView& key = keys[0];
    const uint64_t span = static_cast<uint64_t>(maximum_) - static_cast<uint64_t>(minimum_);
    with_integer(key.type.type, [&](auto sample) {
      using T = decltype(sample);
      const T* values = static_cast<const T*>(key.values);
      for (uint32_t i = 0; i < lanes.count; i++) {
        const uint32_t lane = lanes[i];
        const uint64_t slot = static_cast<uint64_t>(int64_t{values[lane * key.stride]}) -
                              static_cast<uint64_t>(minimum_);
        const bool inside = slot <= span && !key.is_null(lane);
        heads[i] = inside ? reinterpret_cast<const char*>(slots[slot]) : nullptr;
      }
    });
    return;
  }
  uint64_t hashes[column::kVectorSize];
  hash_columns(keys, lanes, hashes);
  for (uint32_t i = 0; i < lanes.count; i++) __builtin_prefetch(&slots[slot_of(hashes[i])]);
  for (uint32_t i = 0; i < lanes.count; i++) {
    const uint64_t entry = slots[slot_of(hashes[i])];
    const bool maybe = (entry & tag_of(hashes[i])) != 0;
    heads[i] = maybe ? reinterpret_cast<const char*>(entry & kPointerMask) : nullptr;
    if (maybe) __builtin_prefetch(heads[i]);
  }
}

uint32_t JoinTable::verify(std::span<const VectorView> keys, const uint16_t* lanes,
                           const char* const* rows, uint16_t* positions, uint32_t count) const {
  if (direct_) return count;
  for (uint32_t k = 0; k < spec_.key_count && count > 0; k++) {
    count = keep_equal(keys[k], layout_, k, spec_.nulls_equal[k], lanes, rows, positions, count,
                       positions, nullptr, nullptr);
  }
  return count;
}

Status JoinTable::find_unknown_matches(std::span<const VectorView> keys, LanesView lanes,
                                       const Stopped& stopped, uint8_t* unknown) const {
  if (unknown_matches_ != nullptr) {
    return unknown_matches_->find(keys, lanes, rows_, null_key_rows(), stopped, unknown);
  }
  const bool counts = spec_.key_count == 1 && spec_.unknown_on_null[0];
  for (uint32_t i = 0; i < lanes.count; i++) {
    const bool beside_any = counts && keys[0].is_null(lanes[i]) && !rows_.empty();
    unknown[i] = beside_any || (counts && !null_key_rows().empty()) ? 1 : 0;
  }
  return {};
}

std::vector<const RowCollection*> JoinTable::collections() const {
  std::vector<const RowCollection*> found;
  for (const Worker& worker : workers_) found.push_back(worker.rows.get());
  for (const Worker& worker : workers_) found.push_back(worker.null_keys.get());
  return found;
}

void JoinTable::may_contain(const VectorView& key, LanesView lanes, uint8_t* mask) const {
  const char* heads[column::kVectorSize];
  find_heads({&key, 1}, lanes, heads);
  for (uint32_t i = 0; i < lanes.count; i++) mask[lanes[i]] = heads[i] != nullptr ? 1 : 0;
}

bool JoinTable::integer_bounds(int64_t* minimum, int64_t* maximum) const {
  if (!single_integer_key_ || row_count_ == 0) return false;
  *minimum = minimum_;
  *maximum = maximum_;
  return true;
}

int64_t JoinTable::peak_bytes() const {
  int64_t bytes = reservation_.peak_bytes();
  if (unknown_matches_ != nullptr) bytes += unknown_matches_->peak_bytes();
  for (const Worker& worker : workers_) {
    bytes += worker.rows->peak_bytes() + worker.null_keys->peak_bytes();
  }
  return bytes;
}

}  // namespace millrace::runtime
