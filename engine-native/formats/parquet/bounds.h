// Declared bounds of values: read from the file's statistics, used to prune, and checked against
// the values that are decoded.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "formats/format_reader.h"
#include "formats/parquet/column_type.h"
#include "formats/parquet/fault.h"
#include "formats/parquet/metadata.h"

namespace millrace::formats::parquet {

/// A value of any storage but Numeric, which no file holds.
struct StoredValue {
  alignas(16) uint8_t bytes[16] = {};
  template <class T>
  const T& as() const {
    return *reinterpret_cast<const T*>(bytes);
  }
};

/// Bounds in the column's storage. Views of strings point into the bytes they were made from.
struct StoredBounds {
  StoredValue minimum;
  StoredValue maximum;
  bool has_minimum = false;
  bool has_maximum = false;
  std::optional<int64_t> null_count;

  ColumnBounds view() const {
    return {has_minimum ? minimum.bytes : nullptr, has_maximum ? maximum.bytes : nullptr,
            null_count};
  }
};

/// -1, 0 or 1 in the order of SQL; NaN is not expected. Interval has no order here.
int compare(types::Type type, const StoredValue& left, const StoredValue& right);

/// Bounds from the bytes of one minimum and maximum, in the order that the type defines. Floats
/// get no maximum: SQL sorts NaN last, and writers leave NaN out.
StoredBounds bounds_of(const LeafColumn& column, std::optional<std::string_view> minimum,
                       std::optional<std::string_view> maximum);

/// Bounds of a column chunk by the format's rules: `min_value`/`max_value` where the file says
/// that it keeps the type's order, the legacy pair only for signed numbers.
StoredBounds bounds_of(const LeafColumn& column, const RawStatistics& statistics,
                       bool has_type_defined_order);

/// What every value of a page must keep to: bounds that a page or chunk declares, and the
/// precision of decimals.
class ValueLimits {
 public:
  ValueLimits(const LeafColumn& column, const StoredBounds& chunk, const StoredBounds* page);
  /// Checks stored values, each present; O(count), a few instructions a value.
  Fault check(const void* values, uint32_t count) const;

 private:
  template <class T>
  Fault check_numbers(const void* values, uint32_t count) const;
  Fault check_strings(const types::StringView* values, uint32_t count) const;
  Fault explain(const void* values, uint32_t count) const;

  types::TypeParameters type_;
  StoredValue minimum_;
  StoredValue maximum_;
  bool has_minimum_ = false;
  bool has_maximum_ = false;
};

/// A value as PostgreSQL's input takes it: ISO dates, UTC, hexadecimal bytea. Nothing for text that
/// is not text.
std::optional<std::string> literal_of(const types::TypeParameters& type, const StoredValue& value);

}  // namespace millrace::formats::parquet
