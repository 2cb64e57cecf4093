#include "runtime/sort_state.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "ops/compare.h"
#include "runtime/with_type.h"

namespace millrace::runtime {

namespace {

using types::Storage;
using types::StringView;
using types::Type;

constexpr uint64_t kPruneSlackRows = 16384;
constexpr size_t kRunRows = 16384;

template <class T>
T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

/// Order-preserving leading bits of a value; equal prefixes decide nothing.
uint64_t ascending_prefix(Type type, const char* at) {
  constexpr uint64_t kSign = uint64_t{1} << 63;
  switch (type) {
    case Type::Bool:
      return uint64_t{load<uint8_t>(at)};
    case Type::I16:
      return static_cast<uint64_t>(int64_t{load<int16_t>(at)}) ^ kSign;
    case Type::I32:
    case Type::Date:
      return static_cast<uint64_t>(int64_t{load<int32_t>(at)}) ^ kSign;
    case Type::I64:
    case Type::D64:
    case Type::Time:
    case Type::Timestamp:
    case Type::TimestampTz:
      return static_cast<uint64_t>(load<int64_t>(at)) ^ kSign;
    case Type::D128: {
      const __int128 value = load<__int128>(at);
      const __int128 clamped = std::clamp(value, __int128{INT64_MIN}, __int128{INT64_MAX});
      return static_cast<uint64_t>(static_cast<int64_t>(clamped)) ^ kSign;
    }
    case Type::Uuid:
      return __builtin_bswap64(load<uint64_t>(at));
    case Type::Text:
    case Type::Bytea: {
      const StringView text = load<StringView>(at);
      char head[8] = {};
      std::memcpy(head, text.bytes(), std::min(text.size, 8u));
      return __builtin_bswap64(load<uint64_t>(head));
    }
    case Type::F32:
    case Type::F64:
    case Type::Numeric:
    case Type::Interval:
      return 0;
  }
  return 0;
}

}  // namespace

int compare_rows(const RowLayout& layout, const SortOrder& order, const char* left,
                 const char* right) {
  for (uint32_t k = 0; k < order.keys.size(); k++) {
    const RowLayout::Field& field = layout.fields()[k];
    const SortOrder::Key& key = order.keys[k];
    if (field.nullable) {
      const bool left_null = left[field.validity_offset] == 0;
      const bool right_null = right[field.validity_offset] == 0;
      if (left_null && right_null) continue;
      if (left_null != right_null) return left_null == key.nulls_first ? -1 : 1;
    }
    const int compared = with_type(field.type.type, [&]<Type type>() -> int {
      using T = Storage<type>;
      return ops::Compare<T>::apply(load<T>(left + field.offset), load<T>(right + field.offset));
    });
    if (compared != 0) return key.descending ? -compared : compared;
  }
  return 0;
}

SortState::SortState(std::vector<RowLayout::FieldType> fields, SortOrder order,
                     memory::Budget* budget, uint32_t worker_count, uint64_t keep, bool with_ties)
    : layout_(0, fields, 0),
      order_(std::move(order)),
      budget_(budget),
      keep_(keep),
      with_ties_(with_ties),
      reservation_(budget) {
  workers_.resize(worker_count);
  for (Worker& worker : workers_) {
    worker.rows = std::make_unique<RowCollection>(&layout_, budget);
  }
}

Status SortState::append(uint32_t worker_index, std::span<const VectorView> columns,
                         LanesView lanes) {
  Worker& worker = workers_[worker_index];
  char* addresses[column::kVectorSize];
  MR_RETURN_IF_ERROR(worker.rows->allocate(lanes.count, addresses));
  MR_RETURN_IF_ERROR(worker.rows->write(columns, lanes, addresses));
  const bool prunes = keep_ < (uint64_t{1} << 32);
  // Ties that must stay are no reason to look at them again and again.
  const uint64_t least = std::max(keep_, worker.kept_rows);
  if (prunes && worker.rows->row_count() > least * 2 + kPruneSlackRows) return prune(worker);
  return {};
}

uint64_t SortState::prefix_of(const char* row) const {
  if (order_.keys.empty()) return 0;
  const RowLayout::Field& field = layout_.fields()[0];
  const SortOrder::Key& key = order_.keys[0];
  if (field.nullable && row[field.validity_offset] == 0) return key.nulls_first ? 0 : UINT64_MAX;
  const uint64_t prefix = ascending_prefix(field.type.type, row + field.offset);
  return key.descending ? ~prefix : prefix;
}

bool SortState::before(const Entry& left, const Entry& right) const {
  if (left.prefix != right.prefix) return left.prefix < right.prefix;
  return compare_rows(layout_, order_, left.row, right.row) < 0;
}

void SortState::add_entries(const RowCollection& rows, std::vector<Entry>& entries) const {
  for (const RowCollection::Block& block : rows.blocks()) {
    char* at = const_cast<char*>(block.bytes.as<char>());
    for (uint32_t i = 0; i < block.row_count; i++, at += layout_.row_bytes()) {
      entries.push_back({prefix_of(at), at});
    }
  }
}

/// Leaves the first `keep_` entries (and ties of the last), in no order.
void SortState::cut(std::vector<Entry>& entries) const {
  if (entries.size() <= keep_) return;
  if (keep_ == 0) {
    entries.clear();
    return;
  }
  const auto less = [this](const Entry& a, const Entry& b) { return before(a, b); };
  const auto last = entries.begin() + static_cast<int64_t>(keep_) - 1;
  std::nth_element(entries.begin(), last, entries.end(), less);
  auto end = last + 1;
  if (with_ties_) {
    const Entry limit = *last;
    end = std::partition(end, entries.end(), [&](const Entry& entry) {
      return compare_rows(layout_, order_, entry.row, limit.row) == 0;
    });
  }
  entries.erase(end, entries.end());
}

Status SortState::prune(Worker& worker) {
  const uint64_t count = worker.rows->row_count();
  memory::Reservation entry_reservation(budget_);
  MR_RETURN_IF_ERROR(entry_reservation.grow(static_cast<int64_t>(count * sizeof(Entry))));
  std::vector<Entry> entries;
  entries.reserve(count);
  add_entries(*worker.rows, entries);
  cut(entries);
  auto kept = std::make_unique<RowCollection>(&layout_, budget_);
  for (const Entry& entry : entries) MR_RETURN_IF_ERROR(kept->copy_row(entry.row));
  worker.peak_bytes = std::max(worker.peak_bytes, worker.rows->peak_bytes());
  worker.rows = std::move(kept);
  worker.kept_rows = worker.rows->row_count();
  return {};
}

/// Runs of a bounded size, then merges of them: between the steps the caller may be told to stop.
bool SortState::put_in_order(std::vector<Entry>& entries, const Stopped& stopped) const {
  const auto less = [this](const Entry& a, const Entry& b) { return before(a, b); };
  const size_t count = entries.size();
  const auto at = [&](size_t index) {
    return entries.begin() + static_cast<int64_t>(std::min(index, count));
  };
  for (size_t from = 0; from < count; from += kRunRows) {
    if (stopped && stopped()) return false;
    std::sort(at(from), at(from + kRunRows), less);
  }
  if (count <= kRunRows) return true;
  std::vector<Entry> merged(count);
  for (size_t width = kRunRows; width < count; width *= 2) {
    for (size_t from = 0; from < count; from += 2 * width) {
      auto left = at(from);
      auto right = at(from + width);
      const auto left_end = right;
      const auto right_end = at(from + 2 * width);
      auto out = merged.begin() + static_cast<int64_t>(from);
      while (left != left_end || right != right_end) {
        if (stopped && stopped()) return false;
        for (size_t step = 0; step < kRunRows && left != left_end && right != right_end; step++) {
          *out++ = less(*right, *left) ? *right++ : *left++;
        }
        const size_t most = kRunRows;
        if (right == right_end) {
          const auto rest = std::min<size_t>(most, static_cast<size_t>(left_end - left));
          out = std::copy_n(left, rest, out);
          left += static_cast<int64_t>(rest);
        } else if (left == left_end) {
          const auto rest = std::min<size_t>(most, static_cast<size_t>(right_end - right));
          out = std::copy_n(right, rest, out);
          right += static_cast<int64_t>(rest);
        }
      }
    }
    entries.swap(merged);
  }
  return true;
}

Status SortState::sort(const Stopped& stopped) {
  uint64_t count = 0;
  for (const Worker& worker : workers_) count += worker.rows->row_count();
  // Entries twice (merges need room), then addresses.
  const uint64_t entry_bytes = count * sizeof(Entry) * (count > kRunRows ? 2 : 1);
  memory::Reservation entry_reservation(budget_);
  MR_RETURN_IF_ERROR(entry_reservation.grow(static_cast<int64_t>(entry_bytes)));
  MR_RETURN_IF_ERROR(reservation_.grow(static_cast<int64_t>(count * sizeof(char*))));
  std::vector<Entry> entries;
  entries.reserve(count);
  for (const Worker& worker : workers_) add_entries(*worker.rows, entries);
  cut(entries);
  if (!order_.keys.empty() && !put_in_order(entries, stopped)) {
    return Status::error(base::ErrorCode::QueryCanceled);
  }
  rows_.reserve(entries.size());
  for (const Entry& entry : entries) rows_.push_back(entry.row);
  sort_bytes_ = entry_reservation.peak_bytes();
  return {};
}

int64_t SortState::peak_bytes() const {
  int64_t bytes = reservation_.peak_bytes() + sort_bytes_;
  for (const Worker& worker : workers_) {
    bytes += std::max(worker.peak_bytes, worker.rows->peak_bytes());
  }
  return bytes;
}

}  // namespace millrace::runtime
