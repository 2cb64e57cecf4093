#include "tools/tpch/customer.h"

#include <array>

#include "tools/tpch/contact.h"
#include "tools/tpch/distributions.h"

namespace millrace::tpch {
namespace {

enum : size_t {
  kCustKey,
  kName,
  kAddress,
  kNationKey,
  kPhone,
  kAcctBal,
  kMktSegment,
  kComment,
};

constexpr std::array<Column, 8> kColumns = {{
    {"c_custkey", ColumnType::Key},
    {"c_name", ColumnType::Text},
    {"c_address", ColumnType::Text},
    {"c_nationkey", ColumnType::Key},
    {"c_phone", ColumnType::Text},
    {"c_acctbal", ColumnType::Money},
    {"c_mktsegment", ColumnType::Text},
    {"c_comment", ColumnType::Text},
}};

class CustomerRows final : public RowSource {
 public:
  CustomerRows(const TextPool& pool, const RowRange& range)
      : next_(range.first_unit), comment_(1335826707, pool, 73) {
    seek_all(next_, address_, nation_, phone_, balance_, segment_, comment_);
  }

 private:
  void make_rows(Batch& batch, size_t row_count) override {
    TextArena& arena = batch.arena();
    for (size_t i = 0; i < row_count; ++i, ++next_) {
      const int32_t nation_key = nation_.draw();
      batch.longs(kCustKey)[i] = next_ + 1;
      batch.texts(kName)[i] = numbered_name(arena, "Customer#", next_ + 1);
      batch.texts(kAddress)[i] = address_.draw(arena);
      batch.longs(kNationKey)[i] = nation_key;
      batch.texts(kPhone)[i] = phone_.draw(nation_key, arena);
      batch.longs(kAcctBal)[i] = balance_.draw();
      batch.texts(kMktSegment)[i] = segment_.draw();
      batch.texts(kComment)[i] = comment_.draw();
      next_row_all(address_, nation_, phone_, balance_, segment_, comment_);
    }
  }

  int64_t next_;
  AddressColumn address_{881155353};
  UniformColumn nation_{1489529863, 0, 24};
  PhoneColumn phone_{1521138112};
  UniformColumn balance_{298370230, kLowestBalanceCents, kHighestBalanceCents};
  WordColumn segment_{1140279430, market_segments()};
  CommentColumn comment_;
};

}  // namespace

std::span<const Column> customer_columns() { return kColumns; }

std::unique_ptr<RowSource> customer_rows(const TextPool& pool, const RowRange& range) {
  return std::make_unique<CustomerRows>(pool, range);
}

}  // namespace millrace::tpch
