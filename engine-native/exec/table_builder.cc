#include "exec/table_builder.h"

#include <algorithm>

#include "wire/value_writer.h"

namespace millrace::exec {

using base::ErrorCode;
using runtime::LanesView;
using runtime::VectorView;

namespace {

/// A row group: enough rows to be worth a split, few enough that several threads find one.
constexpr uint32_t kGroupRows = 32 * column::kVectorSize;
constexpr int64_t kGroupBytes = 32 << 20;
/// Bytes of a value that a failing row shows.
constexpr size_t kMostShownBytes = 64;

std::string shown_value(const VectorView& value, uint32_t lane, const ops::Settings& settings) {
  if (value.is_null(lane)) return "null";
  wire::EncodedColumn encoded;
  encoded.type = value.type;
  encoded.values = static_cast<const char*>(value.values) +
                   size_t{lane} * value.stride * types::size_of(value.type.type);
  encoded.validity = nullptr;
  encoded.is_binary = false;
  const wire::ValueColumn column = wire::resolve(encoded, settings);
  const size_t size = column.measure == nullptr ? column.size_limit : column.measure(column, 0);
  std::string text(size + wire::kSlack, '\0');
  text.resize(static_cast<size_t>(column.write(column, 0, text.data()) - text.data()));
  if (text.size() <= kMostShownBytes) return text;
  size_t end = kMostShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) end--;
  return text.substr(0, end) + "...";
}

}  // namespace

Status not_null_violation(const TableShape& shape, uint32_t column, std::span<const VectorView> row,
                          uint32_t lane, const ops::Settings& settings) {
  std::string shown;
  for (const VectorView& value : row) {
    if (!shown.empty()) shown += ", ";
    shown += shown_value(value, lane, settings);
  }
  return Status::error(ErrorCode::NotNullViolation, shape.columns[column].name, shape.relation)
      .with_detail("Failing row contains (" + shown + ").");
}

void TableBuilder::start(Writer& writer) {
  writer.columns.clear();
  writer.row_count = 0;
  for (const formats::FileColumn& column : shape_->columns) {
    writer.columns.emplace_back(column.type, budget_);
  }
}

void TableBuilder::open(uint32_t writer_count, const ops::Settings* settings) {
  settings_ = settings;
  writers_.resize(writer_count);
  for (Writer& writer : writers_) start(writer);
}

Status TableBuilder::check_nulls(std::span<const VectorView> columns, LanesView lanes) const {
  uint32_t first = lanes.count;
  uint32_t column = 0;
  for (uint32_t c = 0; c < columns.size(); c++) {
    if (shape_->columns[c].nullable || columns[c].validity == nullptr) continue;
    for (uint32_t i = 0; i < first; i++) {
      if (!columns[c].is_null(lanes[i])) continue;
      first = i;
      column = c;
    }
  }
  if (first == lanes.count) return {};
  return not_null_violation(*shape_, column, columns, lanes[first], *settings_);
}

Status TableBuilder::append(uint32_t index, std::span<const VectorView> columns, LanesView lanes) {
  Writer& writer = writers_[index];
  MR_RETURN_IF_ERROR(check_nulls(columns, lanes));
  for (size_t c = 0; c < columns.size(); c++) {
    MR_RETURN_IF_ERROR(writer.columns[c].append(columns[c], lanes));
  }
  writer.row_count += lanes.count;
  return flush_if_full(writer);
}

Status TableBuilder::end_row(uint32_t index) {
  Writer& writer = writers_[index];
  writer.row_count++;
  if (writer.row_count % column::kVectorSize != 0) {
    // Rows may be long: asked for now and then only, as it takes a look at each column.
    if (writer.row_count % 64 != 0) return {};
  }
  return flush_if_full(writer);
}

Status TableBuilder::flush_if_full(Writer& writer) {
  int64_t size_bytes = 0;
  for (const ColumnBuilder& column : writer.columns) size_bytes += column.size_bytes();
  if (writer.row_count < kGroupRows && size_bytes < kGroupBytes) return {};
  return flush(writer);
}

Status TableBuilder::flush(Writer& writer) {
  if (writer.row_count == 0) return {};
  std::vector<column::ChunkPtr> chunks;
  for (ColumnBuilder& column : writer.columns) {
    MR_ASSIGN_OR_RETURN(column::ChunkPtr chunk, column.finish());
    chunks.push_back(std::move(chunk));
  }
  writer.row_count = 0;
  const std::lock_guard lock(mutex_);
  return segment_->add(std::move(chunks));
}

Status TableBuilder::seal() {
  for (Writer& writer : writers_) MR_RETURN_IF_ERROR(flush(writer));
  writers_.clear();
  return {};
}

}  // namespace millrace::exec
