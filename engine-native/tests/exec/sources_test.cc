// Sources over rows in memory: every row as often as it must, in reserved memory, stoppable.
#include <algorithm>
#include <cstring>

#include "exec/source.h"
#include "tests/check.h"

namespace millrace::tests {
namespace {

using base::ErrorCode;
using column::VectorView;
using runtime::RowLayout;

constexpr types::TypeParameters kI64{types::Type::I64, 0, 0};
constexpr uint32_t kVector = column::kVectorSize;

int64_t key_of(const RowLayout& layout, const char* row) {
  int64_t key;
  std::memcpy(&key, row + layout.fields()[0].offset, sizeof(key));
  return key;
}

/// All keys a source hands out, by cursor after cursor; the batches keep to the vector size.
base::Result<std::vector<int64_t>> keys_of(exec::Source& source, const RowLayout& layout,
                                           uint32_t vector_size) {
  std::vector<int64_t> keys;
  for (int c = 0; c < 2; c++) {
    const auto cursor = source.open_cursor();
    while (true) {
      MR_ASSIGN_OR_RETURN(exec::Batch * batch, cursor->next());
      if (batch == nullptr) break;
      CHECK(batch->row_count() > 0 && batch->row_count() <= vector_size);
      MR_ASSIGN_OR_RETURN(const column::ColumnView view, batch->column(0));
      const auto* rows = static_cast<const char* const*>(view.values);
      for (uint32_t i = 0; i < batch->row_count(); i++) keys.push_back(key_of(layout, rows[i]));
    }
  }
  return keys;
}

void fill(runtime::GroupTable& table, int64_t from, uint32_t vectors) {
  int64_t keys[kVector];
  char* rows[kVector];
  uint8_t is_new[kVector];
  for (uint32_t v = 0; v < vectors; v++) {
    for (uint32_t i = 0; i < kVector; i++) keys[i] = from + v * kVector + i;
    const VectorView view{kI64, keys, nullptr, 1};
    CHECK(table.find_or_insert({&view, 1}, {nullptr, kVector}, rows, is_new).ok());
  }
}

struct Groups {
  Groups() : budget(256 << 20) {
    const std::vector<RowLayout::FieldType> fields = {{kI64, false}};
    state.layout = RowLayout(8, fields, 0);
    state.key_count = 1;
    for (int64_t w = 0; w < 2; w++) {
      state.workers.push_back(
          std::make_unique<runtime::GroupTable>(&state.layout, 1, &budget, runtime::Stopped()));
      fill(*state.workers.back(), w * 1'000'000, 40);
    }
  }
  memory::Budget budget;
  runtime::GroupState state;
};

std::vector<int64_t> expected_keys() {
  std::vector<int64_t> keys;
  for (int64_t i = 0; i < 40 * kVector; i++) keys.push_back(i);
  for (int64_t i = 0; i < 40 * kVector; i++) keys.push_back(1'000'000 + i);
  return keys;
}

void partitions_hold_every_group_once() {
  Groups groups;
  memory::Budget lists(4 << 20);
  for (const uint32_t vector_size : {1u, 100u, kVector}) {
    auto made = exec::make_partitions_source(groups.state, 2, vector_size, &lists, {});
    CHECK(made.ok());
    const std::unique_ptr<exec::Source> source = std::move(made).value();
    CHECK_EQUAL(source->unit_count(), 8u);
    CHECK(lists.held_bytes() >= int64_t{80} * kVector * 8);
    auto keys = keys_of(*source, groups.state.layout, vector_size);
    CHECK(keys.ok());
    std::sort(keys.value().begin(), keys.value().end());
    CHECK(keys.value() == expected_keys());
  }
  CHECK_EQUAL(lists.held_bytes(), 0);
  memory::Budget tight(1 << 20);
  const auto refused = exec::make_partitions_source(groups.state, 2, kVector, &tight, {});
  CHECK(refused.status().code() == ErrorCode::OutOfMemory);
  CHECK_EQUAL(tight.held_bytes(), 0);
  int asked = 0;
  const auto stops = [&asked] { return ++asked == 4; };
  const auto stopped = exec::make_partitions_source(groups.state, 2, kVector, &lists, stops);
  CHECK(stopped.status().code() == ErrorCode::QueryCanceled);
}

void collections_repeat_and_skip_rows() {
  Groups groups;
  const RowLayout& layout = groups.state.layout;
  for (const bool may_split : {false, true}) {
    for (const uint32_t vector_size : {1u, 3u, kVector}) {
      exec::RowUnits rows;
      for (const auto& table : groups.state.workers) rows.units.push_back({&table->rows()});
      rows.may_split = may_split;
      rows.copies = [&layout](const char* row) {
        const int64_t key = key_of(layout, row);
        return uint64_t(key == 17 ? 5000 : key % 1000 == 0 ? 2 : key == 1'000'001 ? 1 : 0);
      };
      const auto source = exec::make_collections_source(std::move(rows), vector_size);
      CHECK_EQUAL(source->unit_count() > 2, may_split);
      auto keys = keys_of(*source, layout, vector_size);
      CHECK(keys.ok());
      std::vector<int64_t> wanted(5000, 17);
      for (int64_t key = 0; key < 40 * kVector; key += 1000) {
        wanted.insert(wanted.end(), {key, key, key + 1'000'000, key + 1'000'000});
      }
      wanted.push_back(1'000'001);
      std::sort(wanted.begin(), wanted.end());
      std::sort(keys.value().begin(), keys.value().end());
      CHECK(keys.value() == wanted);
    }
  }
  exec::RowUnits rows;
  rows.units.push_back({&groups.state.workers[0]->rows()});
  int asked = 0;
  rows.copies = [](const char*) { return uint64_t{0}; };
  rows.stopped = [&asked] { return ++asked == 3; };
  const auto source = exec::make_collections_source(std::move(rows), kVector);
  CHECK(keys_of(*source, layout, kVector).status().code() == ErrorCode::QueryCanceled);
}

void lists_are_reserved() {
  memory::Budget budget(100'000);
  {
    char row = 0;
    runtime::RowList list(&budget);
    uint64_t pushed = 0;
    while (list.push(&row).ok()) pushed++;
    // Doubling needs both halves at once.
    CHECK(pushed >= 4096 && pushed * 8 <= 100'000);
    CHECK_EQUAL(list.rows().size(), pushed);
  }
  CHECK_EQUAL(budget.held_bytes(), 0);
}

}  // namespace
}  // namespace millrace::tests

int main() {
  using namespace millrace::tests;  // NOLINT: the tests above
  partitions_hold_every_group_once();
  collections_repeat_and_skip_rows();
  lists_are_reserved();
  return check_result();
}
