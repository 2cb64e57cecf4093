#include "tests/formats/parquet/file_builder.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "tests/formats/parquet/encodings.h"
#include "tests/formats/parquet/thrift_bytes.h"

namespace millrace::tests {

namespace {

struct PagePlace {
  int64_t offset;
  int64_t size_bytes;
  int64_t first_row;
};

/// Where the parts of one column chunk ended up.
struct ChunkPlace {
  int64_t dictionary_offset = 0;
  std::vector<PagePlace> pages;
  int64_t begin = 0;
  int64_t end = 0;
  int64_t column_index_offset = 0;
  int64_t column_index_bytes = 0;
  int64_t offset_index_offset = 0;
  int64_t offset_index_bytes = 0;
};

std::string compressed(int32_t codec_number, const std::string& plain) {
  const auto codec = formats::parquet::codec_of(codec_number);
  // A codec that does not exist: tests of the refusal never read the page.
  if (!codec.has_value() || plain.empty()) return plain;
  std::string out(codec::compressed_size_limit(*codec, plain.size()), '\0');
  const auto written =
      codec::compress(*codec, {reinterpret_cast<const uint8_t*>(plain.data()), plain.size()},
                      {reinterpret_cast<uint8_t*>(out.data()), out.size()});
  MR_CHECK(written.ok());
  out.resize(written.value());
  return out;
}

int64_t count_nulls(const DataPage& page) {
  return std::count(page.present.begin(), page.present.end(), false);
}

std::string page_bytes(int kind, const std::string& body, size_t uncompressed_size, int own_id,
                       const std::string& own, bool has_crc, uint32_t crc_error) {
  ThriftBytes header;
  header.integer(1, kind)
      .integer(2, static_cast<int64_t>(uncompressed_size))
      .integer(3, static_cast<int64_t>(body.size()));
  if (has_crc) {
    const uint32_t crc =
        codec::crc32({reinterpret_cast<const uint8_t*>(body.data()), body.size()}) ^ crc_error;
    header.integer(4, static_cast<int32_t>(crc));
  }
  return header.structure(own_id, own).bytes() + body;
}

std::string data_page_bytes(const DataPage& page, int32_t codec) {
  const auto encoding = static_cast<int64_t>(page.encoding);
  if (page.version == 1) {
    const std::string body = (page.present.empty() ? std::string()
                              : page.legacy_levels ? packed_highest_first(page.present)
                                                   : levels(page.present)) +
                             page.values;
    const std::string own = ThriftBytes()
                                .integer(1, page.row_count)
                                .integer(2, encoding)
                                .integer(3, page.legacy_levels ? 4 : 3)
                                .integer(4, 3)
                                .bytes();
    return page_bytes(0, compressed(codec, body), body.size(), 5, own, page.has_crc,
                      page.crc_error);
  }
  const std::string level_bytes =
      page.present.empty() ? std::string() : levels_without_length(page.present);
  const std::string own = ThriftBytes()
                              .integer(1, page.row_count)
                              .integer(2, count_nulls(page))
                              .integer(3, page.row_count)
                              .integer(4, encoding)
                              .integer(5, static_cast<int64_t>(level_bytes.size()))
                              .integer(6, 0)
                              .boolean(7, page.v2_compressed)
                              .bytes();
  const std::string values = page.v2_compressed ? compressed(codec, page.values) : page.values;
  return page_bytes(3, level_bytes + values, level_bytes.size() + page.values.size(), 8, own,
                    page.has_crc, page.crc_error);
}

ChunkPlace append_chunk(const BuiltColumn& column, std::string* out) {
  ChunkPlace place;
  place.begin = static_cast<int64_t>(out->size());
  if (column.dictionary.has_value()) {
    place.dictionary_offset = place.begin;
    const std::string own = ThriftBytes().integer(1, column.dictionary_count).integer(2, 0).bytes();
    *out += page_bytes(2, compressed(column.codec, *column.dictionary), column.dictionary->size(),
                       7, own, false, 0);
  }
  int64_t row = 0;
  for (const DataPage& page : column.pages) {
    const std::string bytes = data_page_bytes(page, column.codec);
    place.pages.push_back(
        {static_cast<int64_t>(out->size()), static_cast<int64_t>(bytes.size()), row});
    *out += bytes;
    row += page.row_count;
  }
  place.end = static_cast<int64_t>(out->size());
  return place;
}

void append_page_index(const BuiltColumn& column, std::string* out, ChunkPlace* place) {
  std::vector<bool> null_pages;
  std::vector<std::string> minima;
  std::vector<std::string> maxima;
  std::vector<int64_t> null_counts;
  std::vector<std::string> locations;
  for (size_t i = 0; i < column.pages.size(); i++) {
    const DataPage& page = column.pages[i];
    const int64_t nulls = count_nulls(page);
    null_pages.push_back(nulls == page.row_count);
    minima.push_back(page.minimum);
    maxima.push_back(page.maximum);
    null_counts.push_back(nulls);
    const PagePlace& at = place->pages[i];
    locations.push_back(ThriftBytes()
                            .long_integer(1, at.offset)
                            .integer(2, at.size_bytes)
                            .long_integer(3, at.first_row + (i > 0 ? column.index_row_shift : 0))
                            .bytes());
  }
  const std::string column_index = ThriftBytes()
                                       .booleans(1, null_pages)
                                       .binaries(2, minima)
                                       .binaries(3, maxima)
                                       .integer(4, 0)
                                       .integers(5, null_counts, 6)
                                       .bytes();
  const std::string offset_index = ThriftBytes().structures(1, locations).bytes();
  place->column_index_offset = static_cast<int64_t>(out->size());
  place->column_index_bytes = static_cast<int64_t>(column_index.size());
  *out += column_index;
  place->offset_index_offset = static_cast<int64_t>(out->size());
  place->offset_index_bytes = static_cast<int64_t>(offset_index.size());
  *out += offset_index;
}

int64_t count_rows(const BuiltColumn& column) {
  int64_t rows = 0;
  for (const DataPage& page : column.pages) rows += page.row_count;
  return rows;
}

std::string chunk_metadata(const BuiltColumn& column, const ChunkPlace& place) {
  ThriftBytes metadata;
  metadata.integer(1, static_cast<int64_t>(column.physical))
      .integers(2, {0})
      .binaries(3, {column.name})
      .integer(4, column.codec)
      .long_integer(5, count_rows(column) + column.value_count_error)
      .long_integer(6, place.end - place.begin)
      .long_integer(7, place.end - place.begin);
  if (place.dictionary_offset != 0 && column.states_dictionary_offset) {
    metadata.long_integer(9, place.pages.empty() ? place.end : place.pages[0].offset)
        .long_integer(11, place.dictionary_offset);
  } else {
    // Some writers count the dictionary among the data pages.
    metadata.long_integer(9, place.begin);
  }
  if (!column.statistics.empty()) metadata.structure(12, column.statistics);
  ThriftBytes chunk;
  chunk.long_integer(2, 0).structure(3, metadata.bytes());
  if (column.has_page_index) {
    chunk.long_integer(4, place.offset_index_offset)
        .integer(5, place.offset_index_bytes)
        .long_integer(6, place.column_index_offset)
        .integer(7, place.column_index_bytes);
  }
  if (column.is_encrypted)
    chunk.structure(8, ThriftBytes().structure(1, ThriftBytes().bytes()).bytes());
  return chunk.bytes();
}

void append_schema(const BuiltColumn& column, std::vector<std::string>* elements) {
  if (column.is_group) {
    elements->push_back(ThriftBytes().integer(3, 1).binary(4, column.name).integer(5, 1).bytes());
  }
  ThriftBytes element;
  element.integer(1, static_cast<int64_t>(column.physical));
  if (column.type_length != 0) element.integer(2, column.type_length);
  element.integer(3, column.repetition).binary(4, column.name);
  if (column.converted_type >= 0) element.integer(6, column.converted_type);
  if (column.precision != 0) element.integer(7, column.scale).integer(8, column.precision);
  if (!column.logical.empty()) element.structure(10, column.logical);
  elements->push_back(element.bytes());
}

}  // namespace

std::string build_file(const std::vector<std::vector<BuiltColumn>>& row_groups,
                       const FileOptions& options) {
  std::string out = "PAR1";
  std::vector<std::vector<ChunkPlace>> places;
  for (const auto& columns : row_groups) {
    places.emplace_back();
    for (const BuiltColumn& column : columns) places.back().push_back(append_chunk(column, &out));
  }
  int64_t row_count = options.row_count_error;
  std::vector<std::string> groups;
  for (size_t group = 0; group < row_groups.size(); group++) {
    std::vector<std::string> chunks;
    for (size_t i = 0; i < row_groups[group].size(); i++) {
      const BuiltColumn& column = row_groups[group][i];
      if (column.has_page_index) append_page_index(column, &out, &places[group][i]);
      chunks.push_back(chunk_metadata(column, places[group][i]));
    }
    const int64_t rows = row_groups[group].empty() ? 0 : count_rows(row_groups[group][0]);
    row_count += rows;
    groups.push_back(
        ThriftBytes().structures(1, chunks).long_integer(2, 0).long_integer(3, rows).bytes());
  }
  std::vector<std::string> schema;
  std::vector<std::string> orders;
  schema.push_back(ThriftBytes()
                       .binary(4, "schema")
                       .integer(5, static_cast<int64_t>(row_groups[0].size()))
                       .bytes());
  for (const BuiltColumn& column : row_groups[0]) {
    append_schema(column, &schema);
    orders.push_back(ThriftBytes().structure(1, ThriftBytes().bytes()).bytes());
  }
  ThriftBytes footer;
  footer.integer(1, 1).structures(2, schema).long_integer(3, row_count).structures(4, groups);
  if (options.has_column_orders) footer.structures(7, orders);
  const std::string bytes = footer.bytes();
  const auto size = static_cast<uint32_t>(bytes.size());
  out += bytes;
  out.append(reinterpret_cast<const char*>(&size), sizeof size);
  return out + "PAR1";
}

std::string statistics(const std::string& minimum, const std::string& maximum,
                       std::optional<int64_t> null_count) {
  ThriftBytes out;
  if (null_count.has_value()) out.long_integer(3, *null_count);
  return out.binary(5, maximum).binary(6, minimum).bytes();
}

std::string legacy_statistics(const std::string& minimum, const std::string& maximum) {
  return ThriftBytes().binary(1, maximum).binary(2, minimum).bytes();
}

TemporaryFile::TemporaryFile(const std::string& bytes) {
  const char* folder = ::getenv("TMPDIR");
  path_ = std::string(folder == nullptr ? "/tmp" : folder) + "/millrace-parquet-XXXXXX";
  const int descriptor = ::mkstemp(path_.data());
  MR_CHECK(descriptor >= 0);
  size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t now = ::write(descriptor, bytes.data() + written, bytes.size() - written);
    MR_CHECK(now > 0);
    written += static_cast<size_t>(now);
  }
  ::close(descriptor);
}

TemporaryFile::~TemporaryFile() { ::unlink(path_.c_str()); }

}  // namespace millrace::tests
