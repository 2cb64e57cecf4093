// Whatever bytes come in, the answer is rows or an error.
#include <google/protobuf/stubs/logging.h>

#include <chrono>
#include <random>

#include "tests/check.h"
#include "tests/exec/query_run.h"

namespace millrace::tests {
namespace {

const plan::Type kI64 = type(plan::I64);
const plan::Type kText = type(plan::TEXT);

std::vector<std::string> seeds() {
  const plan::Expression x = column(0, kI64);
  const plan::Operator table =
      values({kI64, kText}, {{"1", "one"}, {"2", std::nullopt}, {std::nullopt, "three"}});
  const std::vector<plan::Operator> roots = {
      sort(filter(table, in_list(x, {"1", "2"})), {sort_key(column(1, kText), true)}),
      hash_join(plan::FULL, table, table, {join_key(x, x)},
                compare("lt", column(0, kI64), column(2, kI64)), {0, 1, 2, 3}),
      hash_join(plan::MARK, table, table, {join_key(x, x, false, true)}, {}, {0, 2}),
      loop_join(plan::SEMI, table, table, compare("lt", column(0, kI64), column(2, kI64)), {0, 1}),
      aggregate(table, {x},
                {aggregate_call("max", {column(1, kText)}, kText),
                 aggregate_call("sum", {x}, type(plan::NUMERIC), is_null(x, true))}),
      top_n(union_all({table, table}), {sort_key(x)}, 2, 1, true),
      limit(set_operation(plan::SetOperation::EXCEPT, true, table, table), 3, 1),
      distinct_on(table, {x}, {sort_key(column(1, kText))}),
      project(series(1, 20),
              {case_of(is_null(x), x, call("add", {x, x}, kI64)), coalesce({x, x}), x}),
  };
  std::vector<std::string> all;
  for (const plan::Operator& root : roots) {
    QueryBuilder builder;
    builder.settings(2, 2048).result(root, 1);
    all.push_back(builder.query.SerializeAsString());
    QueryBuilder through;
    through.settings(2, 2048).fragment(root, 1, {0}, 2).result(from_exchange(1, {kI64, kText}), 1);
    all.push_back(through.query.SerializeAsString());
  }
  return all;
}

void mutate(std::string& bytes, std::mt19937& random) {
  for (uint32_t changes = 1 + random() % 4; changes > 0 && !bytes.empty(); changes--) {
    const size_t at = random() % bytes.size();
    switch (random() % 4) {
      case 0:
        bytes[at] = static_cast<char>(random());
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
        break;
      case 2:
        bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 8));
        break;
      default:
        bytes.erase(at, random() % 4);
    }
  }
}

void mutated_messages(uint32_t seed, std::chrono::seconds limit) {
  exec::Services services(2, 16 << 20, 64);
  const std::vector<std::string> originals = seeds();
  std::mt19937 random(seed);
  const auto end = std::chrono::steady_clock::now() + limit;
  uint32_t ran = 0;
  uint32_t answered = 0;
  while (std::chrono::steady_clock::now() < end) {
    std::string bytes = originals[random() % originals.size()];
    mutate(bytes, random);
    RunOptions options;
    options.drops_rows = true;
    // A mutation may ask for a series without end.
    options.on_page = [pages = 0](exec::Query& query) mutable {
      if (++pages == 3) query.cancel();
    };
    const Answer answer = run_bytes(services, bytes, options);
    ran++;
    answered += answer.status.ok() ? 1 : 0;
  }
  CHECK(ran > 50);
  CHECK(answered > 0);
  CHECK(answered < ran);
}

plan::Operator nested_filters(int depth) {
  plan::Operator op = values({kI64}, {{"1"}});
  for (int i = 0; i < depth; i++) {
    plan::Operator outer;
    outer.mutable_filter()->mutable_input()->Swap(&op);
    *outer.mutable_filter()->mutable_condition() = is_null(column(0, kI64), true);
    op.Swap(&outer);
  }
  return op;
}

plan::Expression nested_sum(int depth) {
  plan::Expression sum = column(0, kI64);
  for (int i = 0; i < depth; i++) {
    plan::Expression outer = expression(kI64, true);
    outer.mutable_call()->set_op("add");
    outer.mutable_call()->add_args()->Swap(&sum);
    *outer.mutable_call()->add_args() = literal(kI64, "1");
    sum.Swap(&outer);
  }
  return sum;
}

void deep_plans() {
  exec::Services services(2, 64 << 20, 64);
  const auto run_root = [&](const plan::Operator& root) {
    QueryBuilder builder;
    builder.settings(2, 2048).result(root, 1);
    return run_query(services, builder.query);
  };
  CHECK_EQUAL(run_root(nested_filters(900)).status.message(), "");
  CHECK_EQUAL(text_of(run_root(project(values({kI64}, {{"1"}}), {nested_sum(900)})).rows),
              "901|\n");
  for (const int depth : {1500, 4000}) {
    CHECK(!run_root(nested_filters(depth)).status.ok());
    CHECK(!run_root(project(values({kI64}, {{"1"}}), {nested_sum(depth)})).status.ok());
  }
}

void wrong_references() {
  exec::Services services(2, 64 << 20, 64);
  const plan::Operator table = values({kI64, kText}, {{"1", "a"}});
  const plan::Expression x = column(0, kI64);
  const std::vector<plan::Operator> roots = {
      filter(table, is_null(column(9, kI64))),
      project(table, {column(1, kI64)}),
      sort(table, {sort_key(column(1, kI64))}),
      hash_join(plan::SEMI, table, table, {join_key(x, x)}, {}, {3}),
      hash_join(plan::MARK, table, table, {join_key(x, x)}, {}, {4}),
      hash_join(plan::INNER, table, table, {join_key(x, x)}, {}, {4}),
      hash_join(plan::INNER, table, table, {join_key(x, column(1, kText))}, {}, {0}),
      union_all({table, values({kText, kI64}, {})}),
      set_operation(plan::SetOperation::EXCEPT, true, table, values({kI64, kI64}, {})),
      aggregate(table, {x}, {aggregate_call("max", {column(1, kText)}, kText)}, plan::FINAL),
      project(table, {case_of(is_null(x), x, column(1, kText))}),
  };
  for (size_t i = 0; i < roots.size(); i++) {
    QueryBuilder builder;
    builder.settings(2, 2048).result(roots[i], 1);
    const Answer answer = run_query(services, builder.query);
    if (answer.sqlstate() != "XX000") {
      report(__FILE__, __LINE__, "plan " + std::to_string(i) + " is taken");
    }
  }
  QueryBuilder beyond;
  beyond.settings(2, 2048).result(table, 3);
  CHECK_EQUAL(run_query(services, beyond.query).sqlstate(), "XX000");
  QueryBuilder hashed;
  hashed.settings(2, 2048).fragment(table, 1, {7}, 2).result(from_exchange(1, {kI64, kText}), 2);
  CHECK_EQUAL(run_query(services, hashed.query).sqlstate(), "XX000");
  QueryBuilder typed;
  typed.settings(2, 2048).fragment(table, 1, {0}, 2).result(from_exchange(1, {kText, kText}), 2);
  CHECK_EQUAL(run_query(services, typed.query).sqlstate(), "XX000");
}

}  // namespace
}  // namespace millrace::tests

/// malformed_test [seed, seconds]
int main(int count, char** words) {
  using namespace millrace::tests;  // NOLINT: the tests above
  const bool given = count == 3;
  google::protobuf::SetLogHandler(nullptr);  // mutated text is seldom UTF-8
  wrong_references();
  deep_plans();
  mutated_messages(given ? static_cast<uint32_t>(std::stoul(words[1])) : 1,
                   std::chrono::seconds(given ? std::stoi(words[2]) : 5));
  return check_result();
}
