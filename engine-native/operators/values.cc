// Literal rows.
#include <algorithm>

#include "operators/node.h"

namespace millrace::operators {

namespace {

/// A few rows are flows of one row each, their expressions lowered as they stand; runs of many rows
/// of literals are put away as rows and are one flow.
class Values : public BasicNode {
 public:
  explicit Values(const plan::Operator& op) : BasicNode(op), op_(op) {
    for (const plan::Field& field : op.values().columns()) {
      schema_.push_back({type_of(field.type()), field.nullable()});
    }
    cut_into_flows();
  }
  Status plan(TaskPlan& task) override {
    std::vector<runtime::RowLayout::FieldType> fields;
    for (const ir::SourceColumn& column : schema_) {
      fields.push_back({column.type, column.nullable});
    }
    layout_ = runtime::RowLayout(0, fields, 0);
    rows_ = std::make_unique<runtime::RowCollection>(&layout_, task.environment->budget());
    return {};
  }
  uint32_t flow_count() const override {
    return std::max(1u, static_cast<uint32_t>(flows_.size()));
  }
  int64_t peak_bytes() const override { return rows_ == nullptr ? 0 : rows_->peak_bytes(); }

  Status produce(uint32_t flow, Lowering& lowering) override {
    if (flows_.empty()) return produce_nothing(lowering);
    const Flow& from = flows_[flow];
    if (from.to - from.from > 1) return produce_rows(from, lowering);
    start_tuples(lowering);
    std::vector<ir::ValueId> columns;
    const plan::Tuple& tuple = op_.values().tuples(from.from);
    for (int c = 0; c < tuple.values_size(); c++) {
      MR_ASSIGN_OR_RETURN(const ir::ValueId id, lower_expression(tuple.values(c), lowering));
      MR_RETURN_IF_ERROR(check_type(lowering.ir().value(id).type, c));
      columns.push_back(id);
    }
    lowering.columns = std::move(columns);
    lowering.ir().count_rows();
    return {};
  }
  bool keeps_order() const override { return true; }

 private:
  /// Tuples [from, to): more than one only where all are literals.
  struct Flow {
    int from;
    int to;
  };
  static constexpr int kFewestRows = 8;

  static bool is_literal(const plan::Tuple& tuple) {
    return std::all_of(tuple.values().begin(), tuple.values().end(), [](const auto& value) {
      return value.form_case() == plan::Expression::kLiteral;
    });
  }

  void cut_into_flows() {
    const int count = op_.values().tuples_size();
    for (int from = 0; from < count;) {
      int to = from;
      while (to < count && is_literal(op_.values().tuples(to))) to++;
      if (to - from >= kFewestRows) {
        flows_.push_back({from, to});
        from = to;
        continue;
      }
      for (to = std::max(to, from + 1); from < to; from++) flows_.push_back({from, from + 1});
    }
  }

  Status check_type(types::TypeParameters type, int column) const {
    if (same_type(type, schema_[static_cast<size_t>(column)].type)) return {};
    return Status::error(ErrorCode::Internal, "VALUES has a value of another type");
  }

  void start_tuples(Lowering& lowering) {
    Source source;
    source.kind = Source::Kind::Tuples;
    source.op = &op_;
    source.ordered = true;
    lowering.start(std::move(source), {});
    lowering.ir().set_operator(id());
    lowering.columns.clear();
  }

  /// No row: the source is empty, but the columns must exist.
  Status produce_nothing(Lowering& lowering) {
    start_tuples(lowering);
    for (const ir::SourceColumn& column : schema_) {
      runtime::Constant none;
      none.type = column.type;
      none.is_null = true;
      lowering.columns.push_back(lowering.constant(std::move(none)));
    }
    return {};
  }

  Status put_away(const plan::Tuple& tuple, Environment* environment) {
    char* row = nullptr;
    MR_RETURN_IF_ERROR(rows_->allocate(1, &row));
    std::vector<runtime::Constant> constants;
    std::vector<runtime::VectorView> views;
    for (int c = 0; c < tuple.values_size(); c++) {
      const plan::Expression& value = tuple.values(c);
      const types::TypeParameters type = type_of(value.type());
      MR_RETURN_IF_ERROR(check_type(type, c));
      MR_ASSIGN_OR_RETURN(runtime::Constant constant,
                          environment->read_literal(value.literal(), type));
      constants.push_back(std::move(constant));
    }
    for (const runtime::Constant& constant : constants) views.push_back(constant.view());
    return rows_->write(views, {nullptr, 1}, &row);
  }

  Status produce_rows(const Flow& from, Lowering& lowering) {
    rows_->clear();
    for (int t = from.from; t < from.to; t++) {
      MR_RETURN_IF_ERROR(put_away(op_.values().tuples(t), lowering.environment));
    }
    Source source;
    source.kind = Source::Kind::Collections;
    source.collections.push_back(rows_.get());
    source.ordered = true;
    lowering.start(std::move(source), {{{types::Type::I64, 0, 0}, false, true}});
    lowering.ir().set_operator(id());
    const ir::ValueId row = lowering.ir().load(0);
    const uint32_t state = lowering.row_state({&layout_, nullptr, nullptr, nullptr});
    lowering.fetch_all(row, state, layout_, static_cast<uint32_t>(schema_.size()));
    lowering.ir().count_rows();
    return {};
  }

  const plan::Operator& op_;
  std::vector<Flow> flows_;
  runtime::RowLayout layout_;
  std::unique_ptr<runtime::RowCollection> rows_;
};

}  // namespace

Result<std::unique_ptr<Node>> make_values(const plan::Operator& op, Environment*) {
  for (const plan::Tuple& tuple : op.values().tuples()) {
    if (tuple.values_size() != op.values().columns_size()) {
      return Status::error(ErrorCode::Internal, "VALUES rows differ in width");
    }
  }
  return std::unique_ptr<Node>(std::make_unique<Values>(op));
}

}  // namespace millrace::operators
