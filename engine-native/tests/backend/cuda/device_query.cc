#include "tests/backend/cuda/device_query.h"

#include <algorithm>
#include <cstring>

#include "backend/cpu/interpreter.h"
#include "exec/literal.h"
#include "ops/hash/hash.h"
#include "runtime/with_type.h"

namespace millrace::tests {

using backend::cuda::DeviceGroups;
using backend::cuda::DeviceJoinTable;
using backend::cuda::DeviceRows;
using backend::cuda::Parameter;
using backend::cuda::RenderedKernel;
using base::ErrorCode;
using base::Result;
using base::Status;
using device::Memory;
using types::StringView;

namespace {

constexpr uint64_t kFirstGroups = 64;  // few, so that tables have to grow

bool is_string(types::Type type) { return type == types::Type::Text || type == types::Type::Bytea; }

Status not_here(const std::string& what) {
  return Status::error(ErrorCode::FeatureNotSupported, what + " on a device");
}

}  // namespace

namespace {

/// Result rows as text.
class TextSink : public runtime::ResultSink {
 public:
  TextSink(std::vector<TextRow>* rows, memory::Budget* budget) : rows_(rows), budget_(budget) {}
  Status emit(uint32_t, std::span<const column::VectorView> columns, column::LanesView lanes,
              uint32_t* taken) override {
    for (uint32_t i = 0; i < lanes.count; i++) {
      TextRow row;
      for (const column::VectorView& view : columns) {
        if (view.is_null(lanes[i])) {
          row.push_back(std::nullopt);
          continue;
        }
        column::VectorView one = view;
        one.values = static_cast<const char*>(view.values) +
                     size_t{lanes[i]} * view.stride * types::size_of(view.type.type);
        one.validity = nullptr;
        one.stride = 0;
        MR_ASSIGN_OR_RETURN(std::string text, exec::print_literal(one, budget_));
        row.push_back(std::move(text));
      }
      rows_->push_back(std::move(row));
    }
    *taken = lanes.count;
    return {};
  }

 private:
  std::vector<TextRow>* rows_;
  memory::Budget* budget_;
};

class TextResult : public operators::Sink {
 public:
  TextResult(const plan::ResultSink& sink, TextSink* into) : sink_(sink), into_(into) {}
  Status emit(operators::Lowering& lowering) override {
    std::vector<ir::ValueId> columns;
    for (uint32_t ordinal : sink_.columns()) columns.push_back(lowering.columns[ordinal]);
    lowering.bindings.result = into_;
    lowering.ir().emit_result(std::move(columns));
    return {};
  }

 private:
  const plan::ResultSink& sink_;
  TextSink* into_;
};

}  // namespace

DeviceQuery::DeviceQuery(device::Device* device, exec::Services* services, Options options)
    : device_(device), services_(services), options_(std::move(options)) {}
DeviceQuery::~DeviceQuery() = default;

DeviceQuery::Outcome DeviceQuery::run(const plan::Query& query) {
  Outcome outcome;
  MR_CHECK(query.fragments_size() == 1);
  outcome.status = run_fragment(query.fragments(0));
  outcome.rows = std::move(rows_);
  return outcome;
}

Status DeviceQuery::run_fragment(const plan::Fragment& fragment) {
  MR_ASSIGN_OR_RETURN(root_, operators::make_node(fragment.root(), this));
  plan_.environment = this;
  TextSink texts(&rows_, budget());
  MR_RETURN_IF_ERROR(
      operators::plan_into(*root_, std::make_unique<TextResult>(fragment.result(), &texts), plan_));
  for (const operators::PipelineSpec& spec : plan_.pipelines) {
    MR_RETURN_IF_ERROR(run_pipeline(spec));
  }
  return {};
}

Status DeviceQuery::run_pipeline(const operators::PipelineSpec& spec) {
  operators::Lowering lowering(this);
  MR_RETURN_IF_ERROR(spec.top->produce(spec.flow, lowering));
  if (!lowering.ended) MR_RETURN_IF_ERROR(spec.sink->emit(lowering));
  const ir::Pipeline pipeline = std::move(*lowering.builder).finish();
  MR_RETURN_IF_ERROR(ir::verify(pipeline));
  return lowering.source.ordered ? run_on_host(lowering, pipeline)
                                 : run_on_device(lowering, pipeline, spec);
}

Status DeviceQuery::run_on_host(operators::Lowering& lowering, const ir::Pipeline& pipeline) {
  const auto source = exec::make_row_list_source(lowering.source.rows, column::kVectorSize);
  const auto cursor = source->open_cursor();
  backend::cpu::Interpreter interpreter(&pipeline, &lowering.bindings, &exec::literal_settings(),
                                        budget(), 0, false);
  while (true) {
    MR_ASSIGN_OR_RETURN(exec::Batch * batch, cursor->next());
    if (batch == nullptr) return {};
    if (interpreter.run(*batch) != backend::cpu::Interpreter::Outcome::Done) {
      return interpreter.status();
    }
  }
}

Result<DeviceTable*> DeviceQuery::table_of(const plan::TableScan& scan) {
  std::unique_ptr<DeviceTable>& table = tables_[&scan];
  if (table != nullptr) return table.get();
  MR_ASSIGN_OR_RETURN(DeviceTable read, read_table(device_, *services_, scan));
  table = std::make_unique<DeviceTable>(std::move(read));
  return table.get();
}

/// Says how the source's rows lie, and how many there are.
Status DeviceQuery::open_source(const operators::Lowering& lowering,
                                backend::cuda::RenderOptions& options, uint64_t* row_count,
                                char** rows) {
  using Kind = operators::Source::Kind;
  const operators::Source& source = lowering.source;
  *rows = nullptr;
  const auto of_rows = [&](const DeviceRows& list) {
    *rows = list.rows.address();
    *row_count = list.row_count;
    options.source_stride = list.stride;
  };
  switch (source.kind) {
    case Kind::Scan: {
      MR_ASSIGN_OR_RETURN(const DeviceTable* table, table_of(source.op->scan()));
      for (uint32_t c = 0; c < table->columns.size(); c++) {
        options.columns.push_back(
            {source.op->scan().columns(static_cast<int>(c)).name(), table->columns[c].encoding});
      }
      *row_count = table->row_count;
      options.block_groups = options_.block_groups;
      return {};
    }
    case Kind::Groups:
      of_rows(groups_[source.groups].rows);
      return {};
    case Kind::BuildRows:
      of_rows(join_tables_[source.table].rows);
      options.marked = source.matched ? backend::cuda::RenderOptions::Marked::Yes
                                      : backend::cuda::RenderOptions::Marked::No;
      return {};
    default:
      return not_here("such a source");
  }
}

Status DeviceQuery::run_on_device(operators::Lowering& lowering, const ir::Pipeline& pipeline,
                                  const operators::PipelineSpec& spec) {
  backend::cuda::RenderOptions options;
  options.name = options_.name + "_" + std::to_string(kernels_.size());
  options.row_names = &names_;
  uint64_t row_count = 0;
  char* source_rows = nullptr;
  MR_RETURN_IF_ERROR(open_source(lowering, options, &row_count, &source_rows));
  MR_ASSIGN_OR_RETURN(RenderedKernel rendered,
                      backend::cuda::render(pipeline, lowering.bindings, options));
  kernels_.push_back({rendered.name, rendered.text, rendered.pipeline});
  if (options_.edit) options_.edit(rendered.text);
  backend::cuda::PipelineRun run{&rendered, options_.shape, row_count, {}, {}, {}, {}};
  std::vector<DeviceRows> lists(rendered.sink_layouts.size());
  for (size_t s = 0; s < lists.size(); s++) {
    runtime::JoinTable* table =
        s < lowering.bindings.row_sinks.size() ? lowering.bindings.row_sinks[s]->table() : nullptr;
    DeviceRows& rows = table != nullptr ? join_tables_[table].rows : lists[s];
    const uint32_t stride =
        table != nullptr ? table->layout().row_bytes() : rendered.sink_layouts[s].row_bytes();
    if (spec.flow == 0) MR_RETURN_IF_ERROR(rows.reset(device_, stride, row_count / 4 + 16));
    run.row_sinks.push_back(&rows);
  }
  for (runtime::GroupState* state : lowering.bindings.group_sinks) {
    DeviceGroups& groups = groups_[state];
    if (spec.flow == 0) {
      MR_RETURN_IF_ERROR(
          groups.reset(device_, backend::cuda::group_stride(state->layout), kFirstGroups));
    }
    run.group_sinks.push_back(&groups);
  }
  run.limits = lowering.bindings.limits;
  run.fill = [&](const Parameter& parameter, char* into) {
    return fill(lowering, source_rows, parameter, into);
  };
  MR_RETURN_IF_ERROR(backend::cuda::run(device_, run));
  return finish_sinks(lowering, spec, rendered, run.row_sinks);
}

Result<char*> DeviceQuery::keep(const void* bytes, size_t size_bytes) {
  MR_ASSIGN_OR_RETURN(Memory memory, upload(device_, bytes, size_bytes));
  kept_.push_back(std::move(memory));
  return kept_.back().address();
}

Status DeviceQuery::fill_constant(const runtime::Constant& constant, char* into) {
  std::memcpy(into, constant.bytes, types::size_of(constant.type.type));
  if (!is_string(constant.type.type)) return {};
  StringView text;
  std::memcpy(&text, into, sizeof(text));
  if (text.size <= StringView::kInlineSize) return {};
  MR_ASSIGN_OR_RETURN(text.pointed.data, keep(text.pointed.data, text.size));
  std::memcpy(into, &text, sizeof(text));
  return {};
}

/// Items in the order of their hashes.
Status DeviceQuery::fill_set(const runtime::ValueSet& set, char* into) {
  const runtime::RowLayout::Field& field = set.table->layout().fields()[0];
  const uint32_t size = types::size_of(field.type.type);
  std::vector<std::pair<uint64_t, const char*>> items;
  for (const char* row : set.table->rows()) {
    const char* at = row + field.offset;
    const uint64_t hash = runtime::with_type(field.type.type, [&]<types::Type type>() {
      types::Storage<type> value;
      std::memcpy(&value, at, sizeof(value));
      return static_cast<uint64_t>(ops::hash_value(value));
    });
    items.push_back({hash, at});
  }
  std::sort(items.begin(), items.end());
  std::vector<uint64_t> hashes;
  std::vector<char> values(items.size() * size);
  for (size_t i = 0; i < items.size(); i++) {
    hashes.push_back(items[i].first);
    runtime::Constant value;
    value.type = field.type;
    std::memcpy(value.bytes, items[i].second, size);
    MR_RETURN_IF_ERROR(fill_constant(value, values.data() + i * size));
  }
  kernel::SetView view{};
  MR_ASSIGN_OR_RETURN(char* hash_bytes, keep(hashes.data(), hashes.size() * sizeof(uint64_t)));
  MR_ASSIGN_OR_RETURN(char* value_bytes, keep(values.data(), values.size()));
  view.hashes = reinterpret_cast<const types::u64*>(hash_bytes);
  view.values = value_bytes;
  view.count = items.size();
  std::memcpy(into, &view, sizeof(view));
  return {};
}

Status DeviceQuery::fill(const operators::Lowering& lowering, char* source_rows,
                         const Parameter& parameter, char* into) {
  const auto put = [&](const auto& value) {
    MR_CHECK(sizeof(value) == parameter.size);
    std::memcpy(into, &value, sizeof(value));
    return Status();
  };
  const auto source_column = [&]() -> const DeviceTable::Column& {
    return tables_[&lowering.source.op->scan()]->columns[parameter.index];
  };
  const runtime::Bindings& bindings = lowering.bindings;
  switch (parameter.kind) {
    case Parameter::Kind::SourceRows:
      return put(source_rows);
    case Parameter::Kind::Values:
      return put(source_column().values.address());
    case Parameter::Kind::Validity:
      return put(source_column().validity.address());
    case Parameter::Kind::Dictionary:
      return put(source_column().dictionary.address());
    case Parameter::Kind::Constant:
      return fill_constant(bindings.constants[parameter.index], into);
    case Parameter::Kind::Set:
      return fill_set(*bindings.sets[parameter.index], into);
    case Parameter::Kind::Table:
      return put(join_tables_[bindings.row_states[parameter.index].table].view);
    case Parameter::Kind::Filter:
      return put(join_tables_[bindings.runtime_filters[parameter.index]].view);
    case Parameter::Kind::Settings: {
      MR_ASSIGN_OR_RETURN(char* settings, keep(&exec::literal_settings(), sizeof(ops::Settings)));
      return put(settings);
    }
    default:
      return not_here("such a parameter");
  }
}

/// Join tables are linked, other rows go to the host's sink.
Status DeviceQuery::finish_sinks(operators::Lowering& lowering, const operators::PipelineSpec& spec,
                                 const RenderedKernel& rendered,
                                 std::vector<DeviceRows*>& row_sinks) {
  for (size_t s = 0; s < lowering.bindings.row_sinks.size(); s++) {
    runtime::RowSink& sink = *lowering.bindings.row_sinks[s];
    runtime::JoinTable* table = sink.table();
    if (table == nullptr) {
      const auto append = [&sink](std::span<const column::VectorView> columns,
                                  column::LanesView lanes) {
        return sink.append(0, columns, lanes);
      };
      MR_RETURN_IF_ERROR(read_back(rendered.sink_layouts[s], *row_sinks[s], append));
      if (spec.last_flow) MR_RETURN_IF_ERROR(spec.sink->seal());
      continue;
    }
    if (!spec.last_flow) continue;
    DeviceJoinTable& on_device = join_tables_[table];
    MR_ASSIGN_OR_RETURN(backend::cuda::RenderedBuild build,
                        backend::cuda::render_build(
                            *table, options_.name + "_" + std::to_string(kernels_.size()), names_));
    if (!build.text.empty()) kernels_.push_back({build.link_name, build.text, build.pipeline});
    if (options_.edit) options_.edit(build.text);
    MR_RETURN_IF_ERROR(backend::cuda::build(device_, build, options_.shape, on_device));
    table->adopt(on_device.rows.row_count, on_device.unique);
  }
  if (lowering.bindings.result == nullptr) return {};
  const auto emit = [&](std::span<const column::VectorView> columns, column::LanesView lanes) {
    uint32_t taken = 0;
    return lowering.bindings.result->emit(0, columns, lanes, &taken);
  };
  return read_back(rendered.sink_layouts.back(), *row_sinks.back(), emit);
}

/// Hands the rows over as vectors.
Status DeviceQuery::read_back(const runtime::RowLayout& layout, const DeviceRows& rows,
                              const TakeRows& take) {
  std::vector<char> bytes(rows.row_count * rows.stride);
  MR_RETURN_IF_ERROR(device_->copy_to_host(bytes.data(), rows.rows.address(), bytes.size()));
  std::vector<std::string> heap;
  heap.reserve(rows.row_count * layout.fields().size());
  for (uint64_t from = 0; from < rows.row_count; from += column::kVectorSize) {
    const uint32_t count =
        static_cast<uint32_t>(std::min<uint64_t>(column::kVectorSize, rows.row_count - from));
    std::vector<const char*> addresses;
    for (uint32_t i = 0; i < count; i++) {
      addresses.push_back(bytes.data() + (from + i) * rows.stride);
    }
    std::vector<column::Buffer> values;
    std::vector<column::Buffer> validity;
    std::vector<column::VectorView> views;
    for (uint32_t f = 0; f < layout.fields().size(); f++) {
      const runtime::RowLayout::Field& field = layout.fields()[f];
      values.emplace_back(size_t{count} * types::size_of(field.type.type));
      validity.emplace_back(count);
      runtime::gather_field(layout, f, addresses.data(), {nullptr, count}, values.back().as<char>(),
                            validity.back().as<uint8_t>());
      for (uint32_t i = 0; is_string(field.type.type) && i < count; i++) {
        StringView& text = values.back().as<StringView>()[i];
        if (validity.back().as<uint8_t>()[i] == 0 || text.size <= StringView::kInlineSize) continue;
        std::string& copy = heap.emplace_back(text.size, '\0');
        MR_RETURN_IF_ERROR(device_->copy_to_host(copy.data(), text.pointed.data, text.size));
        text.pointed.data = copy.data();
      }
      views.push_back({field.type, values.back().as<char>(),
                       field.nullable ? validity.back().as<uint8_t>() : nullptr, 1});
    }
    MR_RETURN_IF_ERROR(take(views, {nullptr, count}));
  }
  return {};
}

Result<runtime::Constant> DeviceQuery::read_literal(const plan::Literal& literal,
                                                    types::TypeParameters type) {
  return exec::read_literal(literal, type, budget());
}

Result<const runtime::RowLayout*> DeviceQuery::exchange_layout(uint32_t) {
  return not_here("an exchange");
}

runtime::JoinTable* DeviceQuery::filter_table(uint32_t filter_id) {
  const auto found = filters_.find(filter_id);
  return found == filters_.end() ? nullptr : found->second;
}

void DeviceQuery::publish_filter(uint32_t filter_id, runtime::JoinTable* table) {
  filters_[filter_id] = table;
}

}  // namespace millrace::tests
