#include "ops/cast/binary.h"

#include <cstring>

#include "ops/cast/big_endian.h"
#include "ops/cast/numeric_binary.h"
#include "ops/cast/parse_bytes.h"
#include "ops/scalar/calendar.h"

namespace millrace::ops {

namespace {

template <class T>
void store(const char* bytes, void* out) {
  const T value = get_big_endian<T>(bytes);
  std::memcpy(out, &value, sizeof value);
}

ErrorCode check_range(Type type, const void* out) {
  if (type == Type::Date) {
    const i32 days = *static_cast<const i32*>(out);
    return is_infinite_date(days) || is_valid_date(days) ? ErrorCode::Ok
                                                         : ErrorCode::DateOutOfRange;
  }
  if (type == Type::Timestamp || type == Type::TimestampTz) {
    const i64 micros = *static_cast<const i64*>(out);
    return is_infinite_timestamp(micros) || is_valid_timestamp(micros)
               ? ErrorCode::Ok
               : ErrorCode::TimestampOutOfRange;
  }
  if (type == Type::Time) {
    const i64 micros = *static_cast<const i64*>(out);
    return micros >= 0 && micros <= kMicrosPerDay ? ErrorCode::Ok : ErrorCode::TimeOutOfRange;
  }
  return ErrorCode::Ok;
}

ErrorCode read_numeric(OpContext& c, const char* bytes, size_t size, BinarySize& fit,
                       Numeric& out) {
  size_t used = 0;
  const auto refuse = [&](const auto& text) {
    return c.fail(ErrorCode::InvalidBinaryRepresentation, literal(text));
  };
  switch (get_numeric_binary(bytes, size, out, used)) {
    case NumericBinaryOutcome::Ok:
      fit = used == size ? BinarySize::Exact : BinarySize::Long;
      return ErrorCode::Ok;
    case NumericBinaryOutcome::Short:
      fit = BinarySize::Short;
      return ErrorCode::Ok;
    case NumericBinaryOutcome::InvalidSign:
      return refuse("invalid sign in external \"numeric\" value");
    case NumericBinaryOutcome::InvalidScale:
      return refuse("invalid scale in external \"numeric\" value");
    case NumericBinaryOutcome::InvalidDigit:
      return refuse("invalid digit in external \"numeric\" value");
    case NumericBinaryOutcome::TooManyDigits:
      break;
  }
  return ErrorCode::NumericDigitsExceeded;
}

}  // namespace

ErrorCode read_binary(OpContext& c, Type type, const char* bytes, size_t size, BinarySize& fit,
                      void* out) {
  fit = BinarySize::Exact;
  if (type == Type::Numeric) return read_numeric(c, bytes, size, fit, *static_cast<Numeric*>(out));
  if (type == Type::Text || type == Type::Bytea) {
    const u32 length = static_cast<u32>(size);
    *static_cast<StringView*>(out) = StringView::make(bytes, length);
    return type == Type::Text ? check_utf8(c, bytes, length) : ErrorCode::Ok;
  }
  const size_t expected = size_of(type);
  if (size != expected) {
    fit = size < expected ? BinarySize::Short : BinarySize::Long;
    return ErrorCode::Ok;
  }
  if (type == Type::Uuid) {
    std::memcpy(out, bytes, 16);
  } else if (type == Type::Interval) {
    const Interval value{get_big_endian<i64>(bytes), get_big_endian<i32>(bytes + 8),
                         get_big_endian<i32>(bytes + 12)};
    std::memcpy(out, &value, sizeof value);
  } else if (size == 1) {
    *static_cast<u8*>(out) = bytes[0] != 0 ? 1 : 0;
  } else if (size == 2) {
    store<i16>(bytes, out);
  } else if (size == 4) {
    store<i32>(bytes, out);
  } else {
    store<i64>(bytes, out);
  }
  return check_range(type, out);
}

}  // namespace millrace::ops
