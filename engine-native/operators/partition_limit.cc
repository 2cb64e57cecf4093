// LIMIT and OFFSET of a correlated subquery: rows ordered by what they are correlated by, then by the
// wish; of each partition the wanted stretch stays.
#include <algorithm>
#include <cstring>

#include "operators/sort.h"

namespace millrace::operators {

namespace {

std::vector<plan::SortKey> all_keys(const plan::PartitionLimit& limit) {
  std::vector<plan::SortKey> keys;
  for (const plan::Expression& key : limit.keys()) {
    plan::SortKey& added = keys.emplace_back();
    *added.mutable_expression() = key;
  }
  keys.insert(keys.end(), limit.order_by().begin(), limit.order_by().end());
  return keys;
}

class PartitionLimit : public SortedNode {
 public:
  PartitionLimit(const plan::Operator& op, std::unique_ptr<Node> input)
      : SortedNode(op, std::move(input), all_keys(op.partition_limit()), UINT64_MAX, false),
        limit_(op.partition_limit()),
        key_count_(static_cast<uint32_t>(limit_.keys_size())) {}

 protected:
  Result<std::span<char* const>> chosen_rows(Environment* environment) override {
    rows_ = std::make_unique<runtime::RowList>(environment->budget());
    const std::vector<char*>& all = state().rows();
    size_t looked = 0;
    for (size_t begin = 0; begin < all.size();) {
      if (begin >= looked) {
        if (environment->stopped()) return Status::error(ErrorCode::QueryCanceled);
        looked = begin + runtime::kRowsBetweenStops;
      }
      size_t end = begin + 1;
      while (end < all.size() && level(all[begin], all[end], 0, key_count_)) end++;
      MR_RETURN_IF_ERROR(choose_of(all, begin, end));
      begin = end;
    }
    return std::span<char* const>(rows_->rows());
  }

 private:
  Status choose_of(const std::vector<char*>& all, size_t begin, size_t end) {
    uint64_t count = limit_.has_limit() ? limit_.limit() : UINT64_MAX;
    uint64_t skipped = limit_.has_offset() ? limit_.offset() : 0;
    if (limit_.has_limit_column() &&
        !read_count(all[begin], limit_.limit_column(), UINT64_MAX, &count)) {
      return Status::error(ErrorCode::InvalidRowCountInLimit);
    }
    if (limit_.has_offset_column() &&
        !read_count(all[begin], limit_.offset_column(), 0, &skipped)) {
      return Status::error(ErrorCode::InvalidRowCountInOffset);
    }
    if (count == 0) return {};
    const size_t first = begin + std::min<uint64_t>(skipped, end - begin);
    size_t last = first + std::min<uint64_t>(count, end - first);
    if (limit_.with_ties() && last > first) {
      while (last < end && level(all[last - 1], all[last], key_count_, sort_key_count())) last++;
    }
    for (size_t r = first; r < last; r++) MR_RETURN_IF_ERROR(rows_->push(all[r]));
    return {};
  }

  bool level(const char* left, const char* right, uint32_t from, uint32_t to) const {
    for (uint32_t k = from; k < to; k++) {
      if (!runtime::field_equals(state().layout(), k, left, right)) return false;
    }
    return true;
  }

  /// False for a negative count; `absent` where it is NULL.
  bool read_count(const char* row, uint32_t column, uint64_t absent, uint64_t* into) const {
    const runtime::RowLayout::Field& field = state().layout().fields()[sort_key_count() + column];
    *into = absent;
    if (field.nullable && row[field.validity_offset] == 0) return true;
    int64_t value = 0;
    std::memcpy(&value, row + field.offset, sizeof(value));
    *into = static_cast<uint64_t>(value);
    return value >= 0;
  }

  const plan::PartitionLimit& limit_;
  const uint32_t key_count_;
  std::unique_ptr<runtime::RowList> rows_;
};

}  // namespace

Result<std::unique_ptr<Node>> make_partition_limit(const plan::Operator& op,
                                                   Environment* environment) {
  MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> input,
                      make_node(op.partition_limit().input(), environment));
  const plan::PartitionLimit& limit = op.partition_limit();
  const auto& schema = input->schema();
  const auto counts = [&](uint32_t column) {
    return column < schema.size() && schema[column].type.type == types::Type::I64;
  };
  if ((limit.has_limit_column() && !counts(limit.limit_column())) ||
      (limit.has_offset_column() && !counts(limit.offset_column()))) {
    return Status::error(ErrorCode::Internal, "a row count is no bigint column of the input");
  }
  return std::unique_ptr<Node>(std::make_unique<PartitionLimit>(op, std::move(input)));
}

}  // namespace millrace::operators
