#include "formats/parquet/convert.h"

#include <bit>
#include <cstring>

#include "formats/parquet/bit_unpack.h"

namespace millrace::formats::parquet {

namespace {

using base::ErrorCode;
using types::i128;
using types::StringView;

// PostgreSQL's day 0 is 2000-01-01, the format's 1970-01-01.
constexpr int64_t kEpochDays = 10'957;
constexpr int64_t kMicrosADay = 86'400'000'000;
constexpr int64_t kEpochMicros = kEpochDays * kMicrosADay;
// PostgreSQL's ranges, from its own epoch: 4713-11-24 BC to 5874897-12-31, and to 294276-12-31.
constexpr int64_t kFirstDay = -2'451'545;
constexpr int64_t kLastDay = 2'145'031'948;
constexpr int64_t kFirstMicros = kFirstDay * kMicrosADay;
constexpr int64_t kLastMicros = 9'223'371'331'199'999'999;

template <class From, class To>
Fault narrow(const void* physical, uint32_t count, void* out, int64_t least, int64_t greatest) {
  const auto* in = static_cast<const From*>(physical);
  auto* to = static_cast<To*>(out);
  bool outside = false;
  for (uint32_t i = 0; i < count; i++) {
    outside |= in[i] < least || in[i] > greatest;
    to[i] = static_cast<To>(in[i]);
  }
  return outside ? corrupted("a value is outside its integer type") : Fault();
}

template <class From, class To>
Fault widen(const void* physical, uint32_t count, void* out) {
  const auto* in = static_cast<const From*>(physical);
  auto* to = static_cast<To*>(out);
  for (uint32_t i = 0; i < count; i++) to[i] = static_cast<To>(in[i]);
  return {};
}

/// Big-endian two's complement of any length, as long as it fits 128 bits.
bool read_big_endian(const StringView& view, i128* out) {
  constexpr uint32_t kGreatest = sizeof(i128);
  const auto* bytes = reinterpret_cast<const uint8_t*>(view.bytes());
  uint32_t size = view.size;
  if (size == 0) return false;
  if (size <= 8) {
    *out = static_cast<int64_t>(__builtin_bswap64(load64(bytes))) >> (64 - 8 * size);
    return true;
  }
  const uint8_t extension = (bytes[0] & 0x80) != 0 ? 0xff : 0;
  for (; size > kGreatest; size--) {
    if (*bytes++ != extension) return false;
  }
  if (((bytes[0] & 0x80) != 0) != (extension != 0)) return false;
  uint8_t whole[kGreatest] = {};
  std::memcpy(whole, bytes, size);
  const types::u128 value = static_cast<types::u128>(__builtin_bswap64(load64(whole))) << 64 |
                            __builtin_bswap64(load64(whole + 8));
  *out = static_cast<i128>(value) >> (128 - 8 * size);
  return true;
}

Fault decimals_from_bytes(const LeafColumn& column, const void* physical, uint32_t count,
                          void* out) {
  constexpr Fault kTooLong = corrupted("a decimal exceeds its precision");
  const auto* in = static_cast<const StringView*>(physical);
  for (uint32_t i = 0; i < count; i++) {
    i128 value;
    if (!read_big_endian(in[i], &value)) return kTooLong;
    if (column.type.type == types::Type::D128) {
      static_cast<i128*>(out)[i] = value;
    } else {
      if (value != static_cast<int64_t>(value)) return kTooLong;
      static_cast<int64_t*>(out)[i] = static_cast<int64_t>(value);
    }
  }
  return {};
}

float real_from_half(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  const uint32_t exponent = half >> 10 & 31;
  uint32_t fraction = half & 0x3ff;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | fraction << 13);
  if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
  // Subnormal: a count of 2^-24.
  const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
  return sign != 0 ? -magnitude : magnitude;
}

Fault reals_from_halves(const void* physical, uint32_t count, void* out) {
  const auto* in = static_cast<const StringView*>(physical);
  for (uint32_t i = 0; i < count; i++) {
    uint16_t half;
    std::memcpy(&half, in[i].inlined, sizeof half);
    static_cast<float*>(out)[i] = real_from_half(half);
  }
  return {};
}

/// The two ends of int32 are what writers leave for infinite dates.
Fault dates_from_days(const void* physical, uint32_t count, void* out) {
  const auto* in = static_cast<const int32_t*>(physical);
  auto* to = static_cast<int32_t*>(out);
  bool outside = false;
  for (uint32_t i = 0; i < count; i++) {
    const int64_t day = in[i] - kEpochDays;
    outside |= day < kFirstDay || day > kLastDay;
    to[i] = static_cast<int32_t>(day);
  }
  if (!outside) return {};
  for (uint32_t i = 0; i < count; i++) {
    const int64_t day = in[i] - kEpochDays;
    if (in[i] == INT32_MAX) {
      to[i] = types::kDateInfinity;
    } else if (in[i] <= -INT32_MAX) {
      to[i] = types::kDateNegativeInfinity;
    } else if (day < kFirstDay || day > kLastDay) {
      return {ErrorCode::DateOutOfRange};
    }
  }
  return {};
}

int64_t floor_divide(int64_t value, int64_t divisor) {
  const int64_t quotient = value / divisor;
  return quotient - (value % divisor < 0 ? 1 : 0);
}

/// Times of day; 24:00:00 is one.
template <class From>
Fault times(const void* physical, uint32_t count, void* out, int64_t multiplier, int64_t divisor) {
  const auto* in = static_cast<const From*>(physical);
  auto* to = static_cast<int64_t*>(out);
  const int64_t greatest = kMicrosADay / multiplier * divisor;
  bool outside = false;
  for (uint32_t i = 0; i < count; i++) {
    const int64_t value = in[i];
    outside |= value < 0 || value > greatest;
    to[i] = static_cast<int64_t>(static_cast<uint64_t>(value) * static_cast<uint64_t>(multiplier)) /
            divisor;
  }
  return outside ? corrupted("a time is outside the day") : Fault();
}

/// The two ends of int64 are what writers leave for infinite timestamps.
Fault timestamps_slowly(const int64_t* in, uint32_t count, int64_t* out, int64_t multiplier,
                        int64_t divisor) {
  for (uint32_t i = 0; i < count; i++) {
    if (in[i] == INT64_MAX) {
      out[i] = types::kTimestampInfinity;
    } else if (in[i] <= -INT64_MAX) {
      out[i] = types::kTimestampNegativeInfinity;
    } else {
      const i128 micros = i128{floor_divide(in[i], divisor)} * multiplier - kEpochMicros;
      if (micros < kFirstMicros || micros > kLastMicros) {
        return {ErrorCode::TimestampOutOfRange};
      }
      out[i] = static_cast<int64_t>(micros);
    }
  }
  return {};
}

Fault timestamps(const void* physical, uint32_t count, void* out, int64_t multiplier,
                 int64_t divisor) {
  // Well inside PostgreSQL's range: some 6,300 years around 1970.
  constexpr int64_t kOrdinaryMicros = 200'000'000'000'000'000;
  const auto* in = static_cast<const int64_t*>(physical);
  auto* to = static_cast<int64_t*>(out);
  const int64_t limit =
      divisor == 1 ? kOrdinaryMicros / multiplier : INT64_MAX - 1;  // nanoseconds always fit
  bool outside = false;
  for (uint32_t i = 0; i < count; i++) outside |= in[i] < -limit || in[i] > limit;
  if (outside) return timestamps_slowly(in, count, to, multiplier, divisor);
  for (uint32_t i = 0; i < count; i++) {
    to[i] = floor_divide(in[i], divisor) * multiplier - kEpochMicros;
  }
  return {};
}

/// Nanoseconds of the day, then the Julian day, as Impala and Spark wrote them.
Fault timestamps_from_int96(const void* physical, uint32_t count, void* out) {
  constexpr int64_t kEpochJulianDay = 2'451'545;
  const auto* in = static_cast<const uint8_t*>(physical);
  for (uint32_t i = 0; i < count; i++, in += 12) {
    const auto nanos = static_cast<int64_t>(load64(in));
    const int64_t day = static_cast<int32_t>(load32(in + 8)) - kEpochJulianDay;
    const i128 micros = i128{day} * kMicrosADay + floor_divide(nanos, 1000);
    if (micros < kFirstMicros || micros > kLastMicros) return {ErrorCode::TimestampOutOfRange};
    static_cast<int64_t*>(out)[i] = static_cast<int64_t>(micros);
  }
  return {};
}

Fault intervals_from_bytes(const void* physical, uint32_t count, void* out) {
  const auto* in = static_cast<const StringView*>(physical);
  for (uint32_t i = 0; i < count; i++) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(in[i].bytes());
    const uint32_t months = load32(bytes);
    const uint32_t days = load32(bytes + 4);
    if (months > INT32_MAX || days > INT32_MAX) return {ErrorCode::IntervalOutOfRange};
    static_cast<types::Interval*>(out)[i] = {int64_t{load32(bytes + 8)} * 1000,
                                             static_cast<int32_t>(days),
                                             static_cast<int32_t>(months)};
  }
  return {};
}

Fault uuids_from_bytes(const void* physical, uint32_t count, void* out) {
  const auto* in = static_cast<const StringView*>(physical);
  for (uint32_t i = 0; i < count; i++) {
    std::memcpy(static_cast<types::Uuid*>(out)[i].bytes, in[i].bytes(), sizeof(types::Uuid));
  }
  return {};
}

}  // namespace

Fault convert(const LeafColumn& column, const void* physical, uint32_t count, void* out) {
  constexpr int64_t kNone = 1;
  constexpr int64_t kThousand = 1000;
  switch (column.conversion) {
    case Conversion::Copy:
      std::memcpy(out, physical, uint64_t{count} * width_of(column.physical));
      return {};
    case Conversion::SmallintFromInt8:
      return narrow<int32_t, int16_t>(physical, count, out, INT8_MIN, INT8_MAX);
    case Conversion::SmallintFromInt16:
      return narrow<int32_t, int16_t>(physical, count, out, INT16_MIN, INT16_MAX);
    case Conversion::SmallintFromUint8:
      return narrow<int32_t, int16_t>(physical, count, out, 0, UINT8_MAX);
    case Conversion::IntegerFromUint16:
      return narrow<int32_t, int32_t>(physical, count, out, 0, UINT16_MAX);
    case Conversion::BigintFromUint32:
      return widen<uint32_t, int64_t>(physical, count, out);
    case Conversion::Decimal128FromUint64:
      return widen<uint64_t, i128>(physical, count, out);
    case Conversion::Decimal64FromInt32:
      return widen<int32_t, int64_t>(physical, count, out);
    case Conversion::Decimal128FromInt32:
      return widen<int32_t, i128>(physical, count, out);
    case Conversion::Decimal128FromInt64:
      return widen<int64_t, i128>(physical, count, out);
    case Conversion::DecimalFromBytes:
      return decimals_from_bytes(column, physical, count, out);
    case Conversion::RealFromHalf:
      return reals_from_halves(physical, count, out);
    case Conversion::DateFromDays:
      return dates_from_days(physical, count, out);
    case Conversion::TimeFromMillis:
      return column.physical == PhysicalType::Int32
                 ? times<int32_t>(physical, count, out, kThousand, kNone)
                 : times<int64_t>(physical, count, out, kThousand, kNone);
    case Conversion::TimeFromMicros:
      return times<int64_t>(physical, count, out, kNone, kNone);
    case Conversion::TimeFromNanos:
      return times<int64_t>(physical, count, out, kNone, kThousand);
    case Conversion::TimestampFromMillis:
      return timestamps(physical, count, out, kThousand, kNone);
    case Conversion::TimestampFromMicros:
      return timestamps(physical, count, out, kNone, kNone);
    case Conversion::TimestampFromNanos:
      return timestamps(physical, count, out, kNone, kThousand);
    case Conversion::TimestampFromInt96:
      return timestamps_from_int96(physical, count, out);
    case Conversion::IntervalFromBytes:
      return intervals_from_bytes(physical, count, out);
    case Conversion::UuidFromBytes:
      return uuids_from_bytes(physical, count, out);
  }
  return {};
}

}  // namespace millrace::formats::parquet
