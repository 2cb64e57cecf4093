// A column chunk's dictionary, where it tells all values of the chunk.
#pragma once
#include <memory>

#include "column/chunk.h"
#include "formats/parquet/chunk_source.h"
#include "memory/budget.h"

namespace millrace::formats::parquet {

/// FileReader::dictionary(). Believes no statistics: it looks at every page's header.
base::Result<std::shared_ptr<const column::Dictionary>> read_whole_dictionary(
    const ChunkSource& source, memory::Budget* budget);

}  // namespace millrace::formats::parquet
