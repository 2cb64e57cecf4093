// Long steps of tables: they end soon when told to, and give back what they took.
#include <random>

#include "runtime/group_table.h"
#include "runtime/join_table.h"
#include "tests/check.h"

namespace millrace::tests {
namespace {

using base::ErrorCode;
using column::VectorView;
using runtime::RowLayout;
using types::Type;
using types::TypeParameters;

constexpr TypeParameters kI64{Type::I64, 0, 0};
constexpr uint32_t kVector = column::kVectorSize;

/// Puts `count` keys in; the status of the last step.
base::Status insert(runtime::GroupTable& table, int64_t from, uint64_t count) {
  int64_t keys[kVector];
  char* rows[kVector];
  uint8_t is_new[kVector];
  for (uint64_t done = 0; done < count; done += kVector) {
    for (uint32_t i = 0; i < kVector; i++) keys[i] = from + static_cast<int64_t>(done + i);
    const VectorView view{kI64, keys, nullptr, 1};
    MR_RETURN_IF_ERROR(table.find_or_insert({&view, 1}, {nullptr, kVector}, rows, is_new));
  }
  return {};
}

void groups_stop_growing() {
  memory::Budget budget(256 << 20);
  {
    const std::vector<RowLayout::FieldType> fields = {{kI64, false}};
    const RowLayout layout(8, fields, 8);
    uint64_t asked = 0;
    uint64_t stops_at = UINT64_MAX;
    runtime::GroupTable table(&layout, 1, &budget, [&] { return ++asked >= stops_at; });
    // 2^20 slots hold half as many groups; the next one doubles them.
    const uint64_t groups = uint64_t{1} << 19;
    CHECK(insert(table, 0, groups).ok());
    const int64_t held = budget.held_bytes();
    asked = 0;
    stops_at = 40;
    CHECK(insert(table, -5000, kVector).code() == ErrorCode::QueryCanceled);
    CHECK_EQUAL(asked, 40u);
    CHECK_EQUAL(budget.held_bytes(), held);
    // The table is as it was, and grows once it may: at most 16384 slots between two questions.
    stops_at = UINT64_MAX;
    asked = 0;
    CHECK(insert(table, -5000, kVector).ok());
    CHECK(asked >= (uint64_t{1} << 20) / 16384);
    CHECK_EQUAL(table.group_count(), groups + kVector);
    CHECK(insert(table, 0, groups).ok());
    CHECK_EQUAL(table.group_count(), groups + kVector);
  }
  CHECK_EQUAL(budget.held_bytes(), 0);
}

void builds_stop() {
  memory::Budget budget(256 << 20);
  const uint64_t rows = uint64_t{1} << 20;
  for (const uint64_t stops_at : {uint64_t{3}, uint64_t{20}, uint64_t{UINT64_MAX}}) {
    runtime::JoinTable table({{{kI64, false}}, 1, {true}, {false}, false, false}, &budget, 1);
    int64_t keys[kVector];
    for (uint64_t done = 0; done < rows; done += kVector) {
      for (uint32_t i = 0; i < kVector; i++) keys[i] = static_cast<int64_t>(done + i);
      const VectorView view{kI64, keys, nullptr, 1};
      CHECK(table.append(0, {&view, 1}, {nullptr, kVector}).ok());
    }
    uint64_t asked = 0;
    const base::Status status = table.seal([&] { return ++asked >= stops_at; });
    if (stops_at != UINT64_MAX) {
      CHECK(status.code() == ErrorCode::QueryCanceled);
      CHECK_EQUAL(asked, stops_at);
    } else {
      // A block of rows, or 1 MiB of the directory, between two questions.
      CHECK(status.ok());
      CHECK(asked >= 16 + 16);
    }
  }
  CHECK_EQUAL(budget.held_bytes(), 0);
}

struct MarkBuild {
  explicit MarkBuild(memory::Budget* budget)
      : table({{{kI64, true}, {kI64, true}}, 2, {false, false}, {true, true}, true, false}, budget,
              1) {}
  void append(uint64_t rows) {
    int64_t keys[kVector];
    const uint8_t absent[1] = {0};
    for (uint64_t done = 0; done < rows; done += kVector) {
      for (uint32_t i = 0; i < kVector; i++) keys[i] = static_cast<int64_t>(done + i);
      const VectorView views[] = {{kI64, keys, nullptr, 1}, {kI64, keys, absent, 0}};
      CHECK(table.append(0, views, {nullptr, kVector}).ok());
    }
    CHECK(table.seal().ok());
  }
  base::Status find(int64_t first, const runtime::Stopped& stopped, uint8_t* unknown) {
    const int64_t second = 7;
    const VectorView views[] = {{kI64, &first, nullptr, 0}, {kI64, &second, nullptr, 0}};
    return table.find_unknown_matches(views, {nullptr, 1}, stopped, unknown);
  }
  runtime::JoinTable table;
};

/// (n, NULL) hides whether it is (n, 7): the rows are looked at once, not once a lane.
void unknown_matches_are_indexed() {
  memory::Budget budget(512 << 20);
  {
    MarkBuild build(&budget);
    const uint64_t rows = 100 * kVector;
    build.append(rows);
    uint8_t unknown = 9;
    uint64_t asked = 0;
    const auto stops_soon = [&asked] { return ++asked == 5; };
    CHECK(build.find(1, stops_soon, &unknown).code() == ErrorCode::QueryCanceled);
    asked = 0;
    const auto counts = [&asked] {
      asked++;
      return false;
    };
    for (int64_t key = -3; key < 3000; key++) {
      CHECK(build.find(key, counts, &unknown).ok());
      CHECK_EQUAL(int{unknown}, key >= 0 ? 1 : 0);
    }
    CHECK(asked < 10 * rows / 16384);
  }
  {
    memory::Budget tight(12 << 20);
    MarkBuild build(&tight);
    build.append(100 * kVector);
    uint8_t unknown = 0;
    CHECK(build.find(1, {}, &unknown).code() == ErrorCode::OutOfMemory);
  }
  CHECK_EQUAL(budget.held_bytes(), 0);
}

}  // namespace
}  // namespace millrace::tests

int main() {
  using namespace millrace::tests;  // NOLINT: the tests above
  groups_stop_growing();
  builds_stop();
  unknown_matches_are_indexed();
  return check_result();
}
