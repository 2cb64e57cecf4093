// The small parts of the Parquet writer: run lengths, Thrift, checksums, bounds, dictionaries.
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "formats/parquet/writer/bounds.h"
#include "formats/parquet/writer/crc32.h"
#include "formats/parquet/writer/dictionary.h"
#include "formats/parquet/writer/rle.h"
#include "formats/parquet/writer/thrift_compact.h"
#include "tests/tools/check.h"
#include "tests/tools/parquet_writer/rle_decoder.h"

namespace millrace::formats::parquet_writer {
namespace {

void rle_round_trip(const std::vector<uint32_t>& values, int width) {
  Bytes bytes;
  append_rle(bytes, values, width);
  const std::vector<uint32_t> decoded = test::decode_rle(bytes, width, values.size());
  EXPECT(decoded == values);
}

void rle_takes_any_mix_of_runs() {
  std::mt19937 random(20260101);
  for (int width : {1, 2, 3, 7, 8, 9, 15, 17, 24, 31, 32}) {
    const uint32_t greatest = width == 32 ? UINT32_MAX : (1u << width) - 1;
    for (int round = 0; round < 40; ++round) {
      std::vector<uint32_t> values;
      const int piece_count = static_cast<int>(random() % 12);
      for (int piece = 0; piece < piece_count; ++piece) {
        if (random() % 2 == 0) {
          values.insert(values.end(), random() % 200, random() & greatest);
        } else {
          for (uint32_t i = random() % 50; i > 0; --i) values.push_back(random() & greatest);
        }
      }
      rle_round_trip(values, width);
    }
  }
}

void rle_is_short_for_runs() {
  Bytes bytes;
  append_rle(bytes, std::vector<uint32_t>(100'000, 5), 3);
  EXPECT_EQUAL(bytes.size(), size_t{4});  // three bytes of length, one of value
  bytes.clear();
  append_rle(bytes, std::vector<uint32_t>{0, 1, 2, 3, 4, 5, 6, 7}, 3);
  // The format's own example.
  EXPECT(bytes == (Bytes{0x03, 0x88, 0xc6, 0xfa}));
}

void bit_widths() {
  EXPECT_EQUAL(bit_width(0), 1);
  EXPECT_EQUAL(bit_width(1), 1);
  EXPECT_EQUAL(bit_width(2), 2);
  EXPECT_EQUAL(bit_width(255), 8);
  EXPECT_EQUAL(bit_width(256), 9);
}

void thrift_fields() {
  Bytes bytes;
  ThriftWriter out(bytes);
  out.i32_field(1, -1);        // difference 1, i32; zigzag 1
  out.bool_field(3, true);     // difference 2, true
  out.binary_field(20, "ab");  // difference 17: the id stands in full, zigzag 40
  out.begin_struct_field(21);  // the inner ids start anew
  out.i64_field(1, 300);       // zigzag 600
  out.end_struct();
  out.begin_i32_list(22, 2);
  out.integer_element(0);
  out.integer_element(-64);
  out.finish();
  EXPECT(bytes == (Bytes{0x15, 0x01, 0x21, 0x08, 40, 2, 'a', 'b', 0x1c, 0x16, 0xd8, 0x04, 0x00,
                         0x19, 0x25, 0x00, 0x7f, 0x00}));
  bytes.clear();
  ThriftWriter long_list(bytes);
  long_list.begin_bool_list(1, 15);
  EXPECT(bytes == (Bytes{0x19, 0xf1, 15}));
}

void checksums() {
  const std::string text = "123456789";  // the customary check value of this polynomial
  const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  EXPECT_EQUAL(crc32(bytes), 0xcbf43926u);
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    EXPECT_EQUAL(crc32(bytes.subspan(cut), crc32(bytes.first(cut))), 0xcbf43926u);
  }
}

void bounds_of_long_texts_are_cut() {
  EXPECT_EQUAL(cut_down("abc", 3), "abc");
  EXPECT_EQUAL(cut_down("abcd", 3), "abc");
  EXPECT_EQUAL(cut_down("ab\xc3\xa9", 3), "ab");  // not through an é
  EXPECT_EQUAL(*cut_up("abc", 3), "abc");
  EXPECT_EQUAL(*cut_up("abcd", 3), "abd");
  EXPECT_EQUAL(*cut_up("ab~x", 3), "ac");
  EXPECT_EQUAL(*cut_up("ab\xc3\xa9", 3), "ac");
  EXPECT(!cut_up("\xc3\xa9\xc3\xa9", 3));

  const ColumnSpec text{
      .name = "a", .physical = PhysicalType::ByteArray, .logical = LogicalType::String};
  Bounds<std::string_view> bounds;
  bounds.add(text, "mmmm");
  bounds.add(text, "aaaa");
  bounds.add(text, "z");
  const EncodedBounds encoded = *bounds.encode(2);
  EXPECT_EQUAL(encoded.least, "aa");
  EXPECT(!encoded.least_exact);
  EXPECT_EQUAL(encoded.greatest, "z");
  EXPECT(encoded.greatest_exact);
}

void bounds_of_odd_doubles() {
  const ColumnSpec number{.name = "a", .physical = PhysicalType::Double};
  Bounds<double> zero;
  zero.add(number, 0.0);
  const EncodedBounds encoded = *zero.encode(64);
  double least = 1;
  double greatest = -1;
  std::memcpy(&least, encoded.least.data(), 8);
  std::memcpy(&greatest, encoded.greatest.data(), 8);
  EXPECT(std::signbit(least) && !std::signbit(greatest));

  Bounds<double> with_nan;
  with_nan.add(number, 1.0);
  with_nan.add(number, std::numeric_limits<double>::quiet_NaN());
  EXPECT(!with_nan.encode(64));
  Bounds<double> joined;
  joined.add(number, 2.0);
  joined.add(number, with_nan);
  EXPECT(!joined.encode(64));
  EXPECT(!Bounds<double>().encode(64));
}

void bounds_of_big_endian_decimals() {
  const ColumnSpec decimal{.name = "a",
                           .physical = PhysicalType::FixedLenByteArray,
                           .logical = LogicalType::Decimal,
                           .type_length = 2};
  Bounds<std::string_view> bounds;
  for (const char* value : {"\x01\x02", "\xff\xfe", "\x7f\x01", "\x80\x03"}) {
    bounds.add(decimal, std::string_view(value, 2));
  }
  EXPECT_EQUAL(bounds.least(), "\x80\x03");
  EXPECT_EQUAL(bounds.greatest(), "\x7f\x01");
}

void dictionaries_number_values_in_order() {
  const ColumnSpec text{
      .name = "a", .physical = PhysicalType::ByteArray, .logical = LogicalType::String};
  Dictionary<std::string_view> dictionary;
  for (uint32_t i = 0; i < 50'000; ++i) {
    const std::string value = "value " + std::to_string(i * 7919 % 10'007);
    EXPECT_EQUAL(dictionary.code_of(text, value), i % 10'007);  // temporary: it must be copied
  }
  EXPECT_EQUAL(dictionary.size(), size_t{10'007});
  EXPECT_EQUAL(dictionary.entries()[1], "value 7919");
  const std::string large(200'000, 'x');
  EXPECT_EQUAL(dictionary.code_of(text, large), 10'007u);
  EXPECT_EQUAL(dictionary.code_of(text, ""), 10'008u);
  EXPECT_EQUAL(dictionary.code_of(text, large), 10'007u);
  dictionary.clear();
  EXPECT_EQUAL(dictionary.code_of(text, ""), 0u);
}

}  // namespace
}  // namespace millrace::formats::parquet_writer

int main() {
  using namespace millrace::formats::parquet_writer;
  rle_takes_any_mix_of_runs();
  rle_is_short_for_runs();
  bit_widths();
  thrift_fields();
  checksums();
  bounds_of_long_texts_are_cut();
  bounds_of_odd_doubles();
  bounds_of_big_endian_decimals();
  dictionaries_number_values_in_order();
  return millrace::test::report("parquet_writer_encoding_test");
}
