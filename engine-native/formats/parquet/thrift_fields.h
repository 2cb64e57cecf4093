// Fields of the format's structures that need more than a StructCursor's get().
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "formats/parquet/thrift_reader.h"

namespace millrace::formats::parquet {

/// An enumeration that the reader knows in full: another number is malformed.
template <class Enum>
void get_enum(StructCursor& field, ThriftReader& reader, Enum* out, int32_t greatest) {
  int32_t number = 0;
  field.get(&number);
  if (number < 0 || number > greatest) reader.fail();
  *out = static_cast<Enum>(number);
}

inline void get_optional(StructCursor& field, std::optional<std::string_view>* out) {
  std::string_view bytes;
  field.get(&bytes);
  *out = bytes;
}

inline void get_count(StructCursor& field, ThriftReader& reader, std::optional<int64_t>* out) {
  int64_t count = 0;
  field.get(&count);
  if (count < 0) reader.fail();
  *out = count;
}

inline void get_count(StructCursor& field, ThriftReader& reader, uint32_t* out) {
  int32_t count = 0;
  field.get(&count);
  if (count < 0) reader.fail();
  *out = static_cast<uint32_t>(count);
}

}  // namespace millrace::formats::parquet
