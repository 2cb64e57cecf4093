#include "runtime/keys.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "ops/compare.h"
#include "runtime/key_hash.h"
#include "runtime/with_type.h"

namespace millrace::runtime {

namespace {

using types::Storage;
using types::Type;

template <class T>
uint64_t hash_one(const T& value) {
  return static_cast<uint64_t>(ops::Hash<T>::apply(value));
}

template <class T>
T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

/// Lanes ahead whose bytes are asked for: strings lie anywhere, and hashing is quicker than memory.
constexpr uint32_t kAhead = 12;

template <bool kFirst, class T>
void hash_column(const VectorView& column, LanesView lanes, uint64_t* hashes) {
  const T* values = static_cast<const T*>(column.values);
  for (uint32_t i = 0; i < lanes.count; i++) {
    const uint32_t lane = lanes[i];
    if constexpr (std::is_same_v<T, types::StringView>) {
      const uint32_t later = lanes[std::min(i + kAhead, lanes.count - 1)];
      const T& ahead = values[later * column.stride];
      if (!column.is_null(later) && ahead.size > T::kInlineSize) {
        __builtin_prefetch(ahead.pointed.data);
      }
    }
    const uint64_t hash =
        column.is_null(lane) ? kNullKeyHash : hash_one<T>(values[lane * column.stride]);
    hashes[i] = kFirst ? hash : combine_key_hashes(hashes[i], hash);
  }
}

uint64_t hash_field(const RowLayout::Field& field, const char* row) {
  if (field.nullable && row[field.validity_offset] == 0) return kNullKeyHash;
  return with_type(field.type.type, [&]<Type type>() -> uint64_t {
    using T = Storage<type>;
    return hash_one<T>(load<T>(row + field.offset));
  });
}

}  // namespace

void hash_columns(std::span<const VectorView> columns, LanesView lanes, uint64_t* hashes) {
  if (columns.empty()) std::memset(hashes, 0, lanes.count * sizeof(uint64_t));
  for (size_t c = 0; c < columns.size(); c++) {
    with_type(columns[c].type.type, [&]<Type type>() {
      if (c == 0) {
        hash_column<true, Storage<type>>(columns[c], lanes, hashes);
      } else {
        hash_column<false, Storage<type>>(columns[c], lanes, hashes);
      }
    });
  }
}

uint32_t keep_equal(const VectorView& column, const RowLayout& layout, uint32_t index,
                    bool nulls_equal, const uint16_t* lanes, const char* const* rows,
                    const uint16_t* positions, uint32_t count, uint16_t* kept, uint16_t* dropped,
                    uint32_t* dropped_count) {
  const RowLayout::Field& field = layout.fields()[index];
  return with_type(column.type.type, [&]<Type type>() {
    using T = Storage<type>;
    const T* values = static_cast<const T*>(column.values);
    uint32_t kept_count = 0;
    uint32_t lost = 0;
    for (uint32_t i = 0; i < count; i++) {
      const uint16_t position = positions[i];
      const uint32_t lane = lanes[position];
      const char* row = rows[position];
      const bool left_null = column.is_null(lane);
      const bool right_null = field.nullable && row[field.validity_offset] == 0;
      bool same;
      if (left_null || right_null) {
        same = nulls_equal && left_null && right_null;
      } else {
        same = ops::Eq<T>::apply(values[lane * column.stride], load<T>(row + field.offset));
      }
      if (same) {
        kept[kept_count++] = position;
      } else if (dropped != nullptr) {
        dropped[lost++] = position;
      }
    }
    if (dropped_count != nullptr) *dropped_count += lost;
    return kept_count;
  });
}

bool field_equals(const RowLayout& layout, uint32_t index, const char* left, const char* right) {
  const RowLayout::Field& field = layout.fields()[index];
  if (field.nullable) {
    const bool left_null = left[field.validity_offset] == 0;
    const bool right_null = right[field.validity_offset] == 0;
    if (left_null || right_null) return left_null && right_null;
  }
  return with_type(field.type.type, [&]<Type type>() -> bool {
    using T = Storage<type>;
    return ops::Eq<T>::apply(load<T>(left + field.offset), load<T>(right + field.offset));
  });
}

uint64_t hash_fields(const RowLayout& layout, std::span<const uint32_t> fields, const char* row) {
  uint64_t hash = 0;
  for (size_t f = 0; f < fields.size(); f++) {
    const uint64_t own = hash_field(layout.fields()[fields[f]], row);
    hash = f == 0 ? own : combine_key_hashes(hash, own);
  }
  return hash;
}

uint64_t hash_row(const RowLayout& layout, uint32_t key_count, const char* row) {
  uint64_t hash = 0;
  for (uint32_t k = 0; k < key_count; k++) {
    const uint64_t own = hash_field(layout.fields()[k], row);
    hash = k == 0 ? own : combine_key_hashes(hash, own);
  }
  return hash;
}

}  // namespace millrace::runtime
