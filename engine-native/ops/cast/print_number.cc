#include "ops/cast/print_number.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <system_error>

namespace millrace::ops {

namespace {

constexpr int kMaxShortestDigits = 17;

/// d.ddd as digits and the exponent of the first.
struct Digits {
  char text[kMaxShortestDigits + 1];
  int count;
  int exponent;
};

template <class F>
Digits scientific(F value, int digit_count) {
  char buffer[64];
  const auto end = digit_count == 0
                       ? std::to_chars(buffer, buffer + 64, value, std::chars_format::scientific)
                       : std::to_chars(buffer, buffer + 64, value, std::chars_format::scientific,
                                       digit_count - 1);
  Digits digits{};
  const char* at = buffer;
  for (; at < end.ptr && *at != 'e'; at++) {
    if (*at != '.') digits.text[digits.count++] = *at;
  }
  digits.exponent = 0;
  at++;
  const bool negative = *at == '-';
  std::from_chars(at + 1, end.ptr, digits.exponent);
  if (negative) digits.exponent = -digits.exponent;
  return digits;
}

/// Whether digits stand exactly halfway between `value` and a neighbour. Readers that round ties
/// to even take such digits for `value`, but PostgreSQL's printer does not rely on them.
template <class F>
bool is_midpoint(const Digits& digits, F value) {
  // value = mantissa * 2^exponent; the midpoints are (2 mantissa + 1) and (2 mantissa - 1),
  // halved; below a power of two also (4 mantissa - 1), quartered.
  int exponent;
  const F fraction = std::frexp(value, &exponent);
  constexpr int kBits = sizeof(F) == 8 ? 53 : 24;
  constexpr int kLowest = sizeof(F) == 8 ? -1074 : -149;
  int power = exponent - kBits;
  if (power < kLowest) power = kLowest;
  const u64 mantissa = static_cast<u64>(std::ldexp(fraction, exponent - power));
  u64 decimal = 0;
  for (int i = 0; i < digits.count; i++) {
    decimal = decimal * 10 + static_cast<u64>(digits.text[i] - '0');
  }
  const int tens = digits.exponent - (digits.count - 1);
  // decimal * 10^tens == odd * 2^two  <=>  decimal * 5^tens * 2^(tens - two) == odd
  u128 left = decimal;
  u128 right_factor = 1;
  if (tens > 27 || tens < -27) return false;
  for (int i = 0; i < tens; i++) left *= 5;
  for (int i = 0; i > tens; i--) right_factor *= 5;
  // At most 64 + 63 bits each, as 5^27 < 2^63.
  auto same = [&](u64 odd, int two) {
    u128 a = left;
    u128 b = right_factor * odd;
    int shift = tens - two;
    while ((a & 1) == 0) {
      a >>= 1;
      shift++;
    }
    while ((b & 1) == 0) {
      b >>= 1;
      shift--;
    }
    return shift == 0 && a == b;
  };
  return same(2 * mantissa + 1, power - 1) || same(2 * mantissa - 1, power - 1) ||
         (mantissa == 1ul << (kBits - 1) && same(4 * mantissa - 1, power - 2));
}

template <class F>
Digits shortest(F value) {
  Digits digits = scientific(value, 0);
  if (!is_midpoint(digits, value)) return digits;
  for (int count = digits.count; count <= kMaxShortestDigits; count++) {
    Digits longer = scientific(value, count);
    char text[40];
    const int size = std::snprintf(text, sizeof text, "%.*se%d", longer.count, longer.text,
                                   longer.exponent - (longer.count - 1));
    F back = 0;
    std::from_chars(text, text + size, back);
    if (back == value && !is_midpoint(longer, value)) return longer;
  }
  return digits;
}

template <class F>
u32 print_shortest(F value, int exponential_from, char* out) {
  u32 size = 0;
  if (std::signbit(value)) out[size++] = '-';
  if (value == 0) {
    out[size++] = '0';
    return size;
  }
  const Digits digits = shortest(std::fabs(value));
  const int exponent = digits.exponent;
  if (exponent < -4 || exponent >= exponential_from) {
    out[size++] = digits.text[0];
    if (digits.count > 1) out[size++] = '.';
    for (int i = 1; i < digits.count; i++) out[size++] = digits.text[i];
    out[size++] = 'e';
    out[size++] = exponent < 0 ? '-' : '+';
    const u64 power = static_cast<u64>(exponent < 0 ? -exponent : exponent);
    if (power < 10) out[size++] = '0';
    return size + print_u64(power, out + size);
  }
  if (exponent < 0) {
    out[size++] = '0';
    out[size++] = '.';
    for (int i = -1; i > exponent; i--) out[size++] = '0';
    for (int i = 0; i < digits.count; i++) out[size++] = digits.text[i];
    return size;
  }
  for (int i = 0; i < digits.count || i <= exponent; i++) {
    if (i == exponent + 1) out[size++] = '.';
    out[size++] = i < digits.count ? digits.text[i] : '0';
  }
  return size;
}

template <class F>
u32 print_float(F value, int digits, i32 extra_float_digits, int exponential_from, char* out) {
  if (std::isnan(value)) return print_word("NaN", 3, out);
  if (std::isinf(value)) {
    return value > 0 ? print_word("Infinity", 8, out) : print_word("-Infinity", 9, out);
  }
  if (extra_float_digits > 0) return print_shortest(value, exponential_from, out);
  int precision = digits + extra_float_digits;
  if (precision < 1) precision = 1;
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + 64, static_cast<f64>(value),
                                 std::chars_format::general, precision);
  const u32 size = static_cast<u32>(end.ptr - buffer);
  std::memcpy(out, buffer, size);
  return size;
}

}  // namespace

u32 print_f64(f64 value, i32 extra_float_digits, char* out) {
  return print_float(value, 15, extra_float_digits, 15, out);
}
u32 print_f32(f32 value, i32 extra_float_digits, char* out) {
  return print_float(value, 6, extra_float_digits, 6, out);
}

}  // namespace millrace::ops
