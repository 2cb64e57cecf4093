// Field ids are those of the format's parquet.thrift.
#include "formats/parquet/writer/footer.h"

#include <algorithm>
#include <optional>

#include "formats/parquet/writer/thrift_compact.h"

namespace millrace::formats::parquet_writer {
namespace {

constexpr int32_t kFormatVersion = 2;
enum class Repetition : int32_t { Required = 0, Optional = 1 };
enum class ConvertedType : int32_t { Utf8 = 0, Decimal = 5, Date = 6 };
enum class PageType : int32_t { Dictionary = 2, DataV2 = 3 };

/// Where a part of the page index stands.
struct IndexPlace {
  int64_t offset = 0;
  int32_t size_bytes = 0;
};

struct ChunkIndexPlaces {
  std::optional<IndexPlace> column_index;
  IndexPlace offset_index;
};

void write_logical_type(const ColumnSpec& column, ThriftWriter& out) {
  switch (column.logical) {
    case LogicalType::None:
      return;
    case LogicalType::String:
      out.begin_struct_field(10);
      out.empty_struct_field(1);
      break;
    case LogicalType::Decimal:
      out.begin_struct_field(10);
      out.begin_struct_field(5);
      out.i32_field(1, column.scale);
      out.i32_field(2, column.precision);
      out.end_struct();
      break;
    case LogicalType::Date:
      out.begin_struct_field(10);
      out.empty_struct_field(6);
      break;
  }
  out.end_struct();
}

// The older notation of the same, for older readers.
void write_converted_type(const ColumnSpec& column, ThriftWriter& out) {
  switch (column.logical) {
    case LogicalType::None:
      return;
    case LogicalType::String:
      return out.i32_field(6, static_cast<int32_t>(ConvertedType::Utf8));
    case LogicalType::Decimal:
      out.i32_field(6, static_cast<int32_t>(ConvertedType::Decimal));
      out.i32_field(7, column.scale);
      return out.i32_field(8, column.precision);
    case LogicalType::Date:
      return out.i32_field(6, static_cast<int32_t>(ConvertedType::Date));
  }
}

void write_schema(const Schema& schema, ThriftWriter& out) {
  out.begin_struct_list(2, schema.columns.size() + 1);
  out.begin_struct_element();
  out.binary_field(4, "schema");
  out.i32_field(5, static_cast<int32_t>(schema.columns.size()));
  out.end_struct();
  for (const ColumnSpec& column : schema.columns) {
    out.begin_struct_element();
    out.i32_field(1, static_cast<int32_t>(column.physical));
    if (column.physical == PhysicalType::FixedLenByteArray) out.i32_field(2, column.type_length);
    out.i32_field(
        3, static_cast<int32_t>(column.nullable ? Repetition::Optional : Repetition::Required));
    out.binary_field(4, column.name);
    write_converted_type(column, out);
    out.i32_field(9, column.field_id);
    write_logical_type(column, out);
    out.end_struct();
  }
}

void write_statistics(const EncodedChunk& chunk, ThriftWriter& out) {
  out.begin_struct_field(12);
  out.i64_field(3, chunk.null_count);
  if (chunk.distinct_count) out.i64_field(4, *chunk.distinct_count);
  if (chunk.bounds) {
    out.binary_field(5, chunk.bounds->greatest);
    out.binary_field(6, chunk.bounds->least);
    out.bool_field(7, chunk.bounds->greatest_exact);
    out.bool_field(8, chunk.bounds->least_exact);
  }
  out.end_struct();
}

void write_encodings(const ColumnSpec& column, const EncodedChunk& chunk, ThriftWriter& out) {
  const bool has_levels = column.nullable;
  out.begin_i32_list(2, 1 + (chunk.has_dictionary ? 1 : 0) + (has_levels ? 1 : 0));
  out.integer_element(static_cast<int32_t>(Encoding::Plain));
  if (has_levels) out.integer_element(static_cast<int32_t>(Encoding::Rle));
  if (chunk.has_dictionary) out.integer_element(static_cast<int32_t>(Encoding::RleDictionary));
}

void write_encoding_statistics(const EncodedChunk& chunk, ThriftWriter& out) {
  const auto element = [&out](PageType type, Encoding encoding, size_t count) {
    out.begin_struct_element();
    out.i32_field(1, static_cast<int32_t>(type));
    out.i32_field(2, static_cast<int32_t>(encoding));
    out.i32_field(3, static_cast<int32_t>(count));
    out.end_struct();
  };
  out.begin_struct_list(13, chunk.has_dictionary ? 2 : 1);
  if (chunk.has_dictionary) element(PageType::Dictionary, Encoding::Plain, 1);
  element(PageType::DataV2, chunk.encoding, chunk.pages.size());
}

int64_t written_bytes(const EncodedChunk& chunk) {
  return chunk.pages.back().offset + chunk.pages.back().size_bytes;
}

void write_chunk(const ColumnSpec& column, const WriterOptions& options, const EncodedChunk& chunk,
                 int64_t offset, const ChunkIndexPlaces& places, ThriftWriter& out) {
  out.begin_struct_element();
  out.i64_field(2, 0);  // file_offset: deprecated, and 0 says that nothing is there
  out.begin_struct_field(3);
  out.i32_field(1, static_cast<int32_t>(column.physical));
  write_encodings(column, chunk, out);
  out.begin_binary_list(3, 1);
  out.binary_element(column.name);
  out.i32_field(4, static_cast<int32_t>(options.codec));
  out.i64_field(5, chunk.row_count);
  out.i64_field(6, chunk.uncompressed_bytes);
  out.i64_field(7, written_bytes(chunk));
  out.i64_field(9, offset + chunk.pages.front().offset);
  if (chunk.has_dictionary) out.i64_field(11, offset);
  write_statistics(chunk, out);
  write_encoding_statistics(chunk, out);
  out.end_struct();
  out.i64_field(4, places.offset_index.offset);
  out.i32_field(5, places.offset_index.size_bytes);
  if (places.column_index) {
    out.i64_field(6, places.column_index->offset);
    out.i32_field(7, places.column_index->size_bytes);
  }
  out.end_struct();
}

void write_row_group(const Schema& schema, const WriterOptions& options,
                     const WrittenRowGroup& written, std::span<const ChunkIndexPlaces> places,
                     size_t ordinal, ThriftWriter& out) {
  const std::vector<EncodedChunk>& chunks = written.row_group.chunks;
  out.begin_struct_element();
  out.begin_struct_list(1, chunks.size());
  int64_t uncompressed_bytes = 0;
  int64_t compressed_bytes = 0;
  for (size_t i = 0; i < chunks.size(); ++i) {
    write_chunk(schema.columns[i], options, chunks[i], written.chunk_offsets[i], places[i], out);
    uncompressed_bytes += chunks[i].uncompressed_bytes;
    compressed_bytes += written_bytes(chunks[i]);
  }
  out.i64_field(2, uncompressed_bytes);
  out.i64_field(3, written.row_group.row_count);
  if (!schema.sorted_by.empty()) {
    out.begin_struct_list(4, schema.sorted_by.size());
    for (size_t column : schema.sorted_by) {
      out.begin_struct_element();
      out.i32_field(1, static_cast<int32_t>(column));
      out.bool_field(2, false);  // descending
      out.bool_field(3, false);  // nulls first
      out.end_struct();
    }
  }
  out.i64_field(5, written.chunk_offsets.front());
  out.i64_field(6, compressed_bytes);
  if (ordinal <= INT16_MAX) out.i16_field(7, static_cast<int16_t>(ordinal));
  out.end_struct();
}

/// A column index needs bounds for every page that has a value.
bool has_column_index(const EncodedChunk& chunk) {
  return std::all_of(chunk.pages.begin(), chunk.pages.end(), [](const EncodedPage& page) {
    return page.bounds || page.null_count == page.row_count;
  });
}

void write_column_index(const EncodedChunk& chunk, Bytes& bytes) {
  const std::vector<EncodedPage>& pages = chunk.pages;
  ThriftWriter out(bytes);
  out.begin_bool_list(1, pages.size());
  for (const EncodedPage& page : pages) out.bool_element(!page.bounds);
  out.begin_binary_list(2, pages.size());
  for (const EncodedPage& page : pages) out.binary_element(page.bounds ? page.bounds->least : "");
  out.begin_binary_list(3, pages.size());
  for (const EncodedPage& page : pages) {
    out.binary_element(page.bounds ? page.bounds->greatest : "");
  }
  out.i32_field(4, static_cast<int32_t>(chunk.page_order));
  out.begin_i64_list(5, pages.size());
  for (const EncodedPage& page : pages) out.integer_element(page.null_count);
  out.finish();
}

void write_offset_index(const EncodedChunk& chunk, int64_t chunk_offset, Bytes& bytes) {
  ThriftWriter out(bytes);
  out.begin_struct_list(1, chunk.pages.size());
  for (const EncodedPage& page : chunk.pages) {
    out.begin_struct_element();
    out.i64_field(1, chunk_offset + page.offset);
    out.i32_field(2, static_cast<int32_t>(page.size_bytes));
    out.i64_field(3, page.first_row);
    out.end_struct();
  }
  out.finish();
}

/// All column indexes, then all offset indexes, as the format recommends.
std::vector<std::vector<ChunkIndexPlaces>> write_page_index(
    std::span<const WrittenRowGroup> row_groups, int64_t begin, Bytes& bytes) {
  const auto place_since = [&bytes, begin](size_t start) {
    return IndexPlace{.offset = begin + static_cast<int64_t>(start),
                      .size_bytes = static_cast<int32_t>(bytes.size() - start)};
  };
  std::vector<std::vector<ChunkIndexPlaces>> places(row_groups.size());
  for (size_t group = 0; group < row_groups.size(); ++group) {
    for (const EncodedChunk& chunk : row_groups[group].row_group.chunks) {
      const size_t start = bytes.size();
      ChunkIndexPlaces& place = places[group].emplace_back();
      if (!has_column_index(chunk)) continue;
      write_column_index(chunk, bytes);
      place.column_index = place_since(start);
    }
  }
  for (size_t group = 0; group < row_groups.size(); ++group) {
    const WrittenRowGroup& written = row_groups[group];
    for (size_t i = 0; i < written.row_group.chunks.size(); ++i) {
      const size_t start = bytes.size();
      write_offset_index(written.row_group.chunks[i], written.chunk_offsets[i], bytes);
      places[group][i].offset_index = place_since(start);
    }
  }
  return places;
}

}  // namespace

Footer make_footer(const Schema& schema, const WriterOptions& options,
                   std::span<const WrittenRowGroup> row_groups, int64_t page_index_offset) {
  Footer footer;
  const auto places = write_page_index(row_groups, page_index_offset, footer.page_index);
  int64_t row_count = 0;
  for (const WrittenRowGroup& written : row_groups) row_count += written.row_group.row_count;

  ThriftWriter out(footer.metadata);
  out.i32_field(1, kFormatVersion);
  write_schema(schema, out);
  out.i64_field(3, row_count);
  out.begin_struct_list(4, row_groups.size());
  for (size_t i = 0; i < row_groups.size(); ++i) {
    write_row_group(schema, options, row_groups[i], places[i], i, out);
  }
  out.binary_field(6, options.created_by);
  // Every column's bounds follow the order that its type defines; without this readers must
  // ignore them.
  out.begin_struct_list(7, schema.columns.size());
  for (size_t i = 0; i < schema.columns.size(); ++i) {
    out.begin_struct_element();
    out.empty_struct_field(1);
    out.end_struct();
  }
  out.finish();
  return footer;
}

}  // namespace millrace::formats::parquet_writer
