// Every column of every table against the reference figures: rows, distinct values, least and
// greatest value, and a checksum over all values' texts.
//   tpch_checksum_test SCALE FILE.csv
#include <algorithm>
#include <cinttypes>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <unordered_set>
#include <vector>

#include "tests/tools/check.h"
#include "tests/tools/tpch/md5.h"
#include "tools/tpch/tables.h"

namespace millrace::tpch {
namespace {

using Wide = unsigned __int128;

std::string decimal_text(Wide value) {
  std::string text;
  do {
    text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  return text;
}

std::string money_text(int64_t hundredths) {
  const int64_t magnitude = hundredths < 0 ? -hundredths : hundredths;
  char text[32];
  std::snprintf(text, sizeof text, "%s%" PRId64 ".%02d", hundredths < 0 ? "-" : "", magnitude / 100,
                static_cast<int>(magnitude % 100));
  return text;
}

std::string date_text(int32_t days) {
  // Counted in years that begin in March, so that the leap day is the last of its year.
  const int32_t shifted = days + 719'468;
  const int32_t day_of_era = shifted % 146'097;
  const int32_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int32_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int32_t month_from_march = (5 * day_of_year + 2) / 153;
  const int32_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const int32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const int32_t year = year_of_era + shifted / 146'097 * 400 + (month <= 2 ? 1 : 0);
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
  return text;
}

std::string number_text(ColumnType type, int64_t value) {
  switch (type) {
    case ColumnType::Money:
      return money_text(value);
    case ColumnType::Date:
      return date_text(static_cast<int32_t>(value));
    default:
      return std::to_string(value);
  }
}

/// The five figures of one column.
class ColumnFigures {
 public:
  explicit ColumnFigures(ColumnType type) : type_(type) {}

  void add(const Batch& batch, size_t column) {
    for (size_t i = 0; i < batch.row_count(); ++i) {
      switch (type_) {
        case ColumnType::Key:
        case ColumnType::Money:
          add_number(batch.long_values(column)[i]);
          break;
        case ColumnType::Integer:
        case ColumnType::Date:
          add_number(batch.integer_values(column)[i]);
          break;
        case ColumnType::Text:
          add_text(batch.text_values(column)[i]);
      }
    }
  }

  std::string text() const {
    const bool is_text = type_ == ColumnType::Text;
    std::ostringstream out;
    out << row_count_ << '|' << (is_text ? texts_.size() : numbers_.size()) << '|'
        << (is_text ? least_text_ : number_text(type_, least_)) << '|'
        << (is_text ? greatest_text_ : number_text(type_, greatest_)) << '|'
        << decimal_text(checksum_);
    return out.str();
  }

 private:
  void add_number(int64_t value) {
    ++row_count_;
    numbers_.insert(value);
    least_ = std::min(least_, value);
    greatest_ = std::max(greatest_, value);
    checksum_ += test::md5_prefix(number_text(type_, value));
  }

  void add_text(std::string_view value) {
    if (row_count_ == 0 || value < least_text_) least_text_ = value;
    if (row_count_ == 0 || value > greatest_text_) greatest_text_ = value;
    ++row_count_;
    texts_.emplace(value);
    checksum_ += test::md5_prefix(value);
  }

  ColumnType type_;
  int64_t row_count_ = 0;
  std::unordered_set<int64_t> numbers_;
  std::unordered_set<std::string> texts_;
  int64_t least_ = std::numeric_limits<int64_t>::max();
  int64_t greatest_ = std::numeric_limits<int64_t>::min();
  std::string least_text_;
  std::string greatest_text_;
  Wide checksum_ = 0;
};

/// column name -> "rows|distinct|min|max|checksum". No value of the data holds a bar.
std::map<std::string, std::string, std::less<>> read_reference(const char* path) {
  std::map<std::string, std::string, std::less<>> reference;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);  // the heading
  while (std::getline(file, line)) {
    const size_t table_end = line.find('|');
    const size_t column_end = line.find('|', table_end + 1);
    reference[line.substr(table_end + 1, column_end - table_end - 1)] = line.substr(column_end + 1);
  }
  return reference;
}

int run(const char* scale_text, const char* reference_path) {
  const std::optional<Scale> scale = Scale::parse(scale_text);
  const auto reference = read_reference(reference_path);
  if (!scale || reference.empty()) {
    std::cerr << "no such scale or no reference: " << scale_text << " " << reference_path << "\n";
    return 2;
  }
  const TextPool pool;
  size_t compared_count = 0;
  for (Table table : kAllTables) {
    const std::span<const Column> columns = table_info(table).columns;
    std::vector<ColumnFigures> figures;
    for (const Column& column : columns) figures.emplace_back(column.type);
    Batch batch(columns);
    TableCutter cutter(table, *scale);
    // One range, walked through a batch at a time.
    const RowRange all = cutter.next(std::numeric_limits<int64_t>::max());
    const auto rows = open_rows(table, *scale, pool, all);
    for (int64_t left = all.row_count; left > 0; left -= static_cast<int64_t>(batch.row_count())) {
      rows->fill(batch, std::min<size_t>(Batch::kCapacity, static_cast<size_t>(left)));
      for (size_t i = 0; i < columns.size(); ++i) figures[i].add(batch, i);
    }
    for (size_t i = 0; i < columns.size(); ++i) {
      const auto expected = reference.find(columns[i].name);
      EXPECT(expected != reference.end());
      if (expected == reference.end()) continue;
      std::cout << columns[i].name << "\n";
      EXPECT_EQUAL(figures[i].text(), expected->second);
      ++compared_count;
    }
  }
  EXPECT_EQUAL(compared_count, reference.size());
  return test::report("tpch_checksum_test");
}

}  // namespace
}  // namespace millrace::tpch

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: tpch_checksum_test SCALE FILE.csv\n";
    return 2;
  }
  return millrace::tpch::run(argv[1], argv[2]);
}
