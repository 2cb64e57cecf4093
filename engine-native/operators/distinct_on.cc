// SELECT DISTINCT ON: rows ordered by the distinct keys, then by the wish; the first of each stays.
#include "operators/sort.h"

namespace millrace::operators {

namespace {

std::vector<plan::SortKey> all_keys(const plan::DistinctOn& distinct) {
  std::vector<plan::SortKey> keys;
  for (const plan::Expression& key : distinct.keys()) {
    plan::SortKey& added = keys.emplace_back();
    *added.mutable_expression() = key;
  }
  keys.insert(keys.end(), distinct.order_by().begin(), distinct.order_by().end());
  return keys;
}

class DistinctOn : public SortedNode {
 public:
  DistinctOn(const plan::Operator& op, std::unique_ptr<Node> input)
      : SortedNode(op, std::move(input), all_keys(op.distinct_on()), UINT64_MAX, false),
        key_count_(static_cast<uint32_t>(op.distinct_on().keys_size())) {}

 protected:
  const std::vector<char*>& chosen_rows() override {
    rows_.clear();
    for (char* row : state().rows()) {
      bool same = !rows_.empty();
      for (uint32_t k = 0; same && k < key_count_; k++) {
        same = runtime::field_equals(state().layout(), k, rows_.back(), row);
      }
      if (!same) rows_.push_back(row);
    }
    return rows_;
  }

 private:
  const uint32_t key_count_;
  std::vector<char*> rows_;
};

}  // namespace

Result<std::unique_ptr<Node>> make_distinct_on(const plan::Operator& op, Environment* environment) {
  MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> input,
                      make_node(op.distinct_on().input(), environment));
  if (op.distinct_on().keys().empty()) {
    return Status::error(ErrorCode::Internal, "DISTINCT ON without a key");
  }
  return std::unique_ptr<Node>(std::make_unique<DistinctOn>(op, std::move(input)));
}

}  // namespace millrace::operators
