// Runs the aggregates over recorded groups: in order, backwards, and split into merged parts; all
// must give the recorded answer. A file holds blocks "#name Result Arguments..." followed by lines
// of rows (separated by blanks, arguments by semicolons), a tab, and the answer.
// Exact aggregates carry PostgreSQL 15's answers; those of floats the correctly rounded ones.
#include <fstream>
#include <map>
#include <memory>

#include "ops/aggregate.h"
#include "tests/ops/number_value_text.h"

namespace millrace::tests {
namespace {

using Row = std::vector<Cell>;

struct Aggregate {
  std::vector<Cell (*)(TestContext&, std::string_view)> read;
  /// Parts of rows [begin, end) are each a state; all are merged into the first.
  std::string (*run)(OpContext&, const std::vector<Row>&,
                     const std::vector<size_t>& ends) = nullptr;
};

template <class S>
constexpr bool takes_nulls() {
  if constexpr (requires { S::kTakesNulls; }) return S::kTakesNulls;
  return false;
}

template <class S, Type... arguments>
ErrorCode update(typename S::State& state, const Row& row) {
  return [&]<size_t... at>(std::index_sequence<at...>) {
    const auto give = [&](auto... values) {
      if constexpr (requires { static_cast<void>(S::update(state, values...) == ErrorCode::Ok); }) {
        return S::update(state, values...);
      } else {
        S::update(state, values...);
        return ErrorCode::Ok;
      }
    };
    if constexpr (takes_nulls<S>()) {
      return give(Nullable<Storage<arguments>>{row[at].template get<Storage<arguments>>(),
                                               row[at].is_null}...);
    } else {
      for (const Cell& cell : row) {
        if (cell.is_null) return ErrorCode::Ok;
      }
      return give(row[at].template get<Storage<arguments>>()...);
    }
  }
  (std::make_index_sequence<sizeof...(arguments)>());
}

template <class S, Type result, Type... arguments>
std::string run(OpContext& context, const std::vector<Row>& rows, const std::vector<size_t>& ends) {
  using State = typename S::State;
  const auto total = std::make_unique<State>();
  S::init(*total);
  size_t at = 0;
  for (const size_t end : ends) {
    const auto part = std::make_unique<State>();
    S::init(*part);
    for (; at < end; at++) {
      const ErrorCode code = update<S, arguments...>(*part, rows[at]);
      if (code != ErrorCode::Ok) return print_error(code, context);
    }
    S::merge(*total, *part);
  }
  Storage<result> out{};
  bool is_null = false;
  const ErrorCode code = S::finalize(context, *total, out, is_null);
  if (code != ErrorCode::Ok) return print_error(code, context);
  Cell cell{};
  cell.is_null = is_null;
  cell.set(out);
  return print_cell<result>(cell);
}

std::map<std::string, Aggregate>& table() {
  static std::map<std::string, Aggregate> aggregates;
  return aggregates;
}
template <class S, Type result, Type... arguments>
void add(const std::string& signature) {
  table()[signature] = {{read_cell<arguments>...}, run<S, result, arguments...>};
}

#define T0(...)
#define T1(a) , Type::a
#define T2(a, b) , Type::a, Type::b
#define PICK(x, a, b, F, ...) F
#define TYPES(...) PICK(0 __VA_OPT__(, ) __VA_ARGS__, T2, T1, T0)(__VA_ARGS__)
#define AGGREGATE(name, S, result, ...) \
  add<S, Type::result TYPES(__VA_ARGS__)>(#name " " #result __VA_OPT__(" ") #__VA_ARGS__);

void fill_table(){
#include "ops/aggregate.def"
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  }
  return parts;
}

void check_group(const Aggregate& aggregate, std::string_view group, const std::string& expected,
                 const std::string& what, const std::string& path, int line) {
  TestContext test;
  std::vector<Row> rows;
  for (const std::string_view item : split(group, ' ')) {
    const std::vector<std::string_view> values = split(item, ';');
    Row row;
    for (size_t i = 0; i < aggregate.read.size(); i++) {
      row.push_back(aggregate.read[i](test, values[i]));
    }
    rows.push_back(row);
  }
  const size_t count = rows.size();
  check_equal(aggregate.run(test.context, rows, {count}), expected, what, path, line);
  check_equal(aggregate.run(test.context, rows, {0, count / 3, count / 2, count, count}), expected,
              what + " (merged)", path, line);
  const std::vector<Row> backwards(rows.rbegin(), rows.rend());
  check_equal(aggregate.run(test.context, backwards, {1 < count ? 1 : count, count}), expected,
              what + " (backwards)", path, line);
}

void run_file(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::string signature;
  size_t count = 0;
  for (int number = 1; std::getline(file, line); number++) {
    if (line.empty()) continue;
    if (line[0] == '#') {
      signature = line.substr(1);
      continue;
    }
    const auto found = table().find(signature);
    if (found == table().end()) {
      report(path, number, "no aggregate " + signature);
      return;
    }
    const size_t tab = line.find('\t');
    check_group(found->second, std::string_view(line).substr(0, tab), line.substr(tab + 1),
                signature + ": " + line, path, number);
    count++;
  }
  CHECK(count > 0);
}

}  // namespace
}  // namespace millrace::tests

int main(int argument_count, char** arguments) {
  millrace::tests::fill_table();
  for (int i = 1; i < argument_count; i++) millrace::tests::run_file(arguments[i]);
  return millrace::tests::check_result();
}
