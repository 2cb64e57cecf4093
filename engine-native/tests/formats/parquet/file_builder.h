// Parquet files made page by page, right or wrong as a test wants them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/codec.h"
#include "formats/parquet/metadata.h"

namespace millrace::tests {

using formats::parquet::PageEncoding;
using formats::parquet::PhysicalType;

/// A data page before compression.
struct DataPage {
  uint32_t row_count = 0;
  PageEncoding encoding = PageEncoding::Plain;
  std::string values = {};
  /// Rows that are present; empty: a column without levels.
  std::vector<bool> present = {};
  bool legacy_levels = false;
  int version = 1;
  bool v2_compressed = true;
  bool has_crc = false;
  uint32_t crc_error = 0;  // xored with the checksum
  /// Bounds for the page index, as the format writes values; both empty: a page of nulls.
  std::string minimum = {};
  std::string maximum = {};
};

struct BuiltColumn {
  std::string name;
  PhysicalType physical = PhysicalType::Int32;
  int32_t repetition = 0;  // 0 required, 1 optional, 2 repeated
  int32_t type_length = 0;
  int32_t converted_type = -1;
  int32_t precision = 0;
  int32_t scale = 0;
  std::string logical = {};  // bytes of the structure
  int32_t codec = 0;         // the format's number
  /// PLAIN values of the dictionary page, and how many.
  std::optional<std::string> dictionary = {};
  uint32_t dictionary_count = 0;
  bool states_dictionary_offset = true;
  std::vector<DataPage> pages = {};
  std::string statistics = {};  // bytes of the structure
  bool has_page_index = false;
  int64_t index_row_shift = 0;  // a page index that lies
  int64_t value_count_error = 0;
  bool is_encrypted = false;
  bool is_group = false;  // a group around the column: a nested type
};

struct FileOptions {
  bool has_column_orders = true;
  int64_t row_count_error = 0;
};

/// One row group an element, all of the same columns.
std::string build_file(const std::vector<std::vector<BuiltColumn>>& row_groups,
                       const FileOptions& options = {});

/// Bytes of a Statistics structure.
std::string statistics(const std::string& minimum, const std::string& maximum,
                       std::optional<int64_t> null_count = {});
std::string legacy_statistics(const std::string& minimum, const std::string& maximum);

/// A temporary file with these bytes, removed at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& bytes);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace millrace::tests
