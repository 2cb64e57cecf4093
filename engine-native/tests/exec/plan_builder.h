// Writes plan::Query messages by hand: what the planner would send, in a few words.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plan/fragment.pb.h"

namespace millrace::tests {

using Text = std::optional<std::string>;
using TextRow = std::vector<Text>;

inline plan::Type type(plan::TypeKind kind, uint32_t precision = 0, int32_t scale = 0) {
  plan::Type made;
  made.set_kind(kind);
  made.set_precision(precision);
  made.set_scale(scale);
  return made;
}

inline plan::Field field(const std::string& name, const plan::Type& of, bool nullable = true) {
  plan::Field made;
  made.set_name(name);
  *made.mutable_type() = of;
  made.set_nullable(nullable);
  return made;
}

inline plan::Expression expression(const plan::Type& of, bool nullable) {
  plan::Expression made;
  *made.mutable_type() = of;
  made.set_nullable(nullable);
  return made;
}

inline plan::Expression column(uint32_t ordinal, const plan::Type& of, bool nullable = true) {
  plan::Expression made = expression(of, nullable);
  made.set_column(ordinal);
  return made;
}

inline plan::Expression literal(const plan::Type& of, const Text& text) {
  plan::Expression made = expression(of, !text.has_value());
  if (text.has_value()) {
    made.mutable_literal()->set_text(*text);
  } else {
    made.mutable_literal()->set_is_null(true);
  }
  return made;
}

inline plan::Expression call(const std::string& op, std::vector<plan::Expression> args,
                             const plan::Type& of, bool nullable = true) {
  plan::Expression made = expression(of, nullable);
  made.mutable_call()->set_op(op);
  for (plan::Expression& arg : args) *made.mutable_call()->add_args() = std::move(arg);
  return made;
}

inline plan::Expression compare(const std::string& op, plan::Expression left,
                                plan::Expression right) {
  return call(op, {std::move(left), std::move(right)}, type(plan::BOOL));
}

inline plan::Expression all_of(std::vector<plan::Expression> args) {
  plan::Expression made = expression(type(plan::BOOL), true);
  for (plan::Expression& arg : args) *made.mutable_and_()->add_args() = std::move(arg);
  return made;
}

inline plan::Expression any_of(std::vector<plan::Expression> args) {
  plan::Expression made = expression(type(plan::BOOL), true);
  for (plan::Expression& arg : args) *made.mutable_or_()->add_args() = std::move(arg);
  return made;
}

inline plan::Expression negation(plan::Expression arg) {
  plan::Expression made = expression(type(plan::BOOL), true);
  *made.mutable_not_() = std::move(arg);
  return made;
}

inline plan::Expression is_null(plan::Expression arg, bool negated = false) {
  plan::Expression made = expression(type(plan::BOOL), false);
  *made.mutable_is_null()->mutable_operand() = std::move(arg);
  made.mutable_is_null()->set_negated(negated);
  return made;
}

/// CASE WHEN when THEN then ELSE otherwise END.
inline plan::Expression case_of(plan::Expression when, plan::Expression then,
                                plan::Expression otherwise) {
  plan::Expression made = expression(then.type(), true);
  plan::Case::Branch* branch = made.mutable_case_()->add_branches();
  *branch->mutable_when() = std::move(when);
  *branch->mutable_then() = std::move(then);
  *made.mutable_case_()->mutable_otherwise() = std::move(otherwise);
  return made;
}

inline plan::Expression coalesce(std::vector<plan::Expression> args) {
  plan::Expression made = expression(args[0].type(), true);
  for (plan::Expression& arg : args) *made.mutable_coalesce()->add_args() = std::move(arg);
  return made;
}

inline plan::Expression in_list(plan::Expression operand, const std::vector<Text>& items,
                                bool negated = false) {
  plan::Expression made = expression(type(plan::BOOL), true);
  *made.mutable_in_list()->mutable_operand() = std::move(operand);
  made.mutable_in_list()->set_negated(negated);
  for (const Text& item : items) {
    plan::Literal* added = made.mutable_in_list()->add_items();
    if (item.has_value()) {
      added->set_text(*item);
    } else {
      added->set_is_null(true);
    }
  }
  return made;
}

inline plan::SortKey sort_key(plan::Expression of, bool descending = false,
                              bool nulls_first = false) {
  plan::SortKey made;
  *made.mutable_expression() = std::move(of);
  made.set_descending(descending);
  made.set_nulls_first(nulls_first);
  return made;
}

inline plan::Operator values(const std::vector<plan::Type>& types,
                             const std::vector<TextRow>& rows) {
  plan::Operator made;
  plan::Values* body = made.mutable_values();
  for (const plan::Type& of : types) *body->add_columns() = field("c", of);
  for (const TextRow& row : rows) {
    plan::Tuple* tuple = body->add_tuples();
    for (size_t c = 0; c < row.size(); c++) *tuple->add_values() = literal(types[c], row[c]);
  }
  return made;
}

/// Each input row with the elements of one set.
inline plan::Operator project_set(plan::Operator input, const std::string& function,
                                  const plan::Type& of, std::vector<plan::Expression> args,
                                  const std::vector<uint32_t>& columns) {
  plan::Operator made;
  plan::ProjectSet* body = made.mutable_project_set();
  *body->mutable_input() = std::move(input);
  for (uint32_t column : columns) body->add_columns(column);
  plan::SetCall* set = body->add_sets();
  set->set_function(function);
  for (plan::Expression& arg : args) *set->add_args() = std::move(arg);
  *set->mutable_output() = field(function, of, false);
  return made;
}

/// generate_series(first, last, step), whose step is 1 where it is left out.
inline plan::Operator series(const plan::Type& of, std::vector<plan::Expression> args) {
  if (args.size() == 2) args.push_back(literal(of, "1"));
  return project_set(values({}, {{}}), "generate_series", of, std::move(args), {});
}

/// generate_series(first, last) of bigints.
inline plan::Operator series(int64_t first, int64_t last) {
  const plan::Type i64 = type(plan::I64);
  return series(i64, {literal(i64, std::to_string(first)), literal(i64, std::to_string(last))});
}

inline plan::Operator filter(plan::Operator input, plan::Expression condition) {
  plan::Operator made;
  *made.mutable_filter()->mutable_input() = std::move(input);
  *made.mutable_filter()->mutable_condition() = std::move(condition);
  return made;
}

inline plan::Operator project(plan::Operator input, std::vector<plan::Expression> expressions) {
  plan::Operator made;
  *made.mutable_project()->mutable_input() = std::move(input);
  for (plan::Expression& of : expressions) {
    *made.mutable_project()->add_expressions() = std::move(of);
  }
  return made;
}

inline plan::JoinKey join_key(plan::Expression probe, plan::Expression build,
                              bool nulls_equal = false, bool unknown_on_null = false) {
  plan::JoinKey made;
  *made.mutable_probe() = std::move(probe);
  *made.mutable_build() = std::move(build);
  made.set_nulls_equal(nulls_equal);
  made.set_unknown_on_null(unknown_on_null);
  return made;
}

inline plan::Operator hash_join(plan::JoinKind kind, plan::Operator probe, plan::Operator build,
                                std::vector<plan::JoinKey> keys,
                                std::optional<plan::Expression> residual,
                                const std::vector<uint32_t>& output) {
  plan::Operator made;
  plan::HashJoin* join = made.mutable_hash_join();
  join->set_kind(kind);
  *join->mutable_probe() = std::move(probe);
  *join->mutable_build() = std::move(build);
  for (plan::JoinKey& key : keys) *join->add_keys() = std::move(key);
  if (residual.has_value()) *join->mutable_residual() = std::move(*residual);
  for (uint32_t ordinal : output) join->add_output(ordinal);
  return made;
}

inline plan::Operator loop_join(plan::JoinKind kind, plan::Operator outer, plan::Operator inner,
                                std::optional<plan::Expression> condition,
                                const std::vector<uint32_t>& output) {
  plan::Operator made;
  plan::NestedLoopJoin* join = made.mutable_nested_loop_join();
  join->set_kind(kind);
  *join->mutable_outer() = std::move(outer);
  *join->mutable_inner() = std::move(inner);
  if (condition.has_value()) *join->mutable_condition() = std::move(*condition);
  for (uint32_t ordinal : output) join->add_output(ordinal);
  return made;
}

inline plan::AggregateCall aggregate_call(const std::string& name,
                                          std::vector<plan::Expression> args, const plan::Type& of,
                                          std::optional<plan::Expression> wanted = {}) {
  plan::AggregateCall made;
  made.set_aggregate(name);
  for (plan::Expression& arg : args) *made.add_args() = std::move(arg);
  if (wanted.has_value()) *made.mutable_filter() = std::move(*wanted);
  *made.mutable_output() = field(name, of);
  return made;
}

inline plan::Operator aggregate(plan::Operator input, std::vector<plan::Expression> keys,
                                std::vector<plan::AggregateCall> calls,
                                plan::AggregatePhase phase = plan::SINGLE_PHASE) {
  plan::Operator made;
  plan::Aggregate* body = made.mutable_aggregate();
  *body->mutable_input() = std::move(input);
  body->set_phase(phase);
  for (plan::Expression& key : keys) *body->add_keys() = std::move(key);
  for (plan::AggregateCall& one : calls) *body->add_aggregates() = std::move(one);
  return made;
}

inline plan::Operator sort(plan::Operator input, std::vector<plan::SortKey> keys) {
  plan::Operator made;
  *made.mutable_sort()->mutable_input() = std::move(input);
  for (plan::SortKey& key : keys) *made.mutable_sort()->add_keys() = std::move(key);
  return made;
}

inline plan::Operator top_n(plan::Operator input, std::vector<plan::SortKey> keys, uint64_t limit,
                            uint64_t offset, bool with_ties) {
  plan::Operator made;
  plan::TopN* body = made.mutable_top_n();
  *body->mutable_input() = std::move(input);
  for (plan::SortKey& key : keys) *body->add_keys() = std::move(key);
  body->set_limit(limit);
  body->set_offset(offset);
  body->set_with_ties(with_ties);
  return made;
}

inline plan::Operator limit(plan::Operator input, std::optional<uint64_t> count,
                            uint64_t offset = 0) {
  plan::Operator made;
  plan::Limit* body = made.mutable_limit();
  *body->mutable_input() = std::move(input);
  body->set_has_limit(count.has_value());
  body->set_limit(count.value_or(0));
  body->set_offset(offset);
  return made;
}

inline plan::Operator union_all(std::vector<plan::Operator> inputs) {
  plan::Operator made;
  for (plan::Operator& input : inputs) *made.mutable_union_all()->add_inputs() = std::move(input);
  return made;
}

inline plan::Operator set_operation(plan::SetOperation::Kind kind, bool all, plan::Operator left,
                                    plan::Operator right) {
  plan::Operator made;
  plan::SetOperation* body = made.mutable_set_operation();
  body->set_kind(kind);
  body->set_all(all);
  *body->mutable_left() = std::move(left);
  *body->mutable_right() = std::move(right);
  return made;
}

inline plan::Operator distinct_on(plan::Operator input, std::vector<plan::Expression> keys,
                                  std::vector<plan::SortKey> order) {
  plan::Operator made;
  plan::DistinctOn* body = made.mutable_distinct_on();
  *body->mutable_input() = std::move(input);
  for (plan::Expression& key : keys) *body->add_keys() = std::move(key);
  for (plan::SortKey& key : order) *body->add_order_by() = std::move(key);
  return made;
}

/// With `columns`, limit and offset are ordinals of the input's columns.
inline plan::Operator partition_limit(plan::Operator input, std::vector<plan::Expression> keys,
                                      std::vector<plan::SortKey> order, uint32_t limit,
                                      uint32_t offset, bool columns = false, bool ties = false) {
  plan::Operator made;
  plan::PartitionLimit* body = made.mutable_partition_limit();
  *body->mutable_input() = std::move(input);
  for (plan::Expression& key : keys) *body->add_keys() = std::move(key);
  for (plan::SortKey& key : order) *body->add_order_by() = std::move(key);
  body->set_with_ties(ties);
  if (columns) {
    body->set_limit_column(limit);
    body->set_offset_column(offset);
  } else {
    body->set_limit(limit);
    body->set_offset(offset);
  }
  return made;
}

inline plan::Operator from_exchange(uint32_t exchange_id, const std::vector<plan::Type>& types) {
  plan::Operator made;
  made.mutable_exchange()->set_exchange_id(exchange_id);
  for (const plan::Type& of : types) {
    *made.mutable_exchange()->add_columns() = field("c", of);
  }
  return made;
}

/// Columns an operator puts out, for the result sink of a hand-made query.
struct QueryBuilder {
  plan::Query query;

  QueryBuilder& settings(uint32_t threads, uint32_t vector_size) {
    query.mutable_settings()->set_threads(threads);
    query.mutable_settings()->set_vector_size(vector_size);
    query.mutable_settings()->set_extra_float_digits(1);
    return *this;
  }
  /// `root` into exchange `exchange_id`, by hash of `hash_columns` where there are some.
  QueryBuilder& fragment(plan::Operator root, uint32_t exchange_id,
                         const std::vector<uint32_t>& hash_columns, uint32_t partitions,
                         uint32_t tasks = 1) {
    plan::Fragment* added = add(std::move(root), tasks);
    plan::ExchangeSink* sink = added->mutable_exchange();
    sink->set_exchange_id(exchange_id);
    sink->set_kind(hash_columns.empty() ? plan::ExchangeSink::BROADCAST : plan::ExchangeSink::HASH);
    for (uint32_t c : hash_columns) sink->add_hash_columns(c);
    sink->set_partitions(partitions);
    return *this;
  }
  QueryBuilder& result(plan::Operator root, uint32_t column_count) {
    plan::Fragment* added = add(std::move(root), 1);
    for (uint32_t c = 0; c < column_count; c++) {
      added->mutable_result()->add_columns(c);
      added->mutable_result()->add_formats(0);
    }
    return *this;
  }

 private:
  plan::Fragment* add(plan::Operator root, uint32_t tasks) {
    plan::Fragment* added = query.add_fragments();
    added->set_id(static_cast<uint32_t>(query.fragments_size()));
    added->set_partitions(tasks);
    *added->mutable_root() = std::move(root);
    return added;
  }
};

}  // namespace millrace::tests
