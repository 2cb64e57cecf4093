// Whether bytes are text as PostgreSQL's UTF8 encoding takes it: well-formed, without NUL.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "types/physical.h"

namespace millrace::formats::parquet {

/// `bytes` must be followed by 16 readable ones.
bool is_text(const char* bytes, uint32_t size_bytes);
/// Index of the first view that is not text, or `count`. Bytes behind long views must be followed
/// by 16 readable ones.
uint32_t first_not_text(const types::StringView* views, uint32_t count);
/// The first offending bytes as PostgreSQL's message shows them: "0xe9 0x20".
std::string first_bad_sequence(std::string_view bytes);

}  // namespace millrace::formats::parquet
