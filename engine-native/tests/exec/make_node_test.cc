// Making the nodes of a fragment: what is refused, and that it costs no copies of the fragment.
#include <chrono>

#include "tests/check.h"
#include "tests/exec/query_run.h"

namespace millrace::tests {
namespace {

using base::ErrorCode;
using base::Result;
using base::Status;

class BareEnvironment : public operators::Environment {
 public:
  memory::Budget* budget() override { return &budget_; }
  uint32_t worker_count() const override { return 1; }
  bool stopped() const override { return false; }
  Result<runtime::Constant> read_literal(const plan::Literal&, types::TypeParameters) override {
    return Status::error(ErrorCode::Internal);
  }
  Result<const runtime::RowLayout*> exchange_layout(uint32_t) override {
    return Status::error(ErrorCode::Internal);
  }
  runtime::JoinTable* filter_table(uint32_t) override { return nullptr; }
  void publish_filter(uint32_t, runtime::JoinTable*) override {}

 private:
  memory::Budget budget_{64 << 20};
};

const plan::Type kI64 = type(plan::I64);
plan::Expression x() { return column(0, kI64); }

double seconds_since(std::chrono::steady_clock::time_point from) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
}

/// A scan of very many files below sixty joins: copied at every join it would cost sixty copies.
void joins_copy_nothing() {
  plan::Operator top;
  *top.mutable_scan()->add_columns() = field("c", kI64);
  top.mutable_scan()->add_file_columns("c");
  for (int i = 0; i < 100'000; i++) {
    top.mutable_scan()->add_files()->set_path("/somewhere/a/file/of/a/table/" + std::to_string(i));
  }
  const plan::Operator scan = top;
  auto started = std::chrono::steady_clock::now();
  const plan::Operator copy = scan;
  const double a_copy = seconds_since(started);
  CHECK_EQUAL(copy.scan().files_size(), 100'000);
  for (int depth = 0; depth < 60; depth++) {
    plan::Operator join;
    plan::HashJoin* body = join.mutable_hash_join();
    body->mutable_probe()->Swap(&top);
    *body->mutable_build() = series(1, 2);
    *body->add_keys() = join_key(x(), x());
    body->add_output(0);
    top.Swap(&join);
  }
  BareEnvironment environment;
  started = std::chrono::steady_clock::now();
  const auto made = operators::make_node(top, &environment);
  const double took = seconds_since(started);
  CHECK(made.ok());
  CHECK(took < 20 * a_copy);
}

void mark_joins_take_no_residual() {
  BareEnvironment environment;
  const plan::Operator join =
      hash_join(plan::MARK, series(1, 2), series(1, 2), {join_key(x(), x())},
                compare("lt", x(), column(1, kI64)), {0, 1});
  const auto made = operators::make_node(join, &environment);
  CHECK_EQUAL(made.status().message(), "a mark join by hash takes no residual");
  CHECK(made.status().code() == ErrorCode::Internal);
}

}  // namespace
}  // namespace millrace::tests

int main() {
  using namespace millrace::tests;  // NOLINT: the tests above
  joins_copy_nothing();
  mark_joins_take_no_residual();
  return check_result();
}
