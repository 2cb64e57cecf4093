#include "formats/parquet/bounds.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "formats/parquet/bytes_decoder.h"
#include "formats/parquet/convert.h"

namespace millrace::formats::parquet {

namespace {

using types::i128;
using types::StringView;
using types::Type;

constexpr Fault kOutside = corrupted("a value is outside the bounds that its statistics declare");
constexpr Fault kTooPrecise = corrupted("a decimal exceeds its precision");

template <class T>
int compare_numbers(const StoredValue& left, const StoredValue& right) {
  return left.as<T>() < right.as<T>() ? -1 : left.as<T>() > right.as<T>() ? 1 : 0;
}

int compare_strings(const StringView& left, const StringView& right) {
  const int order = std::memcmp(left.bytes(), right.bytes(), std::min(left.size, right.size));
  if (order != 0) return order < 0 ? -1 : 1;
  return left.size < right.size ? -1 : left.size > right.size ? 1 : 0;
}

i128 power_of_ten(uint32_t exponent) {
  i128 power = 1;
  for (uint32_t i = 0; i < exponent; i++) power *= 10;
  return power;
}

template <class T>
StoredValue stored(const T& value) {
  StoredValue out;
  std::memcpy(out.bytes, &value, sizeof value);
  return out;
}

bool is_float(Type type) { return type == Type::F32 || type == Type::F64; }

bool is_nan(Type type, const StoredValue& value) {
  return type == Type::F32 ? std::isnan(value.as<float>()) : std::isnan(value.as<double>());
}

/// Whether the format's order of the type is SQL's.
bool has_order(const LeafColumn& column) {
  return column.type.type != Type::Interval && column.conversion != Conversion::TimestampFromInt96;
}

/// Legacy bounds were compared as signed numbers, byte by byte for anything longer.
bool is_signed_number(const LeafColumn& column) {
  return !column.holds_bytes() && has_order(column) &&
         column.conversion != Conversion::SmallintFromUint8 &&
         column.conversion != Conversion::IntegerFromUint16 &&
         column.conversion != Conversion::BigintFromUint32 &&
         column.conversion != Conversion::Decimal128FromUint64;
}

/// One value from the bytes of a statistic; false where they are not one.
bool read_value(const LeafColumn& column, std::string_view bytes, StoredValue* out) {
  const auto* at = reinterpret_cast<const uint8_t*>(bytes.data());
  if (column.holds_bytes()) {
    if (bytes.size() > INT32_MAX) return false;
    const auto size = static_cast<uint32_t>(bytes.size());
    const StringView view = StringView::make(bytes.data(), size);
    if (column.is_stringlike()) {
      *out = stored(view);
      return true;
    }
    if (column.physical == PhysicalType::FixedLenByteArray && size != column.type_length) {
      return false;
    }
    return convert(column, &view, 1, out->bytes).ok();
  }
  alignas(16) uint8_t physical[16] = {};
  if (bytes.size() != width_of(column.physical)) return false;
  std::memcpy(physical, at, bytes.size());
  if (column.physical == PhysicalType::Boolean && physical[0] > 1) return false;
  return convert(column, physical, 1, out->bytes).ok();
}

}  // namespace

int compare(Type type, const StoredValue& left, const StoredValue& right) {
  switch (type) {
    case Type::Bool:
      return compare_numbers<uint8_t>(left, right);
    case Type::I16:
      return compare_numbers<int16_t>(left, right);
    case Type::I32:
    case Type::Date:
      return compare_numbers<int32_t>(left, right);
    case Type::I64:
    case Type::D64:
    case Type::Time:
    case Type::Timestamp:
    case Type::TimestampTz:
      return compare_numbers<int64_t>(left, right);
    case Type::F32:
      return compare_numbers<float>(left, right);
    case Type::F64:
      return compare_numbers<double>(left, right);
    case Type::D128:
      return compare_numbers<i128>(left, right);
    case Type::Uuid: {
      const int order = std::memcmp(left.bytes, right.bytes, sizeof(types::Uuid));
      return order < 0 ? -1 : order > 0 ? 1 : 0;
    }
    case Type::Text:
    case Type::Bytea:
      return compare_strings(left.as<StringView>(), right.as<StringView>());
    case Type::Interval:
    case Type::Numeric:
      return 0;
  }
  return 0;
}

StoredBounds bounds_of(const LeafColumn& column, std::optional<std::string_view> minimum,
                       std::optional<std::string_view> maximum) {
  const Type type = column.type.type;
  StoredBounds bounds;
  if (!has_order(column)) return bounds;
  bounds.has_minimum = minimum.has_value() && read_value(column, *minimum, &bounds.minimum);
  bounds.has_maximum = maximum.has_value() && read_value(column, *maximum, &bounds.maximum);
  if (is_float(type)) {
    const bool nan = (bounds.has_minimum && is_nan(type, bounds.minimum)) ||
                     (bounds.has_maximum && is_nan(type, bounds.maximum));
    if (nan) bounds.has_minimum = false;
    bounds.has_maximum = false;
  }
  if (bounds.has_minimum && bounds.has_maximum &&
      compare(type, bounds.minimum, bounds.maximum) > 0) {
    bounds.has_minimum = bounds.has_maximum = false;
  }
  return bounds;
}

StoredBounds bounds_of(const LeafColumn& column, const RawStatistics& statistics,
                       bool has_type_defined_order) {
  StoredBounds bounds;
  if (has_type_defined_order && (statistics.min_value || statistics.max_value)) {
    bounds = bounds_of(column, statistics.min_value, statistics.max_value);
  } else if (!statistics.min_value && !statistics.max_value && is_signed_number(column)) {
    bounds = bounds_of(column, statistics.legacy_min, statistics.legacy_max);
  }
  bounds.null_count = statistics.null_count;
  return bounds;
}

ValueLimits::ValueLimits(const LeafColumn& column, const StoredBounds& chunk,
                         const StoredBounds* page)
    : type_(column.type) {
  const auto tighten = [&](const StoredValue* minimum, const StoredValue* maximum) {
    if (minimum != nullptr && (!has_minimum_ || compare(type_.type, *minimum, minimum_) > 0)) {
      minimum_ = *minimum;
      has_minimum_ = true;
    }
    if (maximum != nullptr && (!has_maximum_ || compare(type_.type, *maximum, maximum_) < 0)) {
      maximum_ = *maximum;
      has_maximum_ = true;
    }
  };
  for (const StoredBounds* bounds : {&chunk, page}) {
    if (bounds == nullptr) continue;
    tighten(bounds->has_minimum ? &bounds->minimum : nullptr,
            bounds->has_maximum ? &bounds->maximum : nullptr);
  }
  if (type_.type == Type::D64 || type_.type == Type::D128) {
    const i128 greatest = power_of_ten(type_.precision) - 1;
    const bool narrow = type_.type == Type::D64;
    const StoredValue low = narrow ? stored(static_cast<int64_t>(-greatest)) : stored(-greatest);
    const StoredValue high = narrow ? stored(static_cast<int64_t>(greatest)) : stored(greatest);
    tighten(&low, &high);
  }
}

Fault ValueLimits::explain(const void* values, uint32_t count) const {
  if (type_.type != Type::D64 && type_.type != Type::D128) return kOutside;
  const i128 greatest = power_of_ten(type_.precision) - 1;
  for (uint32_t i = 0; i < count; i++) {
    const i128 value = type_.type == Type::D64 ? i128{static_cast<const int64_t*>(values)[i]}
                                               : static_cast<const i128*>(values)[i];
    if (value > greatest || value < -greatest) return kTooPrecise;
  }
  return kOutside;
}

template <class T>
Fault ValueLimits::check_numbers(const void* values, uint32_t count) const {
  const auto* in = static_cast<const T*>(values);
  bool outside = false;
  // NaN is on neither side.
  if (has_minimum_ && has_maximum_) {
    const T low = minimum_.as<T>();
    const T high = maximum_.as<T>();
    for (uint32_t i = 0; i < count; i++) outside |= (in[i] < low) | (in[i] > high);
  } else if (has_minimum_) {
    const T low = minimum_.as<T>();
    for (uint32_t i = 0; i < count; i++) outside |= in[i] < low;
  } else if (has_maximum_) {
    const T high = maximum_.as<T>();
    for (uint32_t i = 0; i < count; i++) outside |= in[i] > high;
  }
  return outside ? explain(values, count) : Fault();
}

Fault ValueLimits::check_strings(const StringView* values, uint32_t count) const {
  // The first four bytes decide most comparisons.
  const auto prefix_of = [](const StringView& view) {
    uint32_t prefix;
    std::memcpy(&prefix, view.inlined, sizeof prefix);
    return __builtin_bswap32(prefix);
  };
  const StringView& low = minimum_.as<StringView>();
  const StringView& high = maximum_.as<StringView>();
  const uint32_t low_prefix = has_minimum_ ? prefix_of(low) : 0;
  const uint32_t high_prefix = has_maximum_ ? prefix_of(high) : UINT32_MAX;
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t prefix = prefix_of(values[i]);
    if (prefix > low_prefix && prefix < high_prefix) continue;
    if (has_minimum_ && compare_strings(values[i], low) < 0) return kOutside;
    if (has_maximum_ && compare_strings(values[i], high) > 0) return kOutside;
  }
  return {};
}

Fault ValueLimits::check(const void* values, uint32_t count) const {
  if (!has_minimum_ && !has_maximum_) return {};
  switch (type_.type) {
    case Type::Bool:
      return check_numbers<uint8_t>(values, count);
    case Type::I16:
      return check_numbers<int16_t>(values, count);
    case Type::I32:
    case Type::Date:
      return check_numbers<int32_t>(values, count);
    case Type::I64:
    case Type::D64:
    case Type::Time:
    case Type::Timestamp:
    case Type::TimestampTz:
      return check_numbers<int64_t>(values, count);
    case Type::F32:
      return check_numbers<float>(values, count);
    case Type::F64:
      return check_numbers<double>(values, count);
    case Type::D128:
      return check_numbers<i128>(values, count);
    case Type::Text:
    case Type::Bytea:
      return check_strings(static_cast<const StringView*>(values), count);
    case Type::Uuid:
      for (uint32_t i = 0; i < count; i++) {
        const StoredValue value = stored(static_cast<const types::Uuid*>(values)[i]);
        if (has_minimum_ && compare(Type::Uuid, value, minimum_) < 0) return kOutside;
        if (has_maximum_ && compare(Type::Uuid, value, maximum_) > 0) return kOutside;
      }
      return {};
    case Type::Interval:
    case Type::Numeric:
      return {};
  }
  return {};
}

}  // namespace millrace::formats::parquet
