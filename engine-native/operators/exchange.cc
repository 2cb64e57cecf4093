// Reads what another fragment put into an exchange.
#include "operators/node.h"

namespace millrace::operators {

namespace {

class ExchangeSource : public BasicNode {
 public:
  explicit ExchangeSource(const plan::Operator& op) : BasicNode(op), op_(op) {
    for (const plan::Field& field : op.exchange().columns()) {
      schema_.push_back({type_of(field.type()), field.nullable()});
    }
  }
  Status plan(TaskPlan&) override { return {}; }
  uint32_t flow_count() const override { return 1; }
  Status produce(uint32_t, Lowering& lowering) override {
    MR_ASSIGN_OR_RETURN(const runtime::RowLayout* layout,
                        lowering.environment->exchange_layout(op_.exchange().exchange_id()));
    std::vector<ir::SourceColumn> filled;
    for (const runtime::RowLayout::Field& field : layout->fields()) {
      filled.push_back({field.type, field.nullable});
    }
    MR_RETURN_IF_ERROR(check_same_types(filled, schema_, "an exchange and its reader"));
    Source source;
    source.kind = Source::Kind::Exchange;
    source.op = &op_;
    source.by_partition = true;
    lowering.start(std::move(source), {{{types::Type::I64, 0, 0}, false, true}});
    lowering.ir().set_operator(id());
    const ir::ValueId row = lowering.ir().load(0);
    const uint32_t state = lowering.row_state({layout, nullptr, nullptr, nullptr});
    lowering.fetch_all(row, state, *layout, static_cast<uint32_t>(schema_.size()));
    lowering.ir().count_rows();
    return {};
  }

 private:
  const plan::Operator& op_;
};

}  // namespace

Result<std::unique_ptr<Node>> make_exchange(const plan::Operator& op, Environment*) {
  return std::unique_ptr<Node>(std::make_unique<ExchangeSource>(op));
}

}  // namespace millrace::operators
