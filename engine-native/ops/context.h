// What an operation may ask of its surroundings. Taken by host and device compilers.
#pragma once

#include "base/error_code.h"
#include "types/physical.h"

namespace millrace::ops {

using namespace millrace::types;  // NOLINT: ops/ speaks of physical types throughout
using base::ErrorCode;

/// One zone's history: offsets in seconds east of UTC, `offsets[i]` in force from
/// `transitions[i]` (microseconds UTC, from 2000-01-01, rising); `offsets[0]` before the first.
struct ZoneTable {
  u32 transition_count;
  const i64* transitions;            // [transition_count]
  const i32* offsets;                // [transition_count + 1]
  const u8* is_daylight;             // [transition_count + 1]
  const char* const* abbreviations;  // [transition_count + 1], NUL-terminated
  /// Rule for the years after the last transition, as a POSIX TZ string; empty if none.
  const char* posix_rule;
  const char* name;
};

enum class DateStyle : u8 { Iso, Postgres, Sql, German };
enum class DateOrder : u8 { Mdy, Dmy, Ymd };
enum class IntervalStyle : u8 { Postgres, PostgresVerbose, SqlStandard, Iso8601 };
enum class ByteaOutput : u8 { Hex, Escape };

/// Settings of the statement that change values or their text. Fixed for a task.
struct Settings {
  const ZoneTable* zone;
  i64 transaction_timestamp;  // microseconds UTC from 2000-01-01
  i64 statement_timestamp;
  DateStyle date_style;
  DateOrder date_order;
  IntervalStyle interval_style;
  ByteaOutput bytea_output;
  i32 extra_float_digits;
};

/// Memory for results of string operations: lives as long as the batch.
struct Arena {
  char* next;
  char* end;
  /// Called when `size` bytes do not fit; returns their address or null when memory is refused.
  char* (*refill)(Arena* arena, u32 size);
  MR_HD char* allocate(u32 size) {
    if (static_cast<u64>(end - next) >= size) {
      char* at = next;
      next += size;
      return at;
    }
    return refill(this, size);
  }
};

/// Handed to operations that can fail, make strings or read settings. One a worker.
struct OpContext {
  const Settings* settings;
  Arena* arena;
  /// Arguments of the last error's message; valid until the next operation runs.
  StringView error_first;
  StringView error_second;

  MR_HD ErrorCode fail(ErrorCode code) { return fail(code, StringView::make("", 0)); }
  MR_HD ErrorCode fail(ErrorCode code, StringView first) {
    return fail(code, first, StringView::make("", 0));
  }
  MR_HD ErrorCode fail(ErrorCode code, StringView first, StringView second) {
    error_first = first;
    error_second = second;
    return code;
  }
};

}  // namespace millrace::ops
