// Sources over rows in memory.
#include <algorithm>
#include <cstring>

#include "exec/source.h"

namespace millrace::exec {

namespace {

constexpr types::TypeParameters kRowType{types::Type::I64, 0, 0};
constexpr uint64_t kRowsPerUnit = 64 * column::kVectorSize;

/// Some addresses of rows.
class RowsBatch : public Batch {
 public:
  void set(char* const* rows, uint32_t count) {
    view_ = {};
    view_.type = kRowType;
    view_.values = rows;
    view_.row_count = count;
  }
  uint32_t row_count() const override { return view_.row_count; }
  Result<column::ColumnView> column(uint32_t) override { return view_; }

 private:
  column::ColumnView view_;
};

struct Span {
  char* const* rows;
  uint64_t count;
};

/// Spans of addresses; each is a unit.
class SpansSource : public Source {
 public:
  SpansSource(std::vector<std::vector<char*>> owned, std::vector<Span> spans, uint32_t vector_size)
      : owned_(std::move(owned)), spans_(std::move(spans)), vector_size_(vector_size) {}
  uint64_t unit_count() const override { return spans_.size(); }
  std::unique_ptr<Source::Cursor> open_cursor() override {
    return std::make_unique<SpanCursor>(this);
  }

 private:
  class SpanCursor : public Source::Cursor {
   public:
    explicit SpanCursor(SpansSource* source) : source_(source) {}
    Result<Batch*> next() override {
      while (at_ == span_.count) {
        const uint64_t unit = source_->next_.fetch_add(1, std::memory_order_relaxed);
        if (unit >= source_->spans_.size()) return nullptr;
        span_ = source_->spans_[unit];
        at_ = 0;
      }
      const uint32_t count =
          static_cast<uint32_t>(std::min<uint64_t>(source_->vector_size_, span_.count - at_));
      batch_.set(span_.rows + at_, count);
      at_ += count;
      return &batch_;
    }

   private:
    SpansSource* source_;
    Span span_{nullptr, 0};
    uint64_t at_ = 0;
    RowsBatch batch_;
  };

  std::vector<std::vector<char*>> owned_;
  std::vector<Span> spans_;
  const uint32_t vector_size_;
  std::atomic<uint64_t> next_{0};
};

void cut(const std::vector<char*>& rows, std::vector<Span>& spans) {
  for (uint64_t from = 0; from < rows.size(); from += kRowsPerUnit) {
    spans.push_back({rows.data() + from, std::min<uint64_t>(kRowsPerUnit, rows.size() - from)});
  }
}

/// Rows without columns, once.
class EmptyColumnsSource : public Source {
 public:
  explicit EmptyColumnsSource(uint32_t row_count) : row_count_(row_count) {}
  uint64_t unit_count() const override { return 1; }
  std::unique_ptr<Source::Cursor> open_cursor() override {
    return std::make_unique<OnceCursor>(row_count_);
  }

 private:
  class OnceCursor : public Source::Cursor, public Batch {
   public:
    explicit OnceCursor(uint32_t row_count) : row_count_(row_count) {}
    Result<Batch*> next() override {
      if (done_ || row_count_ == 0) return nullptr;
      done_ = true;
      return static_cast<Batch*>(this);
    }
    uint32_t row_count() const override { return row_count_; }
    Result<column::ColumnView> column(uint32_t) override {
      return Status::error(ErrorCode::Internal, "the source has no column");
    }

   private:
    const uint32_t row_count_;
    bool done_ = false;
  };
  const uint32_t row_count_;
};

}  // namespace

std::unique_ptr<Source> make_rows_source(std::vector<std::vector<char*>> units,
                                         uint32_t vector_size) {
  std::vector<Span> spans;
  for (const std::vector<char*>& rows : units) {
    if (!rows.empty()) spans.push_back({rows.data(), rows.size()});
  }
  return std::make_unique<SpansSource>(std::move(units), std::move(spans), vector_size);
}

std::unique_ptr<Source> make_row_list_source(const std::vector<char*>& rows, uint32_t vector_size) {
  std::vector<Span> spans;
  cut(rows, spans);
  return std::make_unique<SpansSource>(std::vector<std::vector<char*>>(), std::move(spans),
                                       vector_size);
}

std::unique_ptr<Source> make_groups_source(const runtime::GroupState& groups, bool by_partition,
                                           uint32_t worker_count, uint32_t vector_size) {
  const uint32_t partitions = by_partition ? worker_count * 4 : worker_count;
  std::vector<std::vector<char*>> units(partitions);
  for (size_t w = 0; w < groups.workers.size(); w++) {
    const runtime::RowCollection& rows = groups.workers[w]->rows();
    const uint32_t row_bytes = rows.layout().row_bytes();
    for (const runtime::RowCollection::Block& block : rows.blocks()) {
      char* at = const_cast<char*>(block.bytes.as<char>());
      for (uint32_t i = 0; i < block.row_count; i++, at += row_bytes) {
        uint64_t hash;
        std::memcpy(&hash, at, sizeof(hash));
        units[by_partition ? runtime::partition_of(hash, partitions) : w].push_back(at);
      }
    }
  }
  if (by_partition) return make_rows_source(std::move(units), vector_size);
  std::vector<Span> spans;
  for (const std::vector<char*>& unit : units) cut(unit, spans);
  return std::make_unique<SpansSource>(std::move(units), std::move(spans), vector_size);
}

std::unique_ptr<Source> make_build_rows_source(const runtime::JoinTable& table, bool matched,
                                               uint32_t vector_size) {
  std::vector<std::vector<char*>> units(1);
  for (char* row : table.rows()) {
    if (runtime::JoinTable::is_marked(row) == matched) units[0].push_back(row);
  }
  std::vector<Span> spans;
  cut(units[0], spans);
  return std::make_unique<SpansSource>(std::move(units), std::move(spans), vector_size);
}

std::unique_ptr<Source> make_empty_columns_source(uint32_t row_count) {
  return std::make_unique<EmptyColumnsSource>(row_count);
}

}  // namespace millrace::exec
