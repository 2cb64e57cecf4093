// INTERSECT and EXCEPT: distinct rows with how often each side has them.
#include <algorithm>
#include <cstring>
#include <mutex>

#include "operators/node.h"

namespace millrace::operators {

namespace {

struct Occurrences {
  int64_t left;
  int64_t right;
};

class SetOperation : public BasicNode {
 public:
  SetOperation(const plan::Operator& op, std::unique_ptr<Node> left, std::unique_ptr<Node> right)
      : BasicNode(op), kind_(op.set_operation().kind()), all_(op.set_operation().all()) {
    schema_ = left->schema();
    for (size_t c = 0; c < schema_.size(); c++) {
      schema_[c].nullable |= right->schema()[c].nullable;
    }
    inputs_.push_back(std::move(left));
    inputs_.push_back(std::move(right));
  }

  Status plan(TaskPlan& task) override {
    std::vector<runtime::RowLayout::FieldType> fields;
    for (const ir::SourceColumn& column : schema_) {
      fields.push_back({column.type, column.nullable});
    }
    layout_ = runtime::RowLayout(8, fields, sizeof(Occurrences));
    table_ = std::make_unique<runtime::GroupTable>(&layout_, static_cast<uint32_t>(schema_.size()),
                                                   task.environment->budget());
    reservation_ = std::make_unique<memory::Reservation>(task.environment->budget());
    for (int side = 0; side < 2; side++) {
      MR_RETURN_IF_ERROR(plan_into(*inputs_[static_cast<size_t>(side)],
                                   std::make_unique<CountSink>(this, side == 0), task));
    }
    return {};
  }
  uint32_t flow_count() const override { return 1; }

  Status produce(uint32_t, Lowering& lowering) override {
    MR_RETURN_IF_ERROR(choose_rows());
    Source source;
    source.kind = Source::Kind::Rows;
    source.rows = &rows_;
    lowering.start(std::move(source), {{{types::Type::I64, 0, 0}, false, true}});
    lowering.ir().set_operator(id());
    const ir::ValueId row = lowering.ir().load(0);
    const uint32_t state = lowering.row_state({&layout_, nullptr, nullptr, nullptr});
    lowering.fetch_all(row, state, layout_, static_cast<uint32_t>(schema_.size()));
    lowering.ir().count_rows();
    return {};
  }
  int64_t peak_bytes() const override { return table_ == nullptr ? 0 : table_->peak_bytes(); }

 private:
  /// One side's rows into the table; workers take turns.
  class CountSink : public Sink, public runtime::RowSink {
   public:
    CountSink(SetOperation* operation, bool is_left) : operation_(operation), left_(is_left) {}
    Status emit(Lowering& lowering) override {
      lowering.bindings.row_sinks.push_back(this);
      lowering.ir().append_rows(static_cast<uint32_t>(lowering.bindings.row_sinks.size() - 1),
                                lowering.columns);
      return {};
    }
    Status append(uint32_t, std::span<const runtime::VectorView> columns,
                  runtime::LanesView lanes) override {
      char* rows[column::kVectorSize];
      uint8_t is_new[column::kVectorSize];
      const std::lock_guard lock(operation_->mutex_);
      MR_RETURN_IF_ERROR(operation_->table_->find_or_insert(columns, lanes, rows, is_new));
      for (uint32_t i = 0; i < lanes.count; i++) {
        char* at = rows[i] + operation_->layout_.extra_offset();
        if (is_new[i] != 0) std::memset(at, 0, sizeof(Occurrences));
        auto* seen = reinterpret_cast<Occurrences*>(at);
        (left_ ? seen->left : seen->right)++;
      }
      return {};
    }

   private:
    SetOperation* operation_;
    const bool left_;
  };

  Status choose_rows() {
    rows_.clear();
    const uint32_t row_bytes = layout_.row_bytes();
    for (const runtime::RowCollection::Block& block : table_->rows().blocks()) {
      char* at = const_cast<char*>(block.bytes.as<char>());
      for (uint32_t i = 0; i < block.row_count; i++, at += row_bytes) {
        const auto* seen = reinterpret_cast<const Occurrences*>(at + layout_.extra_offset());
        const bool intersects = kind_ == plan::SetOperation::INTERSECT;
        int64_t copies = intersects ? std::min(seen->left, seen->right)
                                    : std::max<int64_t>(seen->left - seen->right, 0);
        if (!all_) {
          const bool wanted = seen->left > 0 && (seen->right > 0) == intersects;
          copies = wanted ? 1 : 0;
        }
        MR_RETURN_IF_ERROR(reservation_->grow(copies * static_cast<int64_t>(sizeof(char*))));
        rows_.insert(rows_.end(), static_cast<size_t>(copies), at);
      }
    }
    return {};
  }

  const plan::SetOperation::Kind kind_;
  const bool all_;
  runtime::RowLayout layout_;
  std::mutex mutex_;
  std::unique_ptr<runtime::GroupTable> table_;
  std::unique_ptr<memory::Reservation> reservation_;
  std::vector<char*> rows_;
};

}  // namespace

Result<std::unique_ptr<Node>> make_set_operation(const plan::Operator& op,
                                                 Environment* environment) {
  MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> left,
                      make_node(op.set_operation().left(), environment));
  MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> right,
                      make_node(op.set_operation().right(), environment));
  MR_RETURN_IF_ERROR(
      check_same_types(left->schema(), right->schema(), "the inputs of a set operation"));
  return std::unique_ptr<Node>(
      std::make_unique<SetOperation>(op, std::move(left), std::move(right)));
}

}  // namespace millrace::operators
