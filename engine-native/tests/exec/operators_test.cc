// Each operator end to end, over threads and vector sizes: answers by hand or by a naive oracle.
#include <algorithm>
#include <map>
#include <random>

#include "tests/check.h"
#include "tests/exec/query_run.h"

namespace millrace::tests {
namespace {

const plan::Type kBool = type(plan::BOOL);
const plan::Type kI64 = type(plan::I64);
const plan::Type kText = type(plan::TEXT);
const plan::Type kNumeric = type(plan::NUMERIC);

exec::Services& services() {
  static exec::Services shared(4, 256 << 20, 64);
  return shared;
}

struct Configuration {
  uint32_t threads;
  uint32_t vector_size;
};
constexpr Configuration kConfigurations[] = {{1, 1}, {1, 2048}, {2, 2}, {2, 2048}, {4, 2048}};

plan::Expression number(int64_t value) { return literal(kI64, std::to_string(value)); }

/// The rows of `root` in every configuration.
void check_rows(plan::Operator root, uint32_t columns, const std::string& wanted, bool ordered,
                int line) {
  for (const Configuration& configuration : kConfigurations) {
    QueryBuilder builder;
    builder.settings(configuration.threads, configuration.vector_size).result(root, columns);
    const Answer answer = run_query(services(), builder.query);
    const std::string is = !answer.status.ok()
                               ? answer.sqlstate() + ": " + answer.status.message() + "\n"
                           : ordered ? text_of(answer.rows)
                                     : sorted_text_of(answer.rows);
    if (is == wanted) continue;
    report(__FILE__, line,
           "threads " + std::to_string(configuration.threads) + " vector " +
               std::to_string(configuration.vector_size) + "\nis\n" + is.substr(0, 2000) +
               "wanted\n" + wanted.substr(0, 2000));
  }
}
#define ROWS(root, columns, wanted) check_rows(root, columns, wanted, true, __LINE__)
#define BAG(root, columns, wanted) check_rows(root, columns, wanted, false, __LINE__)

std::string lines(std::initializer_list<const char*> all) {
  std::string text;
  for (const char* line : all) text += std::string(line) + "\n";
  return text;
}

std::string counted(int64_t first, int64_t last) {
  std::string text;
  for (int64_t i = first; i <= last; i++) text += std::to_string(i) + "|\n";
  return text;
}

void values_and_literals() {
  ROWS(values({kI64, kText}, {}), 2, "");
  ROWS(values({kI64, kText}, {{"1", std::nullopt}, {std::nullopt, "a longer string than twelve"}}),
       2, lines({"1|\\N|", "\\N|a longer string than twelve|"}));
  std::vector<TextRow> many;
  for (int i = 0; i < 5000; i++) many.push_back({std::to_string(i)});
  ROWS(values({kI64}, many), 1, counted(0, 4999));
  // Rows that are no literals between runs of them keep their place.
  plan::Operator mixed = values({kI64}, many);
  *mixed.mutable_values()->mutable_tuples(20)->mutable_values(0) =
      call("add", {number(10), number(10)}, kI64);
  ROWS(mixed, 1, counted(0, 4999));
  plan::Operator wrong = values({kI64}, many);
  *wrong.mutable_values()->mutable_tuples(20)->mutable_values(0) = literal(kText, "x");
  ROWS(wrong, 1, "XX000: VALUES has a value of another type\n");
}

void series_of_all_types() {
  ROWS(series(3, 1), 1, "");
  ROWS(series(1, 5000), 1, counted(1, 5000));
  ROWS(series(kI64, {number(5), number(-5), number(-5)}), 1, lines({"5|", "0|", "-5|"}));
  ROWS(series(kI64, {number(1), number(2), number(0)}), 1, "22023: step size cannot equal zero\n");
  const std::string most = std::to_string(INT64_MAX);
  ROWS(series(kI64, {literal(kI64, std::to_string(INT64_MAX - 1)), literal(kI64, most)}), 1,
       std::to_string(INT64_MAX - 1) + "|\n" + most + "|\n");
  ROWS(series(kI64, {number(1), literal(kI64, std::nullopt)}), 1, "");
  ROWS(series(kNumeric, {literal(kNumeric, "1"), literal(kNumeric, "2"), literal(kNumeric, "0.4")}),
       1, lines({"1|", "1.4|", "1.8|"}));
  ROWS(series(kNumeric, {literal(kNumeric, "NaN"), literal(kNumeric, "2")}), 1,
       "22023: start value cannot be NaN\n");
  ROWS(series(kNumeric, {literal(kNumeric, "1"), literal(kNumeric, "Infinity")}), 1,
       "22023: stop value cannot be infinity\n");
  const plan::Type stamp = type(plan::TIMESTAMP);
  ROWS(series(stamp, {literal(stamp, "2024-01-31 00:00:00"), literal(stamp, "2024-04-01 00:00:00"),
                      literal(type(plan::INTERVAL), "1 mon")}),
       1, lines({"2024-01-31 00:00:00|", "2024-02-29 00:00:00|", "2024-03-29 00:00:00|"}));
}

/// Each row with its series, whatever the number of workers and the size of vectors.
void sets_over_rows() {
  const plan::Expression x = column(0, kI64);
  const auto below = [&](plan::Operator input, std::vector<plan::Expression> args) {
    return project_set(std::move(input), "generate_series", kI64, std::move(args), {0});
  };
  const plan::Operator input = values({kI64}, {{"2"}, {std::nullopt}, {"0"}, {"1"}});
  plan::Operator sets = below(input, {number(1), x, number(1)});
  ROWS(sets, 2, lines({"2|1|", "2|2|", "1|1|"}));
  sets.mutable_project_set()->set_keeps_empty(true);
  sets.mutable_project_set()->set_ordinality(true);
  ROWS(sets, 3, lines({"2|1|1|", "2|2|2|", "\\N|\\N|\\N|", "0|\\N|\\N|", "1|1|1|"}));
  plan::SetCall* other = sets.mutable_project_set()->add_sets();
  other->set_function("");
  *other->add_args() = x;
  *other->mutable_output() = field("x", kI64);
  ROWS(sets, 4, lines({"2|1|2|1|", "2|2|\\N|2|", "\\N|\\N|\\N|1|", "0|\\N|0|1|", "1|1|1|1|"}));
  const std::vector<plan::AggregateCall> count = {aggregate_call("count_star", {}, kI64)};
  ROWS(aggregate(below(series(1, 3000), {number(1), x, number(1)}), {}, count), 1, "4501500|\n");
  // Rows ahead of an error are there for a limit, and a set of dead rows fails for no one.
  const plan::Operator fails = below(values({kI64}, {{"1"}, {"0"}}), {number(1), number(2), x});
  ROWS(limit(fails, 2), 2, lines({"1|1|", "1|2|"}));
  ROWS(fails, 2, "22023: step size cannot equal zero\n");
  ROWS(below(filter(series(0, 1), compare("gt", x, number(0))), {number(1), number(2), x}), 2,
       lines({"1|1|", "1|2|"}));
  plan::Operator unknown = below(input, {x});
  ROWS(unknown, 2,
       "XX000: the engine has no set-returning function generate_series of these types\n");
}

plan::Expression divides(plan::Expression by) {
  return call("div", {number(10), std::move(by)}, kI64);
}

void guarded_errors() {
  const plan::Operator input = values({kI64}, {{"0"}, {"5"}, {std::nullopt}});
  const plan::Expression x = column(0, kI64);
  const plan::Expression zero = compare("eq", x, number(0));
  ROWS(project(input, {case_of(zero, number(-1), divides(x))}), 1, lines({"-1|", "2|", "\\N|"}));
  ROWS(project(input,
               {coalesce({case_of(zero, number(7), literal(kI64, std::nullopt)), divides(x)})}),
       1, lines({"7|", "2|", "\\N|"}));
  const plan::Expression even = compare("eq", divides(x), number(2));
  ROWS(project(input, {all_of({negation(zero), even})}), 1, lines({"f|", "t|", "\\N|"}));
  ROWS(project(input, {any_of({zero, even})}), 1, lines({"t|", "t|", "\\N|"}));
  ROWS(filter(input, all_of({compare("ne", x, number(0)), even})), 1, lines({"5|"}));
  ROWS(project(input, {divides(x)}), 1, "22012: division by zero\n");
  // A constant that fails has no row to fail for.
  ROWS(project(filter(input, compare("gt", x, number(9))), {divides(number(0))}), 1, "");
  ROWS(project(input, {case_of(compare("gt", x, number(9)), divides(number(0)), number(1))}), 1,
       lines({"1|", "1|", "1|"}));
}

void three_valued_logic() {
  const char* const truths[] = {"t", "f", nullptr};
  std::vector<TextRow> rows;
  std::string wanted;
  for (const char* a : truths) {
    for (const char* b : truths) {
      const Text x = a == nullptr ? Text() : Text(a);
      const Text y = b == nullptr ? Text() : Text(b);
      rows.push_back({x, y});
      const bool is_false = x == "f" || y == "f";
      const bool is_true = x == "t" || y == "t";
      const std::string conjunction = is_false ? "f" : x == "t" && y == "t" ? "t" : "\\N";
      const std::string disjunction = is_true ? "t" : x == "f" && y == "f" ? "f" : "\\N";
      wanted += conjunction + "|" + disjunction + "|\n";
    }
  }
  const plan::Expression a = column(0, kBool);
  const plan::Expression b = column(1, kBool);
  ROWS(project(values({kBool, kBool}, rows), {all_of({a, b}), any_of({a, b})}), 2, wanted);
  const plan::Operator numbers = values({kI64}, {{"1"}, {"2"}, {std::nullopt}});
  const plan::Expression x = column(0, kI64);
  ROWS(project(numbers, {in_list(x, {"1", "3"}), in_list(x, {"1", std::nullopt}),
                         in_list(x, {"1", "3"}, true), in_list(x, {std::nullopt}, true), is_null(x),
                         is_null(x, true)}),
       6, lines({"t|t|f|\\N|f|t|", "f|\\N|t|\\N|f|t|", "\\N|\\N|\\N|\\N|t|f|"}));
}

/// A constant first met inside a join's condition is used after the join too.
void constants_outlive_loops() {
  const plan::Operator one = values({kI64}, {{"1"}, {"2"}});
  const plan::Operator none =
      filter(values({kI64}, {{"1"}}), compare("lt", column(0, kI64), number(-100)));
  const plan::Expression condition =
      compare("eq", call("add", {column(0, kI64), number(77)}, kI64), column(1, kI64));
  plan::Operator joined = loop_join(plan::LEFT, one, none, condition, {0, 1});
  ROWS(project(joined, {call("add", {column(0, kI64), number(77)}, kI64), column(1, kI64)}), 2,
       lines({"78|\\N|", "79|\\N|"}));
}

void sorts_and_top_n() {
  const plan::Operator input =
      values({kI64, kText}, {{"2", "b"}, {std::nullopt, "n"}, {"1", "a"}, {"2", "a"}, {"1", "z"}});
  const plan::Expression x = column(0, kI64);
  const plan::Expression t = column(1, kText);
  ROWS(sort(input, {sort_key(x), sort_key(t, true)}), 2,
       lines({"1|z|", "1|a|", "2|b|", "2|a|", "\\N|n|"}));
  ROWS(sort(input, {sort_key(x, true, true), sort_key(t)}), 2,
       lines({"\\N|n|", "2|a|", "2|b|", "1|a|", "1|z|"}));
  ROWS(top_n(input, {sort_key(x), sort_key(t)}, 2, 1, false), 2, lines({"1|z|", "2|a|"}));
  ROWS(top_n(input, {sort_key(x)}, 0, 0, true), 2, "");
  ROWS(top_n(input, {sort_key(x)}, 0, 2, true), 2, "");
  BAG(top_n(input, {sort_key(x)}, 1, 0, true), 2, lines({"1|a|", "1|z|"}));
  BAG(top_n(input, {sort_key(x)}, 1, 2, true), 2, lines({"2|a|", "2|b|"}));
  // Far more ties than are pruned at once; and an order by a descending prefix.
  const plan::Expression same = call("mod", {column(0, kI64), number(2)}, kI64);
  ROWS(aggregate(top_n(series(1, 100000), {sort_key(same)}, 1, 0, true), {},
                 {aggregate_call("count_star", {}, kI64)}),
       1, lines({"50000|"}));
  const plan::Expression minus = call("neg", {column(0, kI64)}, kI64);
  ROWS(top_n(series(1, 100000), {sort_key(minus)}, 3, 99990, false), 1, lines({"10|", "9|", "8|"}));
  ROWS(limit(sort(series(1, 60000), {sort_key(column(0, kI64), true)}), 2, 59990), 1,
       lines({"10|", "9|"}));
}

void limits() {
  ROWS(limit(series(1, 10), 3, 2), 1, counted(3, 5));
  ROWS(limit(series(1, 10), 0), 1, "");
  ROWS(limit(series(1, 10), 5, 20), 1, "");
  ROWS(limit(series(1, 10), std::nullopt, 8), 1, counted(9, 10));
  // LIMIT 0 reads nothing: the error of the first row is never seen.
  ROWS(limit(project(series(1, 10), {divides(number(0))}), 0), 1, "");
  // Flows share the limit.
  // A limit ahead of a loop lets the rows at hand have all their pairs.
  const std::vector<plan::AggregateCall> pairs = {aggregate_call("count_star", {}, kI64)};
  ROWS(aggregate(loop_join(plan::INNER, limit(series(1, 10), 3), series(1, 5000), {}, {0}), {},
                 pairs),
       1, "15000|\n");
  ROWS(aggregate(hash_join(plan::LEFT, limit(series(1, 10), 3), series(2, 5),
                           {join_key(column(0, kI64), column(0, kI64))}, {}, {0}),
                 {}, pairs),
       1, "3|\n");
  ROWS(limit(union_all({series(1, 3), series(4, 6), series(7, 9)}), 4, 2), 1, counted(3, 6));
  ROWS(union_all({limit(series(1, 3), 1), series(4, 5)}), 1, lines({"1|", "4|", "5|"}));
  // A limit ends a cross join long before its 10^10 pairs.
  ROWS(aggregate(limit(loop_join(plan::INNER, series(1, 100000), series(1, 100000), {}, {0}), 5000),
                 {}, {aggregate_call("count_star", {}, kI64)}),
       1, lines({"5000|"}));
}

void set_operations() {
  std::mt19937 random(7);
  for (int round = 0; round < 60; round++) {
    std::vector<TextRow> sides[2];
    std::map<TextRow, int> counts[2];
    for (int s = 0; s < 2; s++) {
      for (uint32_t r = random() % 30; r > 0; r--) {
        TextRow row = {random() % 4 == 0 ? Text() : Text(std::to_string(random() % 3)),
                       random() % 3 == 0
                           ? Text()
                           : Text("a string of some length " + std::to_string(random() % 2))};
        counts[s][row]++;
        sides[s].push_back(std::move(row));
      }
    }
    for (const auto kind : {plan::SetOperation::INTERSECT, plan::SetOperation::EXCEPT}) {
      for (const bool all : {false, true}) {
        std::vector<TextRow> wanted;
        for (const auto& [row, left] : counts[0]) {
          const auto found = counts[1].find(row);
          const int right = found == counts[1].end() ? 0 : found->second;
          int copies = kind == plan::SetOperation::INTERSECT ? std::min(left, right)
                                                             : std::max(left - right, 0);
          if (!all) copies = (right > 0) == (kind == plan::SetOperation::INTERSECT) ? 1 : 0;
          for (int i = 0; i < copies; i++) wanted.push_back(row);
        }
        QueryBuilder builder;
        builder.settings(1u << (round % 3), round % 2 == 0 ? 1 : 2048);
        builder.result(set_operation(kind, all, values({kI64, kText}, sides[0]),
                                     values({kI64, kText}, sides[1])),
                       2);
        const Answer answer = run_query(services(), builder.query);
        CHECK(answer.status.ok());
        CHECK_EQUAL(sorted_text_of(answer.rows), sorted_text_of(wanted));
      }
    }
  }
}

void distinct_on_keys() {
  const plan::Operator input = values(
      {kI64, kI64}, {{"1", "5"}, {"2", "1"}, {"1", "3"}, {std::nullopt, "9"}, {std::nullopt, "8"}});
  const plan::Expression x = column(0, kI64);
  const plan::Expression y = column(1, kI64);
  ROWS(distinct_on(input, {x}, {sort_key(y)}), 2, lines({"1|3|", "2|1|", "\\N|8|"}));
  ROWS(distinct_on(input, {x}, {sort_key(y, true)}), 2, lines({"1|5|", "2|1|", "\\N|9|"}));
}

void partition_limits() {
  const plan::Operator input =
      values({kI64, kI64, kI64, kI64}, {{"1", "5", "1", "1"},
                                        {"2", "1", std::nullopt, "0"},
                                        {"1", "3", "1", "1"},
                                        {std::nullopt, "9", "2", std::nullopt},
                                        {std::nullopt, "8", "2", std::nullopt},
                                        {"2", "1", std::nullopt, "0"},
                                        {"1", "3", "1", "1"}});
  const plan::Expression x = column(0, kI64);
  const plan::Expression y = column(1, kI64);
  const auto run = [&](const plan::Operator& op, const char* expected) {
    ROWS(project(op, {x, y}), 2, lines({expected}));
  };
  ROWS(project(partition_limit(input, {x}, {sort_key(y)}, 2, 0), {x, y}), 2,
       lines({"1|3|", "1|3|", "2|1|", "2|1|", "\\N|8|", "\\N|9|"}));
  ROWS(project(partition_limit(input, {x}, {sort_key(y)}, 9, 1), {x, y}), 2,
       lines({"1|3|", "1|5|", "2|1|", "\\N|9|"}));
  ROWS(project(partition_limit(input, {x}, {sort_key(y)}, 0, 0), {x, y}), 2, "");
  ROWS(project(partition_limit(input, {x}, {sort_key(y)}, 1, 0, false, true), {x, y}), 2,
       lines({"1|3|", "1|3|", "2|1|", "2|1|", "\\N|8|"}));
  ROWS(project(partition_limit(input, {x}, {sort_key(y)}, 2, 3, true), {x, y}), 2,
       lines({"1|3|", "2|1|", "2|1|", "\\N|8|", "\\N|9|"}));
  run(partition_limit(input, {}, {sort_key(y, true)}, 1, 1), "\\N|8|");
}

void aggregates() {
  const plan::Operator empty = filter(series(1, 5), compare("gt", column(0, kI64), number(9)));
  const plan::Expression x = column(0, kI64);
  const auto count = aggregate_call("count_star", {}, kI64);
  const auto sum = aggregate_call("sum", {x}, kNumeric);
  const auto most = aggregate_call("max", {x}, kI64);
  ROWS(aggregate(empty, {}, {count, sum, most}), 3, lines({"0|\\N|\\N|"}));
  ROWS(aggregate(empty, {x}, {count}), 2, "");
  const auto odd = aggregate_call("count_star", {}, kI64,
                                  compare("eq", call("mod", {x, number(2)}, kI64), number(1)));
  // The argument fails for rows that FILTER keeps away.
  const auto guarded = aggregate_call("max", {divides(x)}, kI64, compare("ne", x, number(0)));
  ROWS(aggregate(series(0, 10000), {}, {count, sum, odd, guarded}), 4,
       lines({"10001|50005000|5000|10|"}));
  const plan::Expression third = call("mod", {x, number(3)}, kI64);
  BAG(aggregate(series(1, 9999), {third}, {count, sum}), 3,
      lines({"0|3333|16668333|", "1|3333|16661667|", "2|3333|16665000|"}));
  // NULL keys are one group.
  BAG(aggregate(values({kI64}, {{std::nullopt}, {"1"}, {std::nullopt}}), {x}, {count}), 2,
      lines({"\\N|2|", "1|1|"}));
  // As many groups as rows.
  ROWS(aggregate(aggregate(series(1, 300000), {x}, {count}), {},
                 {aggregate_call("count_star", {}, kI64), aggregate_call("max", {x}, kI64)}),
       2, lines({"300000|300000|"}));
}

/// partial in one fragment, final in another; min and max keep strings longer than a view holds.
void partial_and_final() {
  const plan::Expression x = column(0, kI64);
  const plan::Expression key = call("mod", {x, number(5)}, kI64);
  const plan::Expression text =
      call("concat",
           {literal(kText, "a string longer than twelve "), call("cast_text", {x}, kText)}, kText);
  const auto calls = [&](const plan::Expression& of_number, const plan::Expression& of_text) {
    return std::vector<plan::AggregateCall>{aggregate_call("sum", {of_number}, kNumeric),
                                            aggregate_call("min", {of_text}, kText),
                                            aggregate_call("max", {of_text}, kText)};
  };
  std::string wanted;
  std::map<int64_t, std::vector<std::string>> groups;
  std::map<int64_t, int64_t> sums;
  for (int64_t i = 1; i <= 4000; i++) {
    groups[i % 5].push_back("a string longer than twelve " + std::to_string(i));
    sums[i % 5] += i;
  }
  for (auto& [k, texts] : groups) {
    std::sort(texts.begin(), texts.end());
    wanted += std::to_string(k) + "|" + std::to_string(sums[k]) + "|" + texts.front() + "|" +
              texts.back() + "|\n";
  }
  const plan::Type bytes = type(plan::BYTEA);
  for (const Configuration& configuration : kConfigurations) {
    for (const uint32_t partitions : {1u, 2u, 3u}) {
      QueryBuilder builder;
      builder.settings(configuration.threads, configuration.vector_size);
      builder.fragment(series(1, 4000), 1, {0}, 4);
      builder.fragment(
          aggregate(project(from_exchange(1, {kI64}), {key, x, text}), {column(0, kI64)},
                    calls(column(1, kI64), column(2, kText)), plan::PARTIAL),
          2, {0}, partitions);
      builder.fragment(aggregate(from_exchange(2, {kI64, bytes, bytes, bytes}), {column(0, kI64)},
                                 calls(column(1, kI64), column(2, kText)), plan::FINAL),
                       3, {}, 1, partitions);
      builder.result(from_exchange(3, {kI64, kNumeric, kText, kText}), 4);
      const Answer answer = run_query(services(), builder.query);
      CHECK_EQUAL(answer.status.message(), "");
      CHECK_EQUAL(sorted_text_of(answer.rows), wanted);
    }
  }
}

}  // namespace
}  // namespace millrace::tests

int main() {
  using namespace millrace::tests;  // NOLINT: the tests above
  values_and_literals();
  series_of_all_types();
  sets_over_rows();
  guarded_errors();
  three_valued_logic();
  constants_outlive_loops();
  sorts_and_top_n();
  limits();
  set_operations();
  distinct_on_keys();
  partition_limits();
  aggregates();
  partial_and_final();
  check_given_back(services());
  return check_result();
}
