// A column chunk's dictionary, ready for codes.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>

#include "column/chunk.h"
#include "formats/parquet/bounds.h"
#include "formats/parquet/column_type.h"
#include "formats/parquet/page_reader.h"

namespace millrace::formats::parquet {

/// The dictionary page, converted to the column's storage. String entries are made distinct:
/// writers may repeat a value, codes that differ must mean values that differ.
struct LoadedDictionary {
  column::Dictionary entries;
  /// Codes in pages are below this.
  uint32_t file_entry_count = 0;
  /// [file_entry_count] of uint32_t, from a code in a page to one of `entries`; empty where they
  /// are the same. What maps to `entries.entry_count` or above is not text; its bytes stand there
  /// in `entries.values`. It is an error only if a row uses it.
  column::Buffer code_map;
  /// Whether every entry keeps to the limits that the chunk declares; writers may leave entries
  /// that no row uses.
  bool is_within_limits = true;
  /// What it holds, to be reserved by everyone who keeps it.
  int64_t cost_bytes = 0;
};
using LoadedDictionaryPtr = std::shared_ptr<const LoadedDictionary>;

/// Reads the page that `reader` stands on. What it costs stays in `reservation`.
base::Result<LoadedDictionaryPtr> load_dictionary(const LeafColumn& column,
                                                  const ValueLimits& limits,
                                                  const PageHeader& header, PageReader* reader,
                                                  PageInflater* inflater, const Place& place,
                                                  memory::Reservation* reservation);

/// Dictionaries that somebody still holds, so that chunks of one column chunk share an id. Holds
/// none itself. Threads: all.
class DictionaryCache {
 public:
  LoadedDictionaryPtr find(uint64_t key);
  void put(uint64_t key, const LoadedDictionaryPtr& dictionary);

 private:
  std::mutex mutex_;
  std::unordered_map<uint64_t, std::weak_ptr<const LoadedDictionary>> entries_;
};

}  // namespace millrace::formats::parquet
