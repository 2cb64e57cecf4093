// Physical values to stored ones, a block at a time.
#pragma once
#include <cstdint>

#include "formats/parquet/column_type.h"
#include "formats/parquet/fault.h"

namespace millrace::formats::parquet {

/// Converts `count` values (width_of(column.physical) bytes each) to the column's storage. For
/// Copy the caller decodes in place and does not call this. Ranges that the stored type sets are
/// checked: DatetimeFieldOverflow and the like where PostgreSQL cannot hold the value. Parts of a
/// microsecond are cut off downwards. Decimals are checked to fit the storage, not the precision:
/// that is ValueLimits' part.
Fault convert(const LeafColumn& column, const void* physical, uint32_t count, void* out);

}  // namespace millrace::formats::parquet
