// What sort, top-n and distinct-on share: rows whose first fields are the sort keys.
#pragma once
#include "operators/node.h"
#include "runtime/sort_state.h"

namespace millrace::operators {

/// Puts its input away ordered by `keys` and reads it back in that order.
class SortedNode : public BasicNode {
 public:
  SortedNode(const plan::Operator& op, std::unique_ptr<Node> input, std::vector<plan::SortKey> keys,
             uint64_t keep, bool with_ties);
  Status plan(TaskPlan& task) override;
  uint32_t flow_count() const override { return 1; }
  Status produce(uint32_t flow, Lowering& lowering) override;
  bool keeps_order() const override { return true; }
  int64_t peak_bytes() const override { return state_ == nullptr ? 0 : state_->peak_bytes(); }

 protected:
  /// Picks from the ordered rows what is put out; `rows` of the state by default.
  virtual Result<std::span<char* const>> chosen_rows(Environment*) {
    return std::span<char* const>(state_->rows());
  }
  const runtime::SortState& state() const { return *state_; }
  /// Columns put away after the keys; those put out by default.
  virtual const std::vector<ir::SourceColumn>& stored_schema() const { return schema_; }
  uint32_t sort_key_count() const { return static_cast<uint32_t>(keys_.size()); }
  /// For nodes whose keys depend on the input; before plan().
  void set_keys(std::vector<plan::SortKey> keys) { keys_ = std::move(keys); }

 private:
  class RunSink;
  std::vector<plan::SortKey> keys_;
  const uint64_t keep_;
  const bool with_ties_;
  std::unique_ptr<runtime::SortState> state_;
};

}  // namespace millrace::operators
