// Where the pages of a column chunk lie, and their bounds: the file's page index.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "column/chunk.h"
#include "formats/parquet/bounds.h"
#include "formats/parquet/metadata.h"
#include "io/random_access_file.h"

namespace millrace::formats::parquet {

/// Checked to be consistent in itself and with the chunk's place in the file; whether it is true,
/// the pages show when they are read.
struct PageIndex {
  std::vector<PageLocation> pages;   // rows rise from 0
  std::vector<StoredBounds> bounds;  // one a page; empty where the file has no column index
  column::Buffer bytes;              // behind views of bounds

  uint32_t end_row(size_t page, uint32_t row_count) const {
    return page + 1 < pages.size() ? pages[page + 1].first_row : row_count;
  }
};

/// Null where the chunk has none that can be used: a malformed index is as good as none. Memory is
/// taken from `reservation` and stays there.
std::unique_ptr<const PageIndex> load_page_index(const io::RandomAccessFile& file,
                                                 const LeafColumn& column,
                                                 const ChunkMetadata& chunk, uint32_t row_count,
                                                 bool has_type_defined_order,
                                                 memory::Reservation* reservation);

/// Bounds of ranges that begin and end at multiples of column::kVectorSize: a range over parts of
/// several pages has the bounds of all of them. Pointers into `index`.
std::vector<PageBounds> aligned_bounds(const PageIndex& index, types::Type type,
                                       uint32_t row_count);

}  // namespace millrace::formats::parquet
