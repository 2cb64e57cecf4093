// Parsers of what stands outside the footer: page headers and the page index.
#include "formats/parquet/metadata.h"
#include "formats/parquet/thrift_fields.h"

namespace millrace::formats::parquet {

namespace {

void parse_page_location(ThriftReader& reader, PageLocation* out) {
  int64_t first_row = 0;
  StructCursor field(reader);
  while (field.next()) {
    if (field.id() == 1) field.get(&out->offset);
    if (field.id() == 2) field.get(&out->size_bytes);
    if (field.id() == 3) field.get(&first_row);
  }
  if (!field.has(1) || !field.has(2) || !field.has(3) || first_row < 0 ||
      first_row > std::numeric_limits<uint32_t>::max()) {
    reader.fail();
  }
  out->first_row = static_cast<uint32_t>(first_row);
}

void parse_data_page(ThriftReader& reader, PageHeader* out) {
  StructCursor field(reader);
  while (field.next()) {
    if (field.id() == 1) get_count(field, reader, &out->value_count);
    if (field.id() == 2) get_enum(field, reader, &out->encoding, 63);
    if (field.id() == 3) get_enum(field, reader, &out->definition_encoding, 63);
  }
  if (!field.has(1) || !field.has(2) || !field.has(3)) reader.fail();
}

void parse_data_page_v2(ThriftReader& reader, PageHeader* out) {
  StructCursor field(reader);
  while (field.next()) {
    switch (field.id()) {
      case 1:
        get_count(field, reader, &out->value_count);
        break;
      case 2:
        get_count(field, reader, &out->null_count);
        break;
      case 3:
        get_count(field, reader, &out->row_count);
        break;
      case 4:
        get_enum(field, reader, &out->encoding, 63);
        break;
      case 5:
        get_count(field, reader, &out->definition_bytes);
        break;
      case 6:
        get_count(field, reader, &out->repetition_bytes);
        break;
      case 7:
        field.get(&out->is_compressed);
        break;
      default:
        break;
    }
  }
  for (int required = 1; required <= 6; required++) {
    if (!field.has(required)) reader.fail();
  }
}

void parse_dictionary_page(ThriftReader& reader, PageHeader* out) {
  StructCursor field(reader);
  while (field.next()) {
    if (field.id() == 1) get_count(field, reader, &out->value_count);
    if (field.id() == 2) get_enum(field, reader, &out->encoding, 63);
  }
  if (!field.has(1) || !field.has(2)) reader.fail();
}

/// The part of the header that its kind needs must be there.
bool has_own_part(const StructCursor& field, PageKind kind) {
  switch (kind) {
    case PageKind::Data:
      return field.has(5);
    case PageKind::Index:
      return true;
    case PageKind::Dictionary:
      return field.has(7);
    case PageKind::DataV2:
      return field.has(8);
  }
  return false;
}

void parse_page_header_fields(ThriftReader& reader, PageHeader* out) {
  StructCursor field(reader);
  while (field.next()) {
    switch (field.id()) {
      case 1:
        get_enum(field, reader, &out->kind, 3);
        break;
      case 2:
        field.get(&out->uncompressed_bytes);
        break;
      case 3:
        field.get(&out->compressed_bytes);
        break;
      case 4: {
        int32_t crc = 0;
        field.get(&crc);
        out->crc = static_cast<uint32_t>(crc);
        break;
      }
      case 5:
        field.structure([&](ThriftReader& inner) { parse_data_page(inner, out); });
        break;
      case 7:
        field.structure([&](ThriftReader& inner) { parse_dictionary_page(inner, out); });
        break;
      case 8:
        field.structure([&](ThriftReader& inner) { parse_data_page_v2(inner, out); });
        break;
      default:
        break;
    }
  }
  if (!field.has(1) || !field.has(2) || !field.has(3) || !has_own_part(field, out->kind)) {
    reader.fail();
  }
  if (out->uncompressed_bytes < 0 || out->compressed_bytes < 0) reader.fail();
}

}  // namespace

HeaderOutcome parse_page_header(std::span<const uint8_t> bytes, PageHeader* out,
                                size_t* header_bytes) {
  ThriftReader reader(bytes);
  *out = PageHeader();
  parse_page_header_fields(reader, out);
  *header_bytes = reader.consumed_bytes();
  if (reader.ok()) return HeaderOutcome::Parsed;
  return reader.truncated() ? HeaderOutcome::NeedsMoreBytes : HeaderOutcome::Malformed;
}

bool parse_offset_index(std::span<const uint8_t> bytes, std::vector<PageLocation>* out) {
  ThriftReader reader(bytes);
  for (StructCursor field(reader); field.next();) {
    if (field.id() == 1) {
      field.list(ThriftType::Struct,
                 [&](ThriftReader& inner) { parse_page_location(inner, &out->emplace_back()); });
    }
  }
  return reader.ok();
}

bool parse_column_index(std::span<const uint8_t> bytes, RawColumnIndex* out) {
  ThriftReader reader(bytes);
  for (StructCursor field(reader); field.next();) {
    switch (field.id()) {
      case 1:
        field.list(ThriftType::True, [&](ThriftReader& inner) {
          out->is_null_page.push_back(inner.byte() == static_cast<uint8_t>(ThriftType::True));
        });
        break;
      case 2:
        field.list(ThriftType::Binary,
                   [&](ThriftReader& inner) { out->minima.push_back(inner.binary()); });
        break;
      case 3:
        field.list(ThriftType::Binary,
                   [&](ThriftReader& inner) { out->maxima.push_back(inner.binary()); });
        break;
      case 5:
        field.list(ThriftType::I64,
                   [&](ThriftReader& inner) { out->null_counts.push_back(inner.zigzag()); });
        break;
      default:
        break;
    }
  }
  return reader.ok() && out->minima.size() == out->is_null_page.size() &&
         out->maxima.size() == out->is_null_page.size() &&
         (out->null_counts.empty() || out->null_counts.size() == out->is_null_page.size());
}

}  // namespace millrace::formats::parquet
