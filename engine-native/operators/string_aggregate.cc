// string_agg: rows ordered by group and by the call's own order, then put together group by group, so
// that no state grows without a reservation. Input columns: the group keys, the value, the delimiter,
// and whatever the order speaks of.
#include <cstring>

#include "operators/sort.h"

namespace millrace::operators {

namespace {

std::vector<plan::SortKey> all_keys(const plan::Operator& op, const Node& input) {
  const plan::StringAggregate& call = op.string_aggregate();
  std::vector<plan::SortKey> keys;
  for (uint32_t k = 0; k < call.key_count(); k++) {
    const ir::SourceColumn& column = input.schema()[k];
    plan::Expression& key = *keys.emplace_back().mutable_expression();
    key.set_column(k);
    key.set_nullable(column.nullable);
    key.mutable_type()->set_kind(static_cast<plan::TypeKind>(column.type.type));
    key.mutable_type()->set_precision(column.type.precision);
    key.mutable_type()->set_scale(column.type.scale);
  }
  keys.insert(keys.end(), call.order_by().begin(), call.order_by().end());
  return keys;
}

class StringAggregate : public SortedNode {
 public:
  StringAggregate(const plan::Operator& op, std::unique_ptr<Node> input)
      : SortedNode(op, std::move(input), {}, UINT64_MAX, false),
        key_count_(op.string_aggregate().key_count()) {
    set_keys(all_keys(op, *inputs_[0]));
    value_type_ = schema_[key_count_].type;
    input_schema_ = schema_;
    schema_.resize(key_count_);
    schema_.push_back({value_type_, true});
  }

  Status produce(uint32_t, Lowering& lowering) override {
    MR_RETURN_IF_ERROR(put_together(*lowering.environment));
    Source source;
    source.kind = Source::Kind::Collections;
    source.collections.push_back(groups_.get());
    lowering.start(std::move(source), {{{types::Type::I64, 0, 0}, false, true}});
    lowering.ir().set_operator(id());
    const ir::ValueId row = lowering.ir().load(0);
    const uint32_t state = lowering.row_state({&layout_, nullptr, nullptr, nullptr});
    lowering.fetch_all(row, state, layout_, key_count_ + 1);
    lowering.ir().count_rows();
    return {};
  }
  bool keeps_order() const override { return false; }

 protected:
  const std::vector<ir::SourceColumn>& stored_schema() const override {
    return input_schema_.empty() ? schema_ : input_schema_;
  }

 private:
  using Field = runtime::RowLayout::Field;

  static bool is_null(const Field& field, const char* row) {
    return field.nullable && row[field.validity_offset] == 0;
  }
  static types::StringView text_at(const Field& field, const char* row) {
    types::StringView text;
    std::memcpy(&text, row + field.offset, sizeof(text));
    return text;
  }

  Status put_together(Environment& environment) {
    std::vector<runtime::RowLayout::FieldType> fields;
    for (const ir::SourceColumn& column : schema_) fields.push_back({column.type, column.nullable});
    layout_ = runtime::RowLayout(0, fields, 0);
    groups_ = std::make_unique<runtime::RowCollection>(&layout_, environment.budget());
    const std::vector<char*>& sorted = state().rows();
    if (sorted.empty() && key_count_ == 0) return add_group({});
    size_t looked = 0;
    for (size_t from = 0; from < sorted.size();) {
      if (from >= looked) {
        if (environment.stopped()) return Status::error(ErrorCode::QueryCanceled);
        looked = from + runtime::kRowsBetweenStops;
      }
      size_t to = from + 1;
      while (to < sorted.size() && same_group(sorted[from], sorted[to])) to++;
      MR_RETURN_IF_ERROR(add_group({sorted.data() + from, to - from}));
      from = to;
    }
    return {};
  }

  bool same_group(const char* left, const char* right) const {
    for (uint32_t k = 0; k < key_count_; k++) {
      if (!runtime::field_equals(state().layout(), k, left, right)) return false;
    }
    return true;
  }

  Status add_group(std::span<char* const> members) {
    const std::vector<Field>& from = state().layout().fields();
    const Field& value = from[sort_key_count() + key_count_];
    const Field& delimiter = from[sort_key_count() + key_count_ + 1];
    std::string text;
    bool any = false;
    for (const char* row : members) {
      if (is_null(value, row)) continue;
      if (any && !is_null(delimiter, row)) {
        const types::StringView between = text_at(delimiter, row);
        text.append(between.bytes(), between.size);
      }
      const types::StringView next = text_at(value, row);
      text.append(next.bytes(), next.size);
      any = true;
      if (text.size() > kMostBytes) {
        return Status::error(ErrorCode::RequestedLengthTooLarge);
      }
    }
    const auto view = types::StringView::make(text.data(), static_cast<types::u32>(text.size()));
    const uint8_t present = any ? 1 : 0;
    std::vector<runtime::VectorView> columns;
    for (uint32_t k = 0; k < key_count_; k++) {
      const char* row = members[0];
      const uint8_t* validity =
          from[k].nullable ? reinterpret_cast<const uint8_t*>(row) + from[k].validity_offset
                           : nullptr;
      columns.push_back({from[k].type, row + from[k].offset, validity, 0});
    }
    columns.push_back({value_type_, &view, &present, 0});
    char* made = nullptr;
    MR_RETURN_IF_ERROR(groups_->allocate(1, &made));
    return groups_->write(columns, {nullptr, 1}, &made);
  }

  static constexpr size_t kMostBytes = (size_t{1} << 30) - 1;
  const uint32_t key_count_;
  types::TypeParameters value_type_{};
  std::vector<ir::SourceColumn> input_schema_;
  runtime::RowLayout layout_;
  std::unique_ptr<runtime::RowCollection> groups_;
};

}  // namespace

Result<std::unique_ptr<Node>> make_string_aggregate(const plan::Operator& op,
                                                    Environment* environment) {
  MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> input,
                      make_node(op.string_aggregate().input(), environment));
  const uint32_t keys = op.string_aggregate().key_count();
  if (input->schema().size() < size_t{keys} + 2) {
    return Status::error(ErrorCode::Internal, "string_agg without value and delimiter");
  }
  const types::Type type = input->schema()[keys].type.type;
  const bool is_string = type == types::Type::Text || type == types::Type::Bytea;
  if (!is_string || input->schema()[keys + 1].type.type != type) {
    return Status::error(ErrorCode::Internal, "string_agg of something that is no string");
  }
  return std::unique_ptr<Node>(std::make_unique<StringAggregate>(op, std::move(input)));
}

}  // namespace millrace::operators
