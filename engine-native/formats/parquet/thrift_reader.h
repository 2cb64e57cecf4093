// Reads Thrift's compact protocol from bytes that may be hostile: nothing is read past the end,
// nothing is allocated by a stated count, nesting is bounded, and work is linear in the input.
#pragma once
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace millrace::formats::parquet {

enum class ThriftType : uint8_t {
  True = 1,
  False = 2,
  Byte = 3,
  I16 = 4,
  I32 = 5,
  I64 = 6,
  Double = 7,
  Binary = 8,
  List = 9,
  Set = 10,
  Map = 11,
  Struct = 12,
  Uuid = 13,
};

/// After the first error every read answers zeros and `ok()` stays false.
class ThriftReader {
 public:
  explicit ThriftReader(std::span<const uint8_t> bytes)
      : begin_(bytes.data()), at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool ok() const { return ok_; }
  /// The input ended too early: more bytes may make it right.
  bool truncated() const { return truncated_; }
  size_t consumed_bytes() const { return static_cast<size_t>(at_ - begin_); }
  void fail() { ok_ = false; }

  uint8_t byte();
  uint64_t varint();
  int64_t zigzag();
  std::string_view binary();
  /// Element count; fails where the elements cannot fit what is left or have another type.
  uint32_t list_header(ThriftType element);
  void skip(ThriftType type) { skip(type, 0); }

 private:
  void skip(ThriftType type, int depth);
  void skip_bytes(uint64_t count);
  void skip_list(int depth);
  void skip_map(int depth);
  void end_of_input() {
    ok_ = false;
    truncated_ = true;
  }
  uint64_t left() const { return static_cast<uint64_t>(end_ - at_); }

  const uint8_t* begin_;
  const uint8_t* at_;
  const uint8_t* end_;
  bool ok_ = true;
  bool truncated_ = false;
};

/// Walks the fields of one structure:
///   for (StructCursor field(reader); field.next();) {
///     if (field.id() == 1) field.get(&x);
///   }
/// A field that nobody took is skipped by next(); one of an unexpected type fails the reader.
class StructCursor {
 public:
  explicit StructCursor(ThriftReader& reader) : reader_(reader) {}

  bool next();
  int16_t id() const { return id_; }
  /// Whether a field of this id (below 64) was met so far.
  bool has(int id) const { return (seen_ >> id & 1) != 0; }

  template <class Integer>
  void get(Integer* out) {
    if (!take_integer()) return;
    const int64_t value =
        type_ == ThriftType::Byte ? static_cast<int8_t>(reader_.byte()) : reader_.zigzag();
    if (value < std::numeric_limits<Integer>::min() ||
        value > std::numeric_limits<Integer>::max()) {
      reader_.fail();
      return;
    }
    *out = static_cast<Integer>(value);
  }
  void get(bool* out);
  void get(std::string_view* out);
  /// Calls `element(reader)` for each element; it must read exactly one.
  template <class Element>
  void list(ThriftType type, Element element) {
    if (!take(ThriftType::List)) return;
    const uint32_t count = reader_.list_header(type);
    for (uint32_t i = 0; i < count && reader_.ok(); i++) element(reader_);
  }
  /// Calls `body(reader)`, which must walk the structure.
  template <class Body>
  void structure(Body body) {
    if (take(ThriftType::Struct)) body(reader_);
  }

 private:
  bool take(ThriftType type);
  bool take_integer();

  ThriftReader& reader_;
  int16_t id_ = 0;
  ThriftType type_ = ThriftType::True;
  bool pending_ = false;
  uint64_t seen_ = 0;
};

}  // namespace millrace::formats::parquet
