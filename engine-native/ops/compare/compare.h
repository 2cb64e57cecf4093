// Order and equality of every type, by storage: one total order each. The order that sorts, joins,
// groups and comparison operators share.
#pragma once

#include "ops/scalar/float.h"
#include "ops/scalar/numeric_value.h"

namespace millrace::ops {

/// -1, 0 or 1. Floats: NaN equals itself and is greatest; -0 equals 0.
template <class T>
MR_HD inline i32 three_way(T a, T b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
template <class F>
MR_HD inline i32 three_way_float(F a, F b) {
  if (is_nan(a)) return is_nan(b) ? 0 : 1;
  if (is_nan(b)) return -1;
  return a < b ? -1 : a > b ? 1 : 0;
}
MR_HD inline i32 three_way(f32 a, f32 b) { return three_way_float(a, b); }
MR_HD inline i32 three_way(f64 a, f64 b) { return three_way_float(a, b); }
MR_HD inline i32 three_way(Numeric a, Numeric b) { return compare_numeric(a, b); }

/// What an interval compares as: microseconds, with months of 30 days and days of 24 hours.
MR_HD inline i128 interval_span(const Interval& a) {
  const i64 days = static_cast<i64>(a.months) * 30 + a.days;
  return static_cast<i128>(days) * 86400000000L + a.microseconds;
}
MR_HD inline i32 three_way(Interval a, Interval b) {
  return three_way(interval_span(a), interval_span(b));
}
MR_HD inline i32 three_way(Uuid a, Uuid b) {
  for (u32 i = 0; i < 16; i++) {
    if (a.bytes[i] != b.bytes[i]) return a.bytes[i] < b.bytes[i] ? -1 : 1;
  }
  return 0;
}

MR_HD inline i32 compare_bytes(const char* a, const char* b, u32 size) {
#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
  for (u32 i = 0; i < size; i++) {
    const u8 left = static_cast<u8>(a[i]);
    const u8 right = static_cast<u8>(b[i]);
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
#else
  const int order = __builtin_memcmp(a, b, size);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
#endif
}

/// The first four bytes as a big-endian number; shorter strings are padded with zeros.
MR_HD inline u32 prefix_of(const StringView& a) {
#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
  u32 prefix = 0;
  for (u32 i = 0; i < 4; i++) prefix = prefix << 8 | static_cast<u8>(a.inlined[i]);
  return prefix;
#else
  u32 prefix;
  __builtin_memcpy(&prefix, a.inlined, 4);
  return __builtin_bswap32(prefix);
#endif
}
MR_HD inline i32 three_way(StringView a, StringView b) {
  const u32 a_prefix = prefix_of(a);
  const u32 b_prefix = prefix_of(b);
  if (a_prefix != b_prefix) return a_prefix < b_prefix ? -1 : 1;
  const i32 order = compare_bytes(a.bytes(), b.bytes(), a.size < b.size ? a.size : b.size);
  return order != 0 ? order : three_way(a.size, b.size);
}

template <class T>
MR_HD inline bool equal(T a, T b) {
  return a == b;
}
MR_HD inline bool equal(f32 a, f32 b) { return a == b || (is_nan(a) && is_nan(b)); }
MR_HD inline bool equal(f64 a, f64 b) { return a == b || (is_nan(a) && is_nan(b)); }
MR_HD inline bool equal(Numeric a, Numeric b) { return compare_numeric(a, b) == 0; }
MR_HD inline bool equal(Interval a, Interval b) { return interval_span(a) == interval_span(b); }
MR_HD inline bool equal(Uuid a, Uuid b) { return three_way(a, b) == 0; }
/// Sizes and prefixes first: they decide almost always.
MR_HD inline bool equal(StringView a, StringView b) {
  if (a.size != b.size) return false;
  if (a.size <= StringView::kInlineSize) {
    u32 difference = 0;
    for (u32 i = 0; i < StringView::kInlineSize; i++) {
      difference |= static_cast<u32>(a.inlined[i] ^ b.inlined[i]);
    }
    return difference == 0;
  }
  return prefix_of(a) == prefix_of(b) && compare_bytes(a.pointed.data, b.pointed.data, a.size) == 0;
}

/// Without trailing blanks, which do not count in char(n).
MR_HD inline StringView trim_blanks(const StringView& a) {
  const char* bytes = a.bytes();
  u32 size = a.size;
  while (size > 0 && bytes[size - 1] == ' ') size--;
  return StringView::make(bytes, size);
}

template <class T>
struct Eq {
  MR_HD static u8 apply(T a, T b) { return equal(a, b); }
};
template <class T>
struct Ne {
  MR_HD static u8 apply(T a, T b) { return !equal(a, b); }
};
template <class T>
struct Lt {
  MR_HD static u8 apply(T a, T b) { return three_way(a, b) < 0; }
};
template <class T>
struct Le {
  MR_HD static u8 apply(T a, T b) { return three_way(a, b) <= 0; }
};
template <class T>
struct Gt {
  MR_HD static u8 apply(T a, T b) { return three_way(a, b) > 0; }
};
template <class T>
struct Ge {
  MR_HD static u8 apply(T a, T b) { return three_way(a, b) >= 0; }
};
template <class T>
struct Compare {
  MR_HD static i32 apply(T a, T b) { return three_way(a, b); }
};
template <class T>
struct IsDistinct {
  MR_HD static u8 apply(Nullable<T> a, Nullable<T> b) {
    return a.is_null || b.is_null ? a.is_null != b.is_null : !equal(a.value, b.value);
  }
};
template <class T>
struct IsNotDistinct {
  MR_HD static u8 apply(Nullable<T> a, Nullable<T> b) { return !IsDistinct<T>::apply(a, b); }
};
/// NULLs are ignored; of equal values the first stays.
template <class T>
struct Greatest {
  MR_HD static Nullable<T> apply(Nullable<T> a, Nullable<T> b) {
    if (a.is_null) return b;
    return b.is_null || three_way(a.value, b.value) >= 0 ? a : b;
  }
};
template <class T>
struct Least {
  MR_HD static Nullable<T> apply(Nullable<T> a, Nullable<T> b) {
    if (a.is_null) return b;
    return b.is_null || three_way(a.value, b.value) <= 0 ? a : b;
  }
};

MR_HD inline i32 three_way_bpchar(const StringView& a, const StringView& b) {
  return three_way(trim_blanks(a), trim_blanks(b));
}
struct BpcharEq {
  MR_HD static u8 apply(StringView a, StringView b) { return three_way_bpchar(a, b) == 0; }
};
struct BpcharNe {
  MR_HD static u8 apply(StringView a, StringView b) { return three_way_bpchar(a, b) != 0; }
};
struct BpcharLt {
  MR_HD static u8 apply(StringView a, StringView b) { return three_way_bpchar(a, b) < 0; }
};
struct BpcharLe {
  MR_HD static u8 apply(StringView a, StringView b) { return three_way_bpchar(a, b) <= 0; }
};
struct BpcharGt {
  MR_HD static u8 apply(StringView a, StringView b) { return three_way_bpchar(a, b) > 0; }
};
struct BpcharGe {
  MR_HD static u8 apply(StringView a, StringView b) { return three_way_bpchar(a, b) >= 0; }
};
struct BpcharCompare {
  MR_HD static i32 apply(StringView a, StringView b) { return three_way_bpchar(a, b); }
};
struct BpcharIsDistinct {
  MR_HD static u8 apply(Nullable<StringView> a, Nullable<StringView> b) {
    return a.is_null || b.is_null ? a.is_null != b.is_null
                                  : three_way_bpchar(a.value, b.value) != 0;
  }
};
struct BpcharIsNotDistinct {
  MR_HD static u8 apply(Nullable<StringView> a, Nullable<StringView> b) {
    return !BpcharIsDistinct::apply(a, b);
  }
};
struct BpcharGreatest {
  MR_HD static Nullable<StringView> apply(Nullable<StringView> a, Nullable<StringView> b) {
    if (a.is_null) return b;
    return b.is_null || three_way_bpchar(a.value, b.value) >= 0 ? a : b;
  }
};
struct BpcharLeast {
  MR_HD static Nullable<StringView> apply(Nullable<StringView> a, Nullable<StringView> b) {
    if (a.is_null) return b;
    return b.is_null || three_way_bpchar(a.value, b.value) <= 0 ? a : b;
  }
};

}  // namespace millrace::ops
