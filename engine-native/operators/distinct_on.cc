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
  Result<std::span<char* const>> chosen_rows(Environment* environment) override {
    rows_ = std::make_unique<runtime::RowList>(environment->budget());
    const char* last = nullptr;
    uint64_t seen = 0;
    for (char* row : state().rows()) {
      if (seen++ % runtime::kRowsBetweenStops == 0 && environment->stopped()) {
        return Status::error(ErrorCode::QueryCanceled);
      }
      bool same = last != nullptr;
      for (uint32_t k = 0; same && k < key_count_; k++) {
        same = runtime::field_equals(state().layout(), k, last, row);
      }
      if (same) continue;
      last = row;
      MR_RETURN_IF_ERROR(rows_->push(row));
    }
    return std::span<char* const>(rows_->rows());
  }

 private:
  const uint32_t key_count_;
  std::unique_ptr<runtime::RowList> rows_;
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
