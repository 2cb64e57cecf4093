#include "formats/parquet/chunk_decoder.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "formats/parquet/allocation.h"
#include "formats/parquet/bytes_decoder.h"
#include "formats/parquet/convert.h"
#include "formats/parquet/dictionary.h"
#include "formats/parquet/fixed_decoder.h"
#include "formats/parquet/null_expansion.h"
#include "formats/parquet/page_reader.h"
#include "formats/parquet/utf8.h"

namespace millrace::formats::parquet {

namespace {

using base::Status;
using column::Encoding;
using types::StringView;

constexpr uint32_t kBlockRows = column::kVectorSize;

/// Values between page and chunk, one block at a time.
struct Scratch {
  alignas(64) uint8_t values[kBlockRows * 16];
  alignas(64) uint32_t codes[kBlockRows];
  alignas(64) uint8_t validity[kBlockRows];
};

template <class T>
T greatest_of(const T* values, uint32_t count) {
  T greatest = 0;
  for (uint32_t i = 0; i < count; i++) greatest = std::max(greatest, values[i]);
  return greatest;
}

/// entries[codes[i]] for all i.
template <class T>
void gather(const void* entries, const uint32_t* codes, uint32_t count, void* out) {
  const auto* from = static_cast<const T*>(entries);
  auto* to = static_cast<T*>(out);
  for (uint32_t i = 0; i < count; i++) to[i] = from[codes[i]];
}

void gather(const void* entries, uint32_t stride, const uint32_t* codes, uint32_t count,
            void* out) {
  switch (stride) {
    case 1:
      return gather<Any8>(entries, codes, count, out);
    case 2:
      return gather<Any16>(entries, codes, count, out);
    case 4:
      return gather<Any32>(entries, codes, count, out);
    case 8:
      return gather<Any64>(entries, codes, count, out);
    case 16:
      return gather<Any128>(entries, codes, count, out);
    default:
      return;
  }
}

Encoding encoding_for(uint32_t entry_count) {
  return entry_count <= 1u << 8    ? Encoding::Dictionary8
         : entry_count <= 1u << 16 ? Encoding::Dictionary16
                                   : Encoding::Dictionary32;
}

uint64_t count_rows(std::span<const RowRange> ranges) {
  uint64_t rows = 0;
  for (const RowRange& range : ranges) rows += range.to - range.from;
  return rows;
}

/// A page that is to be read, as the file's index places it.
struct PagePlan {
  int64_t offset;
  int64_t end;
  uint32_t first_row;
  uint32_t row_count;
  const StoredBounds* bounds;
};

class ChunkDecoder {
 public:
  ChunkDecoder(const ChunkSource& source, std::span<const RowRange> ranges, memory::Budget* budget,
               int64_t* bytes_read)
      : source_(source),
        column_(*source.column),
        place_(source.place),
        ranges_(ranges),
        bytes_read_(bytes_read),
        chunk_(std::make_shared<column::Chunk>(budget)),
        reservation_(&chunk_->reservation),
        stride_(types::size_of(column_.type.type)),
        limits_(column_, *source.bounds, nullptr),
        inflater_(std::in_place, *codec_of(source.chunk->codec), place_, reservation_) {
    chunk_->type = column_.type;
  }

  base::Result<column::ChunkPtr> run();

 private:
  /// Where the values of the current page come from, and what they become.
  enum class Mode : uint8_t { Codes, Gather, Fixed, Bytes };

  bool selects_part() const;
  Status read_sequentially();
  Status read_indexed();
  std::vector<PagePlan> plan_pages() const;
  Status take_dictionary(const PageHeader& header, PageReader* reader);
  Status take_page(const PageHeader& header, PageReader* reader, uint32_t first_row,
                   const StoredBounds* page_bounds);
  Status open_page(const PageHeader& header, PageReader* reader);
  Status open_values(const PageHeader& header, std::span<const uint8_t> body);
  Status choose_mode(const PageHeader& header);
  Status take_rows(const PageHeader& header, uint32_t first_row);
  Status skip_rows(uint32_t count);
  Status emit_rows(uint32_t count, int64_t page_row);
  Status emit_values(const uint8_t* validity, uint32_t count, uint32_t present, int64_t row);
  Status decode_stored(void* out, uint32_t present);
  Status decode_codes(uint32_t present);
  template <class T>
  Status emit_codes(uint32_t present, const uint8_t* validity, int64_t row);
  Status check_text(const StringView* values, uint32_t present, const uint8_t* validity,
                    int64_t row) const;
  Status bad_text(const StringView& view, uint32_t index, const uint8_t* validity,
                  int64_t row) const;
  Status start_values(Encoding encoding);
  Status start_validity();
  Status flatten();
  Status make_flat_entries();
  void close_page();
  Status finish();

  const ChunkSource& source_;
  const LeafColumn& column_;
  const Place& place_;
  const std::span<const RowRange> ranges_;
  int64_t* bytes_read_;
  std::shared_ptr<column::Chunk> chunk_;
  memory::Reservation* reservation_;
  const uint32_t stride_;
  const ValueLimits limits_;
  std::optional<PageInflater> inflater_;

  bool has_values_ = false;  // chunk_->values is allocated
  uint64_t row_count_ = 0;   // to emit
  uint64_t emitted_ = 0;
  uint64_t null_count_ = 0;
  size_t range_ = 0;  // first one that is not behind the current page

  LoadedDictionaryPtr dictionary_;
  column::Buffer flat_entries_;  // the dictionary's strings as views into chunk_->heap

  // The current page.
  Mode mode_ = Mode::Fixed;
  const ValueLimits* page_limits_ = nullptr;
  uint32_t page_present_ = 0;
  bool page_checks_ = false;  // its values must be compared with page_limits_
  LevelDecoder levels_;
  HybridDecoder codes_;
  FixedDecoder fixed_;
  BytesDecoder bytes_;
  column::Buffer page_;  // of strings: kept if a view points into it
  bool page_is_pointed_at_ = false;
  Scratch scratch_;
};

bool ChunkDecoder::selects_part() const { return row_count_ < source_.row_count; }

base::Result<column::ChunkPtr> ChunkDecoder::run() {
  row_count_ = count_rows(ranges_);
  chunk_->row_count = static_cast<uint32_t>(row_count_);
  MR_RETURN_IF_ERROR(source_.check());
  if (row_count_ == 0) return column::ChunkPtr(chunk_);
  MR_RETURN_IF_ERROR(source_.index != nullptr && selects_part() ? read_indexed()
                                                                : read_sequentially());
  MR_RETURN_IF_ERROR(finish());
  return column::ChunkPtr(chunk_);
}

Status ChunkDecoder::read_sequentially() {
  const int64_t offset = source_.chunk->offset();
  const int64_t end = offset + source_.chunk->compressed_bytes;
  ByteWindow window(*source_.file, {{offset, end - offset}}, reservation_, bytes_read_);
  PageReader reader(&window, place_);
  reader.seek(offset, end);
  // The index, where it was read, bounds its pages here too.
  const bool has_bounds = source_.index != nullptr && !source_.index->bounds.empty();
  size_t page = 0;
  uint64_t row = 0;
  const uint32_t end_row = ranges_.back().to;
  while (row < end_row && !reader.at_end()) {
    PageHeader header;
    MR_RETURN_IF_ERROR(reader.next(&header));
    if (header.kind == PageKind::Dictionary) {
      MR_RETURN_IF_ERROR(take_dictionary(header, &reader));
    }
    if (!header.is_data()) continue;
    if (row + header.value_count > source_.row_count) {
      return place_.corrupted("its pages hold more rows than their row group");
    }
    const StoredBounds* bounds = nullptr;
    if (has_bounds) {
      const PageIndex& index = *source_.index;
      if (page >= index.pages.size() || index.pages[page].first_row != row) {
        return place_.corrupted("its pages are not those of the file's page index");
      }
      bounds = &index.bounds[page];
    }
    MR_RETURN_IF_ERROR(take_page(header, &reader, static_cast<uint32_t>(row), bounds));
    row += header.value_count;
    page++;
  }
  return {};
}

std::vector<PagePlan> ChunkDecoder::plan_pages() const {
  const PageIndex& index = *source_.index;
  std::vector<PagePlan> plans;
  size_t range = 0;
  for (size_t i = 0; i < index.pages.size(); i++) {
    const PageLocation& page = index.pages[i];
    const uint32_t end_row = index.end_row(i, source_.row_count);
    while (range < ranges_.size() && ranges_[range].to <= page.first_row) range++;
    if (range == ranges_.size()) break;
    if (ranges_[range].from >= end_row) continue;
    plans.push_back({page.offset, page.offset + page.size_bytes, page.first_row,
                     end_row - page.first_row, index.bounds.empty() ? nullptr : &index.bounds[i]});
  }
  return plans;
}

Status ChunkDecoder::read_indexed() {
  const std::vector<PagePlan> plans = plan_pages();
  const int64_t offset = source_.chunk->offset();
  const int64_t first_page = source_.index->pages[0].offset;
  std::vector<io::ByteRange> wanted;
  if (offset < first_page) wanted.push_back({offset, first_page - offset});
  for (const PagePlan& plan : plans) wanted.push_back({plan.offset, plan.end - plan.offset});
  ByteWindow window(*source_.file, io::coalesce(wanted, ByteWindow::kGapBytes), reservation_,
                    bytes_read_);
  PageReader reader(&window, place_);
  PageHeader header;
  reader.seek(offset, first_page);
  while (!reader.at_end()) {
    MR_RETURN_IF_ERROR(reader.next(&header));
    if (header.kind == PageKind::Dictionary) {
      MR_RETURN_IF_ERROR(take_dictionary(header, &reader));
    } else if (header.is_data()) {
      return place_.corrupted("its pages are not those of the file's page index");
    }
  }
  for (const PagePlan& plan : plans) {
    reader.seek(plan.offset, plan.end);
    MR_RETURN_IF_ERROR(reader.next(&header));
    if (!header.is_data() || header.value_count != plan.row_count) {
      return place_.corrupted("its pages are not those of the file's page index");
    }
    MR_RETURN_IF_ERROR(take_page(header, &reader, plan.first_row, plan.bounds));
  }
  return {};
}

Status ChunkDecoder::take_dictionary(const PageHeader& header, PageReader* reader) {
  if (dictionary_ != nullptr) return place_.corrupted("a column chunk has two dictionaries");
  dictionary_ = source_.dictionaries->find(source_.dictionary_key);
  if (dictionary_ != nullptr) return reservation_->grow(dictionary_->cost_bytes);
  MR_ASSIGN_OR_RETURN(dictionary_, load_dictionary(column_, limits_, header, reader, &*inflater_,
                                                   place_, reservation_));
  source_.dictionaries->put(source_.dictionary_key, dictionary_);
  return {};
}

Status ChunkDecoder::take_page(const PageHeader& header, PageReader* reader, uint32_t first_row,
                               const StoredBounds* page_bounds) {
  while (range_ < ranges_.size() && ranges_[range_].to <= first_row) range_++;
  const bool wanted =
      range_ < ranges_.size() && ranges_[range_].from < first_row + header.value_count;
  if (!wanted || header.value_count == 0) return {};
  std::optional<ValueLimits> own_limits;
  if (page_bounds != nullptr && (page_bounds->has_minimum || page_bounds->has_maximum)) {
    own_limits.emplace(column_, *source_.bounds, page_bounds);
  }
  page_limits_ = own_limits.has_value() ? &*own_limits : &limits_;
  MR_RETURN_IF_ERROR(open_page(header, reader));
  // Of a dictionary's values those in use are known only by the codes.
  page_checks_ = mode_ == Mode::Fixed || mode_ == Mode::Bytes || own_limits.has_value() ||
                 (dictionary_ != nullptr && !dictionary_->is_within_limits);
  if (page_bounds != nullptr && page_bounds->null_count.has_value() &&
      *page_bounds->null_count != header.value_count - page_present_) {
    return place_.corrupted("a page has not as many nulls as the file's page index declares");
  }
  MR_RETURN_IF_ERROR(take_rows(header, first_row));
  close_page();
  return {};
}

Status ChunkDecoder::open_page(const PageHeader& header, PageReader* reader) {
  MR_ASSIGN_OR_RETURN(std::span<const uint8_t> body, reader->body());
  // Strings flat: their bytes must stay.
  const bool keeps_bytes = column_.is_stringlike() && !is_dictionary(header.encoding);
  const auto inflate = [&](std::span<const uint8_t> from, uint64_t size_bytes,
                           bool is_compressed) -> base::Result<std::span<const uint8_t>> {
    if (!keeps_bytes) return inflater_->inflate(from, size_bytes, is_compressed);
    MR_ASSIGN_OR_RETURN(page_, inflater_->inflate_owned(from, size_bytes, is_compressed));
    return std::span<const uint8_t>(page_.as<uint8_t>(), size_bytes);
  };
  const auto stated_bytes = static_cast<uint64_t>(header.uncompressed_bytes);
  PageParts parts;
  if (header.kind == PageKind::Data) {
    MR_ASSIGN_OR_RETURN(body, inflate(body, stated_bytes, true));
    const Fault fault = split_page(header, column_.is_optional, body, &parts);
    if (!fault.ok()) return place_.fault(fault);
  } else {
    const Fault fault = split_page_v2(header, column_.is_optional, body, &parts);
    if (!fault.ok()) return place_.fault(fault);
    const uint64_t level_bytes = uint64_t{header.repetition_bytes} + header.definition_bytes;
    MR_ASSIGN_OR_RETURN(parts.values,
                        inflate(parts.values, stated_bytes - level_bytes, header.is_compressed));
  }
  levels_ = parts.levels;
  const Fault fault = levels_.count_present(header.value_count, &page_present_);
  if (!fault.ok()) return place_.fault(fault);
  if (header.kind == PageKind::DataV2 && header.value_count - header.null_count != page_present_) {
    return place_.corrupted("a page has not as many nulls as it says");
  }
  MR_RETURN_IF_ERROR(choose_mode(header));
  return open_values(header, parts.values);
}

/// Decides what the page's values become, and makes room for them before the first.
Status ChunkDecoder::choose_mode(const PageHeader& header) {
  const bool coded = is_dictionary(header.encoding);
  if (coded && page_present_ > 0 && dictionary_ == nullptr) {
    return place_.corrupted("a page uses a dictionary that its column chunk lacks");
  }
  const bool may_stay_codes = column_.is_stringlike() && dictionary_ != nullptr &&
                              (coded || page_present_ == 0) &&
                              (!has_values_ || chunk_->encoding != Encoding::Flat);
  if (may_stay_codes) {
    mode_ = Mode::Codes;
    if (has_values_) return {};
    return start_values(encoding_for(dictionary_->entries.entry_count));
  }
  if (!has_values_) {
    MR_RETURN_IF_ERROR(start_values(Encoding::Flat));
  } else if (chunk_->encoding != Encoding::Flat) {
    MR_RETURN_IF_ERROR(flatten());
  }
  mode_ = coded && page_present_ > 0 ? Mode::Gather
          : column_.holds_bytes()    ? Mode::Bytes
                                     : Mode::Fixed;
  if (mode_ == Mode::Gather && column_.is_stringlike()) return make_flat_entries();
  return {};
}

Status ChunkDecoder::open_values(const PageHeader& header, std::span<const uint8_t> body) {
  if (page_present_ == 0) return {};
  switch (mode_) {
    case Mode::Codes:
    case Mode::Gather: {
      if (body.empty()) return place_.corrupted("a page holds fewer values than it says");
      constexpr uint32_t kGreatestWidth = 32;
      const uint32_t width = body[0];
      if (width > kGreatestWidth) {
        return place_.corrupted("a page has dictionary codes of over 32 bits");
      }
      codes_ = HybridDecoder(body.subspan(1), width);
      return {};
    }
    case Mode::Fixed: {
      const Fault fault = fixed_.open(column_.physical, header.encoding, body, page_present_);
      return fault.ok() ? Status() : place_.fault(fault);
    }
    case Mode::Bytes:
      return bytes_.open(column_, header.encoding, body, page_present_, place_, reservation_);
  }
  return {};
}

/// Emits the rows of the page that the ranges select, and passes over those between.
Status ChunkDecoder::take_rows(const PageHeader& header, uint32_t first_row) {
  uint64_t at = first_row;
  const uint64_t end = uint64_t{first_row} + header.value_count;
  for (size_t range = range_; range < ranges_.size() && ranges_[range].from < end; range++) {
    const uint64_t from = std::max<uint64_t>(ranges_[range].from, at);
    const uint64_t to = std::min<uint64_t>(ranges_[range].to, end);
    while (at < from) {
      const auto count = static_cast<uint32_t>(std::min<uint64_t>(from - at, kBlockRows));
      MR_RETURN_IF_ERROR(skip_rows(count));
      at += count;
    }
    while (at < to) {
      const auto count = static_cast<uint32_t>(std::min<uint64_t>(to - at, kBlockRows));
      MR_RETURN_IF_ERROR(emit_rows(count, static_cast<int64_t>(at)));
      at += count;
    }
  }
  return {};
}

Status ChunkDecoder::skip_rows(uint32_t count) {
  uint32_t present = count;
  Fault fault;
  if (column_.is_optional) fault = levels_.decode(scratch_.validity, count, &present);
  if (fault.ok() && present > 0) {
    switch (mode_) {
      case Mode::Codes:
      case Mode::Gather:
        fault = codes_.decode(scratch_.codes, present);
        break;
      case Mode::Fixed:
        fault = fixed_.skip(present, scratch_.values);
        break;
      case Mode::Bytes:
        fault = bytes_.decode(reinterpret_cast<StringView*>(scratch_.values), present);
        break;
    }
  }
  return fault.ok() ? Status() : place_.fault(fault);
}

Status ChunkDecoder::emit_rows(uint32_t count, int64_t row) {
  uint32_t present = count;
  const uint8_t* validity = nullptr;
  if (column_.is_optional && page_present_ == 0) {
    std::memset(scratch_.validity, 0, count);
    present = 0;
    validity = scratch_.validity;
  } else if (column_.is_optional) {
    const Fault fault = levels_.decode(scratch_.validity, count, &present);
    if (!fault.ok()) return place_.fault(fault);
    validity = scratch_.validity;
  }
  if (present < count && chunk_->validity.size_bytes() == 0) MR_RETURN_IF_ERROR(start_validity());
  if (chunk_->validity.size_bytes() > 0) {
    uint8_t* out = chunk_->validity.as<uint8_t>() + emitted_;
    if (validity != nullptr) {
      std::memcpy(out, validity, count);
    } else {
      std::memset(out, 1, count);
    }
  }
  null_count_ += count - present;
  MR_RETURN_IF_ERROR(emit_values(validity, count, present, row));
  emitted_ += count;
  return {};
}

Status ChunkDecoder::emit_values(const uint8_t* validity, uint32_t count, uint32_t present,
                                 int64_t row) {
  if (mode_ == Mode::Codes) {
    const uint32_t stride = column::code_size(chunk_->encoding);
    if (present > 0) {
      switch (chunk_->encoding) {
        case Encoding::Dictionary8:
          MR_RETURN_IF_ERROR(emit_codes<uint8_t>(present, validity, row));
          break;
        case Encoding::Dictionary16:
          MR_RETURN_IF_ERROR(emit_codes<uint16_t>(present, validity, row));
          break;
        default:
          MR_RETURN_IF_ERROR(emit_codes<uint32_t>(present, validity, row));
          break;
      }
    }
    if (present < count) {
      expand(chunk_->values.as<char>() + emitted_ * stride, stride, validity, count, present);
    }
    return {};
  }
  char* out = chunk_->values.as<char>() + emitted_ * stride_;
  if (present > 0) {
    MR_RETURN_IF_ERROR(decode_stored(out, present));
    const auto* views = reinterpret_cast<const StringView*>(out);
    if (column_.is_text()) MR_RETURN_IF_ERROR(check_text(views, present, validity, row));
    if (page_checks_) {
      const Fault fault = page_limits_->check(out, present);
      if (!fault.ok()) return place_.fault(fault);
    }
    if (mode_ == Mode::Bytes && column_.is_stringlike() && !page_is_pointed_at_) {
      page_is_pointed_at_ = std::any_of(views, views + present, [](const StringView& view) {
        return view.size > StringView::kInlineSize;
      });
    }
  }
  if (present < count) expand(out, stride_, validity, count, present);
  return {};
}

/// Present values of a flat block, without gaps.
Status ChunkDecoder::decode_stored(void* out, uint32_t present) {
  Fault fault;
  switch (mode_) {
    case Mode::Codes:
    case Mode::Gather: {
      MR_RETURN_IF_ERROR(decode_codes(present));
      const column::Buffer& entries =
          column_.is_stringlike() ? flat_entries_ : dictionary_->entries.values;
      gather(entries.as<void>(), stride_, scratch_.codes, present, out);
      break;
    }
    case Mode::Fixed:
      if (column_.conversion == Conversion::Copy) {
        fault = fixed_.decode(out, present);
      } else {
        fault = fixed_.decode(scratch_.values, present);
        if (fault.ok()) fault = convert(column_, scratch_.values, present, out);
      }
      break;
    case Mode::Bytes:
      if (column_.is_stringlike()) {
        fault = bytes_.decode(static_cast<StringView*>(out), present);
      } else {
        fault = bytes_.decode(reinterpret_cast<StringView*>(scratch_.values), present);
        if (fault.ok()) fault = convert(column_, scratch_.values, present, out);
      }
      break;
  }
  return fault.ok() ? Status() : place_.fault(fault);
}

/// The next codes, each of an entry: one below entry_count, or one of those that are not text.
Status ChunkDecoder::decode_codes(uint32_t present) {
  const Fault fault = codes_.decode(scratch_.codes, present);
  if (!fault.ok()) return place_.fault(fault);
  if (greatest_of(scratch_.codes, present) >= dictionary_->file_entry_count) {
    return place_.corrupted("a dictionary code has no entry");
  }
  if (dictionary_->code_map.size_bytes() > 0) {
    const auto* map = dictionary_->code_map.as<uint32_t>();
    for (uint32_t i = 0; i < present; i++) scratch_.codes[i] = map[scratch_.codes[i]];
  }
  return {};
}

template <class T>
Status ChunkDecoder::emit_codes(uint32_t present, const uint8_t* validity, int64_t row) {
  T* out = chunk_->values.as<T>() + emitted_;
  const uint32_t entry_count = dictionary_->entries.entry_count;
  const bool direct =
      dictionary_->code_map.size_bytes() == 0 && !page_checks_ && codes_.width() <= 8 * sizeof(T);
  if (direct) {
    const Fault fault = codes_.decode(out, present);
    if (!fault.ok()) return place_.fault(fault);
    if (greatest_of(out, present) >= entry_count) {
      return place_.corrupted("a dictionary code has no entry");
    }
    return {};
  }
  MR_RETURN_IF_ERROR(decode_codes(present));
  const auto* views = dictionary_->entries.values.as<StringView>();
  for (uint32_t i = 0; i < present; i++) {
    const uint32_t code = scratch_.codes[i];
    if (code >= entry_count) return bad_text(views[code], i, validity, row);
    out[i] = static_cast<T>(code);
  }
  if (page_checks_) {
    auto* used = reinterpret_cast<StringView*>(scratch_.values);
    for (uint32_t i = 0; i < present; i++) used[i] = views[scratch_.codes[i]];
    const Fault fault = page_limits_->check(used, present);
    if (!fault.ok()) return place_.fault(fault);
  }
  return {};
}

Status ChunkDecoder::check_text(const StringView* values, uint32_t present, const uint8_t* validity,
                                int64_t row) const {
  // Entries of a dictionary that are text were checked; the others are met here.
  if (mode_ == Mode::Gather && dictionary_->code_map.size_bytes() == 0) return {};
  const uint32_t bad = first_not_text(values, present);
  return bad == present ? Status() : bad_text(values[bad], bad, validity, row);
}

Status ChunkDecoder::bad_text(const StringView& view, uint32_t index, const uint8_t* validity,
                              int64_t row) const {
  // The index-th value that is present stands in this row of the block.
  uint32_t at = index;
  if (validity != nullptr) {
    at = 0;
    for (uint32_t before = index; before > 0 || validity[at] == 0; at++) before -= validity[at];
  }
  const int64_t file_row = source_.first_row + row + at + 1;
  return Status::error(base::ErrorCode::InvalidByteSequence,
                       first_bad_sequence({view.bytes(), view.size}))
      .with_detail("Row " + std::to_string(file_row) + " of column \"" +
                   std::string(place_.column) + "\" in file \"" + std::string(place_.path) + "\".");
}

Status ChunkDecoder::start_values(Encoding encoding) {
  chunk_->encoding = encoding;
  const uint64_t stride = encoding == Encoding::Flat ? stride_ : column::code_size(encoding);
  MR_ASSIGN_OR_RETURN(chunk_->values, allocate(reservation_, row_count_ * stride));
  has_values_ = true;
  return {};
}

Status ChunkDecoder::start_validity() {
  MR_ASSIGN_OR_RETURN(chunk_->validity, allocate(reservation_, row_count_));
  std::memset(chunk_->validity.as<uint8_t>(), 1, emitted_);
  return {};
}

/// Turns the codes emitted so far into strings: the chunk's later pages have no dictionary.
Status ChunkDecoder::flatten() {
  MR_RETURN_IF_ERROR(make_flat_entries());
  const Encoding before = chunk_->encoding;
  column::Buffer codes;
  std::swap(codes, chunk_->values);
  MR_RETURN_IF_ERROR(start_values(Encoding::Flat));
  auto* out = chunk_->values.as<StringView>();
  const auto* entries = flat_entries_.as<StringView>();
  const bool empty = dictionary_->entries.entry_count == 0;
  for (uint64_t i = 0; i < emitted_; i++) {
    const uint32_t code = before == Encoding::Dictionary8    ? codes.as<uint8_t>()[i]
                          : before == Encoding::Dictionary16 ? codes.as<uint16_t>()[i]
                                                             : codes.as<uint32_t>()[i];
    out[i] = empty ? StringView::make("", 0) : entries[code];
  }
  release(reservation_, &codes);
  return {};
}

/// Copies the dictionary's bytes to the chunk, which does not keep a dictionary it has no codes of.
Status ChunkDecoder::make_flat_entries() {
  if (flat_entries_.size_bytes() > 0 || dictionary_->file_entry_count == 0) return {};
  const uint32_t count = dictionary_->file_entry_count;
  const column::Buffer& from = dictionary_->entries.heap[0];
  MR_ASSIGN_OR_RETURN(flat_entries_, allocate(reservation_, count * sizeof(StringView)));
  MR_ASSIGN_OR_RETURN(column::Buffer heap, allocate(reservation_, from.size_bytes()));
  std::memcpy(heap.as<char>(), from.as<char>(), from.size_bytes());
  auto* views = flat_entries_.as<StringView>();
  std::memcpy(static_cast<void*>(views), dictionary_->entries.values.as<void>(),
              count * sizeof(StringView));
  for (uint32_t i = 0; i < count; i++) {
    if (views[i].size <= StringView::kInlineSize) continue;
    views[i].pointed.data = heap.as<char>() + (views[i].pointed.data - from.as<char>());
  }
  chunk_->heap.push_back(std::move(heap));
  return {};
}

void ChunkDecoder::close_page() {
  if (mode_ != Mode::Bytes || page_present_ == 0) {
    release(reservation_, &page_);
    return;
  }
  reservation_->shrink(bytes_.transient_bytes());
  column::Buffer heap = bytes_.take_heap();
  const bool in_heap = heap.size_bytes() > 0;
  column::Buffer& pointed = in_heap ? heap : page_;
  if (page_is_pointed_at_) {
    chunk_->heap.push_back(std::move(pointed));
    page_is_pointed_at_ = false;
  }
  release(reservation_, &heap);
  release(reservation_, &page_);
}

Status ChunkDecoder::finish() {
  if (emitted_ != row_count_) {
    return place_.corrupted("its pages hold fewer rows than their row group");
  }
  const std::optional<int64_t>& declared_nulls = source_.bounds->null_count;
  if (!selects_part() && declared_nulls.has_value() &&
      *declared_nulls != static_cast<int64_t>(null_count_)) {
    return place_.corrupted("it has not as many nulls as its statistics declare");
  }
  inflater_.reset();
  release(reservation_, &flat_entries_);
  if (dictionary_ == nullptr) return {};
  if (chunk_->encoding == Encoding::Flat) {
    reservation_->shrink(dictionary_->cost_bytes);
  } else {
    chunk_->dictionary = {dictionary_, &dictionary_->entries};
  }
  return {};
}

/// Whether the ranges are what decode() asks for.
bool are_ranges_of(std::span<const RowRange> ranges, uint32_t row_count) {
  uint32_t end = 0;
  for (const RowRange& range : ranges) {
    if (range.from < end || range.to < range.from || range.to > row_count) return false;
    end = range.to;
  }
  return true;
}

}  // namespace

base::Result<column::ChunkPtr> decode_chunk(const ChunkSource& source,
                                            std::span<const RowRange> ranges,
                                            memory::Budget* budget, int64_t* bytes_read) {
  if (!are_ranges_of(ranges, source.row_count)) {
    return Status::error(base::ErrorCode::Internal, "ranges of rows outside their row group");
  }
  // Some 50 KB: on the heap, as threads of pools may have small stacks.
  const auto decoder = std::make_unique<ChunkDecoder>(source, ranges, budget, bytes_read);
  return decoder->run();
}

}  // namespace millrace::formats::parquet
