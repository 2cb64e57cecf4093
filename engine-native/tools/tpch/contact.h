// Addresses and telephone numbers, of suppliers and customers alike.
#pragma once
#include <cstdint>
#include <string_view>

#include "tools/tpch/batch.h"
#include "tools/tpch/random.h"

namespace millrace::tpch {

inline constexpr int32_t kLowestBalanceCents = -99'999;
inline constexpr int32_t kHighestBalanceCents = 999'999;

/// 10 to 40 random letters, digits, blanks and commas.
class AddressColumn {
 public:
  explicit AddressColumn(int64_t seed) : stream_(seed, kDrawsPerRow) {}

  std::string_view draw(TextArena& arena);
  void seek_row(int64_t row) { stream_.seek_row(row); }
  void next_row() { stream_.next_row(); }

 private:
  static constexpr int32_t kMinLength = 10;
  static constexpr int32_t kMaxLength = 40;
  static constexpr int32_t kLettersPerDraw = 5;
  static constexpr int kDrawsPerRow = 1 + kMaxLength / kLettersPerDraw;

  RandomStream stream_;
};

/// Country code (10 more than the nation's key) and three random groups of digits.
class PhoneColumn {
 public:
  explicit PhoneColumn(int64_t seed) : stream_(seed, 3) {}

  std::string_view draw(int32_t nation_key, TextArena& arena);
  void seek_row(int64_t row) { stream_.seek_row(row); }
  void next_row() { stream_.next_row(); }

 private:
  RandomStream stream_;
};

}  // namespace millrace::tpch
