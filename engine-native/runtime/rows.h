// runtime: the state that pipelines build and read: rows, join tables, group tables, sort runs.
// May include what stands left of it in the order of rooms. Invariant: every byte of state is
// reserved before it is taken. Start reading at RowLayout.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "column/vector_view.h"
#include "memory/budget.h"

namespace millrace::runtime {

using base::Status;
using column::LanesView;
using column::VectorView;

/// Whether the work at hand is to end. Asked by long steps, every few milliseconds at least.
using Stopped = std::function<bool()>;
/// Rows or slots a long step looks at between two questions.
constexpr uint64_t kRowsBetweenStops = 16384;

/// How a row lies in memory: header, one validity byte a nullable field (1 = present), fields at
/// multiples of 8 (or of their size), then `extra_bytes` at a multiple of 16.
class RowLayout {
 public:
  struct Field {
    types::TypeParameters type;
    bool nullable;
    uint32_t offset;
    uint32_t validity_offset;  // meaningless unless nullable
  };
  struct FieldType {
    types::TypeParameters type;
    bool nullable;
  };
  RowLayout() = default;
  RowLayout(uint32_t header_bytes, std::span<const FieldType> fields, uint32_t extra_bytes);

  const std::vector<Field>& fields() const { return fields_; }
  uint32_t row_bytes() const { return row_bytes_; }
  uint32_t extra_offset() const { return extra_offset_; }

 private:
  std::vector<Field> fields_;
  uint32_t row_bytes_ = 0;
  uint32_t extra_offset_ = 0;
};

/// Reads field `index` of rows[lanes] into out[lanes] and out_validity[lanes] (written where the
/// field is nullable or a row may be null; a null row gives NULL). `out_validity` may be null where
/// neither holds.
void gather_field(const RowLayout& layout, uint32_t index, const char* const* rows, LanesView lanes,
                  void* out, uint8_t* out_validity);

/// Rows of one layout, appended by one thread; strings are copied along. Rows never move.
class RowCollection {
 public:
  RowCollection(const RowLayout* layout, memory::Budget* budget);

  /// Makes `count` rows, uninitialized, and answers their addresses.
  Status allocate(uint32_t count, char** rows);
  /// Copies columns into the first fields of `rows` (one row a lane, in order of `lanes`).
  Status write(std::span<const VectorView> columns, LanesView lanes, char* const* rows);
  /// Appends a copy of a row of the same layout, strings included.
  Status copy_row(const char* row);
  /// Bytes for strings that live as long as the collection.
  base::Result<char*> allocate_bytes(uint32_t size_bytes);

  struct Block {
    column::Buffer bytes;
    uint32_t row_count;
  };
  const std::vector<Block>& blocks() const { return blocks_; }
  uint64_t row_count() const { return row_count_; }
  const RowLayout& layout() const { return *layout_; }
  int64_t peak_bytes() const { return reservation_.peak_bytes(); }
  /// Drops all rows.
  void clear();

 private:
  const RowLayout* layout_;
  memory::Reservation reservation_;
  std::vector<Block> blocks_;
  std::vector<column::Buffer> heap_;
  char* heap_next_ = nullptr;
  char* heap_end_ = nullptr;
  uint32_t block_capacity_rows_ = 0;
  uint64_t row_count_ = 0;
};

/// Addresses of rows, reserved before they are taken.
class RowList {
 public:
  explicit RowList(memory::Budget* budget) : reservation_(budget) {}
  Status push(char* row);
  const std::vector<char*>& rows() const { return rows_; }

 private:
  memory::Reservation reservation_;
  std::vector<char*> rows_;
};

/// Fills `size_bytes` with zeros, piece by piece; 57014 soon after `stopped` answers true.
Status clear_bytes(char* bytes, uint64_t size_bytes, const Stopped& stopped);

}  // namespace millrace::runtime
