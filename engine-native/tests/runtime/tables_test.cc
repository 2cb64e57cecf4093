// Rows, join tables, group tables and sort runs at their edges.
#include <algorithm>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "runtime/group_table.h"
#include "runtime/join_table.h"
#include "runtime/sort_state.h"
#include "tests/check.h"

namespace millrace::tests {
namespace {

using column::LanesView;
using column::VectorView;
using runtime::RowLayout;
using types::StringView;
using types::Type;
using types::TypeParameters;

constexpr TypeParameters kI64{Type::I64, 0, 0};
constexpr TypeParameters kText{Type::Text, 0, 0};
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

StringView view_of(const std::string& text) {
  return StringView::make(text.data(), static_cast<uint32_t>(text.size()));
}

void rows_of_every_size() {
  memory::Budget budget(64 << 20);
  {
    std::vector<RowLayout::FieldType> fields;
    for (uint32_t t = 0; t < types::kTypeCount; t++) {
      fields.push_back({{static_cast<Type>(t), 1, 0}, t % 2 == 0});
    }
    const RowLayout layout(8, fields, 0);
    runtime::RowCollection rows(&layout, &budget);
    const std::string text(100, 'x');
    alignas(16) char bytes[3][types::kTypeCount][32] = {};
    uint8_t validity[types::kTypeCount][3] = {};
    std::vector<std::vector<char>> values(types::kTypeCount);
    std::vector<VectorView> columns;
    for (uint32_t t = 0; t < types::kTypeCount; t++) {
      const uint32_t size = types::size_of(static_cast<Type>(t));
      values[t].resize(size_t{3} * size);
      for (uint32_t r = 0; r < 3; r++) {
        std::memset(bytes[r][t], static_cast<int>(t * 7 + r), size);
        if (static_cast<Type>(t) == Type::Text || static_cast<Type>(t) == Type::Bytea) {
          const StringView view = view_of(text);
          std::memcpy(bytes[r][t], &view, sizeof(view));
        }
        std::memcpy(values[t].data() + size_t{r} * size, bytes[r][t], size);
        validity[t][r] = r == 1 ? 0 : 1;
      }
      columns.push_back({fields[t].type, values[t].data(), t % 2 == 0 ? validity[t] : nullptr, 1});
    }
    char* addresses[3];
    CHECK(rows.allocate(3, addresses).ok());
    CHECK(rows.write(columns, {nullptr, 3}, addresses).ok());
    for (uint32_t t = 0; t < types::kTypeCount; t++) {
      const uint32_t size = types::size_of(static_cast<Type>(t));
      alignas(16) char out[3][32] = {};
      uint8_t present[3] = {9, 9, 9};
      std::vector<char> flat(size_t{3} * size);
      runtime::gather_field(layout, t, addresses, {nullptr, 3}, flat.data(), present);
      for (uint32_t r = 0; r < 3; r++) {
        std::memcpy(out[r], flat.data() + size_t{r} * size, size);
        CHECK_EQUAL(int{present[r]}, t % 2 == 0 && r == 1 ? 0 : 1);
        if (present[r] == 0) continue;
        if (static_cast<Type>(t) == Type::Text || static_cast<Type>(t) == Type::Bytea) {
          StringView copy;
          std::memcpy(&copy, out[r], sizeof(copy));
          CHECK(copy.bytes() != text.data());
          CHECK_EQUAL(std::string(copy.bytes(), copy.size), text);
        } else {
          CHECK(std::memcmp(out[r], bytes[r][t], size) == 0);
        }
      }
    }
    // A NULL where the plan promised none is an error, not a value.
    columns[1].validity = validity[1];
    CHECK(!rows.write(columns, {nullptr, 3}, addresses).ok());
  }
  CHECK_EQUAL(budget.held_bytes(), 0);
}

runtime::JoinTable::Spec spec_of(bool nulls_equal) {
  return {{{kI64, true}}, 1, {nulls_equal}, {false}, false, false};
}

/// Rows of `keys` that have a match in `table`, as find, verify and the chains tell.
std::vector<bool> found(const runtime::JoinTable& table, const std::vector<int64_t>& keys,
                        const uint8_t* validity) {
  const VectorView view{kI64, keys.data(), validity, 1};
  const uint32_t count = static_cast<uint32_t>(keys.size());
  std::vector<const char*> heads(count);
  table.find_heads({&view, 1}, {nullptr, count}, heads.data());
  std::vector<bool> matched(count, false);
  for (uint32_t i = 0; i < count; i++) {
    const uint16_t lane = static_cast<uint16_t>(i);
    for (const char* row = heads[i]; row != nullptr; row = runtime::JoinTable::next(row)) {
      uint16_t position = 0;
      if (table.verify({&view, 1}, &lane, &row, &position, 1) == 1) matched[i] = true;
    }
  }
  return matched;
}

void join_tables_at_the_edges() {
  const std::vector<std::vector<int64_t>> builds = {
      {},
      {kLeast, kMost},
      {kLeast, kLeast + 1, kLeast + 3},
      {kMost, kMost - 2, kMost - 2},
      {-1, 0, 1},
      {5},
      {0, 1'000'000'000'000},
  };
  const std::vector<int64_t> probes = {
      kLeast,    kLeast + 1, kLeast + 2,       -2, -1, 0, 1, 2, 5, kMost - 2,
      kMost - 1, kMost,      1'000'000'000'000};
  for (const std::vector<int64_t>& build : builds) {
    for (const bool nulls_equal : {false, true}) {
      memory::Budget budget(64 << 20);
      {
        runtime::JoinTable table(spec_of(nulls_equal), &budget, 2);
        const VectorView view{kI64, build.data(), nullptr, 1};
        const uint32_t half = static_cast<uint32_t>(build.size()) / 2;
        std::vector<uint16_t> rest;
        for (uint32_t i = half; i < build.size(); i++) rest.push_back(static_cast<uint16_t>(i));
        CHECK(table.append(0, {&view, 1}, {nullptr, half}).ok());
        CHECK(table.append(1, {&view, 1}, {rest.data(), static_cast<uint32_t>(rest.size())}).ok());
        CHECK(table.seal().ok());
        for (uint32_t range = 0; range < table.range_count(); range++) table.insert(range);
        const std::vector<bool> matched = found(table, probes, nullptr);
        for (size_t i = 0; i < probes.size(); i++) {
          const bool wanted = std::count(build.begin(), build.end(), probes[i]) > 0;
          CHECK_EQUAL(bool{matched[i]}, wanted);
        }
        std::vector<int64_t> sorted = build;
        std::sort(sorted.begin(), sorted.end());
        const bool unique = std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
        CHECK_EQUAL(table.unique(), unique);
        int64_t least = 0;
        int64_t most = 0;
        const bool bounded = table.integer_bounds(&least, &most);
        CHECK_EQUAL(bounded, !nulls_equal && !build.empty());
        if (bounded) CHECK(least == sorted.front() && most == sorted.back());
      }
      CHECK_EQUAL(budget.held_bytes(), 0);
    }
  }
}

void null_keys_meet_where_they_are_equal() {
  memory::Budget budget(64 << 20);
  const std::vector<int64_t> keys = {1, 2, 3};
  const uint8_t validity[] = {1, 0, 1};
  for (const bool nulls_equal : {false, true}) {
    runtime::JoinTable table(spec_of(nulls_equal), &budget, 1);
    const VectorView view{kI64, keys.data(), validity, 1};
    CHECK(table.append(0, {&view, 1}, {nullptr, 3}).ok());
    CHECK(table.seal().ok());
    for (uint32_t range = 0; range < table.range_count(); range++) table.insert(range);
    const std::vector<bool> matched = found(table, keys, validity);
    CHECK(matched[0] && matched[2]);
    CHECK_EQUAL(bool{matched[1]}, nulls_equal);
  }
}

void groups_grow() {
  memory::Budget budget(256 << 20);
  {
    const std::vector<RowLayout::FieldType> fields = {{kI64, true}};
    const RowLayout layout(8, fields, 8);
    runtime::GroupTable table(&layout, 1, &budget);
    std::mt19937_64 random(3);
    std::vector<std::pair<int64_t, char*>> known;
    int64_t keys[column::kVectorSize];
    char* rows[column::kVectorSize];
    uint8_t is_new[column::kVectorSize];
    for (int round = 0; round < 100; round++) {
      for (uint32_t i = 0; i < column::kVectorSize; i++) {
        // Each key twice in a vector, and again in a later round.
        keys[i] = static_cast<int64_t>(i / 2) + (round / 2) * 1024;
      }
      const VectorView view{kI64, keys, nullptr, 1};
      CHECK(table.find_or_insert({&view, 1}, {nullptr, column::kVectorSize}, rows, is_new).ok());
      for (uint32_t i = 0; i < column::kVectorSize; i += 2) {
        CHECK(rows[i] == rows[i + 1]);
        CHECK_EQUAL(is_new[i] + is_new[i + 1], round % 2 == 0 ? 1 : 0);
        if (round % 2 == 0) {
          known.push_back({keys[i], rows[i]});
        } else {
          const auto& [key, row] = known[known.size() - 1024 + i / 2];
          CHECK(key == keys[i] && row == rows[i]);
        }
      }
    }
    CHECK_EQUAL(table.group_count(), 50u * 1024);
  }
  CHECK_EQUAL(budget.held_bytes(), 0);
}

template <class T>
std::vector<T> sorted_by_state(TypeParameters type, const std::vector<T>& values, bool descending,
                               uint64_t keep) {
  memory::Budget budget(256 << 20);
  runtime::SortState state({{type, false}}, {{{descending, false}}}, &budget, 2, keep, false);
  for (size_t from = 0; from < values.size(); from += column::kVectorSize) {
    const VectorView view{type, values.data() + from, nullptr, 1};
    const uint32_t count =
        static_cast<uint32_t>(std::min<size_t>(column::kVectorSize, values.size() - from));
    CHECK(state.append(from / column::kVectorSize % 2, {&view, 1}, {nullptr, count}).ok());
  }
  CHECK(state.sort().ok());
  std::vector<T> out;
  for (const char* row : state.rows()) {
    T value;
    std::memcpy(&value, row + state.layout().fields()[0].offset, sizeof(T));
    out.push_back(value);
  }
  return out;
}

void sorts_in_runs() {
  std::mt19937_64 random(11);
  std::vector<int64_t> numbers(100'000);
  for (int64_t& number : numbers) number = static_cast<int64_t>(random()) >> (random() % 60);
  for (const bool descending : {false, true}) {
    for (const uint64_t keep : {uint64_t{UINT64_MAX}, uint64_t{0}, uint64_t{1}, uint64_t{17000}}) {
      std::vector<int64_t> wanted = numbers;
      std::sort(wanted.begin(), wanted.end());
      if (descending) std::reverse(wanted.begin(), wanted.end());
      if (wanted.size() > keep) wanted.resize(keep);
      CHECK(sorted_by_state(kI64, numbers, descending, keep) == wanted);
    }
  }
  std::vector<__int128> wide;
  const __int128 beyond = __int128{kMost} * 1000;
  for (int i = 0; i < 3000; i++) {
    wide.push_back((random() % 2 == 0 ? beyond : -beyond) + static_cast<int64_t>(random() % 50));
  }
  std::vector<__int128> ordered = wide;
  std::sort(ordered.begin(), ordered.end());
  CHECK(sorted_by_state({Type::D128, 38, 0}, wide, false, UINT64_MAX) == ordered);
  std::vector<std::string> texts;
  for (int i = 0; i < 3000; i++) {
    texts.push_back(std::string(random() % 30, 'p') + std::to_string(random() % 1000));
  }
  std::vector<StringView> views;
  for (const std::string& text : texts) views.push_back(view_of(text));
  memory::Budget budget(64 << 20);
  runtime::SortState state({{kText, false}}, {{{true, false}}}, &budget, 1, UINT64_MAX, false);
  for (size_t from = 0; from < views.size(); from += 1000) {
    const VectorView view{kText, views.data() + from, nullptr, 1};
    CHECK(state.append(0, {&view, 1}, {nullptr, 1000}).ok());
  }
  CHECK(state.sort().ok());
  std::sort(texts.begin(), texts.end(), std::greater<>());
  for (size_t i = 0; i < texts.size(); i++) {
    StringView text;
    std::memcpy(&text, state.rows()[i] + state.layout().fields()[0].offset, sizeof(text));
    CHECK_EQUAL(std::string(text.bytes(), text.size), texts[i]);
  }
}

void sorts_stop() {
  memory::Budget budget(256 << 20);
  runtime::SortState state({{kI64, false}}, {{{false, false}}}, &budget, 1, UINT64_MAX, false);
  std::vector<int64_t> numbers(column::kVectorSize, 1);
  const VectorView view{kI64, numbers.data(), nullptr, 1};
  for (int i = 0; i < 50; i++) CHECK(state.append(0, {&view, 1}, {nullptr, 2048}).ok());
  int asked = 0;
  CHECK(!state.sort([&asked] { return ++asked == 4; }).ok());
  CHECK_EQUAL(asked, 4);
}

}  // namespace
}  // namespace millrace::tests

int main() {
  using namespace millrace::tests;  // NOLINT: the tests above
  rows_of_every_size();
  join_tables_at_the_edges();
  null_keys_meet_where_they_are_equal();
  groups_grow();
  sorts_in_runs();
  sorts_stop();
  return check_result();
}
