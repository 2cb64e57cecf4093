#include "formats/parquet/metadata.h"

#include <array>

#include "formats/parquet/thrift_fields.h"

namespace millrace::formats::parquet {

namespace {

TimeUnit parse_time_unit(ThriftReader& reader) {
  TimeUnit unit = TimeUnit::Micros;
  for (StructCursor field(reader); field.next();) {
    if (field.id() >= 1 && field.id() <= 3) unit = static_cast<TimeUnit>(field.id() - 1);
  }
  return unit;
}

void parse_logical_time(ThriftReader& reader, LogicalKind kind, LogicalType* out) {
  out->kind = kind;
  for (StructCursor field(reader); field.next();) {
    if (field.id() == 1) field.get(&out->is_utc);
    if (field.id() == 2) {
      field.structure([&](ThriftReader& inner) { out->unit = parse_time_unit(inner); });
    }
  }
}

void parse_logical_decimal(ThriftReader& reader, LogicalType* out) {
  out->kind = LogicalKind::Decimal;
  for (StructCursor field(reader); field.next();) {
    if (field.id() == 1) field.get(&out->scale);
    if (field.id() == 2) field.get(&out->precision);
  }
}

void parse_logical_integer(ThriftReader& reader, LogicalType* out) {
  out->kind = LogicalKind::Integer;
  for (StructCursor field(reader); field.next();) {
    if (field.id() == 1) field.get(&out->bit_width);
    if (field.id() == 2) field.get(&out->is_signed);
  }
}

/// A kind that is not known stays None: the column is read as its physical type.
void parse_logical_type(ThriftReader& reader, LogicalType* out) {
  for (StructCursor field(reader); field.next();) {
    switch (field.id()) {
      case 1:
        out->kind = LogicalKind::String;
        break;
      case 4:
        out->kind = LogicalKind::Enum;
        break;
      case 5:
        field.structure([&](ThriftReader& inner) { parse_logical_decimal(inner, out); });
        break;
      case 6:
        out->kind = LogicalKind::Date;
        break;
      case 7:
        field.structure(
            [&](ThriftReader& inner) { parse_logical_time(inner, LogicalKind::Time, out); });
        break;
      case 8:
        field.structure(
            [&](ThriftReader& inner) { parse_logical_time(inner, LogicalKind::Timestamp, out); });
        break;
      case 10:
        field.structure([&](ThriftReader& inner) { parse_logical_integer(inner, out); });
        break;
      case 12:
        out->kind = LogicalKind::Json;
        break;
      case 13:
        out->kind = LogicalKind::Bson;
        break;
      case 14:
        out->kind = LogicalKind::Uuid;
        break;
      case 15:
        out->kind = LogicalKind::Float16;
        break;
      default:
        break;
    }
  }
}

/// The older annotation. Its times and timestamps are of UTC, as the format says.
LogicalType logical_of_converted(int32_t converted, int32_t precision, int32_t scale) {
  using Kind = LogicalKind;
  const auto time = [](Kind kind, TimeUnit unit) {
    return LogicalType{.kind = kind, .unit = unit, .is_utc = true};
  };
  switch (converted) {
    case 0:
      return {.kind = Kind::String};
    case 4:
      return {.kind = Kind::Enum};
    case 5:
      return {.kind = Kind::Decimal, .precision = precision, .scale = scale};
    case 6:
      return {.kind = Kind::Date};
    case 7:
      return time(Kind::Time, TimeUnit::Millis);
    case 8:
      return time(Kind::Time, TimeUnit::Micros);
    case 9:
      return time(Kind::Timestamp, TimeUnit::Millis);
    case 10:
      return time(Kind::Timestamp, TimeUnit::Micros);
    case 11:
    case 12:
    case 13:
    case 14:
      return {.kind = Kind::Integer, .is_signed = false, .bit_width = 8 << (converted - 11)};
    case 15:
    case 16:
    case 17:
    case 18:
      return {.kind = Kind::Integer, .is_signed = true, .bit_width = 8 << (converted - 15)};
    case 19:
      return {.kind = Kind::Json};
    case 20:
      return {.kind = Kind::Bson};
    case 21:
      return {.kind = Kind::Interval};
    default:
      return {};
  }
}

void parse_schema_element(ThriftReader& reader, SchemaElement* out) {
  constexpr int32_t kNoConvertedType = -1;
  int32_t converted = kNoConvertedType;
  int32_t precision = 0;
  int32_t scale = 0;
  std::string_view name;
  StructCursor field(reader);
  while (field.next()) {
    switch (field.id()) {
      case 1:
        get_enum(field, reader, &out->physical.emplace(), 7);
        break;
      case 2:
        field.get(&out->type_length);
        break;
      case 3:
        get_enum(field, reader, &out->repetition.emplace(), 2);
        break;
      case 4:
        field.get(&name);
        break;
      case 5:
        field.get(&out->child_count);
        break;
      case 6:
        field.get(&converted);
        break;
      case 7:
        field.get(&scale);
        break;
      case 8:
        field.get(&precision);
        break;
      case 10:
        field.structure([&](ThriftReader& inner) { parse_logical_type(inner, &out->logical); });
        break;
      default:
        break;
    }
  }
  if (!field.has(4) || out->child_count < 0) reader.fail();
  out->name = std::string(name);
  if (out->logical.kind == LogicalKind::None) {
    out->logical = logical_of_converted(converted, precision, scale);
  }
}

void parse_statistics(ThriftReader& reader, RawStatistics* out) {
  for (StructCursor field(reader); field.next();) {
    switch (field.id()) {
      case 1:
        get_optional(field, &out->legacy_max);
        break;
      case 2:
        get_optional(field, &out->legacy_min);
        break;
      case 3:
        get_count(field, reader, &out->null_count);
        break;
      case 4:
        get_count(field, reader, &out->distinct_count);
        break;
      case 5:
        get_optional(field, &out->max_value);
        break;
      case 6:
        get_optional(field, &out->min_value);
        break;
      default:
        break;
    }
  }
}

void parse_encoding_statistics(ThriftReader& reader, ChunkMetadata* out) {
  int32_t kind = 0;
  int32_t encoding = 0;
  int32_t page_count = 0;
  for (StructCursor field(reader); field.next();) {
    if (field.id() == 1) field.get(&kind);
    if (field.id() == 2) field.get(&encoding);
    if (field.id() == 3) field.get(&page_count);
  }
  const auto page = static_cast<PageKind>(kind);
  if ((page == PageKind::Data || page == PageKind::DataV2) && page_count > 0 &&
      !is_dictionary(static_cast<PageEncoding>(encoding))) {
    out->states_plain_pages = true;
  }
}

void parse_column_metadata(ThriftReader& reader, ChunkMetadata* out) {
  StructCursor field(reader);
  while (field.next()) {
    switch (field.id()) {
      case 1:
        get_enum(field, reader, &out->physical, 7);
        break;
      case 4:
        field.get(&out->codec);
        break;
      case 5:
        field.get(&out->value_count);
        break;
      case 7:
        field.get(&out->compressed_bytes);
        break;
      case 9:
        field.get(&out->data_page_offset);
        break;
      case 11:
        field.get(&out->dictionary_page_offset);
        break;
      case 12:
        field.structure([&](ThriftReader& inner) { parse_statistics(inner, &out->statistics); });
        break;
      case 13:
        field.list(ThriftType::Struct,
                   [&](ThriftReader& inner) { parse_encoding_statistics(inner, out); });
        break;
      default:
        break;
    }
  }
  for (const int required : {1, 4, 5, 7, 9}) {
    if (!field.has(required)) reader.fail();
  }
  if (out->value_count < 0 || out->compressed_bytes < 0) reader.fail();
}

void parse_column_chunk(ThriftReader& reader, ChunkMetadata* out) {
  StructCursor field(reader);
  while (field.next()) {
    switch (field.id()) {
      case 1:
        out->is_elsewhere = true;
        break;
      case 3:
        field.structure([&](ThriftReader& inner) { parse_column_metadata(inner, out); });
        break;
      case 4:
        field.get(&out->offset_index.offset);
        break;
      case 5:
        field.get(&out->offset_index.size_bytes);
        break;
      case 6:
        field.get(&out->column_index.offset);
        break;
      case 7:
        field.get(&out->column_index.size_bytes);
        break;
      case 8:
        out->is_encrypted = true;
        break;
      default:
        break;
    }
  }
  if (!field.has(3) && !out->is_encrypted) reader.fail();
}

void parse_row_group(ThriftReader& reader, RowGroupMetadata* out) {
  int64_t row_count = 0;
  StructCursor field(reader);
  while (field.next()) {
    if (field.id() == 1) {
      field.list(ThriftType::Struct, [&](ThriftReader& inner) {
        parse_column_chunk(inner, &out->chunks.emplace_back());
      });
    } else if (field.id() == 3) {
      field.get(&row_count);
    }
  }
  if (!field.has(1) || !field.has(3) || row_count < 0 ||
      row_count > std::numeric_limits<uint32_t>::max()) {
    reader.fail();
  }
  out->row_count = static_cast<uint32_t>(row_count);
}

/// The union has one member for the order that the type defines.
bool parse_column_order(ThriftReader& reader) {
  bool type_defined = false;
  for (StructCursor field(reader); field.next();) type_defined |= field.id() == 1;
  return type_defined;
}

/// Leaves in the order of the schema; false where the groups' child counts do not add up.
bool count_leaves(const std::vector<SchemaElement>& schema, size_t* leaf_count) {
  if (schema.empty() || schema[0].physical.has_value()) return false;
  int64_t open = 1;
  for (size_t i = 0; i < schema.size(); i++) {
    if (open == 0) return false;
    const SchemaElement& element = schema[i];
    if (element.physical.has_value() && element.child_count != 0) return false;
    if (element.physical.has_value()) ++*leaf_count;
    if (i > 0 && !element.repetition.has_value()) return false;
    open += element.child_count - 1;
  }
  return open == 0;
}

bool is_consistent(const FileMetadata& metadata) {
  size_t leaf_count = 0;
  if (!count_leaves(metadata.schema, &leaf_count)) return false;
  std::vector<PhysicalType> physical;
  for (const SchemaElement& element : metadata.schema) {
    if (element.physical.has_value()) physical.push_back(*element.physical);
  }
  int64_t row_count = 0;
  for (const RowGroupMetadata& row_group : metadata.row_groups) {
    if (row_group.chunks.size() != leaf_count) return false;
    for (size_t leaf = 0; leaf < leaf_count; leaf++) {
      const ChunkMetadata& chunk = row_group.chunks[leaf];
      if (chunk.physical != physical[leaf] && !chunk.is_encrypted) return false;
    }
    row_count += row_group.row_count;
  }
  return row_count == metadata.row_count;
}

}  // namespace

std::optional<codec::Codec> codec_of(int32_t number) {
  using codec::Codec;
  switch (number) {
    case 0:
      return Codec::Uncompressed;
    case 1:
      return Codec::Snappy;
    case 2:
      return Codec::Gzip;
    case 4:
      return Codec::Brotli;
    case 5:
      return Codec::Lz4Hadoop;
    case 6:
      return Codec::Zstd;
    case 7:
      return Codec::Lz4Raw;
    default:
      return std::nullopt;
  }
}

Fault parse_file_metadata(std::span<const uint8_t> footer, FileMetadata* out) {
  ThriftReader reader(footer);
  StructCursor field(reader);
  while (field.next()) {
    switch (field.id()) {
      case 2:
        field.list(ThriftType::Struct, [&](ThriftReader& inner) {
          parse_schema_element(inner, &out->schema.emplace_back());
        });
        break;
      case 3:
        field.get(&out->row_count);
        break;
      case 4:
        field.list(ThriftType::Struct, [&](ThriftReader& inner) {
          parse_row_group(inner, &out->row_groups.emplace_back());
        });
        break;
      case 7:
        field.list(ThriftType::Struct, [&](ThriftReader& inner) {
          out->has_type_defined_order.push_back(parse_column_order(inner));
        });
        break;
      default:
        break;
    }
  }
  if (!reader.ok() || !field.has(2) || !field.has(3) || !field.has(4)) {
    return corrupted("its footer cannot be parsed");
  }
  if (!is_consistent(*out)) return corrupted("its footer contradicts itself");
  return {};
}

}  // namespace millrace::formats::parquet
