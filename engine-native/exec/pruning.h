// Which rows of a row group a scan must read, judged by statistics.
#pragma once
#include <vector>

#include "formats/format_reader.h"
#include "plan/fragment.pb.h"
#include "runtime/state.h"

namespace millrace::exec {

/// A condition on one column whose truth bounds can rule out.
struct PruningTest {
  enum class Kind : uint8_t { Equal, Less, LessEqual, Greater, GreaterEqual, IsNull, IsNotNull };
  Kind kind;
  uint32_t column;             // of the scan
  runtime::Constant constant;  // not for IsNull, IsNotNull

  /// False only if no row within the bounds can pass.
  bool may_pass(const formats::ColumnBounds& bounds, int64_t row_count) const;
};

/// Tests for the conjuncts that have the form column-operator-literal; others prune nothing.
/// `read_literal` may fail, then the conjunct is left out.
template <class ReadLiteral>
void collect_tests(const plan::Expression& condition, ReadLiteral read_literal,
                   std::vector<PruningTest>& tests);

/// The operator of a comparison by name, with its sides exchanged where the literal stands first.
bool comparison_kind(const std::string& op, bool exchanged, PruningTest::Kind* kind);

template <class ReadLiteral>
void collect_tests(const plan::Expression& condition, ReadLiteral read_literal,
                   std::vector<PruningTest>& tests) {
  using plan::Expression;
  if (condition.form_case() == Expression::kAnd) {
    for (const Expression& arg : condition.and_().args()) collect_tests(arg, read_literal, tests);
    return;
  }
  if (condition.form_case() == Expression::kIsNull &&
      condition.is_null().operand().form_case() == Expression::kColumn) {
    const auto kind =
        condition.is_null().negated() ? PruningTest::Kind::IsNotNull : PruningTest::Kind::IsNull;
    tests.push_back({kind, condition.is_null().operand().column(), {}});
    return;
  }
  if (condition.form_case() != Expression::kCall || condition.call().args_size() != 2) return;
  const Expression& first = condition.call().args(0);
  const Expression& second = condition.call().args(1);
  const bool exchanged = first.form_case() == Expression::kLiteral;
  const Expression& column = exchanged ? second : first;
  const Expression& literal = exchanged ? first : second;
  if (column.form_case() != Expression::kColumn || literal.form_case() != Expression::kLiteral) {
    return;
  }
  PruningTest test{PruningTest::Kind::Equal, column.column(), {}};
  if (!comparison_kind(condition.call().op(), exchanged, &test.kind)) return;
  auto value = read_literal(literal);
  if (!value.ok() || value.value().is_null) return;
  test.constant = std::move(value).value();
  tests.push_back(std::move(test));
}

}  // namespace millrace::exec
