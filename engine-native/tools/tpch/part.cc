#include "tools/tpch/part.h"

#include <array>
#include <cstring>
#include <utility>

#include "tools/tpch/distributions.h"

namespace millrace::tpch {
namespace {

enum : size_t {
  kPartKey,
  kName,
  kMfgr,
  kBrand,
  kType,
  kSize,
  kContainer,
  kRetailPrice,
  kComment,
};

constexpr std::array<Column, 9> kColumns = {{
    {"p_partkey", ColumnType::Key},
    {"p_name", ColumnType::Text},
    {"p_mfgr", ColumnType::Text},
    {"p_brand", ColumnType::Text},
    {"p_type", ColumnType::Text},
    {"p_size", ColumnType::Integer},
    {"p_container", ColumnType::Text},
    {"p_retailprice", ColumnType::Money},
    {"p_comment", ColumnType::Text},
}};

/// Five different colors. dbgen shuffles the whole list of colors but looks at five places only.
class NameColumn {
 public:
  NameColumn() : stream_(709314158, static_cast<int>(part_colors().size())) {
    for (size_t i = 0; i < order_.size(); ++i) order_[i] = static_cast<uint8_t>(i);
  }

  std::string_view draw(TextArena& arena) {
    const std::span<const std::string_view> colors = part_colors();
    const int32_t last = static_cast<int32_t>(colors.size()) - 1;
    std::array<size_t, kColorsPerName> swapped;
    size_t size_bytes = kColorsPerName - 1;
    for (size_t i = 0; i < kColorsPerName; ++i) {
      swapped[i] = static_cast<size_t>(stream_.uniform(static_cast<int32_t>(i), last));
      std::swap(order_[i], order_[swapped[i]]);
      size_bytes += colors[order_[i]].size();
    }
    char* text = arena.allocate(size_bytes);
    char* end = text;
    for (size_t i = 0; i < kColorsPerName; ++i) {
      if (i > 0) *end++ = ' ';
      const std::string_view color = colors[order_[i]];
      std::memcpy(end, color.data(), color.size());
      end += color.size();
    }
    // Every row starts from the list in order: take the swaps back, last first.
    for (size_t i = kColorsPerName; i-- > 0;) std::swap(order_[i], order_[swapped[i]]);
    return {text, size_bytes};
  }
  void seek_row(int64_t row) { stream_.seek_row(row); }
  void next_row() { stream_.next_row(); }

 private:
  static constexpr size_t kColorsPerName = 5;

  RandomStream stream_;
  std::array<uint8_t, 92> order_;
};

/// `prefix` and `number`; one number is one digit or two.
std::string_view short_name(TextArena& arena, std::string_view prefix, int32_t number) {
  const int digit_count = number < 10 ? 1 : 2;
  const size_t size_bytes = prefix.size() + static_cast<size_t>(digit_count);
  char* text = arena.allocate(size_bytes);
  std::memcpy(text, prefix.data(), prefix.size());
  write_digits(text + prefix.size(), number, digit_count);
  return {text, size_bytes};
}

class PartRows final : public RowSource {
 public:
  PartRows(const TextPool& pool, const RowRange& range)
      : next_(range.first_unit), comment_(804159733, pool, 14) {
    seek_all(next_, name_, manufacturer_, brand_, type_, size_, container_, comment_);
  }

 private:
  void make_rows(Batch& batch, size_t row_count) override {
    TextArena& arena = batch.arena();
    for (size_t i = 0; i < row_count; ++i, ++next_) {
      const int32_t manufacturer = manufacturer_.draw();
      const int32_t brand = manufacturer * 10 + brand_.draw();
      batch.longs(kPartKey)[i] = next_ + 1;
      batch.texts(kName)[i] = name_.draw(arena);
      batch.texts(kMfgr)[i] = short_name(arena, "Manufacturer#", manufacturer);
      batch.texts(kBrand)[i] = short_name(arena, "Brand#", brand);
      batch.texts(kType)[i] = type_.draw();
      batch.integers(kSize)[i] = size_.draw();
      batch.texts(kContainer)[i] = container_.draw();
      batch.longs(kRetailPrice)[i] = retail_price(next_ + 1);
      batch.texts(kComment)[i] = comment_.draw();
      next_row_all(name_, manufacturer_, brand_, type_, size_, container_, comment_);
    }
  }

  int64_t next_;
  NameColumn name_;
  UniformColumn manufacturer_{1, 1, 5};
  UniformColumn brand_{46831694, 1, 5};
  WordColumn type_{1841581359, part_types()};
  UniformColumn size_{1193163244, 1, 50};
  WordColumn container_{727633698, part_containers()};
  CommentColumn comment_;
};

}  // namespace

std::span<const Column> part_columns() { return kColumns; }

std::unique_ptr<RowSource> part_rows(const TextPool& pool, const RowRange& range) {
  return std::make_unique<PartRows>(pool, range);
}

}  // namespace millrace::tpch
