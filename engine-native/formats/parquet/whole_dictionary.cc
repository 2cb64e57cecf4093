#include "formats/parquet/whole_dictionary.h"

#include "formats/parquet/byte_window.h"
#include "formats/parquet/page_reader.h"

namespace millrace::formats::parquet {

namespace {

using base::Status;

/// A dictionary with the memory that it holds.
struct HeldDictionary {
  LoadedDictionaryPtr dictionary;
  memory::Reservation reservation;
};

/// Walks all headers of a chunk; `all_coded` stays true if every value has a code.
Status survey_pages(const ChunkSource& source, memory::Reservation* reservation, bool* all_coded) {
  // Pages are of some 1 MiB; a chunk of more is not worth a look at each.
  constexpr int kPageLimit = 512;
  constexpr int64_t kHeaderReadBytes = 4096;
  const int64_t offset = source.chunk->offset();
  const int64_t end = offset + source.chunk->compressed_bytes;
  int64_t bytes_read = 0;
  ByteWindow window(*source.file, {{offset, end - offset}}, reservation, &bytes_read,
                    kHeaderReadBytes);
  PageReader reader(&window, source.place);
  reader.seek(offset, end);
  uint64_t rows = 0;
  bool has_dictionary = false;
  for (int page = 0; rows < source.row_count && !reader.at_end() && *all_coded; page++) {
    PageHeader header;
    MR_RETURN_IF_ERROR(reader.next(&header));
    has_dictionary |= header.kind == PageKind::Dictionary;
    if (!header.is_data()) continue;
    rows += header.value_count;
    const bool coded = header.value_count == 0 || is_dictionary(header.encoding);
    *all_coded = coded && has_dictionary && page < kPageLimit;
  }
  *all_coded = *all_coded && has_dictionary && rows == source.row_count;
  return {};
}

/// Reads the dictionary page at the front of the chunk.
base::Result<LoadedDictionaryPtr> read_dictionary_page(const ChunkSource& source,
                                                       memory::Reservation* reservation) {
  const int64_t offset = source.chunk->offset();
  const int64_t end = offset + source.chunk->compressed_bytes;
  constexpr int64_t kReadBytes = int64_t{64} << 10;
  int64_t bytes_read = 0;
  ByteWindow window(*source.file, {{offset, end - offset}}, reservation, &bytes_read, kReadBytes);
  PageReader reader(&window, source.place);
  PageInflater inflater(*codec_of(source.chunk->codec), source.place, reservation);
  const ValueLimits limits(*source.column, *source.bounds, nullptr);
  reader.seek(offset, end);
  PageHeader header;
  do {
    MR_RETURN_IF_ERROR(reader.next(&header));
  } while (header.kind != PageKind::Dictionary);
  return load_dictionary(*source.column, limits, header, &reader, &inflater, source.place,
                         reservation);
}

}  // namespace

base::Result<std::shared_ptr<const column::Dictionary>> read_whole_dictionary(
    const ChunkSource& source, memory::Budget* budget) {
  using DictionaryPtr = std::shared_ptr<const column::Dictionary>;
  MR_RETURN_IF_ERROR(source.check());
  if (source.chunk->states_plain_pages || source.row_count == 0) return DictionaryPtr();
  auto held = std::make_shared<HeldDictionary>(nullptr, memory::Reservation(budget));
  bool all_coded = true;
  MR_RETURN_IF_ERROR(survey_pages(source, &held->reservation, &all_coded));
  if (!all_coded) return DictionaryPtr();
  held->dictionary = source.dictionaries->find(source.dictionary_key);
  if (held->dictionary != nullptr) {
    MR_RETURN_IF_ERROR(held->reservation.grow(held->dictionary->cost_bytes));
  } else {
    MR_ASSIGN_OR_RETURN(held->dictionary, read_dictionary_page(source, &held->reservation));
    source.dictionaries->put(source.dictionary_key, held->dictionary);
  }
  return DictionaryPtr(held, &held->dictionary->entries);
}

}  // namespace millrace::formats::parquet
