// The format's own structures, as far as the reader uses them, and their parsers.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/codec.h"
#include "formats/parquet/fault.h"

namespace millrace::formats::parquet {

// The numbers of these are the format's.
enum class PhysicalType : int32_t {
  Boolean = 0,
  Int32 = 1,
  Int64 = 2,
  Int96 = 3,
  Float = 4,
  Double = 5,
  ByteArray = 6,
  FixedLenByteArray = 7,
};
enum class Repetition : int32_t { Required = 0, Optional = 1, Repeated = 2 };
enum class PageEncoding : int32_t {
  Plain = 0,
  PlainDictionary = 2,
  Rle = 3,
  BitPacked = 4,
  DeltaBinaryPacked = 5,
  DeltaLengthByteArray = 6,
  DeltaByteArray = 7,
  RleDictionary = 8,
  ByteStreamSplit = 9,
};
enum class PageKind : int32_t { Data = 0, Index = 1, Dictionary = 2, DataV2 = 3 };

enum class LogicalKind : uint8_t {
  None,
  String,
  Enum,
  Json,
  Bson,
  Decimal,
  Date,
  Time,
  Timestamp,
  Integer,
  Uuid,
  Float16,
  Interval,
};
enum class TimeUnit : uint8_t { Millis, Micros, Nanos };

/// Logical and legacy converted types in one.
struct LogicalType {
  LogicalKind kind = LogicalKind::None;
  TimeUnit unit = TimeUnit::Micros;  // of Time, Timestamp
  bool is_utc = false;               // of Time, Timestamp
  bool is_signed = true;             // of Integer
  int32_t bit_width = 0;             // of Integer
  int32_t precision = 0;             // of Decimal
  int32_t scale = 0;                 // of Decimal
};

struct SchemaElement {
  std::string name;
  std::optional<PhysicalType> physical;  // none: a group
  int32_t type_length = 0;
  std::optional<Repetition> repetition;
  int32_t child_count = 0;
  LogicalType logical;
};

/// Bounds as they lie in the file; views into the footer. `min_value` and `max_value` are in the
/// order of the column's type; `legacy_*` in an order nobody wrote down.
struct RawStatistics {
  std::optional<std::string_view> min_value;
  std::optional<std::string_view> max_value;
  std::optional<std::string_view> legacy_min;
  std::optional<std::string_view> legacy_max;
  std::optional<int64_t> null_count;
  std::optional<int64_t> distinct_count;
};

struct IndexLocation {
  int64_t offset = 0;
  int32_t size_bytes = 0;  // 0: none
};

struct ChunkMetadata {
  PhysicalType physical = PhysicalType::Boolean;
  int32_t codec = 0;  // the format's number
  int64_t value_count = 0;
  int64_t compressed_bytes = 0;
  int64_t data_page_offset = 0;
  int64_t dictionary_page_offset = 0;  // 0: not stated
  RawStatistics statistics;
  IndexLocation offset_index;
  IndexLocation column_index;
  bool states_plain_pages = false;  // its encoding statistics list data pages without dictionary
  bool is_encrypted = false;
  bool is_elsewhere = false;  // in another file

  /// Where its first page, dictionary or not, begins.
  int64_t offset() const {
    return dictionary_page_offset > 0 && dictionary_page_offset < data_page_offset
               ? dictionary_page_offset
               : data_page_offset;
  }
};

struct RowGroupMetadata {
  uint32_t row_count = 0;
  std::vector<ChunkMetadata> chunks;  // one a leaf of the schema
};

struct FileMetadata {
  std::vector<SchemaElement> schema;  // depth first, the root at 0
  int64_t row_count = 0;
  std::vector<RowGroupMetadata> row_groups;
  /// A leaf whose order is not the one its type defines has no bounds to trust.
  std::vector<bool> has_type_defined_order;
};

struct PageHeader {
  PageKind kind = PageKind::Data;
  int32_t uncompressed_bytes = 0;
  int32_t compressed_bytes = 0;
  std::optional<uint32_t> crc;
  uint32_t value_count = 0;
  PageEncoding encoding = PageEncoding::Plain;
  PageEncoding definition_encoding = PageEncoding::Rle;
  // DataV2 only.
  uint32_t null_count = 0;
  uint32_t row_count = 0;
  uint32_t definition_bytes = 0;
  uint32_t repetition_bytes = 0;
  bool is_compressed = true;

  bool is_data() const { return kind == PageKind::Data || kind == PageKind::DataV2; }
};

struct PageLocation {
  int64_t offset;
  int32_t size_bytes;  // with its header
  uint32_t first_row;
};

/// Views into the bytes parsed.
struct RawColumnIndex {
  std::vector<bool> is_null_page;
  std::vector<std::string_view> minima;
  std::vector<std::string_view> maxima;
  std::vector<int64_t> null_counts;  // empty: not stated
};

/// The codec by the format's number; none for LZO and numbers unknown.
std::optional<codec::Codec> codec_of(int32_t number);

constexpr bool is_dictionary(PageEncoding encoding) {
  return encoding == PageEncoding::PlainDictionary || encoding == PageEncoding::RleDictionary;
}

/// `footer` must outlive the metadata.
Fault parse_file_metadata(std::span<const uint8_t> footer, FileMetadata* out);

enum class HeaderOutcome { Parsed, NeedsMoreBytes, Malformed };
HeaderOutcome parse_page_header(std::span<const uint8_t> bytes, PageHeader* out,
                                size_t* header_bytes);

/// False where malformed.
bool parse_offset_index(std::span<const uint8_t> bytes, std::vector<PageLocation>* out);
bool parse_column_index(std::span<const uint8_t> bytes, RawColumnIndex* out);

}  // namespace millrace::formats::parquet
