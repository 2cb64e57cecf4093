#include "formats/parquet/reader.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>

#include "formats/parquet/allocation.h"
#include "formats/parquet/bit_unpack.h"
#include "formats/parquet/bounds.h"
#include "formats/parquet/chunk_decoder.h"
#include "formats/parquet/column_type.h"
#include "formats/parquet/dictionary.h"
#include "formats/parquet/metadata.h"
#include "formats/parquet/page_index.h"
#include "formats/parquet/whole_dictionary.h"
#include "io/random_access_file.h"

namespace millrace::formats::parquet {

namespace {

using base::ErrorCode;
using base::Status;

constexpr std::string_view kMagic = "PAR1";
constexpr std::string_view kEncryptedMagic = "PARE";
constexpr int64_t kMagicBytes = 4;
constexpr int64_t kTailBytes = 8;  // length of the footer, magic

class ParquetReader final : public FileReader {
 public:
  ParquetReader(std::unique_ptr<io::RandomAccessFile> file, memory::Budget* budget)
      : file_(std::move(file)), reservation_(budget) {}

  Status read_footer();
  Status check_unchanged() const { return file_->check_unchanged(); }

  const std::vector<FileColumn>& columns() const override { return shown_; }
  int64_t row_count() const override { return metadata_.row_count; }
  uint32_t row_group_count() const override {
    return static_cast<uint32_t>(metadata_.row_groups.size());
  }
  uint32_t row_group_rows(uint32_t row_group) const override {
    return metadata_.row_groups[row_group].row_count;
  }
  int64_t row_group_column_bytes(uint32_t row_group, uint32_t column) const override {
    return is_readable(column) ? chunk_of(row_group, column).compressed_bytes : 0;
  }
  ColumnRangeStatistics statistics(uint32_t row_group, uint32_t column) const override;
  ColumnBounds bounds(uint32_t row_group, uint32_t column) const override {
    return is_readable(column) ? bounds_[slot_of(row_group, column)].view() : ColumnBounds();
  }
  std::vector<PageBounds> page_bounds(uint32_t row_group, uint32_t column) const override;
  base::Result<std::shared_ptr<const column::Dictionary>> dictionary(
      uint32_t row_group, uint32_t column, memory::Budget* budget) const override;
  base::Result<column::ChunkPtr> decode(uint32_t row_group, uint32_t column,
                                        std::span<const RowRange> ranges, memory::Budget* budget,
                                        int64_t* bytes_read) const override;

 private:
  Place file_place() const { return {file_->path(), {}}; }
  Place place_of(uint32_t column) const { return {file_->path(), shown_[column].name}; }
  bool is_readable(uint32_t column) const { return shown_[column].unsupported.empty(); }
  size_t slot_of(uint32_t row_group, uint32_t column) const {
    return size_t{row_group} * shown_.size() + column;
  }
  const ChunkMetadata& chunk_of(uint32_t row_group, uint32_t column) const {
    return metadata_.row_groups[row_group].chunks[columns_[column].leaf];
  }
  bool has_type_defined_order(uint32_t column) const {
    const uint32_t leaf = columns_[column].leaf;
    return leaf < metadata_.has_type_defined_order.size() && metadata_.has_type_defined_order[leaf];
  }
  ChunkSource source_of(uint32_t row_group, uint32_t column, const PageIndex* index) const;
  Status load_footer_bytes();
  Status account_metadata();
  /// The chunk's page index; null where it has none. Read at the first call.
  const PageIndex* page_index(uint32_t row_group, uint32_t column) const;
  /// The same, but only if it was read already.
  const PageIndex* known_page_index(uint32_t row_group, uint32_t column) const;

  std::unique_ptr<io::RandomAccessFile> file_;
  column::Buffer footer_;  // behind views of the metadata and the bounds
  FileMetadata metadata_;
  std::vector<FileColumn> shown_;
  std::vector<LeafColumn> columns_;
  std::vector<int64_t> first_rows_;   // of row groups
  std::vector<StoredBounds> bounds_;  // by slot_of()
  mutable std::mutex mutex_;          // of what follows
  mutable memory::Reservation reservation_;
  mutable std::map<size_t, std::unique_ptr<const PageIndex>> page_indexes_;
  mutable DictionaryCache dictionaries_;
};

/// Reads the footer's bytes: most fit a first read of the file's tail.
Status ParquetReader::load_footer_bytes() {
  constexpr int64_t kFirstReadBytes = int64_t{64} << 10;
  const int64_t size_bytes = file_->stamp().size_bytes;
  if (size_bytes < kMagicBytes + kTailBytes) return file_place().corrupted("it is too short");
  const int64_t first_bytes = std::min(size_bytes, kFirstReadBytes);
  MR_ASSIGN_OR_RETURN(column::Buffer tail,
                      allocate(&reservation_, static_cast<uint64_t>(first_bytes)));
  MR_RETURN_IF_ERROR(file_->read_at(size_bytes - first_bytes,
                                    {tail.as<char>(), static_cast<size_t>(first_bytes)}));
  const char* end = tail.as<char>() + first_bytes;
  const std::string_view magic(end - kMagicBytes, kMagicBytes);
  if (magic == kEncryptedMagic) return file_place().unsupported("encryption");
  if (magic != kMagic) return file_place().corrupted("it does not end as one");
  const int64_t footer_bytes = load32(reinterpret_cast<const uint8_t*>(end - kTailBytes));
  if (footer_bytes > size_bytes - kMagicBytes - kTailBytes) {
    return file_place().corrupted("its footer is longer than the file");
  }
  MR_ASSIGN_OR_RETURN(footer_, allocate(&reservation_, static_cast<uint64_t>(footer_bytes)));
  const std::span<char> out(footer_.as<char>(), static_cast<size_t>(footer_bytes));
  if (footer_bytes + kTailBytes <= first_bytes) {
    if (footer_bytes > 0) std::memcpy(out.data(), end - kTailBytes - footer_bytes, out.size());
  } else {
    MR_RETURN_IF_ERROR(file_->read_at(size_bytes - kTailBytes - footer_bytes, out));
  }
  release(&reservation_, &tail);
  return {};
}

/// Holds as much of the budget as the parsed metadata takes.
Status ParquetReader::account_metadata() {
  size_t bytes = metadata_.schema.capacity() *
                 (sizeof(SchemaElement) + sizeof(FileColumn) + sizeof(LeafColumn));
  for (const RowGroupMetadata& row_group : metadata_.row_groups) {
    bytes += sizeof(RowGroupMetadata) + row_group.chunks.capacity() * sizeof(ChunkMetadata) +
             shown_.size() * sizeof(StoredBounds);
  }
  return reservation_.grow(static_cast<int64_t>(bytes));
}

Status ParquetReader::read_footer() {
  char magic[kMagicBytes];
  MR_RETURN_IF_ERROR(load_footer_bytes());
  MR_RETURN_IF_ERROR(file_->read_at(0, magic));
  if (std::string_view(magic, kMagicBytes) != kMagic) {
    return file_place().corrupted("it does not begin as one");
  }
  // A column chunk takes at least 20 bytes of the footer, so parsing cannot take more than this.
  constexpr int64_t kGreatestExpansion = 24;
  const int64_t parsing_bytes = static_cast<int64_t>(footer_.size_bytes()) * kGreatestExpansion;
  MR_RETURN_IF_ERROR(reservation_.grow(parsing_bytes));
  const Fault fault =
      parse_file_metadata({footer_.as<uint8_t>(), footer_.size_bytes()}, &metadata_);
  if (!fault.ok()) return file_place().fault(fault);
  for (ResolvedColumn& column : resolve_columns(metadata_)) {
    shown_.push_back(std::move(column.shown));
    columns_.push_back(column.leaf);
  }
  reservation_.shrink(parsing_bytes);
  MR_RETURN_IF_ERROR(account_metadata());
  int64_t first_row = 0;
  bounds_.resize(metadata_.row_groups.size() * shown_.size());
  for (uint32_t group = 0; group < row_group_count(); group++) {
    first_rows_.push_back(first_row);
    first_row += row_group_rows(group);
    for (uint32_t column = 0; column < shown_.size(); column++) {
      if (!is_readable(column)) continue;
      bounds_[slot_of(group, column)] = bounds_of(
          columns_[column], chunk_of(group, column).statistics, has_type_defined_order(column));
    }
  }
  return {};
}

ColumnRangeStatistics ParquetReader::statistics(uint32_t row_group, uint32_t column) const {
  ColumnRangeStatistics out;
  if (!is_readable(column)) return out;
  const StoredBounds& bounds = bounds_[slot_of(row_group, column)];
  const types::TypeParameters& type = columns_[column].type;
  if (bounds.has_minimum) out.minimum = literal_of(type, bounds.minimum);
  if (bounds.has_maximum) out.maximum = literal_of(type, bounds.maximum);
  out.null_count = bounds.null_count;
  out.distinct_count = chunk_of(row_group, column).statistics.distinct_count;
  return out;
}

const PageIndex* ParquetReader::known_page_index(uint32_t row_group, uint32_t column) const {
  const std::lock_guard lock(mutex_);
  const auto found = page_indexes_.find(slot_of(row_group, column));
  return found == page_indexes_.end() ? nullptr : found->second.get();
}

const PageIndex* ParquetReader::page_index(uint32_t row_group, uint32_t column) const {
  const std::lock_guard lock(mutex_);
  const auto [slot, is_new] = page_indexes_.try_emplace(slot_of(row_group, column));
  if (is_new) {
    slot->second =
        load_page_index(*file_, columns_[column], chunk_of(row_group, column),
                        row_group_rows(row_group), has_type_defined_order(column), &reservation_);
    // Of a file that was changed meanwhile it would prune anything.
    if (!file_->check_unchanged().ok()) slot->second = nullptr;
  }
  return slot->second.get();
}

std::vector<PageBounds> ParquetReader::page_bounds(uint32_t row_group, uint32_t column) const {
  if (!is_readable(column)) return {};
  const PageIndex* index = page_index(row_group, column);
  if (index == nullptr) return {};
  return aligned_bounds(*index, columns_[column].type.type, row_group_rows(row_group));
}

ChunkSource ParquetReader::source_of(uint32_t row_group, uint32_t column,
                                     const PageIndex* index) const {
  const size_t slot = slot_of(row_group, column);
  return {.file = file_.get(),
          .place = place_of(column),
          .column = &columns_[column],
          .chunk = &chunk_of(row_group, column),
          .bounds = &bounds_[slot],
          .index = index,
          .dictionaries = &dictionaries_,
          .dictionary_key = slot,
          .row_count = row_group_rows(row_group),
          .first_row = first_rows_[row_group]};
}

base::Result<std::shared_ptr<const column::Dictionary>> ParquetReader::dictionary(
    uint32_t row_group, uint32_t column, memory::Budget* budget) const {
  if (!is_readable(column)) return place_of(column).unsupported(shown_[column].unsupported);
  return read_whole_dictionary(source_of(row_group, column, nullptr), budget);
}

base::Result<column::ChunkPtr> ParquetReader::decode(uint32_t row_group, uint32_t column,
                                                     std::span<const RowRange> ranges,
                                                     memory::Budget* budget,
                                                     int64_t* bytes_read) const {
  if (!is_readable(column)) return place_of(column).unsupported(shown_[column].unsupported);
  uint64_t rows = 0;
  for (const RowRange& range : ranges) rows += range.to - range.from;
  const PageIndex* index = rows < row_group_rows(row_group) ? page_index(row_group, column)
                                                            : known_page_index(row_group, column);
  base::Result<column::ChunkPtr> chunk =
      decode_chunk(source_of(row_group, column, index), ranges, budget, bytes_read);
  // A file that was changed meanwhile gives anything: say that instead.
  MR_RETURN_IF_ERROR(file_->check_unchanged());
  return chunk;
}

Status check_identity(const io::RandomAccessFile& file, const FileIdentity& identity) {
  const io::FileStamp& stamp = file.stamp();
  if (identity.size_bytes.value_or(stamp.size_bytes) == stamp.size_bytes &&
      identity.mtime_ns.value_or(stamp.mtime_ns) == stamp.mtime_ns) {
    return {};
  }
  return Status::error(ErrorCode::FileChanged,
                       "file \"" + file.path() + "\" was changed after the query was planned");
}

}  // namespace

base::Result<std::unique_ptr<FileReader>> open_parquet(const std::string& path,
                                                       const FileIdentity& identity,
                                                       memory::Budget* budget) {
  MR_ASSIGN_OR_RETURN(std::unique_ptr<io::RandomAccessFile> file, io::RandomAccessFile::open(path));
  MR_RETURN_IF_ERROR(check_identity(*file, identity));
  auto reader = std::make_unique<ParquetReader>(std::move(file), budget);
  const Status footer = reader->read_footer();
  MR_RETURN_IF_ERROR(reader->check_unchanged());
  MR_RETURN_IF_ERROR(footer);
  return std::unique_ptr<FileReader>(std::move(reader));
}

}  // namespace millrace::formats::parquet
