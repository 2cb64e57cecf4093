#include "ops/array/element.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "ops/cast/big_endian.h"
#include "ops/compare/compare.h"
#include "ops/scalar/numeric_value.h"
#include "ops/scalar/utf8.h"

namespace millrace::ops::array {

namespace {

constexpr char kPresent = 1;
constexpr char kAbsent = 2;
constexpr char kEnd = 0;

// How a numeric's bytes begin, in the order of values.
constexpr u8 kNegativeInfinity = 1;
constexpr u8 kNegative = 2;
constexpr u8 kZero = 3;
constexpr u8 kPositive = 4;
constexpr u8 kInfinity = 5;
constexpr u8 kNaN = 6;

template <class T>
void put(std::string& to, T value) {
  char bytes[sizeof value];
  put_big_endian(value, bytes);
  to.append(bytes, sizeof bytes);
}

/// Whole numbers with the sign bit turned, so that negative ones come first.
template <class T>
void put_ordered(std::string& to, T value) {
  put(to, static_cast<T>(value ^ (T{1} << (8 * sizeof(T) - 1))));
}
void put_ordered(std::string& to, u32 value) { put(to, value); }
template <class T>
T get_ordered(const char* from) {
  return static_cast<T>(get_big_endian<T>(from) ^ (T{1} << (8 * sizeof(T) - 1)));
}

/// Floats: NaN is greatest, both zeros are one.
template <class F, class U>
void put_float(Body& body, F value) {
  body.rest.push_back(value == 0 && std::signbit(value) ? 1 : 0);
  constexpr U kSign = U{1} << (8 * sizeof(U) - 1);
  U bits = std::bit_cast<U>(value == 0 ? F{0} : value);
  if (std::isnan(value)) bits = std::bit_cast<U>(std::numeric_limits<F>::quiet_NaN());
  put(body.key, (bits & kSign) != 0 ? static_cast<U>(~bits) : static_cast<U>(bits | kSign));
}
template <class F, class U>
F get_float(const char* from, bool is_negative_zero) {
  constexpr U kSign = U{1} << (8 * sizeof(U) - 1);
  const U bits = get_big_endian<U>(from);
  const F value =
      std::bit_cast<F>((bits & kSign) != 0 ? static_cast<U>(bits & ~kSign) : static_cast<U>(~bits));
  return is_negative_zero ? -F{0} : value;
}

/// Class, exponent, digits two a byte and an end; a negative one's are turned.
void put_numeric(Body& body, const types::Numeric& value) {
  put(body.rest, value.display_scale);
  std::string& to = body.key;
  if (value.kind == types::Numeric::kNaN) return to.push_back(static_cast<char>(kNaN));
  if (is_infinite(value)) {
    return to.push_back(static_cast<char>(sign_of(value) < 0 ? kNegativeInfinity : kInfinity));
  }
  if (value.coefficient == 0) return to.push_back(static_cast<char>(kZero));
  const bool negative = value.coefficient < 0;
  const Stripped stripped = strip_zeros(magnitude(value.coefficient), value.display_scale);
  u8 digits[40];
  i32 count = 0;
  for (u128 rest = stripped.magnitude; rest != 0; rest /= 10) {
    digits[count++] = static_cast<u8>(rest % 10);
  }
  std::reverse(digits, digits + count);
  to.push_back(static_cast<char>(negative ? kNegative : kPositive));
  const size_t start = to.size();
  put_ordered(to, static_cast<i32>(count - stripped.scale));
  for (i32 i = 0; i < count; i += 2) {
    const u8 second = i + 1 < count ? digits[i + 1] : u8{0};
    to.push_back(static_cast<char>(1 + digits[i] * 10 + second));
  }
  to.push_back(kEnd);
  if (!negative) return;
  for (size_t i = start; i < to.size(); i++) to[i] = static_cast<char>(~to[i]);
}

/// Past a numeric's bytes.
const char* skip_numeric(const char* at) {
  const u8 kind = static_cast<u8>(*at++);
  if (kind != kNegative && kind != kPositive) return at;
  const char end = kind == kNegative ? static_cast<char>(~kEnd) : kEnd;
  at += 4;
  while (*at != end) at++;
  return at + 1;
}

types::Numeric get_numeric(const char* at, i16 display_scale) {
  switch (static_cast<u8>(*at)) {
    case kNegativeInfinity:
      return make_infinity(-1);
    case kInfinity:
      return make_infinity(1);
    case kNaN:
      return make_special(types::Numeric::kNaN);
    case kZero:
      return make_numeric(0, display_scale);
    default:
      break;
  }
  const bool negative = static_cast<u8>(*at++) == kNegative;
  const u8 turn = negative ? 0xFF : 0;
  char exponent_bytes[4];
  for (i32 i = 0; i < 4; i++) exponent_bytes[i] = static_cast<char>(at[i] ^ turn);
  i32 scale = -get_ordered<i32>(exponent_bytes);
  u128 value = 0;
  for (at += 4; (static_cast<u8>(*at) ^ turn) != 0; at++) {
    value = value * 100 + static_cast<u8>((static_cast<u8>(*at) ^ turn) - 1);
    scale += 2;
  }
  // A last digit that only fills its byte is cut again; those that the scale shows come back.
  for (; scale > display_scale; scale--) value /= 10;
  for (; scale < display_scale; scale++) value *= 10;
  return make_numeric(with_sign(value, negative), display_scale);
}

/// A zero byte is followed by 255, the end is two zeros.
void put_escaped(std::string& to, std::string_view bytes) {
  for (const char byte : bytes) {
    to.push_back(byte);
    if (byte == 0) to.push_back(static_cast<char>(0xFF));
  }
  to.append(2, '\0');
}
const char* skip_escaped(const char* at) {
  while (at[0] != 0 || at[1] != 0) at += at[0] == 0 ? 2 : 1;
  return at + 2;
}
ErrorCode get_escaped(OpContext& c, const char* from, const char* to, std::string_view rest,
                      StringView& out) {
  const size_t escaped = static_cast<size_t>(to - from) - 2;
  const bool is_plain = rest.empty() && std::memchr(from, 0, escaped) == nullptr;
  if (is_plain) {
    out = StringView::make(from, static_cast<u32>(escaped));
    return ErrorCode::Ok;
  }
  std::string bytes;
  bytes.reserve(escaped + rest.size());
  for (const char* at = from; at < from + escaped; at++) {
    bytes.push_back(*at);
    if (*at == 0) at++;
  }
  bytes.append(rest);
  return keep(c, bytes, out);
}

/// A value of its own inside: what compares of it is escaped, the rest is kept with its size.
void put_nested(Body& body, std::string_view value) {
  const std::string_view key = key_of(value);
  put_escaped(body.key, key);
  put(body.rest, static_cast<u32>(value.size() - key.size()));
  body.rest.append(value.substr(key.size()));
}

u32 rest_size(Form form, const char* rest) {
  switch (form) {
    case Form::F32:
    case Form::F64:
      return 1;
    case Form::Numeric:
      return 2;
    case Form::Bpchar:
      return 4;
    case Form::Interval:
      return 16;
    case Form::Record:
    case Form::Array:
      return 4 + get_big_endian<u32>(rest);
    default:
      return 0;
  }
}

/// Past the bytes of a present value.
const char* skip_value(Form form, const char* at) {
  switch (form) {
    case Form::Text:
    case Form::Bpchar:
      return at + std::strlen(at) + 1;
    case Form::Bytea:
    case Form::Record:
    case Form::Array:
      return skip_escaped(at);
    case Form::Numeric:
      return skip_numeric(at);
    case Form::Oid:
      return at + 4;
    default:
      return at + size_of(type_of(form));
  }
}

ErrorCode get_bpchar(OpContext& c, std::string_view text, u32 blanks, StringView& out) {
  if (blanks == 0) {
    out = StringView::make(text.data(), static_cast<u32>(text.size()));
    return ErrorCode::Ok;
  }
  std::string padded(text);
  padded.append(blanks, ' ');
  return keep(c, padded, out);
}

void put_value(Body& body, const Datum& value) {
  switch (value.form) {
    case Form::Bool:
      return body.key.push_back(static_cast<char>(value.as<u8>() != 0 ? 1 : 0));
    case Form::I16:
      return put_ordered(body.key, value.as<i16>());
    case Form::I32:
    case Form::Date:
      return put_ordered(body.key, value.as<i32>());
    case Form::I64:
    case Form::Time:
    case Form::Timestamp:
    case Form::TimestampTz:
      return put_ordered(body.key, value.as<i64>());
    case Form::F32:
      return put_float<f32, u32>(body, value.as<f32>());
    case Form::F64:
      return put_float<f64, u64>(body, value.as<f64>());
    case Form::Numeric:
      return put_numeric(body, value.as<types::Numeric>());
    case Form::Interval: {
      const auto& interval = value.as<types::Interval>();
      put_ordered(body.key, static_cast<i64>(interval_span(interval) >> 64));
      put(body.key, static_cast<u64>(interval_span(interval)));
      body.rest.append(reinterpret_cast<const char*>(&interval), sizeof interval);
      return;
    }
    case Form::Uuid:
      body.key.append(value.bytes, 16);
      return;
    case Form::Oid:
      return put_ordered(body.key, static_cast<u32>(value.as<i64>()));
    default:
      break;
  }
  const StringView& view = value.as<StringView>();
  const std::string_view text(view.bytes(), view.size);
  if (value.form == Form::Text) {
    body.key.append(text);
    body.key.push_back(kEnd);
  } else if (value.form == Form::Bpchar) {
    const size_t last = text.find_last_not_of(' ');
    const size_t kept = last == std::string_view::npos ? 0 : last + 1;
    body.key.append(text.substr(0, kept));
    body.key.push_back(kEnd);
    put(body.rest, static_cast<u32>(text.size() - kept));
  } else if (value.form == Form::Bytea) {
    put_escaped(body.key, text);
  } else {
    put_nested(body, text);
  }
}

ErrorCode get_value(OpContext& c, Form form, std::string_view key, std::string_view rest,
                    Datum& out) {
  out.is_null = false;
  switch (form) {
    case Form::Bool:
      out.set<u8>(static_cast<u8>(key[0]));
      return ErrorCode::Ok;
    case Form::I16:
      out.set<i16>(get_ordered<i16>(key.data()));
      return ErrorCode::Ok;
    case Form::I32:
    case Form::Date:
      out.set<i32>(get_ordered<i32>(key.data()));
      return ErrorCode::Ok;
    case Form::I64:
    case Form::Time:
    case Form::Timestamp:
    case Form::TimestampTz:
      out.set<i64>(get_ordered<i64>(key.data()));
      return ErrorCode::Ok;
    case Form::F32:
      out.set<f32>(get_float<f32, u32>(key.data(), rest[0] != 0));
      return ErrorCode::Ok;
    case Form::F64:
      out.set<f64>(get_float<f64, u64>(key.data(), rest[0] != 0));
      return ErrorCode::Ok;
    case Form::Numeric:
      out.set(get_numeric(key.data(), get_big_endian<i16>(rest.data())));
      return ErrorCode::Ok;
    case Form::Interval: {
      types::Interval interval;
      std::memcpy(&interval, rest.data(), sizeof interval);
      out.set(interval);
      return ErrorCode::Ok;
    }
    case Form::Uuid:
      std::memcpy(out.bytes, key.data(), 16);
      return ErrorCode::Ok;
    case Form::Oid:
      out.set<i64>(get_big_endian<u32>(key.data()));
      return ErrorCode::Ok;
    case Form::Text:
      out.set(StringView::make(key.data(), static_cast<u32>(key.size() - 1)));
      return ErrorCode::Ok;
    case Form::Bpchar: {
      StringView text;
      const ErrorCode code =
          get_bpchar(c, key.substr(0, key.size() - 1), get_big_endian<u32>(rest.data()), text);
      out.set(text);
      return code;
    }
    case Form::Bytea:
    case Form::Record:
    case Form::Array: {
      StringView bytes;
      const std::string_view own = form == Form::Bytea ? rest : rest.substr(4);
      const ErrorCode code = get_escaped(c, key.data(), key.data() + key.size(), own, bytes);
      out.set(bytes);
      return code;
    }
  }
  return ErrorCode::Internal;
}

}  // namespace

bool is_form(i32 number) { return number > 0 && number < kFormCount; }

Type type_of(Form form) {
  switch (form) {
    case Form::Bool:
      return Type::Bool;
    case Form::I16:
      return Type::I16;
    case Form::I32:
      return Type::I32;
    case Form::I64:
    case Form::Oid:
      return Type::I64;
    case Form::F32:
      return Type::F32;
    case Form::F64:
      return Type::F64;
    case Form::Numeric:
      return Type::Numeric;
    case Form::Date:
      return Type::Date;
    case Form::Time:
      return Type::Time;
    case Form::Timestamp:
      return Type::Timestamp;
    case Form::TimestampTz:
      return Type::TimestampTz;
    case Form::Interval:
      return Type::Interval;
    case Form::Uuid:
      return Type::Uuid;
    case Form::Text:
    case Form::Bpchar:
      return Type::Text;
    case Form::Bytea:
    case Form::Record:
    case Form::Array:
      return Type::Bytea;
  }
  return Type::Bytea;
}

bool has_rest(Form form) {
  switch (form) {
    case Form::F32:
    case Form::F64:
    case Form::Numeric:
    case Form::Interval:
    case Form::Bpchar:
    case Form::Record:
    case Form::Array:
      return true;
    default:
      return false;
  }
}

void append(Body& body, const Datum& value) {
  body.key.push_back(value.is_null ? kAbsent : kPresent);
  if (!value.is_null) put_value(body, value);
}

void Elements::skip(std::string_view& key, std::string_view& rest) {
  const char* const from = at_;
  const bool present = *at_++ == kPresent;
  u32 kept = 0;
  if (present) {
    at_ = skip_value(form_, at_);
    if (has_rest(form_)) kept = rest_size(form_, rest_);
  }
  key = {from, static_cast<size_t>(at_ - from)};
  rest = {rest_, kept};
  rest_ += kept;
}

ErrorCode Elements::next(OpContext& c, Datum& out) {
  std::string_view key;
  std::string_view rest;
  skip(key, rest);
  out.form = form_;
  out.is_null = key[0] != kPresent;
  return out.is_null ? ErrorCode::Ok : get_value(c, form_, key.substr(1), rest, out);
}

Measured measure(Form form, const char* at) {
  const char* const end = *at == kPresent ? skip_value(form, at + 1) : at + 1;
  const u32 kept = *at == kPresent && has_rest(form) ? rest_size(form, end) : 0;
  return {{at, static_cast<size_t>(end - at)}, {end, kept}};
}

std::string_view key_of(std::string_view value) {
  if (!has_rest(static_cast<Form>(value[0]))) return value;
  u32 size = 0;
  std::memcpy(&size, value.data() + value.size() - sizeof size, sizeof size);
  return value.substr(0, size);
}

View view_of(const StringView& array) {
  const std::string_view all(array.bytes(), array.size);
  const std::string_view key = key_of(all);
  View view;
  view.form = static_cast<Form>(all[0]);
  view.shape.dimensions = key.back();
  const size_t tail = 2 + 8 * static_cast<size_t>(view.shape.dimensions) + 1;
  const char* at = key.data() + key.size() - tail + 2;
  for (i32 i = 0; i < view.shape.dimensions; i++, at += 4) {
    view.shape.lengths[i] = get_big_endian<i32>(at);
  }
  for (i32 i = 0; i < view.shape.dimensions; i++, at += 4) {
    view.shape.lowers[i] = get_ordered<i32>(at);
  }
  view.key = key.substr(1, key.size() - tail - 1);
  if (key.size() < all.size()) view.rest = all.substr(key.size(), all.size() - key.size() - 4);
  return view;
}

ErrorCode keep(OpContext& c, std::string_view bytes, StringView& out) {
  if (bytes.size() > kLargestValue) return ErrorCode::RequestedLengthTooLarge;
  const u32 size = static_cast<u32>(bytes.size());
  if (size <= StringView::kInlineSize) {
    out = StringView::make(bytes.data(), size);
    return ErrorCode::Ok;
  }
  char* copy = c.arena->allocate(size);
  if (copy == nullptr) return ErrorCode::OutOfMemory;
  std::memcpy(copy, bytes.data(), size);
  out = StringView::make(copy, size);
  return ErrorCode::Ok;
}

namespace {
ErrorCode finish_with(OpContext& c, Form form, const Body& body, const Shape& shape,
                      StringView& out) {
  std::string all;
  all.reserve(body.key.size() + body.rest.size() + 64);
  all.push_back(static_cast<char>(form));
  all.append(body.key);
  all.push_back(kEnd);
  all.push_back(static_cast<char>(shape.dimensions));
  for (i32 i = 0; i < shape.dimensions; i++) put(all, shape.lengths[i]);
  for (i32 i = 0; i < shape.dimensions; i++) put_ordered(all, shape.lowers[i]);
  all.push_back(static_cast<char>(shape.dimensions));
  if (has_rest(form)) {
    const u32 size = static_cast<u32>(all.size());
    all.append(body.rest);
    all.append(reinterpret_cast<const char*>(&size), sizeof size);
  }
  return keep(c, all, out);
}
}  // namespace

ErrorCode finish(OpContext& c, Form form, const Body& body, const Shape& shape, StringView& out) {
  if (shape.count() > kMostElements) return too_large(c);
  return finish_with(c, form, body, shape, out);
}

Body& scratch() {
  thread_local Body body;
  body.clear();
  return body;
}

void append(Body& body, u32 oid, const Datum& value) {
  body.key.push_back(static_cast<char>(value.form));
  put(body.key, oid);
  append(body, value);
}

ErrorCode finish_record(OpContext& c, const Body& body, StringView& out) {
  return finish_with(c, Form::Record, body, Shape{}, out);
}

Fields::Fields(const StringView& record) {
  const View view = view_of(record);
  at_ = view.key.data();
  end_ = at_ + view.key.size();
  rest_ = view.rest.data();
  rest_end_ = rest_ + view.rest.size();
}

ErrorCode Fields::next(OpContext& c, Field& out) {
  const Form form = static_cast<Form>(*at_);
  out.oid = get_big_endian<u32>(at_ + 1);
  Elements one(form, {at_ + 5, static_cast<size_t>(end_ - at_ - 5)}, rest());
  const char* const from = at_ + 5;
  std::string_view key;
  std::string_view kept;
  one.skip(key, kept);
  at_ = from + key.size();
  Elements again(form, key, kept);
  rest_ += kept.size();
  return again.next(c, out.value);
}

ErrorCode too_large(OpContext& c) {
  return c.fail(ErrorCode::LimitExceeded,
                literal("array size exceeds the maximum allowed (134217727)"));
}

ErrorCode fail_text(OpContext& c, ErrorCode code, std::string_view text) {
  return fail_text(c, code, text, {});
}

ErrorCode fail_text(OpContext& c, ErrorCode code, std::string_view text, std::string_view detail) {
  StringView first;
  StringView second;
  if (keep(c, text, first) != ErrorCode::Ok || keep(c, detail, second) != ErrorCode::Ok) {
    return ErrorCode::OutOfMemory;
  }
  return c.fail(code, first, second);
}

}  // namespace millrace::ops::array
