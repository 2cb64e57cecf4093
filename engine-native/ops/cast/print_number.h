// Numbers as PostgreSQL prints them. Each function writes at `out` without a terminator and answers
// how many bytes it wrote. The casts to text and the wire's text format both print with these.
#pragma once

#include "ops/scalar/numeric_value.h"

namespace millrace::ops {

constexpr u32 kMaxIntegerText = 20;
constexpr u32 kMaxFloatText = 32;
constexpr u32 kMaxDecimalText = 42;  // of D64 and D128, scale at most 38
/// Bytes that print_numeric may need.
MR_HD inline u32 numeric_text_size(const Numeric& a) {
  return kMaxDecimalText + static_cast<u32>(a.display_scale);
}

MR_HD inline u32 decimal_digits(u64 value) {
  u32 count = 1;
  for (;;) {
    if (value < 10) return count;
    if (value < 100) return count + 1;
    if (value < 1000) return count + 2;
    if (value < 10000) return count + 3;
    value /= 10000;
    count += 4;
  }
}

MR_HD inline void put_pair(u32 value, char* out) {
  static constexpr char kPairs[] =
      "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
      "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
      "8081828384858687888990919293949596979899";
  out[0] = kPairs[value * 2];
  out[1] = kPairs[value * 2 + 1];
}

/// Exactly `width` digits, zeros in front.
MR_HD inline void put_digits(u64 value, u32 width, char* out) {
  while (width >= 2) {
    width -= 2;
    const u64 rest = value / 100;
    put_pair(static_cast<u32>(value - rest * 100), out + width);
    value = rest;
  }
  if (width == 1) out[0] = static_cast<char>('0' + value % 10);
}

MR_HD inline u32 print_u64(u64 value, char* out) {
  const u32 width = decimal_digits(value);
  put_digits(value, width, out);
  return width;
}
MR_HD inline u32 print_i64(i64 value, char* out) {
  if (value >= 0) return print_u64(static_cast<u64>(value), out);
  out[0] = '-';
  return 1 + print_u64(-static_cast<u64>(value), out + 1);
}
MR_HD inline u32 print_i32(i32 value, char* out) { return print_i64(value, out); }
MR_HD inline u32 print_i16(i16 value, char* out) { return print_i64(value, out); }
MR_HD inline u32 print_bool(u8 value, char* out) {
  out[0] = value != 0 ? 't' : 'f';
  return 1;
}

/// Exactly `width` digits of a value below 10^38, zeros in front.
MR_HD inline void put_digits_128(u128 value, u32 width, char* out) {
  while (width > 19 && value >> 64 != 0) {
    const u64 base = static_cast<u64>(power_of_ten(19));
    const u128 rest = value / base;
    width -= 19;
    put_digits(static_cast<u64>(value - rest * base), 19, out + width);
    value = rest;
  }
  put_digits(static_cast<u64>(value), width, out);
}

/// A magnitude below 10^38 at a scale of 0 to 16383.
MR_HD inline u32 print_scaled(u128 value, bool negative, u32 scale, char* out) {
  u32 size = 0;
  if (negative && value != 0) out[size++] = '-';
  u32 digits = value >> 64 == 0 ? decimal_digits(static_cast<u64>(value)) : digit_count(value);
  if (scale == 0) {
    put_digits_128(value, digits, out + size);
    return size + digits;
  }
  if (digits <= scale) {
    out[size++] = '0';
    out[size++] = '.';
    for (u32 zeros = scale - digits; zeros > 0; zeros--) out[size++] = '0';
    put_digits_128(value, digits, out + size);
    return size + digits;
  }
  put_digits_128(value, digits, out + size + 1);
  for (u32 whole = digits - scale; whole > 0; whole--, size++) out[size] = out[size + 1];
  out[size] = '.';
  return size + 1 + scale;
}
MR_HD inline u32 print_d64(i64 coefficient, i32 scale, char* out) {
  return print_scaled(magnitude(coefficient), coefficient < 0, static_cast<u32>(scale), out);
}
MR_HD inline u32 print_d128(i128 coefficient, i32 scale, char* out) {
  return print_scaled(magnitude(coefficient), coefficient < 0, static_cast<u32>(scale), out);
}
MR_HD inline u32 print_word(const char* word, u32 size, char* out) {
  for (u32 i = 0; i < size; i++) out[i] = word[i];
  return size;
}
MR_HD inline u32 print_numeric(const Numeric& a, char* out) {
  if (a.kind == Numeric::kFinite) return print_d128(a.coefficient, a.display_scale, out);
  if (a.kind == Numeric::kNaN) return print_word("NaN", 3, out);
  return a.kind == Numeric::kInfinity ? print_word("Infinity", 8, out)
                                      : print_word("-Infinity", 9, out);
}

/// Shortest text that reads back as the same float, or with 0 and less extra digits a rounded one.
/// Host only.
u32 print_f64(f64 value, i32 extra_float_digits, char* out);
u32 print_f32(f32 value, i32 extra_float_digits, char* out);

}  // namespace millrace::ops
