// Whoever waits for a query's result is told, whichever of the threads comes first.
#include "exec/query.h"

#include <future>
#include <vector>

#include "tests/check.h"
#include "tests/exec/query_run.h"

namespace millrace::tests {
namespace {

const plan::Type kI64 = type(plan::I64);

std::shared_ptr<exec::Query> open(const QueryBuilder& builder, exec::Services& services) {
  auto opened = exec::Query::open(builder.query.SerializeAsString(), &services);
  CHECK_EQUAL(opened.status().message(), "");
  return std::move(opened).value();
}

/// Its task fails before it opens the result: fragment 1.
std::shared_ptr<exec::Query> without_result(exec::Services& services) {
  QueryBuilder builder;
  builder.settings(1, 2048).result(sort(series(1, 10), {}), 1);
  return open(builder, services);
}

/// Ten rows through an exchange into the result: fragments 1 and 2.
std::shared_ptr<exec::Query> two_fragments(exec::Services& services) {
  QueryBuilder builder;
  builder.settings(1, 2048).fragment(series(1, 10), 1, {0}, 1).result(from_exchange(1, {kI64}), 1);
  return open(builder, services);
}

/// The first fragment's task is still on its way out when the reader waits for the second's result.
void a_task_on_its_way_out_opens_nothing() {
  // With one thread the second task waits for the first to be gone.
  exec::Services services(1, 64 << 20, 16);
  const std::shared_ptr<exec::Query> query = two_fragments(services);
  std::promise<void> filled;
  std::promise<void> waits;
  std::promise<void> told;
  std::promise<base::Status> ended;
  query->run(1, 0, [&](const base::Status&) {
    filled.set_value();
    waits.get_future().wait();
  });
  filled.get_future().wait();
  query->run(2, 0, [&](base::Status status) { ended.set_value(std::move(status)); });
  bool is_open = false;
  query->when_result_opens([&] {
    is_open = query->result() != nullptr;
    told.set_value();
  });
  waits.set_value();
  told.get_future().wait();
  CHECK(is_open);
  CHECK(ended.get_future().get().ok());
  services.pool.stop();
}

/// The task has failed, before it opened a result, by the time the reader comes.
void a_reader_that_comes_late_is_told() {
  exec::Services services(1, 64 << 20, 16);
  const std::shared_ptr<exec::Query> query = without_result(services);
  std::promise<void> gone;
  base::Status ended;
  query->run(1, 0, [&](base::Status status) { ended = std::move(status); });
  services.pool.submit([&] { gone.set_value(); });
  gone.get_future().wait();
  CHECK_EQUAL(base::sqlstate_of(ended.code()), "XX000");
  bool is_told = false;
  query->when_result_opens([&] { is_told = true; });
  CHECK(is_told);
  CHECK(query->result() == nullptr);
  services.pool.stop();
}

/// The task fails before it opened a result, after the reader came.
void a_reader_that_comes_early_is_told() {
  exec::Services services(1, 64 << 20, 16);
  const std::shared_ptr<exec::Query> query = without_result(services);
  std::promise<void> waits;
  std::promise<void> told;
  services.pool.submit([&] { waits.get_future().wait(); });
  query->run(1, 0, [](const base::Status&) {});
  query->when_result_opens([&] { told.set_value(); });
  waits.set_value();
  told.get_future().wait();
  CHECK(query->result() == nullptr);
  services.pool.stop();
}

/// Jobs come one by one, so that threads fall asleep and are woken for each.
void every_job_runs() {
  std::vector<std::promise<void>> jobs(20'000);
  exec::ThreadPool pool(4);
  for (std::promise<void>& ran : jobs) {
    pool.submit([&ran] { ran.set_value(); });
    ran.get_future().wait();
  }
  pool.stop();
}

}  // namespace
}  // namespace millrace::tests

int main() {
  using namespace millrace::tests;  // NOLINT: the tests above
  a_task_on_its_way_out_opens_nothing();
  a_reader_that_comes_late_is_told();
  a_reader_that_comes_early_is_told();
  every_job_runs();
  return check_result();
}
