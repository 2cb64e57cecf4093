// Decoded columns as text that a test can compare: raw numbers, not SQL's spelling. NULL is \N,
// floats have 17 digits, dates and times count from 2000-01-01, bytea is hexadecimal, an interval
// is months/days/microseconds.
#pragma once
#include <cstdint>
#include <string>

#include "column/chunk.h"
#include "formats/format_reader.h"

namespace millrace::tests {

std::string row_text(const column::ColumnView& column, uint32_t row);

/// A whole file: rows end with a newline, columns are separated by tabs. Columns that cannot be
/// read are left out. On the first error it stops and sets `error`.
std::string file_text(const formats::FileReader& reader, memory::Budget* budget,
                      base::Status* error);

}  // namespace millrace::tests
