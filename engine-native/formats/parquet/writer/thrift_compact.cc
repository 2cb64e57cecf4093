#include "formats/parquet/writer/thrift_compact.h"

namespace millrace::formats::parquet_writer {
namespace {

enum Type : uint8_t {
  kStop = 0,
  kTrue = 1,
  kFalse = 2,
  kI8 = 3,
  kI16 = 4,
  kI32 = 5,
  kI64 = 6,
  kBinary = 8,
  kList = 9,
  kStruct = 12,
};

}  // namespace

void ThriftWriter::field(int16_t id, uint8_t type) {
  const int delta = id - last_ids_.back();
  if (delta > 0 && delta < 16) {
    out_.push_back(static_cast<uint8_t>(delta << 4 | type));
  } else {
    out_.push_back(type);
    zigzag(id);
  }
  last_ids_.back() = id;
}

void ThriftWriter::zigzag(int64_t value) {
  append_varint(out_, static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
}

void ThriftWriter::i8_field(int16_t id, int8_t value) {
  field(id, kI8);
  out_.push_back(static_cast<uint8_t>(value));
}

void ThriftWriter::i16_field(int16_t id, int16_t value) {
  field(id, kI16);
  zigzag(value);
}

void ThriftWriter::i32_field(int16_t id, int32_t value) {
  field(id, kI32);
  zigzag(value);
}

void ThriftWriter::i64_field(int16_t id, int64_t value) {
  field(id, kI64);
  zigzag(value);
}

void ThriftWriter::bool_field(int16_t id, bool value) { field(id, value ? kTrue : kFalse); }

void ThriftWriter::binary_field(int16_t id, std::string_view value) {
  field(id, kBinary);
  binary_element(value);
}

void ThriftWriter::empty_struct_field(int16_t id) {
  begin_struct_field(id);
  end_struct();
}

void ThriftWriter::begin_struct_field(int16_t id) {
  field(id, kStruct);
  begin_struct_element();
}

void ThriftWriter::begin_struct_element() { last_ids_.push_back(0); }

void ThriftWriter::end_struct() {
  out_.push_back(kStop);
  last_ids_.pop_back();
}

void ThriftWriter::finish() { end_struct(); }

void ThriftWriter::list(int16_t id, size_t count, uint8_t type) {
  field(id, kList);
  if (count < 15) {
    out_.push_back(static_cast<uint8_t>(count << 4 | type));
  } else {
    out_.push_back(static_cast<uint8_t>(0xf0 | type));
    append_varint(out_, count);
  }
}

void ThriftWriter::begin_struct_list(int16_t id, size_t count) { list(id, count, kStruct); }
void ThriftWriter::begin_i32_list(int16_t id, size_t count) { list(id, count, kI32); }
void ThriftWriter::begin_i64_list(int16_t id, size_t count) { list(id, count, kI64); }
void ThriftWriter::begin_bool_list(int16_t id, size_t count) { list(id, count, kTrue); }
void ThriftWriter::begin_binary_list(int16_t id, size_t count) { list(id, count, kBinary); }

void ThriftWriter::integer_element(int64_t value) { zigzag(value); }

void ThriftWriter::bool_element(bool value) { out_.push_back(value ? kTrue : kFalse); }

void ThriftWriter::binary_element(std::string_view value) {
  append_varint(out_, value.size());
  append_bytes(out_, value.data(), value.size());
}

}  // namespace millrace::formats::parquet_writer
