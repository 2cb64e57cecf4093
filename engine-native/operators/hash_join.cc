// One pipeline builds the table from `build`, `probe` streams past it. Joins that put out build rows
// read them from the table in a last flow. Without keys every pair of rows is looked at.
#include "operators/hash_join.h"

namespace millrace::operators {

namespace {

using plan::JoinKind;

bool puts_out_build_rows(JoinKind kind) {
  return kind == JoinKind::RIGHT || kind == JoinKind::FULL || kind == JoinKind::BUILD_SEMI ||
         kind == JoinKind::BUILD_ANTI;
}

ir::Match match_of(JoinKind kind) {
  switch (kind) {
    case JoinKind::LEFT:
    case JoinKind::FULL:
      return ir::Match::PairsAndUnmatched;
    case JoinKind::SEMI:
      return ir::Match::Matched;
    case JoinKind::ANTI:
      return ir::Match::Unmatched;
    case JoinKind::MARK:
      return ir::Match::Mark;
    case JoinKind::SINGLE:
      return ir::Match::Single;
    case JoinKind::BUILD_SEMI:
    case JoinKind::BUILD_ANTI:
      return ir::Match::BuildOnly;
    default:
      return ir::Match::Pairs;
  }
}

/// Rows of the build side into the join's table: keys, then the columns that are read again.
class BuildSink : public Sink {
 public:
  BuildSink(const plan::HashJoin& join, runtime::JoinTable* table, std::vector<uint32_t> stored,
            runtime::Stopped stopped)
      : join_(join),
        rows_(table),
        table_(table),
        stored_(std::move(stored)),
        stopped_(std::move(stopped)) {}

  Status emit(Lowering& lowering) override {
    std::vector<ir::ValueId> columns;
    for (const plan::JoinKey& key : join_.keys()) {
      MR_ASSIGN_OR_RETURN(const ir::ValueId value, lower_expression(key.build(), lowering));
      columns.push_back(value);
    }
    for (uint32_t column : stored_) columns.push_back(lowering.columns[column]);
    lowering.bindings.row_sinks.push_back(&rows_);
    lowering.ir().append_rows(static_cast<uint32_t>(lowering.bindings.row_sinks.size() - 1),
                              std::move(columns));
    return {};
  }
  Status seal() override { return table_->seal(stopped_); }
  uint32_t part_count() const override { return join_.keys().empty() ? 0 : table_->range_count(); }
  void finish_part(uint32_t part) override { table_->insert(part); }

 private:
  struct Rows : runtime::RowSink {
    explicit Rows(runtime::JoinTable* table) : into(table) {}
    Status append(uint32_t worker, std::span<const runtime::VectorView> columns,
                  runtime::LanesView lanes) override {
      return into->append(worker, columns, lanes);
    }
    runtime::JoinTable* table() override { return into; }
    runtime::JoinTable* into;
  };
  const plan::HashJoin& join_;
  Rows rows_;
  runtime::JoinTable* table_;
  std::vector<uint32_t> stored_;
  const runtime::Stopped stopped_;
};

class HashJoin : public BasicNode {
 public:
  HashJoin(const plan::Operator& op, JoinShape shape, std::unique_ptr<Node> probe,
           std::unique_ptr<Node> build)
      : BasicNode(op), shape_(std::move(shape)), join_(*shape_) {
    inputs_.push_back(std::move(probe));
    inputs_.push_back(std::move(build));
    make_schema();
    place_build_columns();
  }

  Status plan(TaskPlan& task) override {
    make_table(task.environment);
    for (const plan::PublishedFilter& filter : join_.publishes()) {
      if (filter.key_index() == 0 && join_.keys_size() == 1) {
        task.environment->publish_filter(filter.filter_id(), table_.get());
      }
    }
    auto sink =
        std::make_unique<BuildSink>(join_, table_.get(), stored_, task.environment->stop_check());
    MR_RETURN_IF_ERROR(plan_into(build(), std::move(sink), task));
    return probe().plan(task);
  }

  uint32_t flow_count() const override {
    return inputs_[0]->flow_count() + (puts_out_build_rows(join_.kind()) ? 1 : 0);
  }

  Status produce(uint32_t flow, Lowering& lowering) override {
    if (flow >= probe().flow_count()) return produce_build_rows(lowering);
    MR_RETURN_IF_ERROR(probe().produce(flow, lowering));
    if (lowering.ended) return {};
    lowering.ir().set_operator(id());
    MR_RETURN_IF_ERROR(produce_probe(lowering));
    if (lowering.ended) return {};
    lowering.ir().set_operator(id());
    lowering.ir().count_rows();
    return {};
  }

  int64_t peak_bytes() const override { return table_ == nullptr ? 0 : table_->peak_bytes(); }

 private:
  Node& probe() const { return *inputs_[0]; }
  Node& build() const { return *inputs_[1]; }
  uint32_t key_count() const { return static_cast<uint32_t>(join_.keys_size()); }
  bool is_cross() const { return join_.keys().empty(); }
  uint32_t probe_width() const { return static_cast<uint32_t>(probe().schema().size()); }

  void make_schema() {
    const bool probe_nullable = join_.kind() == JoinKind::RIGHT || join_.kind() == JoinKind::FULL;
    const bool build_nullable = join_.kind() == JoinKind::LEFT || join_.kind() == JoinKind::FULL ||
                                join_.kind() == JoinKind::SINGLE;
    for (uint32_t ordinal : join_.output()) {
      if (join_.kind() == JoinKind::MARK && ordinal == probe_width()) {
        schema_.push_back({{types::Type::Bool, 0, 0}, true});
        continue;
      }
      const bool from_probe = ordinal < probe_width();
      ir::SourceColumn column =
          from_probe ? probe().schema()[ordinal] : build().schema()[ordinal - probe_width()];
      column.nullable |= from_probe ? probe_nullable : build_nullable;
      schema_.push_back(column);
    }
  }

  /// Where each build column stands in the table's rows: a key that is the column itself serves for
  /// it, columns that nobody reads are left out.
  void place_build_columns() {
    const uint32_t width = static_cast<uint32_t>(build().schema().size());
    std::vector<bool> used(probe_width() + width, false);
    for (uint32_t ordinal : join_.output()) {
      if (ordinal < used.size()) used[ordinal] = true;
    }
    if (join_.has_residual()) note_columns(join_.residual(), used);
    build_fields_.assign(width, ir::kNone);
    for (uint32_t c = 0; c < width; c++) {
      if (!used[probe_width() + c]) continue;
      for (uint32_t k = 0; k < key_count(); k++) {
        const plan::Expression& key = join_.keys(static_cast<int>(k)).build();
        if (key.form_case() == plan::Expression::kColumn && key.column() == c) {
          build_fields_[c] = k;
        }
      }
      if (build_fields_[c] != ir::kNone) continue;
      build_fields_[c] = key_count() + static_cast<uint32_t>(stored_.size());
      stored_.push_back(c);
    }
  }

  ir::ValueId fetch_build(ir::ValueId row, uint32_t state, uint32_t c, Lowering& lowering) {
    const ir::SourceColumn& column = build().schema()[c];
    const bool nullable = column.nullable || table_->layout().fields()[build_fields_[c]].nullable;
    return lowering.ir().fetch(row, state, build_fields_[c], column.type, nullable);
  }

  void make_table(Environment* environment) {
    runtime::JoinTable::Spec spec;
    for (const plan::JoinKey& key : join_.keys()) {
      spec.fields.push_back({type_of(key.build().type()), key.build().nullable()});
      spec.nulls_equal.push_back(key.nulls_equal());
      spec.unknown_on_null.push_back(key.unknown_on_null());
    }
    for (uint32_t c : stored_) {
      spec.fields.push_back({build().schema()[c].type, build().schema()[c].nullable});
    }
    spec.key_count = key_count();
    spec.keeps_null_keys = puts_out_build_rows(join_.kind()) || join_.kind() == JoinKind::MARK;
    spec.tracks_matches = puts_out_build_rows(join_.kind());
    table_ = std::make_unique<runtime::JoinTable>(std::move(spec), environment->budget(),
                                                  environment->worker_count());
  }

  /// Unique keys and no build rows to put out: the probe keeps its rows where they are.
  bool can_probe_in_place() const {
    if (is_cross() || !table_->unique() || puts_out_build_rows(join_.kind())) return false;
    switch (join_.kind()) {
      case JoinKind::INNER:
      case JoinKind::SEMI:
        return true;
      case JoinKind::LEFT:
      case JoinKind::ANTI:
      case JoinKind::SINGLE:
        return !join_.has_residual();
      default:
        return false;
    }
  }

  Status produce_probe(Lowering& lowering) {
    ir::Builder& ir = lowering.ir();
    std::vector<ir::ValueId> keys;
    for (const plan::JoinKey& key : join_.keys()) {
      MR_ASSIGN_OR_RETURN(const ir::ValueId value, lower_expression(key.probe(), lowering));
      keys.push_back(value);
    }
    const uint32_t state =
        lowering.row_state({&table_->layout(), table_.get(), &table_->rows(), nullptr});
    if (can_probe_in_place()) return probe_in_place(state, std::move(keys), lowering);
    const std::vector<ir::ValueId> outer = lowering.columns;
    const ir::ValueId pair =
        is_cross() ? ir.cross_loop(state) : ir.probe_loop(state, std::move(keys));
    ir::ValueId residual = ir::kNone;
    if (join_.has_residual()) {
      for (ir::ValueId& column : lowering.columns) column = ir.gather(column);
      append_build_columns(pair, state, lowering);
      MR_ASSIGN_OR_RETURN(residual, lower_expression(join_.residual(), lowering));
    }
    const ir::Builder::Matched matched = ir.match_end(
        match_of(join_.kind()), residual, puts_out_build_rows(join_.kind()), is_cross(), state);
    if (join_.kind() == JoinKind::BUILD_SEMI || join_.kind() == JoinKind::BUILD_ANTI) {
      ir.discard();
      lowering.ended = true;
      return {};
    }
    lowering.columns = outer;
    return pick_output(matched.row, matched.mark, state, true, lowering);
  }

  Status probe_in_place(uint32_t state, std::vector<ir::ValueId> keys, Lowering& lowering) {
    ir::Builder& ir = lowering.ir();
    const ir::ValueId row = ir.probe_unique(state, std::move(keys));
    if (join_.kind() == JoinKind::ANTI) {
      ir.filter(ir.is_null(row, false));
    } else if (join_.kind() == JoinKind::INNER || join_.kind() == JoinKind::SEMI) {
      ir.filter(ir.is_null(row, true));
    }
    if (join_.has_residual()) {
      const std::vector<ir::ValueId> outer = lowering.columns;
      append_build_columns(row, state, lowering);
      MR_RETURN_IF_ERROR(lower_condition(join_.residual(), lowering));
      lowering.columns = outer;
    }
    return pick_output(row, ir::kNone, state, false, lowering);
  }

  void append_build_columns(ir::ValueId row, uint32_t state, Lowering& lowering) {
    for (uint32_t c = 0; c < build_fields_.size(); c++) {
      // A column that nobody reads has a place in the numbering only.
      const bool stored = build_fields_[c] != ir::kNone;
      lowering.columns.push_back(stored ? fetch_build(row, state, c, lowering) : ir::kNone);
    }
  }

  Status pick_output(ir::ValueId row, ir::ValueId mark, uint32_t state, bool gathers,
                     Lowering& lowering) {
    ir::Builder& ir = lowering.ir();
    std::vector<ir::ValueId> output;
    for (uint32_t ordinal : join_.output()) {
      if (ordinal < probe_width()) {
        const ir::ValueId value = lowering.columns[ordinal];
        output.push_back(gathers ? ir.gather(value) : value);
      } else if (join_.kind() == JoinKind::MARK) {
        output.push_back(mark);
      } else {
        output.push_back(fetch_build(row, state, ordinal - probe_width(), lowering));
      }
    }
    lowering.columns = std::move(output);
    return {};
  }

  /// The last flow: build rows that (do not) have a match; probe columns are NULL.
  Status produce_build_rows(Lowering& lowering) {
    Source source;
    source.kind = Source::Kind::BuildRows;
    source.table = table_.get();
    source.matched = join_.kind() == JoinKind::BUILD_SEMI;
    lowering.start(std::move(source), {{{types::Type::I64, 0, 0}, false, true}});
    ir::Builder& ir = lowering.ir();
    ir.set_operator(id());
    const ir::ValueId row = ir.load(0);
    const uint32_t state = lowering.row_state({&table_->layout(), table_.get(), nullptr, nullptr});
    std::vector<ir::ValueId> output;
    for (uint32_t ordinal : join_.output()) {
      if (ordinal < probe_width()) {
        runtime::Constant none;
        none.type = probe().schema()[ordinal].type;
        none.is_null = true;
        output.push_back(lowering.constant(std::move(none)));
      } else {
        output.push_back(fetch_build(row, state, ordinal - probe_width(), lowering));
      }
    }
    lowering.columns = std::move(output);
    ir.count_rows();
    return {};
  }

  const JoinShape shape_;
  const plan::HashJoin& join_;
  std::vector<uint32_t> stored_;        // build columns kept besides the keys
  std::vector<uint32_t> build_fields_;  // by build column: field of the table's rows
  std::unique_ptr<runtime::JoinTable> table_;
};

}  // namespace

Result<std::unique_ptr<Node>> make_join(const plan::Operator& op, JoinShape shape,
                                        std::unique_ptr<Node> probe, std::unique_ptr<Node> build) {
  const uint32_t probe_width = static_cast<uint32_t>(probe->schema().size());
  uint32_t width = probe_width + static_cast<uint32_t>(build->schema().size());
  if (shape->kind() == plan::JoinKind::MARK) width = probe_width + 1;
  if (shape->kind() == plan::JoinKind::SEMI || shape->kind() == plan::JoinKind::ANTI) {
    width = probe_width;
  }
  for (uint32_t ordinal : shape->output()) {
    if (ordinal >= width) return Status::error(ErrorCode::Internal, "join puts out no such column");
  }
  for (const plan::JoinKey& key : shape->keys()) {
    if (!same_type(type_of(key.probe().type()), type_of(key.build().type()))) {
      return Status::error(ErrorCode::Internal, "join keys differ in type");
    }
  }
  return std::unique_ptr<Node>(
      std::make_unique<HashJoin>(op, std::move(shape), std::move(probe), std::move(build)));
}

Result<std::unique_ptr<Node>> make_hash_join(const plan::Operator& op, Environment* environment) {
  const plan::HashJoin& join = op.hash_join();
  if (join.keys().empty()) return Status::error(ErrorCode::Internal, "hash join without a key");
  if (join.kind() == plan::JoinKind::MARK && join.has_residual()) {
    // What a NULL hides would depend on the residual of rows that no key leads to.
    return Status::error(ErrorCode::Internal, "a mark join by hash takes no residual");
  }
  MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> probe, make_node(join.probe(), environment));
  MR_ASSIGN_OR_RETURN(std::unique_ptr<Node> build, make_node(join.build(), environment));
  // Belongs to the fragment, which outlives its nodes: a copy would take both inputs along.
  JoinShape shape(JoinShape(), &join);
  return make_join(op, std::move(shape), std::move(probe), std::move(build));
}

}  // namespace millrace::operators
