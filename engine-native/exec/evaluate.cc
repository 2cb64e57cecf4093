#include "exec/evaluate.h"

#include "exec/literal.h"
#include "exec/source.h"
#include "plan/verify.h"

namespace millrace::exec {

namespace {

using runtime::LanesView;
using runtime::VectorView;

/// Operators need nothing but literals here.
class ConstantEnvironment : public operators::Environment {
 public:
  explicit ConstantEnvironment(memory::Budget* budget) : budget_(budget) {}
  memory::Budget* budget() override { return budget_; }
  uint32_t worker_count() const override { return 1; }
  bool stopped() const override { return false; }
  Result<runtime::Constant> read_literal(const plan::Literal& literal,
                                         types::TypeParameters type) override {
    return exec::read_literal(literal, type, budget_);
  }
  Result<const runtime::RowLayout*> exchange_layout(uint32_t) override {
    return Status::error(ErrorCode::Internal, "a constant reads an exchange");
  }
  runtime::JoinTable* filter_table(uint32_t) override { return nullptr; }
  void publish_filter(uint32_t, runtime::JoinTable*) override {}

 private:
  memory::Budget* budget_;
};

/// Prints the one value it gets.
class TextSink : public runtime::RowSink {
 public:
  explicit TextSink(memory::Budget* budget) : budget_(budget) {}
  Status append(uint32_t, std::span<const VectorView> columns, LanesView) override {
    if (columns[0].is_null(0)) return {};
    MR_ASSIGN_OR_RETURN(text, print_literal(columns[0], budget_));
    return {};
  }
  std::optional<std::string> text;

 private:
  memory::Budget* budget_;
};

}  // namespace

Result<std::optional<std::string>> evaluate(const plan::Expression& expression,
                                            const ops::Settings& settings, memory::Budget* budget) {
  MR_RETURN_IF_ERROR(plan::verify_constant(expression));
  ConstantEnvironment environment(budget);
  operators::Lowering lowering(&environment);
  lowering.start({}, {});
  MR_ASSIGN_OR_RETURN(const ir::ValueId value, operators::lower_expression(expression, lowering));
  TextSink sink(budget);
  lowering.bindings.row_sinks.push_back(&sink);
  lowering.ir().append_rows(0, {value});
  const ir::Pipeline pipeline = std::move(lowering.ir()).finish();
  MR_RETURN_IF_ERROR(ir::verify(pipeline));
  const std::unique_ptr<Source> source = make_empty_columns_source(1);
  const std::unique_ptr<Source::Cursor> cursor = source->open_cursor();
  backend::cpu::Interpreter interpreter(&pipeline, &lowering.bindings, &settings, budget, 0, false);
  MR_ASSIGN_OR_RETURN(Batch * batch, cursor->next());
  if (interpreter.run(*batch) == backend::cpu::Interpreter::Outcome::Failed) {
    return interpreter.status();
  }
  return std::move(sink.text);
}

}  // namespace millrace::exec
