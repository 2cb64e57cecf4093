// The first rows of an order: workers drop what cannot be among them while rows come in.
#include <algorithm>

#include "operators/sort.h"

namespace millrace::operators {

namespace {

class TopN : public SortedNode {
 public:
  TopN(const plan::Operator& op, std::unique_ptr<Node> input)
      : SortedNode(op, std::move(input),
                   std::vector<plan::SortKey>(op.top_n().keys().begin(), op.top_n().keys().end()),
                   keep_of(op.top_n()), op.top_n().with_ties()),
        offset_(op.top_n().offset()) {}

 protected:
  Result<std::span<char* const>> chosen_rows(Environment*) override {
    const std::vector<char*>& all = state().rows();
    return std::span(all).subspan(std::min<uint64_t>(offset_, all.size()));
  }

 private:
  static uint64_t keep_of(const plan::TopN& top) {
    uint64_t keep = 0;
    // Not even ties of rows that are skipped.
    if (top.limit() == 0) return 0;
    if (__builtin_add_overflow(top.limit(), top.offset(), &keep)) return UINT64_MAX;
    return keep;
  }
  const uint64_t offset_;
};

}  // namespace

Result<std::unique_ptr<Node>> make_top_n(const plan::Operator& op, Environment* environment) {
  MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> input, make_node(op.top_n().input(), environment));
  if (op.top_n().keys().empty()) return Status::error(ErrorCode::Internal, "top-n without a key");
  return std::unique_ptr<Node>(std::make_unique<TopN>(op, std::move(input)));
}

}  // namespace millrace::operators
