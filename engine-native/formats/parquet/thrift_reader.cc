#include "formats/parquet/thrift_reader.h"

namespace millrace::formats::parquet {

namespace {
constexpr int kNestingLimit = 32;
}  // namespace

uint8_t ThriftReader::byte() {
  if (!ok_) return 0;
  if (at_ == end_) {
    end_of_input();
    return 0;
  }
  return *at_++;
}

uint64_t ThriftReader::varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const uint8_t next = byte();
    if (!ok_) return 0;
    value |= static_cast<uint64_t>(next & 0x7f) << shift;
    if (next < 0x80) return value;
  }
  fail();
  return 0;
}

int64_t ThriftReader::zigzag() {
  const uint64_t value = varint();
  return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

std::string_view ThriftReader::binary() {
  const uint64_t size_bytes = varint();
  if (!ok_) return {};
  if (size_bytes > left()) {
    end_of_input();
    return {};
  }
  const std::string_view bytes(reinterpret_cast<const char*>(at_), size_bytes);
  at_ += size_bytes;
  return bytes;
}

uint32_t ThriftReader::list_header(ThriftType element) {
  const uint8_t head = byte();
  const uint64_t count = head >> 4 == 15 ? varint() : head >> 4;
  if (!ok_) return 0;
  const auto type = static_cast<ThriftType>(head & 15);
  const bool fits =
      type == element || (element == ThriftType::True && type == ThriftType::False) || count == 0;
  if (!fits) {
    fail();
    return 0;
  }
  // Every element takes a byte at least.
  if (count > left()) {
    end_of_input();
    return 0;
  }
  return static_cast<uint32_t>(count);
}

void ThriftReader::skip_bytes(uint64_t count) {
  if (count > left()) {
    end_of_input();
  } else {
    at_ += count;
  }
}

void ThriftReader::skip_list(int depth) {
  const uint8_t head = byte();
  const uint64_t count = head >> 4 == 15 ? varint() : head >> 4;
  const auto type = static_cast<ThriftType>(head & 15);
  // Booleans take a byte as elements, none as fields.
  const bool flags = type == ThriftType::True || type == ThriftType::False;
  for (uint64_t i = 0; i < count && ok_; i++) skip(flags ? ThriftType::Byte : type, depth + 1);
}

void ThriftReader::skip_map(int depth) {
  const uint64_t count = varint();
  if (count == 0) return;
  const uint8_t types = byte();
  for (uint64_t i = 0; i < count && ok_; i++) {
    for (const int half : {types >> 4, types & 15}) {
      const auto type = static_cast<ThriftType>(half);
      const bool flag = type == ThriftType::True || type == ThriftType::False;
      skip(flag ? ThriftType::Byte : type, depth + 1);
    }
  }
}

void ThriftReader::skip(ThriftType type, int depth) {
  if (depth > kNestingLimit) fail();
  if (!ok_) return;
  switch (type) {
    case ThriftType::True:
    case ThriftType::False:
      return;
    case ThriftType::Byte:
      return skip_bytes(1);
    case ThriftType::I16:
    case ThriftType::I32:
    case ThriftType::I64:
      varint();
      return;
    case ThriftType::Double:
      return skip_bytes(8);
    case ThriftType::Binary:
      binary();
      return;
    case ThriftType::List:
    case ThriftType::Set:
      return skip_list(depth);
    case ThriftType::Map:
      return skip_map(depth);
    case ThriftType::Struct:
      while (ok_) {
        const uint8_t head = byte();
        if (head == 0) return;
        if (head >> 4 == 0) zigzag();
        skip(static_cast<ThriftType>(head & 15), depth + 1);
      }
      return;
    case ThriftType::Uuid:
      return skip_bytes(16);
  }
  fail();
}

bool StructCursor::next() {
  if (pending_) reader_.skip(type_);
  pending_ = false;
  const uint8_t head = reader_.byte();
  if (!reader_.ok() || head == 0) return false;
  const int64_t id = head >> 4 == 0 ? reader_.zigzag() : id_ + (head >> 4);
  if (id < 0 || id > std::numeric_limits<int16_t>::max()) reader_.fail();
  if (!reader_.ok()) return false;
  id_ = static_cast<int16_t>(id);
  type_ = static_cast<ThriftType>(head & 15);
  pending_ = true;
  if (id < 64) seen_ |= uint64_t{1} << id;
  return true;
}

bool StructCursor::take(ThriftType type) {
  pending_ = false;
  if (type_ != type) reader_.fail();
  return reader_.ok();
}

bool StructCursor::take_integer() {
  const bool integer = type_ >= ThriftType::Byte && type_ <= ThriftType::I64;
  return take(integer ? type_ : ThriftType::I64);
}

void StructCursor::get(bool* out) {
  if (type_ == ThriftType::True || type_ == ThriftType::False) {
    pending_ = false;
    *out = type_ == ThriftType::True;
  } else {
    reader_.fail();
  }
}

void StructCursor::get(std::string_view* out) {
  if (take(ThriftType::Binary)) *out = reader_.binary();
}

}  // namespace millrace::formats::parquet
