// Cancellation in every phase, refused reservations, slow readers: all end soon and give all back.
#include <algorithm>
#include <chrono>
#include <thread>

#include "tests/check.h"
#include "tests/exec/query_run.h"

namespace millrace::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

const plan::Type kI64 = type(plan::I64);

plan::Expression number(int64_t value) { return literal(kI64, std::to_string(value)); }
plan::Expression none() { return literal(kI64, {}); }
plan::Expression x() { return column(0, kI64); }
plan::Expression y() { return column(1, kI64); }
plan::Operator pairs(plan::Operator input, plan::Expression second) {
  return project(std::move(input), {x(), std::move(second)});
}

/// Rows enough to be at work for seconds, by four tasks' exchanges so that workers run side by side.
plan::Operator many() { return series(1, 4'000'000'000); }

plan::Operator counted(plan::Operator input) {
  return aggregate(std::move(input), {}, {aggregate_call("count_star", {}, kI64)});
}

struct Phase {
  const char* name;
  plan::Operator root;
  milliseconds after;
  /// Cancelled when it holds so much, however soon: how fast a machine is must not matter.
  int64_t held_bytes = 0;
};

/// Far above what a phase holds when it is cancelled.
constexpr int64_t kBudgetBytes = int64_t{16} << 30;
constexpr int64_t kLargeBytes = int64_t{1} << 30;

void wait_until_due(const Phase& phase, exec::Services& services) {
  const auto deadline = steady_clock::now() + phase.after;
  while (steady_clock::now() < deadline) {
    if (phase.held_bytes > 0 && services.budget.held_bytes() >= phase.held_bytes) return;
    std::this_thread::sleep_for(milliseconds(1));
  }
}

/// How long the query lived on after it was cancelled.
milliseconds cancelled_within(const Phase& phase) {
  exec::Services services(2, kBudgetBytes, 64);
  QueryBuilder builder;
  builder.settings(2, 2048).result(phase.root, 1);
  steady_clock::time_point cancelled;
  std::thread canceller;
  RunOptions options;
  options.drops_rows = true;
  options.on_start = [&](exec::Query& query) {
    canceller = std::thread([&, held = query.shared_from_this()] {
      wait_until_due(phase, services);
      cancelled = steady_clock::now();
      held->cancel();
    });
  };
  const Answer answer = run_query(services, builder.query, options);
  const auto ended = steady_clock::now();
  canceller.join();
  if (answer.sqlstate() != "57014") {
    report(__FILE__, __LINE__, std::string(phase.name) + " ended with " + answer.sqlstate());
  }
  check_given_back(services);
  return std::chrono::duration_cast<milliseconds>(ended - cancelled);
}

/// 100 ms are the law. Where other processes keep a run waiting, another one tells more: a step that
/// cannot be stopped is late in every run.
void cancels(const Phase& phase) {
  milliseconds best = milliseconds::max();
  for (int run = 0; run < 5 && best > milliseconds(100); run++) {
    best = std::min(best, cancelled_within(phase));
  }
  if (best <= milliseconds(100)) return;
  report(__FILE__, __LINE__,
         std::string(phase.name) + " took " + std::to_string(best.count()) + " ms");
}

void cancels_in_every_phase() {
  const plan::Operator few = series(1, 5'000'000);
  const Phase phases[] = {
      {"stream", many(), milliseconds(50)},
      {"count", counted(many()), milliseconds(50)},
      {"sets of rows",
       counted(project_set(
           many(), "generate_series", plan::Type(type(plan::I64)),
           {x(), literal(type(plan::I64), "9000000000"), literal(type(plan::I64), "1")}, {0})),
       milliseconds(50)},
      {"sort", sort(few, {sort_key(call("mod", {x(), number(1009)}, kI64))}), milliseconds(400)},
      {"top-n", top_n(many(), {sort_key(x(), true)}, 1000, 0, false), milliseconds(50)},
      {"groups", aggregate(many(), {x()}, {aggregate_call("count_star", {}, kI64)}),
       milliseconds(150)},
      {"build",
       counted(hash_join(plan::INNER, series(1, 3), many(), {join_key(x(), x())}, {}, {0})),
       milliseconds(150)},
      {"cross join", counted(loop_join(plan::INNER, series(1, 100000), series(1, 100000), {}, {0})),
       milliseconds(100)},
      {"long chains",
       counted(hash_join(plan::INNER,
                         project(series(1, 100000), {call("mod", {x(), number(1)}, kI64)}),
                         project(series(1, 100000), {call("mod", {x(), number(1)}, kI64)}),
                         {join_key(x(), x())}, {}, {0})),
       milliseconds(150)},
      {"large groups", aggregate(many(), {x()}, {aggregate_call("count_star", {}, kI64)}),
       milliseconds(4000), kLargeBytes},
      {"large build",
       counted(hash_join(plan::INNER, series(1, 3), many(), {join_key(x(), x())}, {}, {0})),
       milliseconds(4000), kLargeBytes},
      {"hidden matches",
       counted(hash_join(plan::MARK, pairs(few, number(1)), pairs(few, none()),
                         {join_key(x(), x(), false, true), join_key(y(), y(), false, true)}, {},
                         {0, 2})),
       milliseconds(2000)},
      {"set operation", set_operation(plan::SetOperation::EXCEPT, true, many(), series(1, 2)),
       milliseconds(100)},
  };
  for (const Phase& phase : phases) cancels(phase);
}

void refuses_beyond_the_budget() {
  exec::Services services(2, 8 << 20, 64);
  const plan::Operator roots[] = {
      sort(series(1, 10'000'000), {sort_key(x(), true)}),
      aggregate(series(1, 10'000'000), {x()}, {aggregate_call("count_star", {}, kI64)}),
      hash_join(plan::INNER, series(1, 3), series(1, 10'000'000), {join_key(x(), x())}, {}, {0}),
      loop_join(plan::INNER, series(1, 3), series(1, 10'000'000), {}, {0}),
      set_operation(plan::SetOperation::INTERSECT, false, series(1, 10'000'000), series(1, 3)),
      distinct_on(series(1, 10'000'000), {x()}, {}),
  };
  for (const plan::Operator& root : roots) {
    QueryBuilder builder;
    builder.settings(2, 2048).result(root, 1);
    const Answer answer = run_query(services, builder.query);
    CHECK_EQUAL(answer.sqlstate(), "53200");
    check_given_back(services);
  }
  QueryBuilder builder;
  builder.settings(2, 2048).result(counted(series(1, 1000)), 1);
  CHECK(run_query(services, builder.query).status.ok());
}

/// A reader that takes its time gets all rows, and the query holds few pages meanwhile.
void waits_for_a_slow_reader() {
  exec::Services services(4, 64 << 20, 16);
  QueryBuilder builder;
  builder.settings(4, 2048)
      .fragment(series(1, 400000), 1, {0}, 8)
      .result(from_exchange(1, {kI64}), 1);
  RunOptions options;
  options.on_page = [](exec::Query&) { std::this_thread::sleep_for(milliseconds(2)); };
  const Answer answer = run_query(services, builder.query, options);
  CHECK_EQUAL(answer.status.message(), "");
  CHECK_EQUAL(answer.rows.size(), 400000u);
  check_given_back(services);
}

/// A reader that stops reading and cancels leaves nothing behind.
void leaves_with_its_reader() {
  exec::Services services(2, 64 << 20, 16);
  for (int round = 0; round < 50; round++) {
    QueryBuilder builder;
    builder.settings(2, 2048).result(many(), 1);
    RunOptions options;
    options.drops_rows = true;
    options.on_page = [](exec::Query& query) { query.cancel(); };
    CHECK_EQUAL(run_query(services, builder.query, options).sqlstate(), "57014");
  }
  check_given_back(services);
  // The last task may still be on its way out.
  uint32_t free_pages = 0;
  for (int tries = 0; tries < 1000 && free_pages < 16; tries++) {
    if (services.pages.acquire().has_value()) {
      free_pages++;
    } else {
      std::this_thread::sleep_for(milliseconds(1));
    }
  }
  CHECK_EQUAL(free_pages, 16u);
}

/// Readers that take their time hold all pages there are: every query goes on nevertheless, by a page
/// of its own, and none waits for another's reader.
void goes_on_without_pool_pages() {
  for (const uint32_t most_pages : {0u, 1u, 5u}) {
    exec::Services services(4, 64 << 20, most_pages);
    std::vector<std::thread> clients;
    for (int c = 0; c < 4; c++) {
      clients.emplace_back([&services] {
        QueryBuilder builder;
        builder.settings(4, 2048)
            .fragment(series(1, 100000), 1, {0}, 8)
            .result(from_exchange(1, {kI64}), 1);
        RunOptions options;
        options.on_page = [](exec::Query&) { std::this_thread::sleep_for(milliseconds(1)); };
        const Answer answer = run_query(services, builder.query, options);
        CHECK_EQUAL(answer.status.message(), "");
        CHECK_EQUAL(answer.rows.size(), 100000u);
      });
    }
    for (std::thread& client : clients) client.join();
    check_given_back(services);
  }
}

/// One worker fails while others wait for room in the result.
void fails_beside_parked_workers() {
  exec::Services services(4, 64 << 20, 64);
  const plan::Expression quotient =
      call("div", {number(1), call("sub", {x(), number(300000)}, kI64)}, kI64);
  for (int round = 0; round < 20; round++) {
    QueryBuilder builder;
    builder.settings(4, 2048)
        .fragment(series(1, 400000), 1, {0}, 8)
        .result(project(from_exchange(1, {kI64}), {quotient}), 1);
    RunOptions options;
    options.drops_rows = true;
    options.on_page = [](exec::Query&) { std::this_thread::sleep_for(milliseconds(1)); };
    CHECK_EQUAL(run_query(services, builder.query, options).sqlstate(), "22012");
  }
  check_given_back(services);
}

}  // namespace
}  // namespace millrace::tests

int main() {
  using namespace millrace::tests;  // NOLINT: the tests above
  cancels_in_every_phase();
  refuses_beyond_the_budget();
  waits_for_a_slow_reader();
  leaves_with_its_reader();
  goes_on_without_pool_pages();
  fails_beside_parked_workers();
  return check_result();
}
