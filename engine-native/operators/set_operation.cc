// INTERSECT and EXCEPT: distinct rows with how often each side has them, in tables by hash, so that
// workers seldom wait for each other.
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
    const uint32_t workers = task.environment->worker_count();
    const uint32_t parts = workers == 1 ? 1 : workers * 4;
    for (uint32_t p = 0; p < parts; p++) {
      parts_.push_back(std::make_unique<Part>(&layout_, task.environment));
    }
    for (int side = 0; side < 2; side++) {
      MR_RETURN_IF_ERROR(plan_into(*inputs_[static_cast<size_t>(side)],
                                   std::make_unique<CountSink>(this, side == 0), task));
    }
    return {};
  }
  uint32_t flow_count() const override { return 1; }

  Status produce(uint32_t, Lowering& lowering) override {
    Source source;
    source.kind = Source::Kind::Collections;
    for (const auto& part : parts_) source.collections.push_back(&part->table.rows());
    source.copies = [this](const char* row) { return copies_of(row); };
    lowering.start(std::move(source), {{{types::Type::I64, 0, 0}, false, true}});
    lowering.ir().set_operator(id());
    const ir::ValueId row = lowering.ir().load(0);
    const uint32_t state = lowering.row_state({&layout_, nullptr, nullptr, nullptr});
    lowering.fetch_all(row, state, layout_, static_cast<uint32_t>(schema_.size()));
    lowering.ir().count_rows();
    return {};
  }
  int64_t peak_bytes() const override {
    int64_t bytes = 0;
    for (const auto& part : parts_) bytes += part->table.peak_bytes();
    return bytes;
  }

 private:
  /// Rows of some hashes; workers take turns.
  struct Part {
    Part(const runtime::RowLayout* layout, Environment* environment)
        : table(layout, static_cast<uint32_t>(layout->fields().size()), environment->budget(),
                environment->stop_check()) {}
    std::mutex mutex;
    runtime::GroupTable table;
  };

  /// One side's rows into the tables.
  class CountSink : public Sink, public runtime::RowSink {
   public:
    CountSink(SetOperation* operation, bool is_left) : operation_(operation), left_(is_left) {}
    Status emit(Lowering& lowering) override {
      lowering.bindings.row_sinks.push_back(this);
      lowering.ir().append_rows(static_cast<uint32_t>(lowering.bindings.row_sinks.size() - 1),
                                lowering.columns);
      return {};
    }
    Status append(uint32_t worker, std::span<const runtime::VectorView> columns,
                  runtime::LanesView lanes) override {
      const uint32_t part_count = static_cast<uint32_t>(operation_->parts_.size());
      if (part_count == 1) return count(*operation_->parts_[0], columns, lanes);
      uint64_t hashes[column::kVectorSize];
      runtime::hash_columns(columns, lanes, hashes);
      // Lanes by part: counted, then placed.
      std::vector<uint32_t> ends(part_count, 0);
      for (uint32_t i = 0; i < lanes.count; i++) {
        ends[runtime::partition_of(hashes[i], part_count)]++;
      }
      std::vector<uint32_t> next(part_count, 0);
      for (uint32_t p = 1; p < part_count; p++) next[p] = next[p - 1] + ends[p - 1];
      uint16_t placed[column::kVectorSize];
      for (uint32_t i = 0; i < lanes.count; i++) {
        const uint32_t part = runtime::partition_of(hashes[i], part_count);
        placed[next[part]++] = static_cast<uint16_t>(lanes[i]);
      }
      // Each worker begins elsewhere, so that they do not follow each other from lock to lock.
      for (uint32_t turn = 0; turn < part_count; turn++) {
        const uint32_t p = (worker * 4 + turn) % part_count;
        const uint16_t* from = placed + next[p] - ends[p];
        if (ends[p] == 0) continue;
        MR_RETURN_IF_ERROR(count(*operation_->parts_[p], columns, {from, ends[p]}));
      }
      return {};
    }

   private:
    Status count(Part& part, std::span<const runtime::VectorView> columns,
                 runtime::LanesView lanes) {
      char* rows[column::kVectorSize];
      uint8_t is_new[column::kVectorSize];
      const std::lock_guard lock(part.mutex);
      MR_RETURN_IF_ERROR(part.table.find_or_insert(columns, lanes, rows, is_new));
      for (uint32_t i = 0; i < lanes.count; i++) {
        char* at = rows[i] + operation_->layout_.extra_offset();
        if (is_new[i] != 0) std::memset(at, 0, sizeof(Occurrences));
        auto* seen = reinterpret_cast<Occurrences*>(at);
        (left_ ? seen->left : seen->right)++;
      }
      return {};
    }

    SetOperation* operation_;
    const bool left_;
  };

  /// How often the result has the row.
  uint64_t copies_of(const char* row) const {
    const auto* seen = reinterpret_cast<const Occurrences*>(row + layout_.extra_offset());
    const bool intersects = kind_ == plan::SetOperation::INTERSECT;
    if (!all_) return seen->left > 0 && (seen->right > 0) == intersects ? 1 : 0;
    const int64_t copies = intersects ? std::min(seen->left, seen->right)
                                      : std::max<int64_t>(seen->left - seen->right, 0);
    return static_cast<uint64_t>(copies);
  }

  const plan::SetOperation::Kind kind_;
  const bool all_;
  runtime::RowLayout layout_;
  std::vector<std::unique_ptr<Part>> parts_;
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
