#include "ops/cast/numeric_binary.h"

#include <initializer_list>

#include "ops/cast/big_endian.h"

namespace millrace::ops {

using types::i128;
using types::Numeric;
using types::u128;

namespace {

constexpr uint16_t kPositive = 0x0000;
constexpr uint16_t kNegative = 0x4000;
constexpr uint16_t kNaN = 0xC000;
constexpr uint16_t kInfinity = 0xD000;
constexpr uint16_t kNegativeInfinity = 0xF000;
/// The display scale that PostgreSQL sends with an infinity.
constexpr uint16_t kInfinityScale = 0x20;
constexpr uint16_t kScaleMask = 0x3FFF;

char* put_header(uint16_t count, int16_t weight, uint16_t sign, uint16_t scale, char* to) {
  to = put_big_endian(count, to);
  to = put_big_endian(weight, to);
  to = put_big_endian(sign, to);
  return put_big_endian(scale, to);
}

}  // namespace

char* put_numeric_binary(i128 coefficient, int32_t scale, char* to) {
  u128 rest = coefficient < 0 ? -static_cast<u128>(coefficient) : static_cast<u128>(coefficient);
  if (rest == 0) return put_header(0, 0, kPositive, static_cast<uint16_t>(scale), to);
  // Groups are aligned to the point: the last one is filled up with zeros on the right.
  uint16_t groups[16];
  int count = 0;
  const int partial = scale % 4;
  int fraction_groups = (scale + 3) / 4;
  if (partial != 0) {
    constexpr uint16_t kFill[] = {1, 1000, 100, 10};
    constexpr uint16_t kModulus[] = {1, 10, 100, 1000};
    groups[count++] =
        static_cast<uint16_t>(static_cast<uint16_t>(rest % kModulus[partial]) * kFill[partial]);
    rest /= kModulus[partial];
  }
  while (rest >> 64 != 0) {
    groups[count++] = static_cast<uint16_t>(rest % 10000);
    rest /= 10000;
  }
  for (uint64_t low = static_cast<uint64_t>(rest); low != 0; low /= 10000) {
    groups[count++] = static_cast<uint16_t>(low % 10000);
  }
  const int weight = count - 1 - fraction_groups;
  int last = 0;  // the smallest group that is not zero
  while (groups[last] == 0) last++;
  char* at = put_header(static_cast<uint16_t>(count - last), static_cast<int16_t>(weight),
                        coefficient < 0 ? kNegative : kPositive, static_cast<uint16_t>(scale), to);
  for (int i = count - 1; i >= last; i--) at = put_big_endian(groups[i], at);
  return at;
}

char* put_numeric_binary(const Numeric& value, char* to) {
  switch (value.kind) {
    case Numeric::kFinite:
      return put_numeric_binary(value.coefficient, value.display_scale, to);
    case Numeric::kNaN:
      return put_header(0, 0, kNaN, 0, to);
    case Numeric::kInfinity:
      return put_header(0, 0, kInfinity, kInfinityScale, to);
    case Numeric::kNegativeInfinity:
      return put_header(0, 0, kNegativeInfinity, kInfinityScale, to);
  }
  return to;
}

NumericBinaryOutcome get_numeric_binary(const char* from, size_t size, Numeric& out, size_t& used) {
  if (size < 8) return NumericBinaryOutcome::Short;
  const int count = get_big_endian<uint16_t>(from);
  const int weight = get_big_endian<int16_t>(from + 2);
  const uint16_t sign = get_big_endian<uint16_t>(from + 4);
  const uint16_t scale = get_big_endian<uint16_t>(from + 6);
  if (sign != kPositive && sign != kNegative && sign != kNaN && sign != kInfinity &&
      sign != kNegativeInfinity) {
    return NumericBinaryOutcome::InvalidSign;
  }
  if ((scale & kScaleMask) != scale) return NumericBinaryOutcome::InvalidScale;
  if (size < 8 + 2 * static_cast<size_t>(count)) return NumericBinaryOutcome::Short;
  used = 8 + 2 * static_cast<size_t>(count);
  out = Numeric{};
  for (int i = 0; i < count; i++) {
    if (get_big_endian<uint16_t>(from + 8 + 2 * i) >= 10000)
      return NumericBinaryOutcome::InvalidDigit;
  }
  if (sign == kNaN || sign == kInfinity || sign == kNegativeInfinity) {
    out.kind = sign == kNaN        ? Numeric::kNaN
               : sign == kInfinity ? Numeric::kInfinity
                                   : Numeric::kNegativeInfinity;
    return NumericBinaryOutcome::Ok;
  }
  u128 limit = 1;
  for (int i = 0; i < 38; i++) limit *= 10;
  u128 value = 0;
  // Position of the next decimal digit counted from the point: 0 is the units.
  int position = 4 * weight + 3;
  const auto push = [&](int digit) {
    if (value >= limit / 10) return false;
    value = value * 10 + static_cast<unsigned>(digit);
    return value < limit;
  };
  for (int i = 0; i < count; i++) {
    const int group = get_big_endian<uint16_t>(from + 8 + 2 * i);
    for (const int unit : {1000, 100, 10, 1}) {
      if (position < -static_cast<int>(scale)) break;
      if (!push(group / unit % 10)) return NumericBinaryOutcome::TooManyDigits;
      position--;
    }
  }
  // Zeros that were left out at the end.
  for (; value != 0 && position >= -static_cast<int>(scale); position--) {
    if (!push(0)) return NumericBinaryOutcome::TooManyDigits;
  }
  out.coefficient = sign == kNegative ? -static_cast<i128>(value) : static_cast<i128>(value);
  out.display_scale = static_cast<int16_t>(scale);
  return NumericBinaryOutcome::Ok;
}

}  // namespace millrace::ops
