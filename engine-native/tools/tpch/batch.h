// Rows in flight between a table's generator and whoever takes them: one vector a column.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace millrace::tpch {

enum class ColumnType {
  Key,      // bigint
  Integer,  // integer
  Money,    // numeric(15,2), held in hundredths
  Date,     // date, held in days since 1970-01-01
  Text,
};

struct Column {
  std::string_view name;
  ColumnType type;
};

/// Room for texts that a batch makes itself. Texts live until the next clear().
class TextArena {
 public:
  char* allocate(size_t size_bytes);
  void clear();

 private:
  static constexpr size_t kBlockBytes = 64 * 1024;

  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t used_block_count_ = 0;
  size_t used_bytes_ = kBlockBytes;  // of the last used block
};

/// Up to kCapacity rows. Values of Key and Money columns are 64 bits wide, of Integer and Date
/// columns 32; texts are views into the text pool, the word lists or the batch's own arena.
class Batch {
 public:
  static constexpr size_t kCapacity = 2048;

  explicit Batch(std::span<const Column> columns);

  void clear();
  size_t row_count() const { return row_count_; }
  void set_row_count(size_t row_count) { row_count_ = row_count; }

  int64_t* longs(size_t column) { return vectors_[column].longs.data(); }
  int32_t* integers(size_t column) { return vectors_[column].integers.data(); }
  std::string_view* texts(size_t column) { return vectors_[column].texts.data(); }
  std::span<const int64_t> long_values(size_t column) const {
    return {vectors_[column].longs.data(), row_count_};
  }
  std::span<const int32_t> integer_values(size_t column) const {
    return {vectors_[column].integers.data(), row_count_};
  }
  std::span<const std::string_view> text_values(size_t column) const {
    return {vectors_[column].texts.data(), row_count_};
  }
  TextArena& arena() { return arena_; }

 private:
  struct Vector {  // only the one that fits the column's type has elements
    std::vector<int64_t> longs;
    std::vector<int32_t> integers;
    std::vector<std::string_view> texts;
  };

  std::vector<Vector> vectors_;
  size_t row_count_ = 0;
  TextArena arena_;
};

/// `prefix` and `number` in at least nine digits, as in Customer#000000001.
std::string_view numbered_name(TextArena& arena, std::string_view prefix, int64_t number);

/// Writes `number` in exactly `digit_count` digits.
void write_digits(char* out, int64_t number, int digit_count);

}  // namespace millrace::tpch
