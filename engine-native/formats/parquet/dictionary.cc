#include "formats/parquet/dictionary.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <string_view>

#include "formats/parquet/allocation.h"
#include "formats/parquet/bytes_decoder.h"
#include "formats/parquet/convert.h"
#include "formats/parquet/fixed_decoder.h"
#include "formats/parquet/utf8.h"

namespace millrace::formats::parquet {

namespace {

using base::Status;
using types::StringView;

/// Loads one dictionary; on failure what it reserved is given back.
class Loader {
 public:
  Loader(const LeafColumn& column, const PageHeader& header, const Place& place,
         memory::Reservation* reservation)
      : column_(column),
        header_(header),
        place_(place),
        reservation_(reservation),
        loaded_(std::make_shared<LoadedDictionary>()) {}

  base::Result<LoadedDictionaryPtr> run(const ValueLimits& limits, PageReader* reader,
                                        PageInflater* inflater);

 private:
  Status load_fixed(std::span<const uint8_t> bytes);
  Status load_bytes(std::span<const uint8_t> bytes);
  Status make_distinct();
  Status allocate(uint64_t size_bytes, column::Buffer* out) {
    MR_ASSIGN_OR_RETURN(*out, parquet::allocate(reservation_, size_bytes));
    loaded_->cost_bytes += parquet::cost_bytes(size_bytes);
    return {};
  }

  const LeafColumn& column_;
  const PageHeader& header_;
  const Place& place_;
  memory::Reservation* reservation_;
  std::shared_ptr<LoadedDictionary> loaded_;
};

Status Loader::load_fixed(std::span<const uint8_t> bytes) {
  if (column_.physical == PhysicalType::Boolean) {
    return place_.corrupted("booleans have a dictionary");
  }
  FixedDecoder decoder;
  const uint32_t count = header_.value_count;
  const Fault fault = decoder.open(column_.physical, PageEncoding::Plain, bytes, count);
  if (!fault.ok()) return place_.fault(fault);
  column::Buffer& values = loaded_->entries.values;
  MR_RETURN_IF_ERROR(allocate(uint64_t{count} * types::size_of(column_.type.type), &values));
  // By blocks: the page's values lie at any address, those that are converted may not.
  constexpr uint32_t kBlockValues = 1024;
  constexpr uint32_t kGreatestWidth = 12;
  alignas(16) uint8_t block[kBlockValues * kGreatestWidth];
  const uint64_t stride = types::size_of(column_.type.type);
  for (uint32_t from = 0; from < count; from += kBlockValues) {
    const uint32_t block_count = std::min(kBlockValues, count - from);
    Fault conversion = decoder.decode(block, block_count);
    if (conversion.ok()) {
      conversion = convert(column_, block, block_count, values.as<char>() + from * stride);
    }
    if (!conversion.ok()) return place_.fault(conversion);
  }
  return {};
}

Status Loader::load_bytes(std::span<const uint8_t> bytes) {
  BytesDecoder decoder;
  const uint32_t count = header_.value_count;
  MR_RETURN_IF_ERROR(
      decoder.open(column_, PageEncoding::Plain, bytes, count, place_, reservation_));
  column::Buffer& values = loaded_->entries.values;
  MR_RETURN_IF_ERROR(allocate(uint64_t{count} * sizeof(StringView), &values));
  const Fault fault = decoder.decode(values.as<StringView>(), count);
  if (!fault.ok()) return place_.fault(fault);
  if (column_.is_stringlike()) return make_distinct();
  column::Buffer views;
  std::swap(views, values);
  loaded_->cost_bytes -= parquet::cost_bytes(views.size_bytes());
  MR_RETURN_IF_ERROR(allocate(uint64_t{count} * types::size_of(column_.type.type), &values));
  const Fault conversion = convert(column_, views.as<void>(), count, values.as<void>());
  release(reservation_, &views);
  return conversion.ok() ? Status() : place_.fault(conversion);
}

/// Moves distinct entries to the front, in order, and entries that are not text to the end.
Status Loader::make_distinct() {
  const uint32_t count = header_.value_count;
  if (count == 0) return {};
  constexpr uint32_t kFree = UINT32_MAX;
  const uint64_t slot_count = std::bit_ceil(uint64_t{count} * 2);
  MR_ASSIGN_OR_RETURN(column::Buffer slots,
                      parquet::allocate(reservation_, slot_count * sizeof(uint32_t)));
  MR_ASSIGN_OR_RETURN(column::Buffer map,
                      parquet::allocate(reservation_, uint64_t{count} * sizeof(uint32_t)));
  MR_ASSIGN_OR_RETURN(column::Buffer bad,
                      parquet::allocate(reservation_, uint64_t{count} * sizeof(StringView)));
  std::fill_n(slots.as<uint32_t>(), slot_count, kFree);
  auto* views = loaded_->entries.values.as<StringView>();
  uint32_t kept = 0;
  uint32_t bad_count = 0;
  for (uint32_t i = 0; i < count; i++) {
    const StringView view = views[i];
    if (column_.is_text() && first_not_text(&view, 1) == 0) {
      bad.as<StringView>()[bad_count++] = view;
      map.as<uint32_t>()[i] = count - bad_count;
      continue;
    }
    const std::string_view bytes(view.bytes(), view.size);
    uint64_t slot = std::hash<std::string_view>()(bytes) & (slot_count - 1);
    uint32_t* found = slots.as<uint32_t>() + slot;
    while (*found != kFree &&
           std::string_view(views[*found].bytes(), views[*found].size) != bytes) {
      slot = (slot + 1) & (slot_count - 1);
      found = slots.as<uint32_t>() + slot;
    }
    if (*found == kFree) {
      *found = kept;
      views[kept++] = view;
    }
    map.as<uint32_t>()[i] = *found;
  }
  for (uint32_t i = 0; i < bad_count; i++) views[count - 1 - i] = bad.as<StringView>()[i];
  loaded_->entries.entry_count = kept;
  release(reservation_, &slots);
  release(reservation_, &bad);
  if (kept == count) {
    release(reservation_, &map);
  } else {
    loaded_->cost_bytes += parquet::cost_bytes(map.size_bytes());
    loaded_->code_map = std::move(map);
  }
  return {};
}

base::Result<LoadedDictionaryPtr> Loader::run(const ValueLimits& limits, PageReader* reader,
                                              PageInflater* inflater) {
  if (header_.encoding != PageEncoding::Plain &&
      header_.encoding != PageEncoding::PlainDictionary) {
    return place_.unsupported("the encoding of its dictionary");
  }
  column::Dictionary& entries = loaded_->entries;
  entries.id = column::Dictionary::next_id();
  entries.type = column_.type.type;
  entries.entry_count = loaded_->file_entry_count = header_.value_count;
  MR_ASSIGN_OR_RETURN(const std::span<const uint8_t> body, reader->body());
  const auto size_bytes = static_cast<uint64_t>(header_.uncompressed_bytes);
  if (column_.is_stringlike()) {
    MR_ASSIGN_OR_RETURN(column::Buffer page, inflater->inflate_owned(body, size_bytes, true));
    const std::span<const uint8_t> bytes(page.as<uint8_t>(), size_bytes);
    loaded_->cost_bytes += parquet::cost_bytes(size_bytes);
    entries.heap.push_back(std::move(page));
    MR_RETURN_IF_ERROR(load_bytes(bytes));
  } else {
    MR_ASSIGN_OR_RETURN(const std::span<const uint8_t> bytes,
                        inflater->inflate(body, size_bytes, true));
    MR_RETURN_IF_ERROR(column_.holds_bytes() ? load_bytes(bytes) : load_fixed(bytes));
  }
  loaded_->is_within_limits = limits.check(entries.values.as<void>(), entries.entry_count).ok();
  return LoadedDictionaryPtr(loaded_);
}

}  // namespace

base::Result<LoadedDictionaryPtr> load_dictionary(const LeafColumn& column,
                                                  const ValueLimits& limits,
                                                  const PageHeader& header, PageReader* reader,
                                                  PageInflater* inflater, const Place& place,
                                                  memory::Reservation* reservation) {
  return Loader(column, header, place, reservation).run(limits, reader, inflater);
}

LoadedDictionaryPtr DictionaryCache::find(uint64_t key) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : found->second.lock();
}

void DictionaryCache::put(uint64_t key, const LoadedDictionaryPtr& dictionary) {
  const std::lock_guard lock(mutex_);
  entries_[key] = dictionary;
}

}  // namespace millrace::formats::parquet
