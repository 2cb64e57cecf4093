#include "tools/tpch/supplier.h"

#include <array>
#include <cstring>

#include "tools/tpch/contact.h"

namespace millrace::tpch {
namespace {

enum : size_t { kSuppKey, kName, kAddress, kNationKey, kPhone, kAcctBal, kComment };

constexpr std::array<Column, 7> kColumns = {{
    {"s_suppkey", ColumnType::Key},
    {"s_name", ColumnType::Text},
    {"s_address", ColumnType::Text},
    {"s_nationkey", ColumnType::Key},
    {"s_phone", ColumnType::Text},
    {"s_acctbal", ColumnType::Money},
    {"s_comment", ColumnType::Text},
}};

/// Ten suppliers in ten thousand have customers' opinions woven into their comment: "Customer",
/// some of the old text, then "Complaints" or "Recommends", half of each.
class OpinionColumn {
 public:
  std::string_view weave(std::string_view comment, TextArena& arena) {
    constexpr std::string_view kWho = "Customer ";
    constexpr std::string_view kComplaint = "Complaints";
    constexpr std::string_view kPraise = "Recommends";
    constexpr int32_t kWoven = kWho.size() + kComplaint.size();
    static_assert(kComplaint.size() == kPraise.size());

    if (chosen_.uniform(1, 10'000) > 10) return comment;
    const int32_t length = static_cast<int32_t>(comment.size());
    const int32_t between = between_.uniform(0, length - kWoven);
    const int32_t offset = offset_.uniform(0, length - (kWoven + between));
    const std::string_view opinion = verdict_.uniform(0, 100) < 50 ? kComplaint : kPraise;

    char* text = arena.allocate(comment.size());
    std::memcpy(text, comment.data(), comment.size());
    char* woven = text + offset;
    std::memcpy(woven, kWho.data(), kWho.size());
    std::memcpy(woven + kWho.size() + between, opinion.data(), opinion.size());
    return {text, comment.size()};
  }
  void seek_row(int64_t row) { seek_all(row, chosen_, between_, offset_, verdict_); }
  void next_row() { next_row_all(chosen_, between_, offset_, verdict_); }

 private:
  RandomStream chosen_{202794285, 1};
  RandomStream between_{263032577, 1};
  RandomStream offset_{715851524, 1};
  RandomStream verdict_{753643799, 1};
};

class SupplierRows final : public RowSource {
 public:
  SupplierRows(const TextPool& pool, const RowRange& range)
      : next_(range.first_unit), comment_(1341315363, pool, 63) {
    seek_all(next_, address_, nation_, phone_, balance_, comment_, opinion_);
  }

 private:
  void make_rows(Batch& batch, size_t row_count) override {
    TextArena& arena = batch.arena();
    for (size_t i = 0; i < row_count; ++i, ++next_) {
      const int32_t nation_key = nation_.draw();
      batch.longs(kSuppKey)[i] = next_ + 1;
      batch.texts(kName)[i] = numbered_name(arena, "Supplier#", next_ + 1);
      batch.texts(kAddress)[i] = address_.draw(arena);
      batch.longs(kNationKey)[i] = nation_key;
      batch.texts(kPhone)[i] = phone_.draw(nation_key, arena);
      batch.longs(kAcctBal)[i] = balance_.draw();
      batch.texts(kComment)[i] = opinion_.weave(comment_.draw(), arena);
      next_row_all(address_, nation_, phone_, balance_, comment_, opinion_);
    }
  }

  int64_t next_;
  AddressColumn address_{706178559};
  UniformColumn nation_{110356601, 0, 24};
  PhoneColumn phone_{884434366};
  UniformColumn balance_{962338209, kLowestBalanceCents, kHighestBalanceCents};
  CommentColumn comment_;
  OpinionColumn opinion_;
};

}  // namespace

std::span<const Column> supplier_columns() { return kColumns; }

std::unique_ptr<RowSource> supplier_rows(const TextPool& pool, const RowRange& range) {
  return std::make_unique<SupplierRows>(pool, range);
}

}  // namespace millrace::tpch
