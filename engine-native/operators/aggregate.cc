// Grouping. Workers fill tables of their own; then each hash partition of all of them is merged by
// one worker. A partial aggregate stops after the first half and puts out states, a final one takes
// states and does the second.
#include "operators/node.h"

namespace millrace::operators {

namespace {

using runtime::GroupState;

/// Keys and aggregates of `aggregate` laid out as group rows.
Status make_groups(const plan::Aggregate& aggregate, GroupState& groups) {
  std::vector<runtime::RowLayout::FieldType> fields;
  for (const plan::Expression& key : aggregate.keys()) {
    fields.push_back({type_of(key.type()), key.nullable()});
  }
  groups.key_count = static_cast<uint32_t>(fields.size());
  uint32_t extra = 0;
  for (const plan::AggregateCall& call : aggregate.aggregates()) {
    std::vector<types::Type> arguments;
    for (const plan::Expression& arg : call.args()) arguments.push_back(type_of(arg.type()).type);
    const ops::AggregateDescriptor* descriptor =
        ops::find_aggregate(call.aggregate(), arguments, type_of(call.output().type()).type);
    if (descriptor == nullptr) {
      return Status::error(ErrorCode::Internal,
                           "the engine has no such aggregate: " + call.aggregate());
    }
    groups.aggregates.push_back({descriptor, extra, static_cast<uint32_t>(arguments.size())});
    extra = (extra + descriptor->state_size_bytes + 15) / 16 * 16;
  }
  groups.layout = runtime::RowLayout(8, fields, extra);
  for (GroupState::Aggregate& added : groups.aggregates) {
    added.state_offset += groups.layout.extra_offset();
  }
  return {};
}

void make_tables(GroupState& groups, Environment* environment) {
  groups.workers.clear();
  for (uint32_t worker = 0; worker < environment->worker_count(); worker++) {
    groups.workers.push_back(std::make_unique<runtime::GroupTable>(
        &groups.layout, groups.key_count, environment->budget(), environment->stop_check()));
  }
}

int64_t bytes_of(const GroupState& groups) {
  int64_t bytes = 0;
  for (const auto& table : groups.workers) bytes += table->peak_bytes();
  return bytes;
}

/// Without keys there is one group even for no row.
Status ensure_group(GroupState& groups) {
  if (groups.key_count > 0) return {};
  for (const auto& table : groups.workers) {
    if (table->group_count() > 0) return {};
  }
  char* row = nullptr;
  uint8_t is_new = 0;
  MR_RETURN_IF_ERROR(groups.workers[0]->find_or_insert({}, {nullptr, 1}, &row, &is_new));
  for (const GroupState::Aggregate& aggregate : groups.aggregates) {
    aggregate.descriptor->init(row + aggregate.state_offset);
  }
  return {};
}

/// Rows into groups.
class UpdateSink : public Sink {
 public:
  UpdateSink(const plan::Aggregate& aggregate, GroupState* groups)
      : aggregate_(aggregate), groups_(groups) {}
  Status emit(Lowering& lowering) override {
    ir::Builder& ir = lowering.ir();
    std::vector<ir::ValueId> values;
    for (const plan::Expression& key : aggregate_.keys()) {
      MR_ASSIGN_OR_RETURN(const ir::ValueId value, lower_expression(key, lowering));
      values.push_back(value);
    }
    const ir::LaneSetId outer = ir.lanes();
    std::vector<ir::LaneSetId> lanes;
    for (const plan::AggregateCall& call : aggregate_.aggregates()) {
      if (call.has_filter()) {
        MR_ASSIGN_OR_RETURN(const ir::ValueId wanted, lower_expression(call.filter(), lowering));
        ir.set_lanes(ir.narrow(wanted, false));
      }
      for (const plan::Expression& arg : call.args()) {
        MR_ASSIGN_OR_RETURN(const ir::ValueId value, lower_expression(arg, lowering));
        values.push_back(value);
      }
      lanes.push_back(ir.lanes());
      ir.set_lanes(outer);
    }
    lowering.bindings.group_sinks.push_back(groups_);
    ir.update_groups(static_cast<uint32_t>(lowering.bindings.group_sinks.size() - 1),
                     std::move(values), groups_->key_count, std::move(lanes));
    return {};
  }
  Status seal() override { return ensure_group(*groups_); }

 private:
  const plan::Aggregate& aggregate_;
  GroupState* groups_;
};

/// Keys and states into groups.
class MergeSink : public Sink {
 public:
  explicit MergeSink(GroupState* groups) : groups_(groups) {}
  Status emit(Lowering& lowering) override {
    lowering.bindings.group_sinks.push_back(groups_);
    lowering.ir().merge_groups(static_cast<uint32_t>(lowering.bindings.group_sinks.size() - 1),
                               lowering.columns, groups_->key_count);
    return {};
  }
  Status seal() override { return ensure_group(*groups_); }

 private:
  GroupState* groups_;
};

class AggregateNode : public BasicNode {
 public:
  AggregateNode(const plan::Operator& op, std::unique_ptr<Node> input)
      : BasicNode(op), aggregate_(op.aggregate()) {
    inputs_.push_back(std::move(input));
  }
  Status init() { return make_groups(aggregate_, groups_); }
  uint32_t flow_count() const override { return 1; }
  int64_t peak_bytes() const override { return bytes_of(groups_); }

 protected:
  /// The groups as a source; answers the row and its state.
  ir::ValueId start_groups(bool by_partition, uint32_t* state, Lowering& lowering) {
    Source source;
    source.kind = Source::Kind::Groups;
    source.groups = &groups_;
    source.by_partition = by_partition;
    lowering.start(std::move(source), {{{types::Type::I64, 0, 0}, false, true}});
    lowering.ir().set_operator(id());
    const ir::ValueId row = lowering.ir().load(0);
    *state = lowering.row_state({&groups_.layout, nullptr, nullptr, &groups_});
    lowering.fetch_all(row, *state, groups_.layout, groups_.key_count);
    return row;
  }
  const plan::Aggregate& aggregate_;
  GroupState groups_;
};

/// Puts out keys and states.
class PartialAggregate : public AggregateNode {
 public:
  PartialAggregate(const plan::Operator& op, std::unique_ptr<Node> input)
      : AggregateNode(op, std::move(input)) {
    for (const plan::Expression& key : aggregate_.keys()) {
      schema_.push_back({type_of(key.type()), key.nullable()});
    }
    schema_.insert(schema_.end(), static_cast<size_t>(aggregate_.aggregates_size()),
                   {{types::Type::Bytea, 0, 0}, false});
  }
  Status plan(TaskPlan& task) override {
    make_tables(groups_, task.environment);
    return plan_into(*inputs_[0], std::make_unique<UpdateSink>(aggregate_, &groups_), task);
  }
  Status produce(uint32_t, Lowering& lowering) override {
    uint32_t state = 0;
    const ir::ValueId row = start_groups(true, &state, lowering);
    for (uint32_t a = 0; a < groups_.aggregates.size(); a++) {
      lowering.columns.push_back(lowering.ir().state_bytes(row, state, a));
    }
    // In the single phase the final one counts, for the same operator.
    if (aggregate_.phase() == plan::AggregatePhase::PARTIAL) lowering.ir().count_rows();
    return {};
  }
};

/// Takes keys and states, puts out keys and values.
class FinalAggregate : public AggregateNode {
 public:
  FinalAggregate(const plan::Operator& op, std::unique_ptr<Node> input)
      : AggregateNode(op, std::move(input)) {
    for (const plan::Expression& key : aggregate_.keys()) {
      schema_.push_back({type_of(key.type()), key.nullable()});
    }
    for (const plan::AggregateCall& call : aggregate_.aggregates()) {
      schema_.push_back({type_of(call.output().type()), true});
    }
  }
  Status plan(TaskPlan& task) override {
    make_tables(groups_, task.environment);
    return plan_into(*inputs_[0], std::make_unique<MergeSink>(&groups_), task);
  }
  Status produce(uint32_t, Lowering& lowering) override {
    uint32_t state = 0;
    const ir::ValueId row = start_groups(false, &state, lowering);
    for (uint32_t a = 0; a < groups_.aggregates.size(); a++) {
      const types::TypeParameters type = schema_[groups_.key_count + a].type;
      lowering.columns.push_back(lowering.ir().finalize(row, state, a, type));
    }
    lowering.ir().count_rows();
    return {};
  }
};

}  // namespace

Result<std::unique_ptr<Node>> make_aggregate(const plan::Operator& op, Environment* environment) {
  const plan::Aggregate& aggregate = op.aggregate();
  MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> input, make_node(aggregate.input(), environment));
  if (aggregate.phase() != plan::AggregatePhase::FINAL) {
    auto partial = std::make_unique<PartialAggregate>(op, std::move(input));
    MR_RETURN_IF_ERROR(partial->init());
    input = std::move(partial);
    if (aggregate.phase() == plan::AggregatePhase::PARTIAL) return input;
  } else {
    std::vector<ir::SourceColumn> wanted;
    for (const plan::Expression& key : aggregate.keys()) {
      wanted.push_back({type_of(key.type()), key.nullable()});
    }
    wanted.insert(wanted.end(), static_cast<size_t>(aggregate.aggregates_size()),
                  {{types::Type::Bytea, 0, 0}, false});
    MR_RETURN_IF_ERROR(
        check_same_types(wanted, input->schema(), "a final aggregation and its input"));
  }
  auto final_node = std::make_unique<FinalAggregate>(op, std::move(input));
  MR_RETURN_IF_ERROR(final_node->init());
  return std::unique_ptr<Node>(std::move(final_node));
}

}  // namespace millrace::operators
