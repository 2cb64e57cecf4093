#include "exec/scan_source.h"

#include <algorithm>
#include <cstring>

namespace millrace::exec {

namespace {

using column::ChunkPtr;
using column::ColumnView;
using formats::FileReader;
using formats::RowRange;

struct OpenFile {
  std::string path;
  int64_t size_bytes;
  int64_t mtime_ns;
  std::shared_ptr<const FileReader> reader;
  std::vector<uint32_t> columns;  // by scan column: column of the file
};

struct Unit {
  const OpenFile* file;
  uint32_t row_group;
};

int64_t as_integer(types::Type type, const void* at) {
  switch (types::size_of(type)) {
    case 2:
      return *static_cast<const int16_t*>(at);
    case 4:
      return *static_cast<const int32_t*>(at);
    default:
      return *static_cast<const int64_t*>(at);
  }
}

class ScanSource : public Source {
 public:
  ScanSource(std::vector<std::unique_ptr<OpenFile>> files, std::vector<PruningTest> tests,
             std::vector<operators::Source::FilterUse> filters, ScanServices services,
             ScanCounters* counters)
      : files_(std::move(files)),
        tests_(std::move(tests)),
        filters_(std::move(filters)),
        services_(services),
        counters_(counters) {
    for (const auto& file : files_) {
      for (uint32_t group = 0; group < file->reader->row_group_count(); group++) {
        units_.push_back({file.get(), group});
      }
    }
  }
  uint64_t unit_count() const override { return units_.size(); }
  std::unique_ptr<Source::Cursor> open_cursor() override;

 private:
  class ScanCursor;

  bool may_pass(const Unit& unit) const {
    const FileReader& reader = *unit.file->reader;
    const int64_t rows = reader.row_group_rows(unit.row_group);
    for (const PruningTest& test : tests_) {
      const uint32_t column = unit.file->columns[test.column];
      if (!test.may_pass(reader.bounds(unit.row_group, column), rows)) return false;
    }
    for (const operators::Source::FilterUse& filter : filters_) {
      int64_t minimum = 0;
      int64_t maximum = 0;
      if (filter.table->row_count() == 0) return false;
      if (!filter.table->integer_bounds(&minimum, &maximum)) continue;
      const uint32_t column = unit.file->columns[filter.column];
      const types::Type type = reader.columns()[column].type.type;
      const formats::ColumnBounds bounds = reader.bounds(unit.row_group, column);
      if (bounds.minimum != nullptr && as_integer(type, bounds.minimum) > maximum) return false;
      if (bounds.maximum != nullptr && as_integer(type, bounds.maximum) < minimum) return false;
    }
    return true;
  }

  /// Ranges of rows whose pages may hold something, by the page index of the tested columns.
  std::vector<RowRange> ranges_of(const Unit& unit) const {
    const FileReader& reader = *unit.file->reader;
    const uint32_t rows = reader.row_group_rows(unit.row_group);
    const uint32_t vectors = (rows + column::kVectorSize - 1) / column::kVectorSize;
    std::vector<uint8_t> live(vectors, 1);
    for (const PruningTest& test : tests_) {
      const uint32_t column = unit.file->columns[test.column];
      for (const formats::PageBounds& page : reader.page_bounds(unit.row_group, column)) {
        if (test.may_pass(page.bounds, page.rows.to - page.rows.from)) continue;
        const uint32_t from = (page.rows.from + column::kVectorSize - 1) / column::kVectorSize;
        const uint32_t to = page.rows.to == rows ? vectors : page.rows.to / column::kVectorSize;
        for (uint32_t v = from; v < to; v++) live[v] = 0;
      }
    }
    std::vector<RowRange> ranges;
    for (uint32_t v = 0; v < vectors; v++) {
      if (live[v] == 0) continue;
      const uint32_t from = v * column::kVectorSize;
      const uint32_t to = std::min(rows, from + column::kVectorSize);
      if (!ranges.empty() && ranges.back().to == from) {
        ranges.back().to = to;
      } else {
        ranges.push_back({from, to});
      }
    }
    return ranges;
  }

  std::vector<std::unique_ptr<OpenFile>> files_;
  std::vector<PruningTest> tests_;
  std::vector<operators::Source::FilterUse> filters_;
  ScanServices services_;
  ScanCounters* counters_;
  std::vector<Unit> units_;
  std::atomic<uint64_t> next_{0};
};

/// A worker's row group, read range by range.
class ScanSource::ScanCursor : public Source::Cursor, public Batch {
 public:
  explicit ScanCursor(ScanSource* source)
      : source_(source), columns_(source->files_.empty() ? 0 : source->files_[0]->columns.size()) {}

  Result<Batch*> next() override {
    at_ += row_count_;
    compact_at_ += row_count_;
    row_count_ = 0;
    while (range_ == ranges_.size() || at_ == ranges_[range_].to) {
      if (range_ + 1 < ranges_.size()) {
        range_++;
        at_ = ranges_[range_].from;
        continue;
      }
      if (!next_unit()) return nullptr;
    }
    row_count_ = std::min(source_->services_.vector_size, ranges_[range_].to - at_);
    return static_cast<Batch*>(this);
  }

  uint32_t row_count() const override { return row_count_; }

  Result<ColumnView> column(uint32_t index) override {
    Column& column = columns_[index];
    if (column.chunk == nullptr) MR_RETURN_IF_ERROR(decode(index, column));
    return column.chunk->view(column.compact ? compact_at_ : at_, row_count_);
  }

 private:
  struct Column {
    ChunkPtr chunk;
    bool compact = false;  // holds the rows of the ranges only
  };

  bool next_unit() {
    for (Column& column : columns_) column.chunk = nullptr;
    ranges_.clear();
    range_ = 0;
    while (ranges_.empty()) {
      const uint64_t index = source_->next_.fetch_add(1, std::memory_order_relaxed);
      if (index >= source_->units_.size()) return false;
      unit_ = source_->units_[index];
      source_->counters_->row_groups++;
      if (source_->may_pass(unit_)) ranges_ = source_->ranges_of(unit_);
      if (ranges_.empty()) source_->counters_->row_groups_pruned++;
    }
    at_ = ranges_[0].from;
    compact_at_ = 0;
    live_rows_ = 0;
    for (const RowRange& range : ranges_) live_rows_ += range.to - range.from;
    return true;
  }

  Status decode(uint32_t index, Column& column) {
    const OpenFile& file = *unit_.file;
    const uint32_t file_column = file.columns[index];
    const ChunkKey key{file.path, file.size_bytes, file.mtime_ns, unit_.row_group, file_column};
    column.compact = false;
    column.chunk = source_->services_.cache->find(key);
    if (column.chunk != nullptr) return {};
    const uint32_t rows = file.reader->row_group_rows(unit_.row_group);
    // Few rows wanted: decode just those. Else the whole column, for the next query too.
    column.compact = live_rows_ * 2 < rows;
    const RowRange whole{0, rows};
    const std::span<const RowRange> wanted =
        column.compact ? std::span<const RowRange>(ranges_) : std::span(&whole, 1);
    int64_t bytes_read = 0;
    MR_ASSIGN_OR_RETURN(column.chunk, file.reader->decode(unit_.row_group, file_column, wanted,
                                                          source_->services_.budget, &bytes_read));
    source_->counters_->bytes_read += bytes_read;
    if (!column.compact) source_->services_.cache->insert(key, column.chunk);
    return {};
  }

  ScanSource* source_;
  std::vector<Column> columns_;
  Unit unit_{nullptr, 0};
  std::vector<RowRange> ranges_;
  size_t range_ = 0;
  uint32_t at_ = 0;
  uint32_t compact_at_ = 0;
  uint32_t row_count_ = 0;
  uint32_t live_rows_ = 0;
};

std::unique_ptr<Source::Cursor> ScanSource::open_cursor() {
  return std::make_unique<ScanCursor>(this);
}

/// The file's column for each column of the scan; types must agree.
Status match_columns(const plan::TableScan& scan, OpenFile& file) {
  const std::vector<formats::FileColumn>& have = file.reader->columns();
  for (int c = 0; c < scan.columns_size(); c++) {
    const std::string& name = scan.file_columns(c);
    const auto found = std::find_if(have.begin(), have.end(),
                                    [&](const auto& column) { return column.name == name; });
    if (found == have.end()) {
      return Status::error(ErrorCode::DataCorrupted,
                           "file \"" + file.path + "\" has no column \"" + name + "\"");
    }
    if (!found->unsupported.empty()) {
      return Status::error(ErrorCode::FeatureNotSupported,
                           "column \"" + name + "\" of file \"" + file.path +
                               "\" cannot be read: " + found->unsupported);
    }
    const types::TypeParameters wanted = operators::type_of(scan.columns(c).type());
    if (found->type.type != wanted.type || found->type.scale != wanted.scale ||
        (found->nullable && !scan.columns(c).nullable())) {
      return Status::error(
          ErrorCode::DataCorrupted,
          "column \"" + name + "\" of file \"" + file.path + "\" has another type than the table");
    }
    file.columns.push_back(static_cast<uint32_t>(found - have.begin()));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Source>> make_scan_source(const plan::TableScan& scan,
                                                 std::vector<PruningTest> tests,
                                                 std::vector<operators::Source::FilterUse> filters,
                                                 ScanServices services, ScanCounters* counters) {
  std::vector<std::unique_ptr<OpenFile>> files;
  for (const plan::DataFile& data_file : scan.files()) {
    auto file = std::make_unique<OpenFile>();
    file->path = data_file.path();
    file->size_bytes = static_cast<int64_t>(data_file.size_bytes());
    file->mtime_ns = data_file.mtime_ns();
    if (scan.format() == kSessionFormat) {
      MR_ASSIGN_OR_RETURN(file->reader, services.tables->segment(file->path));
    } else {
      MR_ASSIGN_OR_RETURN(file->reader, services.files->open(scan.format(), file->path,
                                                             {file->size_bytes, file->mtime_ns}));
    }
    MR_RETURN_IF_ERROR(match_columns(scan, *file));
    files.push_back(std::move(file));
  }
  return std::unique_ptr<Source>(std::make_unique<ScanSource>(
      std::move(files), std::move(tests), std::move(filters), services, counters));
}

}  // namespace millrace::exec
