// formats/parquet/writer: columns in, Parquet bytes out. May include the standard library and zstd,
// no other room.
// Invariants: a row group is encoded without knowing where in the file it will stand, so row groups
// can be encoded by different threads and written in any order the caller likes; a column chunk is
// dictionary-coded as a whole or not at all; pages begin at multiples of 2,048 rows; every min and
// max written is a true bound.
// Start reading here, then row_group_encoder.h (columns -> bytes) and file_writer.h (bytes ->
// file).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace millrace::formats::parquet_writer {

/// The numbers are the format's own.
enum class PhysicalType : int32_t {
  Boolean = 0,
  Int32 = 1,
  Int64 = 2,
  Double = 5,
  ByteArray = 6,
  FixedLenByteArray = 7,
};

enum class LogicalType {
  None,
  String,   // of ByteArray
  Decimal,  // of Int32, Int64, or big-endian two's complement in FixedLenByteArray
  Date,     // of Int32: days since 1970-01-01
};

struct ColumnSpec {
  std::string name;
  PhysicalType physical = PhysicalType::Int64;
  LogicalType logical = LogicalType::None;
  int32_t precision = 0;    // of Decimal
  int32_t scale = 0;        // of Decimal
  int32_t type_length = 0;  // of FixedLenByteArray, in bytes
  bool nullable = false;
  int32_t field_id = 0;  // written as it is
};

/// A flat schema, and the order that the caller promises its rows have.
struct Schema {
  std::vector<ColumnSpec> columns;
  std::vector<size_t> sorted_by;  // columns, most significant first, ascending, nulls last
};

enum class Codec : int32_t { Uncompressed = 0, Zstd = 6 };

struct WriterOptions {
  Codec codec = Codec::Zstd;
  int compression_level = 3;
  /// Uncompressed. Pages are cut at the first multiple of 2,048 rows at or past this size.
  size_t page_size_bytes = 1 << 20;
  /// 0: no limit. Rounded up to a multiple of 2,048.
  size_t page_row_limit = 0;
  bool dictionary = true;
  size_t dictionary_size_limit_bytes = 1 << 20;
  /// Longer byte-array bounds are cut to this, the greatest value rounded up.
  size_t bound_size_limit_bytes = 64;
  std::string created_by = "millrace version 0.1.0";
};

inline constexpr size_t kVectorRows = 2048;
inline constexpr size_t kDefaultRowGroupRows = 60 * kVectorRows;  // 122,880

}  // namespace millrace::formats::parquet_writer
