#include "operators/node.h"

#include <cstring>

namespace millrace::operators {

types::TypeParameters type_of(const plan::Type& type) {
  return {static_cast<types::Type>(type.kind()), static_cast<types::u8>(type.precision()),
          static_cast<types::i16>(type.scale())};
}

runtime::RowLayout::FieldType field_type_of(const plan::Field& field) {
  return {type_of(field.type()), field.nullable()};
}

ir::ValueId Lowering::constant(runtime::Constant value) {
  const types::TypeParameters type = value.type;
  const bool is_null = value.is_null;
  for (size_t i = 0; i < constants.size(); i++) {
    const runtime::Constant& other = bindings.constants[i];
    const bool same = other.type.type == type.type && other.type.precision == type.precision &&
                      other.type.scale == type.scale && other.is_null == is_null &&
                      value.heap == nullptr && other.heap == nullptr &&
                      std::memcmp(other.bytes, value.bytes, sizeof(value.bytes)) == 0;
    if (same) return constants[i];
  }
  bindings.constants.push_back(std::move(value));
  constants.push_back(
      ir().constant(static_cast<uint32_t>(bindings.constants.size() - 1), type, is_null));
  return constants.back();
}

uint32_t Lowering::row_state(runtime::RowState state) {
  bindings.row_states.push_back(state);
  return static_cast<uint32_t>(bindings.row_states.size() - 1);
}

void Lowering::fetch_all(ir::ValueId row, uint32_t state, const runtime::RowLayout& layout,
                         uint32_t count) {
  columns.clear();
  for (uint32_t f = 0; f < count; f++) {
    const runtime::RowLayout::Field& field = layout.fields()[f];
    columns.push_back(ir().fetch(row, state, f, field.type, field.nullable));
  }
}

Status check_same_types(const std::vector<ir::SourceColumn>& a,
                        const std::vector<ir::SourceColumn>& b, const char* what) {
  bool same = a.size() == b.size();
  for (size_t c = 0; same && c < a.size(); c++) same = same_type(a[c].type, b[c].type);
  if (same) return {};
  return Status::error(ErrorCode::Internal,
                       std::string("malformed fragment: ") + what + " differ in their columns");
}

Status plan_into(Node& top, std::unique_ptr<Sink> sink, TaskPlan& task) {
  MR_RETURN_IF_ERROR(top.plan(task));
  for (uint32_t flow = 0; flow < top.flow_count(); flow++) {
    task.pipelines.push_back({&top, flow, sink.get(), flow + 1 == top.flow_count()});
  }
  task.sinks.push_back(std::move(sink));
  return {};
}

Result<std::unique_ptr<Node>> make_node(const plan::Operator& op, Environment* environment) {
  switch (op.form_case()) {
    case plan::Operator::kScan:
      return make_scan(op, environment);
    case plan::Operator::kValues:
      return make_values(op, environment);
    case plan::Operator::kFilter:
      return make_filter(op, environment);
    case plan::Operator::kProject:
      return make_project(op, environment);
    case plan::Operator::kProjectSet:
      return make_project_set(op, environment);
    case plan::Operator::kHashJoin:
      return make_hash_join(op, environment);
    case plan::Operator::kNestedLoopJoin:
      return make_nested_loop_join(op, environment);
    case plan::Operator::kAggregate:
      return make_aggregate(op, environment);
    case plan::Operator::kSort:
      return make_sort(op, environment);
    case plan::Operator::kTopN:
      return make_top_n(op, environment);
    case plan::Operator::kLimit:
      return make_limit(op, environment);
    case plan::Operator::kUnionAll:
      return make_union_all(op, environment);
    case plan::Operator::kSetOperation:
      return make_set_operation(op, environment);
    case plan::Operator::kDistinctOn:
      return make_distinct_on(op, environment);
    case plan::Operator::kPartitionLimit:
      return make_partition_limit(op, environment);
    case plan::Operator::kStringAggregate:
      return make_string_aggregate(op, environment);
    case plan::Operator::kExchange:
      return make_exchange(op, environment);
    case plan::Operator::FORM_NOT_SET:
      break;
  }
  return Status::error(ErrorCode::Internal, "fragment has an operator without a form");
}

}  // namespace millrace::operators
