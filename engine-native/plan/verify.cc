#include "plan/verify.h"

#include <set>
#include <string>

namespace millrace::plan {

namespace {

using base::ErrorCode;
using base::Status;

/// Every level costs stack in each step from the message to the instructions.
constexpr int kMostDepth = 1000;
/// Operators are counted by id, partitions are held one by one.
constexpr uint32_t kMostOperatorId = 65535;
constexpr uint32_t kMostPartitions = 4096;
constexpr int kMostColumns = 1664;

Status malformed(const std::string& what) {
  return Status::error(ErrorCode::Internal, "malformed fragment: " + what);
}

Status too_deep() {
  return Status::error(ErrorCode::FeatureNotSupported, "statements nested more than " +
                                                           std::to_string(kMostDepth) +
                                                           " levels deep are not supported");
}

Status check_type(const Type& type) {
  if (!TypeKind_IsValid(type.kind())) return malformed("unknown type");
  const bool is_decimal = type.kind() == D64 || type.kind() == D128;
  const uint32_t most = type.kind() == D64 ? 18 : 38;
  if (is_decimal &&
      (type.precision() == 0 || type.precision() > most || type.scale() < 0 || type.scale() > 38)) {
    return malformed("decimal out of range");
  }
  return {};
}

/// Walks expressions and operators with a bound on depth.
class Verifier {
 public:
  explicit Verifier(bool columns_allowed) : columns_allowed_(columns_allowed) {}

  Status expression(const Expression& e, int depth) {
    if (depth > kMostDepth) return too_deep();
    MR_RETURN_IF_ERROR(check_type(e.type()));
    switch (e.form_case()) {
      case Expression::kColumn:
        return columns_allowed_ ? Status() : malformed("a constant mentions a column");
      case Expression::kLiteral:
        return {};
      case Expression::kCall:
        return all(e.call().args(), depth);
      case Expression::kAnd:
        return e.and_().args().empty() ? malformed("AND of nothing") : all(e.and_().args(), depth);
      case Expression::kOr:
        return e.or_().args().empty() ? malformed("OR of nothing") : all(e.or_().args(), depth);
      case Expression::kNot:
        return expression(e.not_(), depth + 1);
      case Expression::kIsNull:
        return expression(e.is_null().operand(), depth + 1);
      case Expression::kCase:
        for (const Case::Branch& branch : e.case_().branches()) {
          MR_RETURN_IF_ERROR(expression(branch.when(), depth + 1));
          MR_RETURN_IF_ERROR(expression(branch.then(), depth + 1));
        }
        return expression(e.case_().otherwise(), depth + 1);
      case Expression::kCoalesce:
        return e.coalesce().args().empty() ? malformed("COALESCE of nothing")
                                           : all(e.coalesce().args(), depth);
      case Expression::kInList:
        return e.in_list().items().empty() ? malformed("IN of nothing")
                                           : expression(e.in_list().operand(), depth + 1);
      case Expression::FORM_NOT_SET:
        break;
    }
    return malformed("expression without a form");
  }

  Status op(const Operator& o, int depth) {
    if (depth > kMostDepth) return too_deep();
    if (o.id() > kMostOperatorId) return malformed("operator id out of range");
    switch (o.form_case()) {
      case Operator::kScan:
        MR_RETURN_IF_ERROR(fields(o.scan().columns()));
        for (const RuntimeFilterUse& use : o.scan().runtime_filters()) {
          if (use.column() >= static_cast<uint32_t>(o.scan().columns_size())) {
            return malformed("runtime filter on no column");
          }
        }
        return all(o.scan().conditions(), depth);
      case Operator::kValues:
        for (const Tuple& tuple : o.values().tuples()) {
          MR_RETURN_IF_ERROR(all(tuple.values(), depth));
        }
        return fields(o.values().columns());
      case Operator::kProjectSet:
        return project_set(o.project_set(), depth);
      case Operator::kFilter:
        MR_RETURN_IF_ERROR(expression(o.filter().condition(), depth + 1));
        return op(o.filter().input(), depth + 1);
      case Operator::kProject:
        MR_RETURN_IF_ERROR(all(o.project().expressions(), depth));
        return op(o.project().input(), depth + 1);
      case Operator::kHashJoin:
        return hash_join(o.hash_join(), depth);
      case Operator::kNestedLoopJoin:
        if (!JoinKind_IsValid(o.nested_loop_join().kind())) return malformed("unknown join kind");
        if (o.nested_loop_join().has_condition()) {
          MR_RETURN_IF_ERROR(expression(o.nested_loop_join().condition(), depth + 1));
        }
        MR_RETURN_IF_ERROR(op(o.nested_loop_join().outer(), depth + 1));
        return op(o.nested_loop_join().inner(), depth + 1);
      case Operator::kAggregate:
        return aggregate(o.aggregate(), depth);
      case Operator::kSort:
        MR_RETURN_IF_ERROR(keys(o.sort().keys(), depth));
        return op(o.sort().input(), depth + 1);
      case Operator::kTopN:
        MR_RETURN_IF_ERROR(keys(o.top_n().keys(), depth));
        return op(o.top_n().input(), depth + 1);
      case Operator::kLimit:
        return op(o.limit().input(), depth + 1);
      case Operator::kUnionAll:
        for (const Operator& input : o.union_all().inputs()) {
          MR_RETURN_IF_ERROR(op(input, depth + 1));
        }
        return {};
      case Operator::kSetOperation:
        MR_RETURN_IF_ERROR(op(o.set_operation().left(), depth + 1));
        return op(o.set_operation().right(), depth + 1);
      case Operator::kDistinctOn:
        MR_RETURN_IF_ERROR(all(o.distinct_on().keys(), depth));
        MR_RETURN_IF_ERROR(keys(o.distinct_on().order_by(), depth));
        return op(o.distinct_on().input(), depth + 1);
      case Operator::kPartitionLimit:
        MR_RETURN_IF_ERROR(all(o.partition_limit().keys(), depth));
        MR_RETURN_IF_ERROR(keys(o.partition_limit().order_by(), depth));
        return op(o.partition_limit().input(), depth + 1);
      case Operator::kStringAggregate:
        MR_RETURN_IF_ERROR(keys(o.string_aggregate().order_by(), depth));
        return op(o.string_aggregate().input(), depth + 1);
      case Operator::kExchange:
        if (filled_.count(o.exchange().exchange_id()) == 0) {
          return malformed("an exchange is read before it is filled");
        }
        return fields(o.exchange().columns());
      case Operator::FORM_NOT_SET:
        break;
    }
    return malformed("operator without a form");
  }

  void fill(uint32_t exchange_id) { filled_.insert(exchange_id); }

 private:
  template <class Expressions>
  Status all(const Expressions& expressions, int depth) {
    for (const Expression& e : expressions) MR_RETURN_IF_ERROR(expression(e, depth + 1));
    return {};
  }
  template <class Keys>
  Status keys(const Keys& sort_keys, int depth) {
    for (const SortKey& key : sort_keys) {
      MR_RETURN_IF_ERROR(expression(key.expression(), depth + 1));
    }
    return {};
  }
  template <class Fields>
  Status fields(const Fields& columns) {
    if (columns.size() > kMostColumns) return malformed("too many columns");
    for (const Field& field : columns) MR_RETURN_IF_ERROR(check_type(field.type()));
    return {};
  }
  Status project_set(const ProjectSet& p, int depth) {
    if (p.sets().empty()) return malformed("a projection of no set");
    if (p.columns_size() + p.sets_size() > kMostColumns) return malformed("too many columns");
    for (const SetCall& set : p.sets()) {
      MR_RETURN_IF_ERROR(all(set.args(), depth));
      MR_RETURN_IF_ERROR(check_type(set.output().type()));
    }
    return op(p.input(), depth + 1);
  }
  Status hash_join(const HashJoin& join, int depth) {
    if (!JoinKind_IsValid(join.kind())) return malformed("unknown join kind");
    for (const JoinKey& key : join.keys()) {
      MR_RETURN_IF_ERROR(expression(key.probe(), depth + 1));
      MR_RETURN_IF_ERROR(expression(key.build(), depth + 1));
    }
    if (join.has_residual()) MR_RETURN_IF_ERROR(expression(join.residual(), depth + 1));
    MR_RETURN_IF_ERROR(op(join.probe(), depth + 1));
    return op(join.build(), depth + 1);
  }
  Status aggregate(const Aggregate& a, int depth) {
    MR_RETURN_IF_ERROR(all(a.keys(), depth));
    for (const AggregateCall& call : a.aggregates()) {
      MR_RETURN_IF_ERROR(all(call.args(), depth));
      if (call.has_filter()) MR_RETURN_IF_ERROR(expression(call.filter(), depth + 1));
      MR_RETURN_IF_ERROR(check_type(call.output().type()));
    }
    return op(a.input(), depth + 1);
  }

  const bool columns_allowed_;
  std::set<uint32_t> filled_;
};

}  // namespace

Status verify(const Query& query) {
  Verifier verifier(true);
  std::set<uint32_t> ids;
  for (const Fragment& fragment : query.fragments()) {
    if (!ids.insert(fragment.id()).second) return malformed("fragment id used twice");
    MR_RETURN_IF_ERROR(verifier.op(fragment.root(), 0));
    if (fragment.sink_case() == Fragment::SINK_NOT_SET) return malformed("fragment without a sink");
    if (fragment.has_result() &&
        fragment.result().formats_size() != fragment.result().columns_size()) {
      return malformed("result formats and columns differ in number");
    }
    if (fragment.partitions() > kMostPartitions ||
        fragment.exchange().partitions() > kMostPartitions) {
      return malformed("too many partitions");
    }
    if (fragment.has_result() && fragment.partitions() > 1) {
      return malformed("a result of several tasks");
    }
    if (fragment.has_exchange()) verifier.fill(fragment.exchange().exchange_id());
  }
  return {};
}

Status verify_constant(const Expression& expression) {
  return Verifier(false).expression(expression, 0);
}

}  // namespace millrace::plan
