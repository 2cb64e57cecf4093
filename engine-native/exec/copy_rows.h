// COPY ... FROM STDIN: bytes to the rows of a session's table.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "exec/literal.h"
#include "exec/table_builder.h"
#include "plan/fragment.pb.h"
#include "wire/copy_reader.h"

namespace millrace::exec {

/// Reads rows into a builder. One thread at a time.
class CopyRows {
 public:
  /// XX000 where the message does not fit the table.
  static Result<std::shared_ptr<CopyRows>> open(std::string_view message,
                                                std::shared_ptr<TableBuilder> into,
                                                memory::Budget* budget);
  Status feed(std::string_view bytes);
  Status finish();
  uint64_t row_count() const { return row_count_; }
  /// Where reading failed, as PostgreSQL's CONTEXT says it.
  const std::string& context() const { return context_; }

 private:
  struct Column {
    uint32_t ordinal;
    types::TypeParameters type;
    std::string name;
    bool nullable;
    uint32_t most_characters;
    bool padded;
    bool force_not_null;
    bool force_null;
  };
  CopyRows(std::shared_ptr<TableBuilder> into, memory::Budget* budget);
  Status read_message(const plan::CopyInput& message);
  Status row(const std::vector<wire::CopyField>& fields);
  /// With csv's FORCE_NULL and FORCE_NOT_NULL.
  wire::CopyField meant(const Column& column, wire::CopyField value) const;
  /// The field's value into `out`; what is filled up stands in `room`.
  Status decode(const Column& column, std::string_view bytes, ops::Arena& arena, void* out,
                std::string& room) const;
  Status violated(uint32_t ordinal, const std::vector<wire::CopyField>& fields) const;
  Status checked(Status status);

  std::shared_ptr<TableBuilder> into_;
  memory::Budget* budget_;
  memory::Reservation held_;
  ops::Settings settings_{};
  std::vector<Column> columns_;
  struct Missing {
    uint32_t ordinal;
    runtime::Constant value;
  };
  std::vector<Missing> missing_;
  std::vector<uint32_t> not_null_;  // ordinals, rising
  std::vector<bool> is_null_;       // by ordinal, of the row at hand
  std::string null_text_;
  bool is_csv_ = false;
  std::unique_ptr<wire::CopyReader> reader_;
  std::unique_ptr<ValueText> value_;  // memory of the values at hand: anew for each piece
  std::string room_;
  uint64_t row_count_ = 0;
  // Of the field at hand, for the context.
  const Column* column_ = nullptr;
  wire::CopyField value_text_;
  std::string context_;
};

}  // namespace millrace::exec
