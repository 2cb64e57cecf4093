// Bind parameters in both formats, and the errors PostgreSQL 15 gives for bad ones.
#include <cstring>

#include "tests/wire/binary_values.h"
#include "tests/wire/wire_value.h"

namespace millrace::tests {
namespace {

void test_binary() {
  for (const BinaryValue& value : kBinaryValues) {
    TestArena arena;
    alignas(16) char memory[32];
    const std::string bytes = from_hex(value.binary);
    const base::Status status = wire::decode_parameter({value.type, 38, 0}, true, bytes, 1,
                                                       plain_settings(), arena.arena, memory);
    CHECK_EQUAL(status.message(), "");
    CHECK_EQUAL(encode_one(value.type, 0, memory, false), value.text);
  }
}

struct BadParameter {
  Type type;
  bool is_binary;
  const char* input;  // text, or hexadecimal
  const char* sqlstate;
  const char* message;
};
constexpr BadParameter kBadParameters[] = {
    {Type::I32, true, "000001", "08P01", "insufficient data left in message"},
    {Type::I32, true, "", "08P01", "insufficient data left in message"},
    {Type::I32, true, "0000000100", "22P03", "incorrect binary data format in bind parameter 3"},
    {Type::Bool, true, "0100", "22P03", "incorrect binary data format in bind parameter 3"},
    {Type::Uuid, true, "00", "08P01", "insufficient data left in message"},
    {Type::Interval, true, "0000", "08P01", "insufficient data left in message"},
    {Type::Numeric, true, "0001000000000000", "08P01", "insufficient data left in message"},
    {Type::Numeric, true, "ffff000000000000", "08P01", "insufficient data left in message"},
    {Type::Numeric, true, "0001000000000000000100", "22P03",
     "incorrect binary data format in bind parameter 3"},
    {Type::Numeric, true, "00010000123400000001", "22P03",
     "invalid sign in external \"numeric\" value"},
    {Type::Numeric, true, "00010000000040000001", "22P03",
     "invalid scale in external \"numeric\" value"},
    {Type::Numeric, true, "00010000000000002710", "22P03",
     "invalid digit in external \"numeric\" value"},
    {Type::Numeric, true, "0001000a000000000001", "22003",
     "numeric value exceeds 38 significant digits"},
    {Type::Text, true, "ff", "22021", "invalid byte sequence for encoding \"UTF8\": 0xff"},
    {Type::Text, true, "6100", "22021", "invalid byte sequence for encoding \"UTF8\": 0x00"},
    {Type::Date, true, "7ffffff0", "22008", "date out of range"},
    {Type::Timestamp, true, "7ffffffffffffff0", "22008", "timestamp out of range"},
    {Type::TimestampTz, true, "8000000000000001", "22008", "timestamp out of range"},
    {Type::Time, true, "ffffffffffffffff", "22008", "time out of range"},
    {Type::Text, false, "\xc3(", "22021", "invalid byte sequence for encoding \"UTF8\": 0xc3 0x28"},
    {Type::I16, false, "40000", "22003", "value \"40000\" is out of range for type smallint"},
    {Type::I32, false, "abc", "22P02", "invalid input syntax for type integer: \"abc\""},
    {Type::I64, false, "", "22P02", "invalid input syntax for type bigint: \"\""},
    {Type::Bool, false, "maybe", "22P02", "invalid input syntax for type boolean: \"maybe\""},
    {Type::F64, false, "x", "22P02", "invalid input syntax for type double precision: \"x\""},
    {Type::Numeric, false, "1.2.3", "22P02", "invalid input syntax for type numeric: \"1.2.3\""},
    {Type::Date, false, "2020-13-01", "22008",
     "date/time field value out of range: \"2020-13-01\""},
    {Type::Date, false, "x", "22007", "invalid input syntax for type date: \"x\""},
    {Type::Interval, false, "1 foo", "22007", "invalid input syntax for type interval: \"1 foo\""},
    {Type::TimestampTz, false, "2020-01-01 foo/bar", "22023",
     "time zone \"foo/bar\" not recognized"},
    {Type::Uuid, false, "x", "22P02", "invalid input syntax for type uuid: \"x\""},
    {Type::Bytea, false, "\\xz", "22023", "invalid hexadecimal digit: \"z\""},
    {Type::D64, false, "12345678.9", "22003", "numeric field overflow"},
};

void test_errors() {
  for (const BadParameter& bad : kBadParameters) {
    TestArena arena;
    alignas(16) char memory[32];
    const std::string bytes = bad.is_binary ? from_hex(bad.input) : std::string(bad.input);
    const types::TypeParameters type{bad.type, 5, 2};
    const base::Status status = wire::decode_parameter(type, bad.is_binary, bytes, 3,
                                                       plain_settings(), arena.arena, memory);
    CHECK_EQUAL(base::sqlstate_of(status.code()), bad.sqlstate);
    CHECK_EQUAL(status.message(), bad.message);
  }
}

void test_hint() {
  TestArena arena;
  types::i32 date;
  const base::Status status = wire::decode_parameter({Type::Date, 0, 0}, false, "13/13/2020", 1,
                                                     plain_settings(), arena.arena, &date);
  CHECK_EQUAL(status.hint(), "Perhaps you need a different \"datestyle\" setting.");
}

/// A constrained decimal is rounded to its scale, in both formats.
void test_decimals() {
  TestArena arena;
  types::i64 narrow = 0;
  CHECK(wire::decode_parameter({Type::D64, 10, 2}, false, "12.345", 1, plain_settings(),
                               arena.arena, &narrow)
            .ok());
  CHECK_EQUAL(narrow, 1235);
  // 12.345 as numeric_send gives it.
  const std::string binary = from_hex("0002000000000003000c0d7a");
  narrow = 0;
  CHECK(wire::decode_parameter({Type::D64, 10, 2}, true, binary, 1, plain_settings(), arena.arena,
                               &narrow)
            .ok());
  CHECK_EQUAL(narrow, 1235);
}

}  // namespace
}  // namespace millrace::tests

int main() {
  millrace::tests::test_binary();
  millrace::tests::test_errors();
  millrace::tests::test_hint();
  millrace::tests::test_decimals();
  return millrace::tests::check_result();
}
