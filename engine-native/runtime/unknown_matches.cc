#include "runtime/unknown_matches.h"

#include <algorithm>
#include <utility>

namespace millrace::runtime {

/// Whether the row can match at all; `ignored` gains the keys in which it has NULL.
bool UnknownMatches::is_possible(const char* row, Nulls& ignored) const {
  for (uint32_t k = 0; k < key_count(); k++) {
    const RowLayout::Field& field = layout_->fields()[k];
    if (!field.nullable || row[field.validity_offset] != 0) continue;
    if (keys_.unknown_on_null[k]) {
      ignored[k] = true;
    } else if (!keys_.nulls_equal[k]) {
      return false;
    }
  }
  return true;
}

Status UnknownMatches::grow(Index& index, const Stopped& stopped) {
  const uint64_t count = std::max<uint64_t>(index.slot_count * 2, 64);
  const uint64_t bytes = count * sizeof(Index::Slot);
  MR_RETURN_IF_ERROR(reservation_.grow(static_cast<int64_t>(bytes)));
  column::Buffer bigger(bytes);
  MR_RETURN_IF_ERROR(clear_bytes(bigger.as<char>(), bytes, stopped));
  auto* slots = bigger.as<Index::Slot>();
  const auto* old = index.slots.as<Index::Slot>();
  for (uint64_t i = 0; i < index.slot_count; i++) {
    if (i % kRowsBetweenStops == 0 && stopped && stopped()) {
      return Status::error(base::ErrorCode::QueryCanceled);
    }
    if (old[i].row == nullptr) continue;
    uint64_t slot = old[i].hash & (count - 1);
    while (slots[slot].row != nullptr) slot = (slot + 1) & (count - 1);
    slots[slot] = old[i];
  }
  reservation_.shrink(static_cast<int64_t>(index.slot_count * sizeof(Index::Slot)));
  index.slots = std::move(bigger);
  index.slot_count = count;
  return {};
}

Status UnknownMatches::add(Index& index, const char* row, const Stopped& stopped) {
  if (index.used * 2 >= index.slot_count) MR_RETURN_IF_ERROR(grow(index, stopped));
  const uint64_t hash = hash_fields(*layout_, index.fields, row);
  auto* slots = index.slots.as<Index::Slot>();
  uint64_t slot = hash & (index.slot_count - 1);
  for (; slots[slot].row != nullptr; slot = (slot + 1) & (index.slot_count - 1)) {
    const bool same = slots[slot].hash == hash &&
                      std::all_of(index.fields.begin(), index.fields.end(), [&](uint32_t field) {
                        return field_equals(*layout_, field, slots[slot].row, row);
                      });
    if (same) return {};
  }
  slots[slot] = {hash, row};
  index.used++;
  return {};
}

base::Result<const UnknownMatches::Indexes*> UnknownMatches::indexes_of(const Nulls& lane_nulls,
                                                                        std::span<char* const> rows,
                                                                        const Stopped& stopped) {
  const std::lock_guard lock(mutex_);
  const auto found = indexes_.find(lane_nulls);
  if (found != indexes_.end()) return &found->second;
  Indexes made;
  for (size_t i = 0; i < rows.size(); i++) {
    if (i % kRowsBetweenStops == 0 && stopped && stopped()) {
      return Status::error(base::ErrorCode::QueryCanceled);
    }
    Nulls ignored = lane_nulls;
    if (!is_possible(rows[i], ignored)) continue;
    const auto [entry, is_new] = made.try_emplace(ignored);
    if (is_new) {
      for (uint32_t k = 0; k < key_count(); k++) {
        if (!ignored[k]) entry->second.fields.push_back(k);
      }
    }
    MR_RETURN_IF_ERROR(add(entry->second, rows[i], stopped));
  }
  return &indexes_.emplace(lane_nulls, std::move(made)).first->second;
}

bool UnknownMatches::has_equal(const Index& index, std::span<const VectorView> columns,
                               uint16_t lane) const {
  std::vector<VectorView> views;
  for (uint32_t field : index.fields) views.push_back(columns[field]);
  uint64_t hash = 0;
  hash_columns(views, {&lane, 1}, &hash);
  const auto* slots = index.slots.as<Index::Slot>();
  uint64_t slot = hash & (index.slot_count - 1);
  for (; slots[slot].row != nullptr; slot = (slot + 1) & (index.slot_count - 1)) {
    if (slots[slot].hash != hash) continue;
    const char* row = slots[slot].row;
    const bool same = std::all_of(index.fields.begin(), index.fields.end(), [&](uint32_t field) {
      uint16_t position = 0;
      return keep_equal(columns[field], *layout_, field, keys_.nulls_equal[field], &lane, &row,
                        &position, 1, &position, nullptr, nullptr) == 1;
    });
    if (same) return true;
  }
  return false;
}

Status UnknownMatches::find(std::span<const VectorView> columns, LanesView lanes,
                            std::span<char* const> rows, std::span<char* const> null_rows,
                            const Stopped& stopped, uint8_t* unknown) {
  const Indexes* indexes = nullptr;
  Nulls nulls(key_count());
  Nulls known;
  for (uint32_t i = 0; i < lanes.count; i++) {
    const uint16_t lane = static_cast<uint16_t>(lanes[i]);
    unknown[i] = 0;
    bool is_excluded = false;
    bool has_nulls = false;
    for (uint32_t k = 0; k < key_count(); k++) {
      const bool is_null = columns[k].is_null(lane);
      nulls[k] = is_null && keys_.unknown_on_null[k];
      has_nulls |= nulls[k];
      is_excluded |= is_null && !keys_.unknown_on_null[k] && !keys_.nulls_equal[k];
    }
    if (is_excluded) continue;
    if (indexes == nullptr || nulls != known) {
      MR_ASSIGN_OR_RETURN(indexes, indexes_of(nulls, has_nulls ? rows : null_rows, stopped));
      known = nulls;
    }
    for (const auto& [ignored, index] : *indexes) {
      if (unknown[i] == 0 && has_equal(index, columns, lane)) unknown[i] = 1;
    }
  }
  return {};
}

}  // namespace millrace::runtime
