// Table scan: the source decodes columns; conditions and runtime filters run as instructions.
#include "operators/node.h"

namespace millrace::operators {

namespace {

class Scan : public BasicNode {
 public:
  explicit Scan(const plan::Operator& op) : BasicNode(op), op_(op) {
    for (const plan::Field& field : op.scan().columns()) {
      schema_.push_back({type_of(field.type()), field.nullable()});
    }
  }
  Status plan(TaskPlan&) override { return {}; }
  uint32_t flow_count() const override { return 1; }

  Status produce(uint32_t, Lowering& lowering) override {
    Source source;
    source.kind = Source::Kind::Scan;
    source.op = &op_;
    for (const plan::RuntimeFilterUse& use : op_.scan().runtime_filters()) {
      runtime::JoinTable* table = lowering.environment->filter_table(use.filter_id());
      if (table == nullptr) continue;
      // Another type would hash to something else: such a filter says nothing.
      const types::TypeParameters key = table->spec().fields[0].type;
      if (same_type(key, schema_[use.column()].type)) {
        source.filters.push_back({table, use.column()});
      }
    }
    const std::vector<Source::FilterUse> filters = source.filters;
    lowering.start(std::move(source), schema_);
    ir::Builder& ir = lowering.ir();
    ir.set_operator(id());
    lowering.columns.assign(schema_.size(), ir::kNone);
    const auto need = [&](uint32_t column) {
      if (lowering.columns[column] == ir::kNone) lowering.columns[column] = ir.load(column);
    };
    // A column is loaded where it is first needed: what conditions drop is never decoded.
    for (const plan::Expression& condition : op_.scan().conditions()) {
      std::vector<bool> used(schema_.size(), false);
      note_columns(condition, used);
      for (uint32_t c = 0; c < used.size(); c++) {
        if (used[c]) need(c);
      }
      MR_RETURN_IF_ERROR(lower_condition(condition, lowering));
    }
    for (const Source::FilterUse& filter : filters) {
      need(filter.column);
      lowering.bindings.runtime_filters.push_back(filter.table);
      const uint32_t index = static_cast<uint32_t>(lowering.bindings.runtime_filters.size() - 1);
      ir.filter(ir.runtime_filter(lowering.columns[filter.column], index));
    }
    for (uint32_t c = 0; c < schema_.size(); c++) need(c);
    ir.count_rows();
    return {};
  }

 private:
  const plan::Operator& op_;
};

}  // namespace

Result<std::unique_ptr<Node>> make_scan(const plan::Operator& op, Environment*) {
  const plan::TableScan& scan = op.scan();
  if (scan.columns_size() != scan.file_columns_size()) {
    return Status::error(ErrorCode::Internal, "scan has columns without a file column");
  }
  return std::unique_ptr<Node>(std::make_unique<Scan>(op));
}

}  // namespace millrace::operators
