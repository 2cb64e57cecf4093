// What a leaf of a file's schema is to SQL, and how its physical values become stored ones.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "formats/format_reader.h"
#include "formats/parquet/metadata.h"
#include "types/physical.h"

namespace millrace::formats::parquet {

/// How physical values become values of the column's storage. *Bytes* are StringViews over the
/// bytes of BYTE_ARRAY or FIXED_LEN_BYTE_ARRAY.
enum class Conversion : uint8_t {
  Copy,  // the physical value is the stored one
  SmallintFromInt8,
  SmallintFromInt16,
  SmallintFromUint8,
  IntegerFromUint16,
  BigintFromUint32,
  Decimal128FromUint64,
  Decimal64FromInt32,
  Decimal128FromInt32,
  Decimal128FromInt64,
  DecimalFromBytes,
  RealFromHalf,
  DateFromDays,
  TimeFromMillis,
  TimeFromMicros,
  TimeFromNanos,
  TimestampFromMillis,
  TimestampFromMicros,
  TimestampFromNanos,
  TimestampFromInt96,
  IntervalFromBytes,
  UuidFromBytes,
};

/// A column that can be read.
struct LeafColumn {
  uint32_t leaf = 0;  // its place among a row group's chunks
  PhysicalType physical = PhysicalType::Boolean;
  uint32_t type_length = 0;  // of FixedLenByteArray
  bool is_optional = false;
  Conversion conversion = Conversion::Copy;
  types::TypeParameters type{};

  bool holds_bytes() const {
    return physical == PhysicalType::ByteArray || physical == PhysicalType::FixedLenByteArray;
  }
  /// Stored as string views; the only columns whose chunks keep dictionary codes.
  bool is_stringlike() const {
    return type.type == types::Type::Text || type.type == types::Type::Bytea;
  }
  bool is_text() const { return type.type == types::Type::Text; }
};

/// One column as the file has it: how it shows itself, and, where `shown.unsupported` is empty,
/// how to read it.
struct ResolvedColumn {
  FileColumn shown;
  LeafColumn leaf;
};

/// The top-level fields of the schema, in its order.
std::vector<ResolvedColumn> resolve_columns(const FileMetadata& metadata);

/// Bytes a physical value takes in memory: bits are widened to bytes, byte arrays are views.
constexpr uint32_t width_of(PhysicalType physical) {
  switch (physical) {
    case PhysicalType::Boolean:
      return 1;
    case PhysicalType::Int32:
    case PhysicalType::Float:
      return 4;
    case PhysicalType::Int64:
    case PhysicalType::Double:
      return 8;
    case PhysicalType::Int96:
      return 12;
    case PhysicalType::ByteArray:
    case PhysicalType::FixedLenByteArray:
      return sizeof(types::StringView);
  }
  return 0;
}

}  // namespace millrace::formats::parquet
