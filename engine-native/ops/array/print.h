// Arrays and records as text and in binary, also within one another.
#pragma once
#include <string>

#include "ops/array/element.h"

namespace millrace::ops::array {

/// array_out: adds {1,NULL,"a b"}.
ErrorCode print_array(OpContext& c, const StringView& array, const Settings& settings,
                      std::string& to);
/// record_out: adds (1,,"a b").
ErrorCode print_record(OpContext& c, const StringView& record, const Settings& settings,
                       std::string& to);
/// array_send, for elements of that type.
ErrorCode send_array(OpContext& c, const StringView& array, u32 element_oid, std::string& to);
/// record_send.
ErrorCode send_record(OpContext& c, const StringView& record, std::string& to);

}  // namespace millrace::ops::array
