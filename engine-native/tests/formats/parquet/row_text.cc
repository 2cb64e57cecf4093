#include "tests/formats/parquet/row_text.h"

#include <cstdio>
#include <vector>

namespace millrace::tests {

namespace {

using column::Encoding;
using types::Type;

std::string hex(const char* bytes, uint32_t size) {
  std::string out;
  char digits[3];
  for (uint32_t i = 0; i < size; i++) {
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(bytes[i]));
    out += digits;
  }
  return out;
}

std::string decimal(types::i128 value, int scale) {
  std::string digits;
  const bool negative = value < 0;
  types::u128 rest = negative ? -static_cast<types::u128>(value) : static_cast<types::u128>(value);
  while (rest != 0 || static_cast<int>(digits.size()) <= scale) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  }
  if (scale > 0) digits.insert(digits.end() - scale, '.');
  return (negative ? "-" : "") + digits;
}

std::string real(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

template <class T>
const T& value_at(const void* values, uint32_t row) {
  return static_cast<const T*>(values)[row];
}

uint32_t code_at(const column::ColumnView& column, uint32_t row) {
  if (column.encoding == Encoding::Dictionary8) return value_at<uint8_t>(column.values, row);
  if (column.encoding == Encoding::Dictionary16) return value_at<uint16_t>(column.values, row);
  return value_at<uint32_t>(column.values, row);
}

}  // namespace

std::string row_text(const column::ColumnView& column, uint32_t row) {
  if (column.validity != nullptr && column.validity[row] == 0) return "\\N";
  const void* values = column.values;
  if (column.encoding != Encoding::Flat) {
    values = column.dictionary->values.as<char>();
    row = code_at(column, row);
  }
  switch (column.type.type) {
    case Type::Bool:
      return std::to_string(value_at<uint8_t>(values, row));
    case Type::I16:
      return std::to_string(value_at<int16_t>(values, row));
    case Type::I32:
    case Type::Date:
      return std::to_string(value_at<int32_t>(values, row));
    case Type::I64:
    case Type::Time:
    case Type::Timestamp:
    case Type::TimestampTz:
      return std::to_string(value_at<int64_t>(values, row));
    case Type::F32:
      return real(value_at<float>(values, row));
    case Type::F64:
      return real(value_at<double>(values, row));
    case Type::D64:
      return decimal(value_at<int64_t>(values, row), column.type.scale);
    case Type::D128:
      return decimal(value_at<types::i128>(values, row), column.type.scale);
    case Type::Interval: {
      const auto& interval = value_at<types::Interval>(values, row);
      return std::to_string(interval.months) + "/" + std::to_string(interval.days) + "/" +
             std::to_string(interval.microseconds);
    }
    case Type::Uuid:
      return hex(reinterpret_cast<const char*>(value_at<types::Uuid>(values, row).bytes), 16);
    case Type::Text: {
      const auto& view = value_at<types::StringView>(values, row);
      return {view.bytes(), view.size};
    }
    case Type::Bytea: {
      const auto& view = value_at<types::StringView>(values, row);
      return hex(view.bytes(), view.size);
    }
    case Type::Numeric:
      return "numeric";
  }
  return {};
}

std::string file_text(const formats::FileReader& reader, memory::Budget* budget,
                      base::Status* error) {
  std::string out;
  for (uint32_t group = 0; group < reader.row_group_count(); group++) {
    const formats::RowRange all{0, reader.row_group_rows(group)};
    std::vector<column::ChunkPtr> chunks;
    for (uint32_t column = 0; column < reader.columns().size(); column++) {
      if (!reader.columns()[column].unsupported.empty()) continue;
      int64_t bytes_read = 0;
      auto chunk = reader.decode(group, column, {&all, 1}, budget, &bytes_read);
      if (!chunk.ok()) {
        *error = chunk.status();
        return out;
      }
      chunks.push_back(chunk.value());
    }
    for (uint32_t row = 0; row < all.to; row++) {
      for (size_t i = 0; i < chunks.size(); i++) {
        if (i > 0) out += '\t';
        out += row_text(chunks[i]->view(0, all.to), row);
      }
      out += '\n';
    }
  }
  return out;
}

}  // namespace millrace::tests
