// The statement's clock.
#pragma once

#include "ops/scalar/zone.h"

namespace millrace::ops {

struct Now {
  MR_HD static ErrorCode apply(OpContext& c, i64& out) {
    out = c.settings->transaction_timestamp;
    return ErrorCode::Ok;
  }
};
struct StatementTimestamp {
  MR_HD static ErrorCode apply(OpContext& c, i64& out) {
    out = c.settings->statement_timestamp;
    return ErrorCode::Ok;
  }
};
struct LocalTimestamp {
  MR_HD static ErrorCode apply(OpContext& c, i64& out) {
    out = local_from_utc(*c.settings->zone, c.settings->transaction_timestamp);
    return ErrorCode::Ok;
  }
};
struct CurrentDate {
  MR_HD static ErrorCode apply(OpContext& c, i32& out) {
    const i64 local = local_from_utc(*c.settings->zone, c.settings->transaction_timestamp);
    out = static_cast<i32>(floor_div(local, kMicrosPerDay));
    return ErrorCode::Ok;
  }
};
struct LocalTime {
  MR_HD static ErrorCode apply(OpContext& c, i64& out) {
    const i64 local = local_from_utc(*c.settings->zone, c.settings->transaction_timestamp);
    out = floor_mod(local, kMicrosPerDay);
    return ErrorCode::Ok;
  }
};

}  // namespace millrace::ops
