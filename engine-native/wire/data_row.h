// wire: columns to PostgreSQL's DataRow messages and bind parameters to values. May include base,
// types, memory, column, ops and what lies between. Invariant: the bytes are PostgreSQL 15's, digit
// for digit, and never a part of a row. Start reading here.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ops/context.h"

namespace millrace::wire {

/// One result column of a batch. Text of bpchar is already padded.
struct EncodedColumn {
  types::TypeParameters type;
  const void* values = nullptr;       // rows, or the dictionary's entries where `codes` is set
  const uint8_t* validity = nullptr;  // 1 = present; null: all rows are
  const void* codes = nullptr;        // dictionary codes of `code_size` bytes each
  uint8_t code_size = 0;              // 1, 2 or 4
  bool is_binary = false;             // the format the client asked for
  bool is_oid = false;                // an int64 that is four bytes in binary
};

/// What encode() did. With no row written and rows left, the buffer is too small even for one row:
/// give at least `needed_bytes`.
struct EncodedRows {
  uint32_t row_count = 0;
  size_t size_bytes = 0;
  size_t needed_bytes = 0;
};

/// Writes the rows [from, to) of the columns as DataRow messages, as many as fit. Settings used:
/// zone, date_style, date_order, interval_style, bytea_output, extra_float_digits.
/// No state is kept between calls; thread-safe.
EncodedRows encode_data_rows(std::span<const EncodedColumn> columns, uint32_t from, uint32_t to,
                             const ops::Settings& settings, char* buffer, size_t capacity);

/// Upper bound of a column count in one DataRow (its count is an int16).
constexpr size_t kMaxColumns = 1664;

}  // namespace millrace::wire
