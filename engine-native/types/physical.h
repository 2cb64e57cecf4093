// types: the physical types of values, for host and device compilers alike.
// May include base only on the host side; kernels include these headers as text, so nothing here
// uses the standard library's types. Start reading here.
#pragma once

#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
#define MR_HD __host__ __device__
#else
#define MR_HD
#endif

namespace millrace::types {

using i8 = signed char;
using i16 = short;
using i32 = int;
using i64 = long;
using u8 = unsigned char;
using u16 = unsigned short;
using u32 = unsigned int;
using u64 = unsigned long;
using i128 = __int128;
using u128 = unsigned __int128;
using f32 = float;
using f64 = double;

/// How a value lies in memory. D64 and D128 are exact decimals with one scale a column;
/// Numeric carries its own scale. Date counts days, Timestamp(Tz) and Time microseconds,
/// from PostgreSQL's epoch 2000-01-01.
enum class Type : u8 {
  Bool,  // u8, 0 or 1
  I16,
  I32,
  I64,
  F32,
  F64,
  D64,          // i64 coefficient
  D128,         // i128 coefficient
  Numeric,      // types::Numeric
  Date,         // i32 days; extremes are -infinity and infinity
  Time,         // i64 microseconds since midnight
  Timestamp,    // i64 microseconds; extremes are -infinity and infinity
  TimestampTz,  // i64 microseconds UTC; likewise
  Interval,     // types::Interval
  Uuid,         // types::Uuid
  Text,         // types::StringView, valid UTF-8 without NUL
  Bytea,        // types::StringView, any bytes
};
constexpr u32 kTypeCount = 17;

constexpr i32 kDateNegativeInfinity = -2147483647 - 1;
constexpr i32 kDateInfinity = 2147483647;
constexpr i64 kTimestampNegativeInfinity = -9223372036854775807L - 1;
constexpr i64 kTimestampInfinity = 9223372036854775807L;

/// A decimal with its own scale: coefficient / 10^display_scale, or a special value.
/// Equality and hash ignore the scale (1.0 = 1.00). |coefficient| < 10^38.
struct Numeric {
  enum Kind : u8 { kFinite = 0, kNaN = 1, kInfinity = 2, kNegativeInfinity = 3 };
  i128 coefficient;
  i16 display_scale;
  Kind kind;
  u8 padding[13];
};

struct Interval {
  i64 microseconds;
  i32 days;
  i32 months;
};

/// Bytes in the order they are printed.
struct Uuid {
  u8 bytes[16];
};

/// 16 bytes: up to 12 bytes stand inline, longer strings keep 4 bytes of prefix and a pointer to
/// bytes that outlive the batch. Unused inline bytes are zero, so that equal short strings are
/// equal words.
struct StringView {
  static constexpr u32 kInlineSize = 12;
  u32 size;
  union {
    char inlined[12];
    struct __attribute__((packed)) {
      char prefix[4];
      const char* data;
    } pointed;
  };
  MR_HD const char* bytes() const { return size <= kInlineSize ? inlined : pointed.data; }
  MR_HD static StringView make(const char* data, u32 size) {
    StringView view;
    view.size = size;
    if (size <= kInlineSize) {
      for (u32 i = 0; i < kInlineSize; i++) view.inlined[i] = i < size ? data[i] : '\0';
    } else {
      for (u32 i = 0; i < 4; i++) view.pointed.prefix[i] = data[i];
      view.pointed.data = data;
    }
    return view;
  }
};
static_assert(sizeof(StringView) == 16 && sizeof(Interval) == 16 && sizeof(Uuid) == 16);
static_assert(sizeof(Numeric) == 32);

/// A value that may be NULL, for operations that are not strict.
template <class T>
struct Nullable {
  T value;
  bool is_null;
};

/// A physical type with the parameters that shape code: precision and scale of D64 and D128.
struct TypeParameters {
  Type type;
  u8 precision;
  i16 scale;
};

template <Type>
struct StorageOf;
#define MR_STORAGE(type, storage) \
  template <>                     \
  struct StorageOf<Type::type> {  \
    using T = storage;            \
  };
MR_STORAGE(Bool, u8)
MR_STORAGE(I16, i16)
MR_STORAGE(I32, i32)
MR_STORAGE(I64, i64)
MR_STORAGE(F32, f32)
MR_STORAGE(F64, f64)
MR_STORAGE(D64, i64)
MR_STORAGE(D128, i128)
MR_STORAGE(Numeric, Numeric)
MR_STORAGE(Date, i32)
MR_STORAGE(Time, i64)
MR_STORAGE(Timestamp, i64)
MR_STORAGE(TimestampTz, i64)
MR_STORAGE(Interval, Interval)
MR_STORAGE(Uuid, Uuid)
MR_STORAGE(Text, StringView)
MR_STORAGE(Bytea, StringView)
#undef MR_STORAGE
template <Type type>
using Storage = typename StorageOf<type>::T;

MR_HD constexpr u32 size_of(Type type) {
  switch (type) {
    case Type::Bool:
      return 1;
    case Type::I16:
      return 2;
    case Type::I32:
    case Type::F32:
    case Type::Date:
      return 4;
    case Type::I64:
    case Type::F64:
    case Type::D64:
    case Type::Time:
    case Type::Timestamp:
    case Type::TimestampTz:
      return 8;
    case Type::D128:
    case Type::Interval:
    case Type::Uuid:
    case Type::Text:
    case Type::Bytea:
      return 16;
    case Type::Numeric:
      return 32;
  }
  return 0;
}

}  // namespace millrace::types
