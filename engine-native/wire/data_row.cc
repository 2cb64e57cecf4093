#include "wire/data_row.h"

#include "ops/cast/big_endian.h"
#include "wire/value_writer.h"

namespace millrace::wire {

using ops::put_big_endian;

EncodedRows encode_data_rows(std::span<const EncodedColumn> columns, uint32_t from, uint32_t to,
                             const ops::Settings& settings, char* buffer, size_t capacity) {
  std::vector<ValueColumn> resolved;
  resolved.reserve(columns.size());
  std::vector<const ValueColumn*> measured;
  // Type byte, length, column count, a length a column.
  size_t fixed_size = 7 + 4 * columns.size() + kSlack;
  for (const EncodedColumn& column : columns) {
    resolved.push_back(resolve(column, settings));
    fixed_size += resolved.back().size_limit;
    if (resolved.back().measure != nullptr) measured.push_back(&resolved.back());
  }
  EncodedRows done;
  char* at = buffer;
  char* const end = buffer + capacity;
  const ValueColumn* const first = resolved.data();
  const ValueColumn* const last = first + resolved.size();
  for (uint32_t row = from; row < to; row++) {
    size_t limit = fixed_size;
    for (const ValueColumn* column : measured) {
      if (!column->is_null(row)) limit += column->measure(*column, column->index_of(row));
    }
    if (limit > static_cast<size_t>(end - at)) {
      done.needed_bytes = limit;
      break;
    }
    char* const start = at;
    at += 5;
    at = put_big_endian(static_cast<int16_t>(columns.size()), at);
    for (const ValueColumn* column = first; column != last; column++) {
      if (column->is_null(row)) {
        at = put_big_endian(int32_t{-1}, at);
        continue;
      }
      char* const value = at + 4;
      char* const value_end = column->write(*column, column->index_of(row), value);
      put_big_endian(static_cast<int32_t>(value_end - value), at);
      at = value_end;
    }
    *start = 'D';
    put_big_endian(static_cast<int32_t>(at - start - 1), start + 1);
    done.row_count++;
  }
  done.size_bytes = static_cast<size_t>(at - buffer);
  return done;
}

}  // namespace millrace::wire
