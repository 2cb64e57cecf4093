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

/// Lists of addresses; each is a unit, of one or more spans.
class SpansSource : public Source {
 public:
  using Unit = std::vector<Span>;
  SpansSource(std::vector<Unit> units, uint32_t vector_size)
      : units_(std::move(units)), vector_size_(vector_size) {}
  uint64_t unit_count() const override { return units_.size(); }
  std::unique_ptr<Source::Cursor> open_cursor() override {
    return std::make_unique<SpanCursor>(this);
  }

 private:
  class SpanCursor : public Source::Cursor {
   public:
    explicit SpanCursor(SpansSource* source) : source_(source) {}
    Result<Batch*> next() override {
      while (at_ == span_.count) {
        if (unit_ == nullptr || next_span_ == unit_->size()) {
          const uint64_t unit = source_->next_.fetch_add(1, std::memory_order_relaxed);
          if (unit >= source_->units_.size()) return nullptr;
          unit_ = &source_->units_[unit];
          next_span_ = 0;
          continue;
        }
        span_ = (*unit_)[next_span_++];
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
    const Unit* unit_ = nullptr;
    size_t next_span_ = 0;
    Span span_{nullptr, 0};
    uint64_t at_ = 0;
    RowsBatch batch_;
  };

  std::vector<Unit> units_;
  const uint32_t vector_size_;
  std::atomic<uint64_t> next_{0};
};

/// Addresses of the rows of each partition, in pieces that grow: reserved before they are taken.
class PartitionLists {
 public:
  PartitionLists(uint32_t count, memory::Budget* budget) : reservation_(budget), lists_(count) {}

  Status push(uint32_t partition, char* row) {
    std::vector<Piece>& pieces = lists_[partition];
    if (pieces.empty() || pieces.back().count == pieces.back().capacity) {
      const uint64_t last = pieces.empty() ? 0 : pieces.back().capacity;
      const uint64_t capacity = std::clamp<uint64_t>(last * 2, kFirstRows, kRowsPerUnit);
      const uint64_t bytes = capacity * sizeof(char*);
      MR_RETURN_IF_ERROR(reservation_.grow(static_cast<int64_t>(bytes)));
      pieces.push_back({column::Buffer(bytes), 0, capacity});
    }
    Piece& piece = pieces.back();
    piece.rows.as<char*>()[piece.count++] = row;
    return {};
  }
  std::vector<SpansSource::Unit> units() const {
    std::vector<SpansSource::Unit> units;
    for (const std::vector<Piece>& pieces : lists_) {
      if (pieces.empty()) continue;
      SpansSource::Unit& unit = units.emplace_back();
      for (const Piece& piece : pieces) {
        unit.push_back({const_cast<char* const*>(piece.rows.as<char*>()), piece.count});
      }
    }
    return units;
  }

 private:
  static constexpr uint64_t kFirstRows = 64;
  struct Piece {
    column::Buffer rows;
    uint64_t count;
    uint64_t capacity;
  };
  memory::Reservation reservation_;
  std::vector<std::vector<Piece>> lists_;
};

class PartitionsSource : public SpansSource {
 public:
  PartitionsSource(std::unique_ptr<PartitionLists> lists, uint32_t vector_size)
      : SpansSource(lists->units(), vector_size), lists_(std::move(lists)) {}

 private:
  std::unique_ptr<PartitionLists> lists_;
};

/// Rows where they lie, block by block.
class CollectionsSource : public Source {
 public:
  CollectionsSource(RowUnits rows, uint32_t vector_size)
      : rows_(std::move(rows)), vector_size_(vector_size) {
    for (const auto& collections : rows_.units) {
      Unit unit;
      for (const runtime::RowCollection* collection : collections) {
        for (const runtime::RowCollection::Block& block : collection->blocks()) {
          unit.push_back({&block, collection->layout().row_bytes()});
          if (rows_.may_split) units_.push_back(std::exchange(unit, {}));
        }
      }
      if (!unit.empty()) units_.push_back(std::move(unit));
    }
  }
  uint64_t unit_count() const override { return units_.size(); }
  std::unique_ptr<Source::Cursor> open_cursor() override {
    return std::make_unique<BlockCursor>(this);
  }

 private:
  struct Place {
    const runtime::RowCollection::Block* block;
    uint32_t row_bytes;
  };
  using Unit = std::vector<Place>;

  class BlockCursor : public Source::Cursor {
   public:
    explicit BlockCursor(CollectionsSource* source) : source_(source) {}
    Result<Batch*> next() override {
      const uint32_t wanted = source_->vector_size_;
      uint32_t count = 0;
      while (count < wanted) {
        if (copies_ > 0) {
          for (; copies_ > 0 && count < wanted; copies_--) addresses_[count++] = row_;
          continue;
        }
        if (left_ == 0) {
          if (source_->rows_.stopped && source_->rows_.stopped()) {
            return Status::error(ErrorCode::QueryCanceled);
          }
          if (!next_block()) break;
          continue;
        }
        row_ = at_;
        at_ += row_bytes_;
        left_--;
        copies_ = source_->rows_.copies ? source_->rows_.copies(row_) : 1;
      }
      if (count == 0) return nullptr;
      batch_.set(addresses_, count);
      return &batch_;
    }

   private:
    bool next_block() {
      while (unit_ == nullptr || next_place_ == unit_->size()) {
        const uint64_t unit = source_->next_.fetch_add(1, std::memory_order_relaxed);
        if (unit >= source_->units_.size()) return false;
        unit_ = &source_->units_[unit];
        next_place_ = 0;
      }
      const Place& place = (*unit_)[next_place_++];
      at_ = const_cast<char*>(place.block->bytes.as<char>());
      left_ = place.block->row_count;
      row_bytes_ = place.row_bytes;
      return true;
    }

    CollectionsSource* source_;
    const Unit* unit_ = nullptr;
    size_t next_place_ = 0;
    char* at_ = nullptr;
    uint32_t left_ = 0;
    uint32_t row_bytes_ = 0;
    char* row_ = nullptr;
    uint64_t copies_ = 0;
    char* addresses_[column::kVectorSize];
    RowsBatch batch_;
  };

  RowUnits rows_;
  std::vector<Unit> units_;
  const uint32_t vector_size_;
  std::atomic<uint64_t> next_{0};
};

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

std::unique_ptr<Source> make_collections_source(RowUnits rows, uint32_t vector_size) {
  return std::make_unique<CollectionsSource>(std::move(rows), vector_size);
}

std::unique_ptr<Source> make_row_list_source(std::span<char* const> rows, uint32_t vector_size) {
  std::vector<SpansSource::Unit> units;
  for (uint64_t from = 0; from < rows.size(); from += kRowsPerUnit) {
    units.push_back({{rows.data() + from, std::min<uint64_t>(kRowsPerUnit, rows.size() - from)}});
  }
  return std::make_unique<SpansSource>(std::move(units), vector_size);
}

Result<std::unique_ptr<Source>> make_partitions_source(const runtime::GroupState& groups,
                                                       uint32_t worker_count, uint32_t vector_size,
                                                       memory::Budget* budget,
                                                       const runtime::Stopped& stopped) {
  const uint32_t partitions = worker_count * 4;
  auto lists = std::make_unique<PartitionLists>(partitions, budget);
  for (const auto& worker : groups.workers) {
    const uint32_t row_bytes = worker->rows().layout().row_bytes();
    for (const runtime::RowCollection::Block& block : worker->rows().blocks()) {
      if (stopped && stopped()) return Status::error(ErrorCode::QueryCanceled);
      char* at = const_cast<char*>(block.bytes.as<char>());
      for (uint32_t i = 0; i < block.row_count; i++, at += row_bytes) {
        uint64_t hash;
        std::memcpy(&hash, at, sizeof(hash));
        MR_RETURN_IF_ERROR(lists->push(runtime::partition_of(hash, partitions), at));
      }
    }
  }
  return std::unique_ptr<Source>(std::make_unique<PartitionsSource>(std::move(lists), vector_size));
}

std::unique_ptr<Source> make_empty_columns_source(uint32_t row_count) {
  return std::make_unique<EmptyColumnsSource>(row_count);
}

}  // namespace millrace::exec
