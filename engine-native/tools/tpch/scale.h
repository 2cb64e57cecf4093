// The scale factor: how many rows the tables have.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::tpch {

/// A scale dbgen knows: whole numbers up to 10,000, and thousandths below 1.
class Scale {
 public:
  /// Nothing when `text` is no such scale.
  static std::optional<Scale> parse(std::string_view text);
  static constexpr std::string_view kAllowed =
      "a whole number from 1 to 10000, or a number of thousandths below 1 (0.001 to 0.999)";

  /// Rows of a table that has `rows_at_one` at scale 1.
  int64_t rows(int64_t rows_at_one) const {
    return thousandths_ < 1000 ? rows_at_one * thousandths_ / 1000
                               : rows_at_one * (thousandths_ / 1000);
  }

  int64_t supplier_count() const { return rows(10'000); }
  int64_t part_count() const { return rows(200'000); }
  int64_t customer_count() const { return rows(150'000); }
  int64_t order_count() const { return rows(1'500'000); }
  /// Never below the number at scale 1.
  int64_t clerk_count() const { return thousandths_ < 1000 ? 1'000 : rows(1'000); }

  std::string text() const;

 private:
  explicit Scale(int64_t thousandths) : thousandths_(thousandths) {}

  int64_t thousandths_;
};

}  // namespace millrace::tpch
