// The part of Thrift's compact protocol that Parquet's metadata needs.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "formats/parquet/writer/bytes.h"

namespace millrace::formats::parquet_writer {

/// Appends one structure at a time to `out`. Fields must come in ascending order of their ids.
class ThriftWriter {
 public:
  /// Stands for the outermost structure; finish() closes it.
  explicit ThriftWriter(Bytes& out) : out_(out), last_ids_{0} {}

  void i8_field(int16_t id, int8_t value);
  void i16_field(int16_t id, int16_t value);
  void i32_field(int16_t id, int32_t value);
  void i64_field(int16_t id, int64_t value);
  void bool_field(int16_t id, bool value);
  void binary_field(int16_t id, std::string_view value);
  void empty_struct_field(int16_t id);

  void begin_struct_field(int16_t id);
  void end_struct();

  // The elements follow, each by one of the element calls.
  void begin_struct_list(int16_t id, size_t count);
  void begin_i32_list(int16_t id, size_t count);
  void begin_i64_list(int16_t id, size_t count);
  void begin_bool_list(int16_t id, size_t count);
  void begin_binary_list(int16_t id, size_t count);
  void begin_struct_element();  // ends with end_struct()
  void integer_element(int64_t value);
  void bool_element(bool value);
  void binary_element(std::string_view value);

  void finish();

 private:
  void field(int16_t id, uint8_t type);
  void list(int16_t id, size_t count, uint8_t type);
  void zigzag(int64_t value);

  Bytes& out_;
  std::vector<int16_t> last_ids_;  // of the open structures: ids are written as differences
};

}  // namespace millrace::formats::parquet_writer
