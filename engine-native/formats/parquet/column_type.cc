#include "formats/parquet/column_type.h"

namespace millrace::formats::parquet {

namespace {

using types::Type;

constexpr int32_t kGreatestPrecision = 38;
constexpr int32_t kGreatestPrecision64 = 18;
constexpr uint32_t kUuidBytes = 16;
constexpr uint32_t kHalfBytes = 2;
constexpr uint32_t kIntervalBytes = 12;

/// Sets type and conversion; answers why not, or nothing.
std::string set(LeafColumn* leaf, Type type, Conversion conversion = Conversion::Copy) {
  leaf->type = {type, 0, 0};
  leaf->conversion = conversion;
  return {};
}

std::string resolve_decimal(const SchemaElement& element, LeafColumn* leaf) {
  const int32_t precision = element.logical.precision;
  const int32_t scale = element.logical.scale;
  if (precision < 1 || scale < 0 || scale > precision) {
    return "decimal(" + std::to_string(precision) + "," + std::to_string(scale) + ")";
  }
  if (precision > kGreatestPrecision) return "decimals of more than 38 digits";
  const bool narrow = precision <= kGreatestPrecision64;
  leaf->type = {narrow ? Type::D64 : Type::D128, static_cast<types::u8>(precision),
                static_cast<types::i16>(scale)};
  switch (leaf->physical) {
    case PhysicalType::Int32:
      leaf->conversion = narrow ? Conversion::Decimal64FromInt32 : Conversion::Decimal128FromInt32;
      return {};
    case PhysicalType::Int64:
      leaf->conversion = narrow ? Conversion::Copy : Conversion::Decimal128FromInt64;
      return {};
    case PhysicalType::ByteArray:
    case PhysicalType::FixedLenByteArray:
      leaf->conversion = Conversion::DecimalFromBytes;
      return {};
    default:
      return "decimals of this physical type";
  }
}

std::string resolve_int32(const LogicalType& logical, LeafColumn* leaf) {
  switch (logical.kind) {
    case LogicalKind::Integer:
      switch (logical.bit_width) {
        case 8:
          return set(
              leaf, Type::I16,
              logical.is_signed ? Conversion::SmallintFromInt8 : Conversion::SmallintFromUint8);
        case 16:
          return logical.is_signed ? set(leaf, Type::I16, Conversion::SmallintFromInt16)
                                   : set(leaf, Type::I32, Conversion::IntegerFromUint16);
        case 32:
          return logical.is_signed ? set(leaf, Type::I32)
                                   : set(leaf, Type::I64, Conversion::BigintFromUint32);
        default:
          return "integers of " + std::to_string(logical.bit_width) + " bits in INT32";
      }
    case LogicalKind::Date:
      return set(leaf, Type::Date, Conversion::DateFromDays);
    case LogicalKind::Time:
      return set(leaf, Type::Time, Conversion::TimeFromMillis);
    default:
      return set(leaf, Type::I32);
  }
}

std::string resolve_int64(const LogicalType& logical, LeafColumn* leaf) {
  switch (logical.kind) {
    case LogicalKind::Integer:
      if (logical.is_signed) return set(leaf, Type::I64);
      leaf->type = {Type::D128, 20, 0};
      leaf->conversion = Conversion::Decimal128FromUint64;
      return {};
    case LogicalKind::Time:
      return set(leaf, Type::Time,
                 logical.unit == TimeUnit::Nanos    ? Conversion::TimeFromNanos
                 : logical.unit == TimeUnit::Millis ? Conversion::TimeFromMillis
                                                    : Conversion::TimeFromMicros);
    case LogicalKind::Timestamp:
      return set(leaf, logical.is_utc ? Type::TimestampTz : Type::Timestamp,
                 logical.unit == TimeUnit::Nanos    ? Conversion::TimestampFromNanos
                 : logical.unit == TimeUnit::Millis ? Conversion::TimestampFromMillis
                                                    : Conversion::TimestampFromMicros);
    default:
      return set(leaf, Type::I64);
  }
}

std::string resolve_bytes(const LogicalType& logical, LeafColumn* leaf) {
  const bool fixed = leaf->physical == PhysicalType::FixedLenByteArray;
  switch (logical.kind) {
    case LogicalKind::String:
    case LogicalKind::Enum:
    case LogicalKind::Json:
      return set(leaf, Type::Text);
    case LogicalKind::Uuid:
      if (!fixed || leaf->type_length != kUuidBytes) return "UUIDs that are not of 16 bytes";
      return set(leaf, Type::Uuid, Conversion::UuidFromBytes);
    case LogicalKind::Float16:
      if (!fixed || leaf->type_length != kHalfBytes) return "half floats that are not of 2 bytes";
      return set(leaf, Type::F32, Conversion::RealFromHalf);
    case LogicalKind::Interval:
      if (!fixed || leaf->type_length != kIntervalBytes) {
        return "intervals that are not of 12 bytes";
      }
      return set(leaf, Type::Interval, Conversion::IntervalFromBytes);
    default:
      return set(leaf, Type::Bytea);
  }
}

/// Why the column cannot be read; empty if it can.
std::string resolve_leaf(const SchemaElement& element, LeafColumn* leaf) {
  leaf->physical = *element.physical;
  leaf->is_optional = element.repetition == Repetition::Optional;
  if (element.repetition == Repetition::Repeated) return "nested types";
  if (leaf->physical == PhysicalType::FixedLenByteArray) {
    if (element.type_length < 1) return "byte arrays of fixed length below 1";
    leaf->type_length = static_cast<uint32_t>(element.type_length);
  }
  if (element.logical.kind == LogicalKind::Decimal) return resolve_decimal(element, leaf);
  switch (leaf->physical) {
    case PhysicalType::Boolean:
      return set(leaf, Type::Bool);
    case PhysicalType::Int32:
      return resolve_int32(element.logical, leaf);
    case PhysicalType::Int64:
      return resolve_int64(element.logical, leaf);
    case PhysicalType::Int96:
      return set(leaf, Type::Timestamp, Conversion::TimestampFromInt96);
    case PhysicalType::Float:
      return set(leaf, Type::F32);
    case PhysicalType::Double:
      return set(leaf, Type::F64);
    case PhysicalType::ByteArray:
    case PhysicalType::FixedLenByteArray:
      return resolve_bytes(element.logical, leaf);
  }
  return "this physical type";
}

/// What of its row groups keeps a column from being read.
std::string obstacle_in_chunks(const FileMetadata& metadata, uint32_t leaf) {
  constexpr int32_t kLzo = 3;
  for (const RowGroupMetadata& row_group : metadata.row_groups) {
    const ChunkMetadata& chunk = row_group.chunks[leaf];
    if (chunk.is_encrypted) return "encryption";
    if (chunk.is_elsewhere) return "column chunks in other files";
    if (chunk.codec == kLzo) return "compression by LZO";
    if (!codec_of(chunk.codec).has_value()) {
      return "compression codec " + std::to_string(chunk.codec);
    }
  }
  return {};
}

std::string sql_name_of(const types::TypeParameters& type) {
  switch (type.type) {
    case Type::Bool:
      return "boolean";
    case Type::I16:
      return "smallint";
    case Type::I32:
      return "integer";
    case Type::I64:
      return "bigint";
    case Type::F32:
      return "real";
    case Type::F64:
      return "double precision";
    case Type::D64:
    case Type::D128:
      return "numeric(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
    case Type::Numeric:
      return "numeric";
    case Type::Date:
      return "date";
    case Type::Time:
      return "time without time zone";
    case Type::Timestamp:
      return "timestamp without time zone";
    case Type::TimestampTz:
      return "timestamp with time zone";
    case Type::Interval:
      return "interval";
    case Type::Uuid:
      return "uuid";
    case Type::Text:
      return "text";
    case Type::Bytea:
      return "bytea";
  }
  return {};
}

/// The element after the subtree that begins at `at`; leaves in it are added to `leaf_count`.
size_t end_of_subtree(const std::vector<SchemaElement>& schema, size_t at, uint32_t* leaf_count) {
  int64_t open = 1;
  while (open > 0) {
    if (schema[at].physical.has_value()) ++*leaf_count;
    open += schema[at].child_count - 1;
    at++;
  }
  return at;
}

}  // namespace

std::vector<ResolvedColumn> resolve_columns(const FileMetadata& metadata) {
  std::vector<ResolvedColumn> columns;
  uint32_t leaf_count = 0;
  for (size_t at = 1; at < metadata.schema.size();) {
    const SchemaElement& element = metadata.schema[at];
    ResolvedColumn column;
    column.leaf.leaf = leaf_count;
    column.shown.name = element.name;
    column.shown.nullable = element.repetition != Repetition::Required;
    if (!element.physical.has_value()) {
      column.shown.unsupported = "nested types";
    } else {
      column.shown.unsupported = resolve_leaf(element, &column.leaf);
      if (column.shown.unsupported.empty()) {
        column.shown.unsupported = obstacle_in_chunks(metadata, leaf_count);
      }
    }
    if (column.shown.unsupported.empty()) {
      column.shown.type = column.leaf.type;
      column.shown.sql_type = sql_name_of(column.leaf.type);
    } else {
      column.shown.type = {types::Type::Bytea, 0, 0};
    }
    columns.push_back(std::move(column));
    at = end_of_subtree(metadata.schema, at, &leaf_count);
  }
  return columns;
}

}  // namespace millrace::formats::parquet
