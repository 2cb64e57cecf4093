// Writes Thrift's compact protocol, for files that tests make by hand.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::tests {

/// The fields of one structure, by rising ids. bytes() closes it.
class ThriftBytes {
 public:
  ThriftBytes& integer(int id, int64_t value, int type = 5) {
    head(id, type);
    zigzag(value);
    return *this;
  }
  ThriftBytes& long_integer(int id, int64_t value) { return integer(id, value, 6); }
  ThriftBytes& boolean(int id, bool value) {
    head(id, value ? 1 : 2);
    return *this;
  }
  ThriftBytes& binary(int id, std::string_view value) {
    head(id, 8);
    append_binary(value);
    return *this;
  }
  /// `value` is another structure's bytes().
  ThriftBytes& structure(int id, const std::string& value) {
    head(id, 12);
    bytes_ += value;
    return *this;
  }
  ThriftBytes& structures(int id, const std::vector<std::string>& values) {
    list_head(id, values.size(), 12);
    for (const std::string& value : values) bytes_ += value;
    return *this;
  }
  ThriftBytes& integers(int id, const std::vector<int64_t>& values, int type = 5) {
    list_head(id, values.size(), type);
    for (const int64_t value : values) zigzag(value);
    return *this;
  }
  ThriftBytes& booleans(int id, const std::vector<bool>& values) {
    list_head(id, values.size(), 1);
    for (const bool value : values) bytes_ += static_cast<char>(value ? 1 : 2);
    return *this;
  }
  ThriftBytes& binaries(int id, const std::vector<std::string>& values) {
    list_head(id, values.size(), 8);
    for (const std::string& value : values) append_binary(value);
    return *this;
  }
  std::string bytes() const { return bytes_ + '\0'; }

 private:
  void head(int id, int type) {
    if (id - last_ > 0 && id - last_ <= 15) {
      bytes_ += static_cast<char>((id - last_) << 4 | type);
    } else {
      bytes_ += static_cast<char>(type);
      zigzag(id);
    }
    last_ = id;
  }
  void list_head(int id, size_t count, int type) {
    head(id, 9);
    if (count < 15) {
      bytes_ += static_cast<char>(count << 4 | static_cast<size_t>(type));
    } else {
      bytes_ += static_cast<char>(0xf0 | type);
      varint(count);
    }
  }
  void append_binary(std::string_view value) {
    varint(value.size());
    bytes_ += value;
  }
  void zigzag(int64_t value) {
    varint(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
  }
  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
  int last_ = 0;
};

}  // namespace millrace::tests
