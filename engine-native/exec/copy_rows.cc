#include "exec/copy_rows.h"

#include <algorithm>
#include <cstring>

#include "exec/query.h"
#include "operators/node.h"
#include "wire/parameter.h"

namespace millrace::exec {

using base::ErrorCode;
using types::StringView;
using types::Type;
using wire::CopyField;
using wire::CopyReader;

namespace {

/// Bytes that a context shows of a line or a field.
constexpr size_t kMostShownBytes = 100;

std::string shown(std::string_view text) {
  if (text.size() <= kMostShownBytes) return std::string(text);
  size_t end = kMostShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) end--;
  return std::string(text.substr(0, end)) + "...";
}

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

Status too_long(bool padded, uint32_t most) {
  return Status::error(ErrorCode::StringTooLong, padded ? "character" : "character varying",
                       std::to_string(most));
}

wire::CopyFormat format_of(const plan::CopyFormat& from) {
  wire::CopyFormat format;
  format.kind = from.kind() == plan::CopyFormat::CSV      ? wire::CopyFormat::Kind::Csv
                : from.kind() == plan::CopyFormat::BINARY ? wire::CopyFormat::Kind::Binary
                                                          : wire::CopyFormat::Kind::Text;
  const auto byte_of = [](const std::string& text, char otherwise) {
    return text.empty() ? otherwise : text.front();
  };
  format.delimiter = byte_of(from.delimiter(), format.delimiter);
  format.quote = byte_of(from.quote(), format.quote);
  format.escape = byte_of(from.escape(), format.escape);
  format.null = from.null();
  return format;
}

CopyReader::Header header_of(plan::CopyInput::Header header) {
  if (header == plan::CopyInput::SKIPPED) return CopyReader::Header::Skipped;
  if (header == plan::CopyInput::MATCHED) return CopyReader::Header::Matched;
  return CopyReader::Header::None;
}

Status unfit() {
  return Status::error(ErrorCode::Internal, "a COPY message that does not fit its table");
}

}  // namespace

CopyRows::CopyRows(std::shared_ptr<TableBuilder> into, memory::Budget* budget)
    : into_(std::move(into)), budget_(budget), held_(budget) {}

Result<std::shared_ptr<CopyRows>> CopyRows::open(std::string_view bytes,
                                                 std::shared_ptr<TableBuilder> into,
                                                 memory::Budget* budget) {
  plan::CopyInput message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return unfit();
  std::shared_ptr<CopyRows> rows(new CopyRows(std::move(into), budget));
  MR_RETURN_IF_ERROR(rows->read_message(message));
  rows->into_->open(1, &rows->settings_);
  return rows;
}

Status CopyRows::read_message(const plan::CopyInput& message) {
  MR_ASSIGN_OR_RETURN(settings_, settings_of(message.settings()));
  const auto& shape = into_->shape().columns;
  if (static_cast<size_t>(message.defaults_size()) != shape.size()) return unfit();
  std::vector<std::string> names;
  std::vector<bool> given(shape.size(), false);
  for (const plan::CopyInput::Column& column : message.columns()) {
    if (column.ordinal() >= shape.size() || given[column.ordinal()]) return unfit();
    given[column.ordinal()] = true;
    const formats::FileColumn& of = shape[column.ordinal()];
    columns_.push_back({column.ordinal(), of.type, of.name, of.nullable, column.most_characters(),
                        column.padded(), column.force_not_null(), column.force_null()});
    names.push_back(of.name);
  }
  if (columns_.empty()) return unfit();
  for (uint32_t ordinal = 0; ordinal < shape.size(); ordinal++) {
    if (!shape[ordinal].nullable) not_null_.push_back(ordinal);
    if (given[ordinal]) continue;
    MR_ASSIGN_OR_RETURN(
        runtime::Constant value,
        read_literal(message.defaults(static_cast<int>(ordinal)), shape[ordinal].type, budget_));
    missing_.push_back({ordinal, std::move(value)});
  }
  is_null_.resize(shape.size());
  for (const Missing& missing : missing_) is_null_[missing.ordinal] = missing.value.is_null;
  null_text_ = message.format().null();
  is_csv_ = message.format().kind() == plan::CopyFormat::CSV;
  reader_ = std::make_unique<CopyReader>(
      format_of(message.format()), header_of(message.header()), std::move(names),
      [this](const std::vector<CopyField>& fields) { return row(fields); });
  return {};
}

Status CopyRows::feed(std::string_view bytes) {
  value_ = std::make_unique<ValueText>();
  MR_RETURN_IF_ERROR(checked(reader_->feed(bytes)));
  const int64_t more = static_cast<int64_t>(reader_->held_bytes()) - held_.held_bytes();
  if (more <= 0) {
    held_.shrink(-more);
    return {};
  }
  return checked(held_.grow(more));
}

Status CopyRows::finish() {
  value_ = std::make_unique<ValueText>();
  MR_RETURN_IF_ERROR(checked(reader_->finish()));
  return into_->seal();
}

CopyField CopyRows::meant(const Column& column, CopyField value) const {
  if (!is_csv_) return value;
  if (value.is_null && column.force_not_null) return {null_text_, false};
  if (!value.is_null && column.force_null && value.bytes == null_text_) return {{}, true};
  return value;
}

Status CopyRows::row(const std::vector<CopyField>& fields) {
  for (size_t i = 0; i < columns_.size(); i++) {
    const Column& column = columns_[i];
    value_text_ = meant(column, fields[i]);
    column_ = &column;
    ColumnBuilder& into = into_->column(0, column.ordinal);
    is_null_[column.ordinal] = value_text_.is_null;
    if (value_text_.is_null) {
      MR_RETURN_IF_ERROR(into.append_null());
      continue;
    }
    alignas(16) char out[32];
    MR_RETURN_IF_ERROR(decode(column, value_text_.bytes, value_->arena(), out, room_));
    MR_RETURN_IF_ERROR(into.append_value(out));
  }
  column_ = nullptr;
  for (const Missing& missing : missing_) {
    ColumnBuilder& into = into_->column(0, missing.ordinal);
    MR_RETURN_IF_ERROR(missing.value.is_null ? into.append_null()
                                             : into.append_value(missing.value.bytes));
  }
  for (const uint32_t ordinal : not_null_) {
    if (is_null_[ordinal]) return violated(ordinal, fields);
  }
  row_count_++;
  return into_->end_row(0);
}

Status CopyRows::decode(const Column& column, std::string_view bytes, ops::Arena& arena, void* out,
                        std::string& room) const {
  const Status status =
      wire::decode_parameter(column.type, reader_->is_binary(), bytes, 1, settings_, arena, out);
  if (!status.ok()) {
    const bool names_parameter = status.code() == ErrorCode::InvalidBinaryRepresentation &&
                                 status.message().ends_with("bind parameter 1");
    if (!names_parameter) return status;
    return Status::error(ErrorCode::InvalidBinaryRepresentation, "incorrect binary data format");
  }
  if (column.most_characters == 0) return status;
  const size_t most = column.most_characters;
  size_t characters = 0;
  size_t end = 0;  // of the characters that have room
  for (; end < bytes.size(); end++) {
    if (!starts_character(bytes[end])) continue;
    if (characters == most) break;
    characters++;
  }
  if (end < bytes.size()) {
    const bool is_blank = bytes.find_first_not_of(' ', end) == std::string_view::npos;
    if (!is_blank) return too_long(column.padded, column.most_characters);
    bytes = bytes.substr(0, end);
  }
  if (column.padded && characters < most) {
    room.assign(bytes);
    room.append(most - characters, ' ');
    bytes = room;
  }
  const StringView view = StringView::make(bytes.data(), static_cast<uint32_t>(bytes.size()));
  std::memcpy(out, &view, sizeof(view));
  return {};
}

Status CopyRows::violated(uint32_t ordinal, const std::vector<CopyField>& fields) const {
  struct Cell {
    alignas(16) char bytes[32] = {};
    std::string room;
  };
  static constexpr uint8_t kAbsent = 0;
  const auto& shape = into_->shape();
  std::vector<Cell> cells(shape.columns.size());
  std::vector<runtime::VectorView> row(shape.columns.size());
  ValueText memory;
  for (size_t i = 0; i < columns_.size(); i++) {
    const Column& column = columns_[i];
    Cell& cell = cells[column.ordinal];
    const CopyField value = meant(column, fields[i]);
    row[column.ordinal] = {column.type, cell.bytes, value.is_null ? &kAbsent : nullptr, 0};
    if (value.is_null) continue;
    MR_RETURN_IF_ERROR(decode(column, value.bytes, memory.arena(), cell.bytes, cell.room));
  }
  for (const Missing& missing : missing_) row[missing.ordinal] = missing.value.view();
  return not_null_violation(shape, ordinal, row, 0, settings_);
}

/// Keeps where it happened.
Status CopyRows::checked(Status status) {
  if (status.ok() || reader_->line_number() == 0) return status;
  context_ = "COPY " + into_->shape().relation + ", line " + std::to_string(reader_->line_number());
  // Bytes of another encoding are found, by PostgreSQL, before a line is cut into fields.
  const bool names_column = column_ != nullptr && status.code() != ErrorCode::InvalidByteSequence;
  if (names_column) {
    context_ += ", column " + column_->name;
    if (value_text_.is_null) {
      context_ += ": null input";
    } else if (!reader_->is_binary()) {
      context_ += ": \"" + shown(value_text_.bytes) + "\"";
    }
  } else if (column_ == nullptr && reader_->line().has_value()) {
    context_ += ": \"" + shown(*reader_->line()) + "\"";
  }
  return status;
}

}  // namespace millrace::exec
