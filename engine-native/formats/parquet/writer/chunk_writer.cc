#include "formats/parquet/writer/chunk_writer.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "formats/parquet/writer/rle.h"

namespace millrace::formats::parquet_writer {
namespace {

// A dictionary that has not begun to repeat itself after these many values is given up: at the
// first point only a hopeless one, at the second one whose every other value is new.
constexpr size_t kFirstTrial = 4 * kVectorRows;
constexpr size_t kSecondTrial = 16 * kVectorRows;

// From this length on equal codes are written as runs (rle.cc).
constexpr size_t kLongRun = 16;

void append_levels(Bytes& out, std::span<const uint8_t> present) {
  const std::vector<uint32_t> levels(present.begin(), present.end());
  append_rle(out, levels, 1);
}

size_t count_present(std::span<const uint8_t> present) {
  return static_cast<size_t>(std::count(present.begin(), present.end(), 1));
}

}  // namespace

template <class T>
TypedChunkWriter<T>::TypedChunkWriter(const ColumnSpec& spec, const WriterOptions& options,
                                      PageWriter& page_writer)
    : spec_(spec), options_(options), page_writer_(page_writer) {
  reset();
}

template <class T>
void TypedChunkWriter<T>::reset() {
  chunk_ = {};
  row_count_ = 0;
  bounds_ = {};
  coding_ = options_.dictionary && !std::is_same_v<T, bool>;
  dictionary_.clear();
  codes_.clear();
  present_.clear();
  plain_size_bytes_ = 0;
  plain_.clear();
  page_row_count_ = 0;
  page_bounds_ = {};
}

template <class T>
WriteStatus TypedChunkWriter<T>::append(std::span<const T> values, const uint8_t* present) {
  while (!values.empty()) {
    const size_t room = kVectorRows - static_cast<size_t>(row_count_) % kVectorRows;
    const size_t count = std::min(room, values.size());
    append_to_vector(values.first(count), present);
    if (count == room) {
      if (WriteStatus status = end_vector(); !status.ok()) return status;
    }
    values = values.subspan(count);
    if (present != nullptr) present += count;
  }
  return {};
}

template <class T>
void TypedChunkWriter<T>::append_to_vector(std::span<const T> values, const uint8_t* present) {
  row_count_ += static_cast<int64_t>(values.size());
  if (spec_.nullable) {
    if (present != nullptr) {
      present_.insert(present_.end(), present, present + values.size());
    } else {
      present_.insert(present_.end(), values.size(), 1);
    }
  }
  if (!coding_) page_row_count_ += values.size();
  for (size_t i = 0; i < values.size(); ++i) {
    if (present != nullptr && present[i] == 0) continue;
    if (coding_) {
      codes_.push_back(dictionary_.code_of(spec_, values[i]));
      plain_size_bytes_ += Values<T>::plain_size(spec_, values[i]);
    } else {
      append_plain(values[i]);
    }
  }
}

template <class T>
void TypedChunkWriter<T>::append_plain(T value) {
  Values<T>::append_plain(spec_, value, plain_);
  page_bounds_.add(spec_, value);
}

template <class T>
WriteStatus TypedChunkWriter<T>::end_vector() {
  if (coding_) return dictionary_fails() ? fall_back() : WriteStatus();
  const bool page_is_full =
      plain_.size() >= options_.page_size_bytes ||
      (options_.page_row_limit > 0 && page_row_count_ >= options_.page_row_limit);
  return page_is_full ? flush_plain_page() : WriteStatus();
}

template <class T>
bool TypedChunkWriter<T>::dictionary_fails() const {
  if (dictionary_.plain_size_bytes() > options_.dictionary_size_limit_bytes) return true;
  if (codes_.size() < kFirstTrial) return false;
  if (dictionary_.size() > codes_.size() / 10 * 9) return true;
  return codes_.size() >= kSecondTrial && dictionary_.size() > codes_.size() / 2;
}

template <class T>
bool TypedChunkWriter<T>::dictionary_pays() const {
  // Values that come in short runs and never come back, as the keys of sorted rows do, compress
  // better and are read faster as they are. Codes of long runs are run lengths, which is best.
  const bool runs_are_short = codes_.size() < kLongRun * dictionary_.size();
  if (runs_are_short && std::is_sorted(codes_.begin(), codes_.end())) return false;
  const auto width = static_cast<size_t>(bit_width(static_cast<uint32_t>(dictionary_.size())));
  return dictionary_.plain_size_bytes() + codes_.size() * width / 8 < plain_size_bytes_;
}

template <class T>
WriteStatus TypedChunkWriter<T>::fall_back() {
  coding_ = false;
  const std::vector<uint32_t> codes = std::exchange(codes_, {});
  const std::vector<uint8_t> present = std::exchange(present_, {});
  const auto row_count = static_cast<size_t>(row_count_);
  size_t next_code = 0;
  for (size_t row = 0; row < row_count; ++row) {
    ++page_row_count_;
    if (spec_.nullable) present_.push_back(present[row]);
    if (!spec_.nullable || present[row] != 0) {
      append_plain(dictionary_.entries()[codes[next_code++]]);
    }
    if ((row + 1) % kVectorRows == 0) {
      if (WriteStatus status = end_vector(); !status.ok()) return status;
    }
  }
  dictionary_.clear();
  return {};
}

template <class T>
WriteStatus TypedChunkWriter<T>::flush_plain_page() {
  if (page_row_count_ == 0) return {};
  if constexpr (std::is_same_v<T, bool>) {
    const std::vector<uint32_t> bits(plain_.begin(), plain_.end());
    plain_.clear();
    append_bit_packed(plain_, bits, 1);
  }
  WriteStatus status = write_page(Encoding::Plain, plain_, page_row_count_, present_, page_bounds_);
  plain_.clear();
  present_.clear();
  page_row_count_ = 0;
  page_bounds_ = {};
  return status;
}

template <class T>
WriteStatus TypedChunkWriter<T>::write_coded() {
  const auto entry_count = static_cast<uint32_t>(dictionary_.size());
  scratch_.clear();
  for (T entry : dictionary_.entries()) Values<T>::append_plain(spec_, entry, scratch_);
  PageSize size;
  if (WriteStatus status =
          page_writer_.append_dictionary_page(scratch_, entry_count, chunk_.bytes, size);
      !status.ok()) {
    return status;
  }
  chunk_.has_dictionary = true;
  chunk_.uncompressed_bytes += size.uncompressed_bytes;
  // Doubles are told apart by their bits here, so zeros and NaNs may count twice.
  if (!std::is_same_v<T, double>) chunk_.distinct_count = entry_count;

  const int width = bit_width(entry_count - 1);
  size_t rows_per_page = options_.page_size_bytes * 8 / static_cast<size_t>(width);
  if (options_.page_row_limit > 0) rows_per_page = std::min(rows_per_page, options_.page_row_limit);
  rows_per_page =
      std::max<size_t>(1, (rows_per_page + kVectorRows - 1) / kVectorRows) * kVectorRows;

  const auto row_count = static_cast<size_t>(row_count_);
  const std::span<const uint8_t> present = present_;
  std::span<const uint32_t> codes = codes_;
  for (size_t row = 0; row < row_count; row += rows_per_page) {
    const size_t page_rows = std::min(rows_per_page, row_count - row);
    const auto page_present = spec_.nullable ? present.subspan(row, page_rows) : present;
    const size_t value_count = spec_.nullable ? count_present(page_present) : page_rows;
    const std::span<const uint32_t> page_codes = codes.first(value_count);
    codes = codes.subspan(value_count);

    std::vector<bool> used(entry_count);
    for (uint32_t code : page_codes) used[code] = true;
    Bounds<T> bounds;
    for (uint32_t code = 0; code < entry_count; ++code) {
      if (used[code]) bounds.add(spec_, dictionary_.entries()[code]);
    }
    scratch_.clear();
    scratch_.push_back(static_cast<uint8_t>(width));
    append_rle(scratch_, page_codes, width);
    if (WriteStatus status =
            write_page(Encoding::RleDictionary, scratch_, page_rows, page_present, bounds);
        !status.ok()) {
      return status;
    }
  }
  return {};
}

template <class T>
WriteStatus TypedChunkWriter<T>::write_page(Encoding encoding, std::span<const uint8_t> values,
                                            size_t row_count, std::span<const uint8_t> present,
                                            const Bounds<T>& bounds) {
  const size_t null_count = spec_.nullable ? row_count - count_present(present) : 0;
  Bytes levels;
  if (spec_.nullable) append_levels(levels, present);
  const DataPage page = {.encoding = encoding,
                         .row_count = static_cast<uint32_t>(row_count),
                         .null_count = static_cast<uint32_t>(null_count),
                         .definition_levels = levels,
                         .values = values};
  const auto offset = static_cast<int64_t>(chunk_.bytes.size());
  PageSize size;
  if (WriteStatus status = page_writer_.append_data_page(page, chunk_.bytes, size); !status.ok()) {
    return status;
  }
  const bool is_fixed = spec_.physical == PhysicalType::FixedLenByteArray;
  chunk_.pages.push_back(
      {.offset = offset,
       .size_bytes = size.written_bytes,
       .first_row = chunk_.row_count,
       .row_count = static_cast<int64_t>(row_count),
       .null_count = static_cast<int64_t>(null_count),
       .bounds = bounds.encode(is_fixed ? SIZE_MAX : options_.bound_size_limit_bytes)});
  chunk_.encoding = encoding;
  chunk_.uncompressed_bytes += size.uncompressed_bytes;
  chunk_.row_count += static_cast<int64_t>(row_count);
  chunk_.null_count += static_cast<int64_t>(null_count);
  bounds_.add(spec_, bounds);
  return {};
}

template <class T>
BoundaryOrder TypedChunkWriter<T>::page_order() const {
  const auto less = [this](const std::string& a, const std::string& b) {
    if constexpr (std::is_same_v<T, std::string_view>) {
      return Values<T>::less(spec_, a, b);
    } else {
      T values[2];
      std::memcpy(&values[0], a.data(), sizeof(T));
      std::memcpy(&values[1], b.data(), sizeof(T));
      return Values<T>::less(spec_, values[0], values[1]);
    }
  };
  bool ascending = true;
  bool descending = true;
  const EncodedBounds* last = nullptr;
  for (const EncodedPage& page : chunk_.pages) {
    if (!page.bounds) continue;
    if (last != nullptr) {
      ascending &=
          !less(page.bounds->least, last->least) && !less(page.bounds->greatest, last->greatest);
      descending &=
          !less(last->least, page.bounds->least) && !less(last->greatest, page.bounds->greatest);
    }
    last = &*page.bounds;
  }
  if (ascending) return BoundaryOrder::Ascending;
  return descending ? BoundaryOrder::Descending : BoundaryOrder::Unordered;
}

template <class T>
WriteStatus TypedChunkWriter<T>::finish(EncodedChunk& chunk) {
  WriteStatus status;
  if (coding_) status = dictionary_pays() ? write_coded() : fall_back();
  if (status.ok() && !coding_) status = flush_plain_page();
  if (status.ok()) {
    const bool is_fixed = spec_.physical == PhysicalType::FixedLenByteArray;
    chunk_.bounds = bounds_.encode(is_fixed ? SIZE_MAX : options_.bound_size_limit_bytes);
    chunk_.page_order = page_order();
    chunk = std::move(chunk_);
  }
  reset();
  return status;
}

template class TypedChunkWriter<bool>;
template class TypedChunkWriter<int32_t>;
template class TypedChunkWriter<int64_t>;
template class TypedChunkWriter<double>;
template class TypedChunkWriter<std::string_view>;

std::unique_ptr<ChunkWriter> make_chunk_writer(const ColumnSpec& spec, const WriterOptions& options,
                                               PageWriter& page_writer) {
  switch (spec.physical) {
    case PhysicalType::Boolean:
      return std::make_unique<TypedChunkWriter<bool>>(spec, options, page_writer);
    case PhysicalType::Int32:
      return std::make_unique<TypedChunkWriter<int32_t>>(spec, options, page_writer);
    case PhysicalType::Int64:
      return std::make_unique<TypedChunkWriter<int64_t>>(spec, options, page_writer);
    case PhysicalType::Double:
      return std::make_unique<TypedChunkWriter<double>>(spec, options, page_writer);
    case PhysicalType::ByteArray:
    case PhysicalType::FixedLenByteArray:
      return std::make_unique<TypedChunkWriter<std::string_view>>(spec, options, page_writer);
  }
  __builtin_unreachable();
}

}  // namespace millrace::formats::parquet_writer
