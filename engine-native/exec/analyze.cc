#include "exec/analyze.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <unordered_map>

#include "ops/compare.h"
#include "runtime/keys.h"
#include "runtime/with_type.h"

namespace millrace::exec {

namespace {

using base::ErrorCode;
using base::Result;
using base::Status;
using column::kVectorSize;
using formats::FileReader;
using types::StringView;
using types::Type;

constexpr uint32_t kSampledVectors = 96;

int compare(Type type, const void* left, const void* right) {
  return runtime::with_type(type, [&]<Type kType>() -> int {
    using T = types::Storage<kType>;
    T a;
    T b;
    std::memcpy(&a, left, sizeof(T));
    std::memcpy(&b, right, sizeof(T));
    return ops::Compare<T>::apply(a, b);
  });
}

/// Values flattened out of a chunk.
column::VectorView flat_view(const column::Chunk& chunk, column::Buffer& memory) {
  column::ColumnView view = chunk.view(0, chunk.row_count);
  if (view.encoding == column::Encoding::Flat) return {view.type, view.values, view.validity, 1};
  const uint32_t size = types::size_of(view.type.type);
  memory = column::Buffer(size_t{chunk.row_count} * size);
  const char* entries = view.dictionary->values.as<char>();
  for (uint32_t i = 0; i < chunk.row_count; i++) {
    uint32_t code = 0;
    std::memcpy(
        &code, static_cast<const char*>(view.values) + size_t{i} * column::code_size(view.encoding),
        column::code_size(view.encoding));
    const bool present = view.validity == nullptr || view.validity[i] != 0;
    if (!present || code >= view.dictionary->entry_count) code = 0;
    if (view.dictionary->entry_count > 0) {
      std::memcpy(memory.as<char>() + size_t{i} * size, entries + size_t{code} * size, size);
    } else {
      std::memset(memory.as<char>() + size_t{i} * size, 0, size);
    }
  }
  return {view.type, memory.as<char>(), view.validity, 1};
}

/// What is learned of a column from sampled rows.
class Sample {
 public:
  explicit Sample(Type type) : type_(type) {}

  void add(const column::VectorView& values, uint32_t row_count) {
    const uint32_t size = types::size_of(type_);
    for (uint32_t from = 0; from < row_count; from += kVectorSize) {
      const uint32_t count = std::min(kVectorSize, row_count - from);
      column::VectorView part = values;
      part.values = static_cast<const char*>(values.values) + size_t{from} * size;
      if (part.validity != nullptr) part.validity += from;
      uint64_t hashes[kVectorSize];
      runtime::hash_columns({&part, 1}, {nullptr, count}, hashes);
      for (uint32_t i = 0; i < count; i++) add_row(part, i, hashes[i]);
    }
  }

  AnalyzedColumn estimate(int64_t total_rows) const {
    AnalyzedColumn result;
    const double n = static_cast<double>(rows_);
    const double present = static_cast<double>(rows_ - nulls_);
    if (rows_ == 0) return result;
    result.null_fraction = static_cast<double>(nulls_) / n;
    result.average_width = present == 0 ? 0 : static_cast<double>(bytes_) / present;
    const double total = static_cast<double>(total_rows) * present / n;
    const double distinct = static_cast<double>(counts_.size());
    double once = 0;
    for (const auto& [hash, count] : counts_) once += count == 1 ? 1 : 0;
    result.sorted = sorted_ && rows_ > 1;
    result.unique = nulls_ == 0 && distinct == n;
    if (rows_ == total_rows) {
      result.distinct_count = distinct;
    } else if (result.unique) {
      result.distinct_count = total;
    } else if (result.sorted) {
      result.distinct_count = std::max(distinct, total * distinct / std::max(present, 1.0));
    } else {
      // Duj1 (Haas et al., VLDB 1995): values seen once tell how many were not seen.
      const double q = present / std::max(total, 1.0);
      result.distinct_count = distinct / std::max(1 - (1 - q) * once / std::max(present, 1.0), q);
    }
    return result;
  }

 private:
  void add_row(const column::VectorView& values, uint32_t row, uint64_t hash) {
    rows_++;
    if (values.is_null(row)) {
      nulls_++;
      sorted_ = false;
      return;
    }
    counts_[hash]++;
    const uint32_t size = types::size_of(type_);
    const char* at = static_cast<const char*>(values.values) + size_t{row} * size;
    const bool is_string = type_ == Type::Text || type_ == Type::Bytea;
    bytes_ += is_string ? reinterpret_cast<const StringView*>(at)->size : size;
    if (is_string) {
      sorted_ = false;  // of no use to the engine
      return;
    }
    if (sorted_ && has_last_ && compare(type_, last_, at) > 0) sorted_ = false;
    std::memcpy(last_, at, size);
    has_last_ = true;
  }

  const Type type_;
  int64_t rows_ = 0;
  int64_t nulls_ = 0;
  int64_t bytes_ = 0;
  bool sorted_ = true;
  bool has_last_ = false;
  alignas(16) char last_[32] = {};
  std::unordered_map<uint64_t, uint32_t> counts_;
};

Status sample_file(const FileReader& file, uint32_t column, uint32_t vectors, Sample& sample,
                   memory::Budget* budget) {
  uint64_t total = 0;
  for (uint32_t g = 0; g < file.row_group_count(); g++) {
    total += (file.row_group_rows(g) + kVectorSize - 1) / kVectorSize;
  }
  const uint64_t step = std::max<uint64_t>(1, total / std::max(vectors, 1u));
  uint64_t at = 0;
  for (uint32_t g = 0; g < file.row_group_count(); g++) {
    const uint32_t rows = file.row_group_rows(g);
    std::vector<formats::RowRange> ranges;
    for (uint32_t from = 0; from < rows; from += kVectorSize, at++) {
      if (at % step == 0) ranges.push_back({from, std::min(rows, from + kVectorSize)});
    }
    if (ranges.empty()) continue;
    int64_t bytes_read = 0;
    MR_ASSIGN_OR_RETURN(const column::ChunkPtr chunk,
                        file.decode(g, column, ranges, budget, &bytes_read));
    column::Buffer memory;
    sample.add(flat_view(*chunk, memory), chunk->row_count);
  }
  return {};
}

}  // namespace

std::vector<InspectedColumn> inspect(const FileReader& reader) {
  std::vector<InspectedColumn> inspected;
  for (uint32_t c = 0; c < reader.columns().size(); c++) {
    InspectedColumn& column = inspected.emplace_back();
    column.column = reader.columns()[c];
    if (!column.column.unsupported.empty()) continue;
    const Type type = column.column.type.type;
    formats::ColumnBounds best;
    bool has_minimum = true;
    bool has_maximum = true;
    int64_t nulls = 0;
    bool has_nulls = true;
    for (uint32_t g = 0; g < reader.row_group_count(); g++) {
      const formats::ColumnBounds bounds = reader.bounds(g, c);
      const formats::ColumnRangeStatistics statistics = reader.statistics(g, c);
      has_nulls &= statistics.null_count.has_value();
      nulls += statistics.null_count.value_or(0);
      const bool all_null = statistics.null_count == int64_t{reader.row_group_rows(g)};
      if (statistics.distinct_count.has_value()) {
        column.distinct_count =
            std::max(column.distinct_count.value_or(0), *statistics.distinct_count);
      }
      if (all_null) continue;
      has_minimum &= bounds.minimum != nullptr && statistics.minimum.has_value();
      has_maximum &= bounds.maximum != nullptr && statistics.maximum.has_value();
      if (has_minimum &&
          (best.minimum == nullptr || compare(type, bounds.minimum, best.minimum) < 0)) {
        best.minimum = bounds.minimum;
        column.minimum = statistics.minimum;
      }
      if (has_maximum &&
          (best.maximum == nullptr || compare(type, bounds.maximum, best.maximum) > 0)) {
        best.maximum = bounds.maximum;
        column.maximum = statistics.maximum;
      }
    }
    if (!has_minimum) column.minimum.reset();
    if (!has_maximum) column.maximum.reset();
    if (has_nulls) column.null_count = nulls;
  }
  return inspected;
}

Result<AnalyzedColumn> analyze(const std::vector<std::shared_ptr<const FileReader>>& files,
                               const std::string& name, memory::Budget* budget) {
  int64_t total_rows = 0;
  for (const auto& file : files) total_rows += file->row_count();
  std::optional<Sample> sample;
  for (const auto& file : files) {
    const auto& columns = file->columns();
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const auto& column) { return column.name == name; });
    if (found == columns.end() || !found->unsupported.empty()) continue;
    if (!sample.has_value()) sample.emplace(found->type.type);
    const uint32_t vectors = std::max(1u, static_cast<uint32_t>(kSampledVectors / files.size()));
    MR_RETURN_IF_ERROR(sample_file(*file, static_cast<uint32_t>(found - columns.begin()), vectors,
                                   *sample, budget));
  }
  AnalyzedColumn result = sample.has_value() ? sample->estimate(total_rows) : AnalyzedColumn();
  result.name = name;
  return result;
}

}  // namespace millrace::exec
