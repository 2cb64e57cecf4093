// Unsigned integers of N 64-bit words, for intermediate results that outgrow 128 bits. No heap.
#pragma once

#include "ops/context.h"

namespace millrace::ops {

/// Least significant word first.
template <u32 N>
struct Wide {
  u64 word[N];
};

/// Ten to the n, n at most 38.
MR_HD inline u128 power_of_ten(u32 n) {
  static constexpr u64 kPowers[20] = {1,
                                      10,
                                      100,
                                      1000,
                                      10000,
                                      100000,
                                      1000000,
                                      10000000,
                                      100000000,
                                      1000000000,
                                      10000000000,
                                      100000000000,
                                      1000000000000,
                                      10000000000000,
                                      100000000000000,
                                      1000000000000000,
                                      10000000000000000,
                                      100000000000000000,
                                      1000000000000000000,
                                      10000000000000000000ul};
  return n < 20 ? kPowers[n] : static_cast<u128>(kPowers[19]) * kPowers[n - 19];
}

MR_HD inline u32 bit_length(u64 value) {
#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
  u32 length = 0;
  for (u32 step = 32; step > 0; step >>= 1) {
    if (value >> step) {
      value >>= step;
      length += step;
    }
  }
  return length + static_cast<u32>(value);
#else
  return value == 0 ? 0 : 64 - static_cast<u32>(__builtin_clzl(value));
#endif
}

MR_HD inline u32 bit_length(u128 value) {
  const u64 high = static_cast<u64>(value >> 64);
  return high != 0 ? 64 + bit_length(high) : bit_length(static_cast<u64>(value));
}

/// Decimal digits of a value below 10^38 + 1; 0 has none.
MR_HD inline u32 digit_count(u128 value) {
  if (value == 0) return 0;
  const u32 estimate = (bit_length(value) * 1233u) >> 12;
  return estimate + (value >= power_of_ten(estimate) ? 1 : 0);
}

template <u32 N>
MR_HD inline Wide<N> make_wide(u128 value) {
  static_assert(N >= 2);
  Wide<N> result{};
  result.word[0] = static_cast<u64>(value);
  result.word[1] = static_cast<u64>(value >> 64);
  return result;
}

template <u32 N>
MR_HD inline bool is_zero(const Wide<N>& a) {
  for (u32 i = 0; i < N; i++) {
    if (a.word[i] != 0) return false;
  }
  return true;
}

template <u32 N>
MR_HD inline bool fits_128(const Wide<N>& a) {
  for (u32 i = 2; i < N; i++) {
    if (a.word[i] != 0) return false;
  }
  return true;
}

template <u32 N>
MR_HD inline u128 low_128(const Wide<N>& a) {
  return static_cast<u128>(a.word[1]) << 64 | a.word[0];
}

template <u32 N>
MR_HD inline u32 bit_length(const Wide<N>& a) {
  for (u32 i = N; i-- > 0;) {
    if (a.word[i] != 0) return i * 64 + bit_length(a.word[i]);
  }
  return 0;
}

/// Takes the low or zero-extends.
template <u32 M, u32 N>
MR_HD inline Wide<M> resize(const Wide<N>& a) {
  Wide<M> result{};
  for (u32 i = 0; i < M && i < N; i++) result.word[i] = a.word[i];
  return result;
}

template <u32 N>
MR_HD inline i32 compare_wide(const Wide<N>& a, const Wide<N>& b) {
  for (u32 i = N; i-- > 0;) {
    if (a.word[i] != b.word[i]) return a.word[i] < b.word[i] ? -1 : 1;
  }
  return 0;
}

/// a += b; answers the carry out.
template <u32 N>
MR_HD inline u64 add_wide(Wide<N>& a, const Wide<N>& b) {
  u64 carry = 0;
  for (u32 i = 0; i < N; i++) {
    const u128 sum = static_cast<u128>(a.word[i]) + b.word[i] + carry;
    a.word[i] = static_cast<u64>(sum);
    carry = static_cast<u64>(sum >> 64);
  }
  return carry;
}

/// a -= b; answers the borrow out.
template <u32 N>
MR_HD inline u64 subtract_wide(Wide<N>& a, const Wide<N>& b) {
  u64 borrow = 0;
  for (u32 i = 0; i < N; i++) {
    const u128 difference = static_cast<u128>(a.word[i]) - b.word[i] - borrow;
    a.word[i] = static_cast<u64>(difference);
    borrow = static_cast<u64>(difference >> 64) & 1;
  }
  return borrow;
}

/// a *= factor; answers what runs over.
template <u32 N>
MR_HD inline u64 multiply_small(Wide<N>& a, u64 factor) {
  u64 carry = 0;
  for (u32 i = 0; i < N; i++) {
    const u128 product = static_cast<u128>(a.word[i]) * factor + carry;
    a.word[i] = static_cast<u64>(product);
    carry = static_cast<u64>(product >> 64);
  }
  return carry;
}

template <u32 N, u32 M>
MR_HD inline Wide<N + M> multiply_wide(const Wide<N>& a, const Wide<M>& b) {
  Wide<N + M> result{};
  for (u32 i = 0; i < N; i++) {
    u64 carry = 0;
    for (u32 j = 0; j < M; j++) {
      const u128 sum = static_cast<u128>(a.word[i]) * b.word[j] + result.word[i + j] + carry;
      result.word[i + j] = static_cast<u64>(sum);
      carry = static_cast<u64>(sum >> 64);
    }
    result.word[i + M] = carry;
  }
  return result;
}

MR_HD inline Wide<4> multiply_wide(u128 a, u128 b) {
  return multiply_wide(make_wide<2>(a), make_wide<2>(b));
}

/// a *= 10^digits; answers whether it still fits.
template <u32 N>
MR_HD inline bool scale_wide(Wide<N>& a, u32 digits) {
  if (is_zero(a)) return true;
  while (digits > 0) {
    const u32 step = digits < 19 ? digits : 19;
    if (multiply_small(a, static_cast<u64>(power_of_ten(step))) != 0) return false;
    digits -= step;
  }
  return true;
}

template <u32 N>
MR_HD inline void shift_left(Wide<N>& a, u32 bits) {
  const u32 words = bits / 64;
  const u32 rest = bits % 64;
  for (u32 i = N; i-- > 0;) {
    u64 value = i >= words ? a.word[i - words] << rest : 0;
    if (rest != 0 && i >= words + 1) value |= a.word[i - words - 1] >> (64 - rest);
    a.word[i] = value;
  }
}

template <u32 N>
MR_HD inline void shift_right(Wide<N>& a, u32 bits) {
  const u32 words = bits / 64;
  const u32 rest = bits % 64;
  for (u32 i = 0; i < N; i++) {
    u64 value = i + words < N ? a.word[i + words] >> rest : 0;
    if (rest != 0 && i + words + 1 < N) value |= a.word[i + words + 1] << (64 - rest);
    a.word[i] = value;
  }
}

/// a /= divisor (not 0, below 2^32); answers the remainder.
template <u32 N>
MR_HD inline u32 divide_small(Wide<N>& a, u32 divisor) {
  u64 remainder = 0;
  for (u32 i = N; i-- > 0;) {
    const u64 high = remainder << 32 | a.word[i] >> 32;
    const u64 low = (high % divisor) << 32 | (a.word[i] & 0xffffffffu);
    a.word[i] = (high / divisor) << 32 | low / divisor;
    remainder = low % divisor;
  }
  return static_cast<u32>(remainder);
}

/// Quotient of a by divisor (not 0), the remainder left in `remainder`. Knuth's algorithm D on
/// 32-bit digits: 64-by-32-bit divisions are what both processors have.
template <u32 N, u32 M>
MR_HD inline Wide<N> divide_wide(const Wide<N>& a, const Wide<M>& divisor, Wide<M>& remainder) {
  u32 v[2 * M];
  u32 u[2 * N + 1];
  const u32 divisor_bits = bit_length(divisor);
  const u32 count = (divisor_bits + 31) / 32;
  const u32 total = (bit_length(a) + 31) / 32;
  Wide<N> quotient{};
  if (total < count) {
    remainder = resize<M>(a);
    return quotient;
  }
  if (count == 1) {
    quotient = a;
    remainder = Wide<M>{};
    remainder.word[0] = divide_small(quotient, static_cast<u32>(divisor.word[0]));
    return quotient;
  }
  const u32 shift = count * 32 - divisor_bits;
  for (u32 i = 0; i < count; i++) {
    const u32 digit = static_cast<u32>(divisor.word[i / 2] >> (i % 2 * 32));
    const u32 below =
        i == 0 ? 0 : static_cast<u32>(divisor.word[(i - 1) / 2] >> ((i - 1) % 2 * 32));
    v[i] = shift == 0 ? digit : digit << shift | below >> (32 - shift);
  }
  for (u32 i = 0; i <= total; i++) {
    const u32 digit = i == total ? 0 : static_cast<u32>(a.word[i / 2] >> (i % 2 * 32));
    const u32 below = i == 0 ? 0 : static_cast<u32>(a.word[(i - 1) / 2] >> ((i - 1) % 2 * 32));
    u[i] = shift == 0 ? digit : digit << shift | below >> (32 - shift);
  }
  for (u32 j = total - count + 1; j-- > 0;) {
    const u64 head = static_cast<u64>(u[j + count]) << 32 | u[j + count - 1];
    u64 guess = head / v[count - 1];
    u64 rest = head % v[count - 1];
    while (guess >> 32 != 0 || guess * v[count - 2] > (rest << 32 | u[j + count - 2])) {
      guess--;
      rest += v[count - 1];
      if (rest >> 32 != 0) break;
    }
    i64 borrow = 0;
    u64 carry = 0;
    for (u32 i = 0; i < count; i++) {
      const u64 product = guess * v[i] + carry;
      carry = product >> 32;
      const i64 difference =
          static_cast<i64>(u[i + j]) - static_cast<i64>(product & 0xffffffffu) + borrow;
      u[i + j] = static_cast<u32>(difference);
      borrow = difference >> 32;
    }
    const i64 top = static_cast<i64>(u[j + count]) - static_cast<i64>(carry) + borrow;
    u[j + count] = static_cast<u32>(top);
    if (top < 0) {
      guess--;
      u64 back = 0;
      for (u32 i = 0; i < count; i++) {
        back += static_cast<u64>(u[i + j]) + v[i];
        u[i + j] = static_cast<u32>(back);
        back >>= 32;
      }
      u[j + count] += static_cast<u32>(back);
    }
    quotient.word[j / 2] |= guess << (j % 2 * 32);
  }
  remainder = Wide<M>{};
  for (u32 i = 0; i < count; i++) {
    const u64 digit =
        u[i] >> shift | (shift == 0 ? 0 : static_cast<u64>(u[i + 1]) << (32 - shift) & 0xffffffffu);
    remainder.word[i / 2] |= digit << (i % 2 * 32);
  }
  return quotient;
}

/// The quotient rounded half up (half away from zero for magnitudes).
template <u32 N, u32 M>
MR_HD inline Wide<N> divide_rounded(const Wide<N>& a, const Wide<M>& divisor) {
  Wide<M> remainder;
  Wide<N> quotient = divide_wide(a, divisor, remainder);
  Wide<M> rest = divisor;
  subtract_wide(rest, remainder);
  if (compare_wide(remainder, rest) >= 0) add_wide(quotient, make_wide<N>(1));
  return quotient;
}

/// The square root, rounded to nearest.
template <u32 N>
MR_HD inline Wide<N> square_root_rounded(const Wide<N>& a) {
  if (is_zero(a)) return a;
  Wide<N> root{};
  const u32 start = (bit_length(a) + 1) / 2;
  if (start >= N * 64) return root;
  root.word[start / 64] = 1ul << (start % 64);
  for (;;) {
    Wide<N> remainder;
    Wide<N> next = divide_wide(a, root, remainder);
    add_wide(next, root);
    shift_right(next, 1);
    if (compare_wide(next, root) >= 0) break;
    root = next;
  }
  Wide<N> rest = a;
  subtract_wide(rest, resize<N>(multiply_wide(root, root)));
  if (compare_wide(rest, root) > 0) add_wide(root, make_wide<N>(1));
  return root;
}

/// Decimal digits; 0 has none.
template <u32 N>
MR_HD inline u32 digit_count(const Wide<N>& a) {
  if (fits_128(a) && low_128(a) <= power_of_ten(38)) return digit_count(low_128(a));
  Wide<N> rest = a;
  u32 count = 0;
  while (!fits_128(rest) || low_128(rest) >= power_of_ten(38)) {
    divide_small(rest, 1000000000u);
    count += 9;
  }
  return count + digit_count(low_128(rest));
}

}  // namespace millrace::ops
