#include "wire/parameter.h"

#include <cstring>
#include <string>

#include "ops/cast/parse_bytes.h"
#include "ops/cast/parse_datetime.h"
#include "ops/casts_number.h"
#include "ops/error_hints.h"
#include "ops/scalar/calendar.h"
#include "wire/big_endian.h"
#include "wire/numeric_binary.h"

namespace millrace::wire {

using base::ErrorCode;
using base::Status;
using ops::OpContext;
using types::i128;
using types::Interval;
using types::Numeric;
using types::StringView;
using types::Type;
using types::TypeParameters;
using types::Uuid;

namespace {

std::string_view view_of(const StringView& text) { return {text.bytes(), text.size}; }

class ParameterReader {
 public:
  ParameterReader(const TypeParameters& type, std::string_view bytes, int index,
                  const ops::Settings& settings, ops::Arena& arena)
      : type_(type), bytes_(bytes), index_(index), context_{&settings, &arena, {}, {}} {}

  Status text(void* out) {
    const StringView input = StringView::make(bytes_.data(), static_cast<uint32_t>(bytes_.size()));
    const ErrorCode bad = ops::check_utf8(context_, bytes_.data(), input.size);
    return finish(bad != ErrorCode::Ok ? bad : parse(input, out));
  }

  Status binary(void* out) {
    switch (type_.type) {
      case Type::Text:
        *static_cast<StringView*>(out) = whole();
        return finish(
            ops::check_utf8(context_, bytes_.data(), static_cast<uint32_t>(bytes_.size())));
      case Type::Bytea:
        *static_cast<StringView*>(out) = whole();
        return {};
      case Type::D64:
      case Type::D128:
      case Type::Numeric:
        return binary_numeric(out);
      default:
        return binary_fixed(out);
    }
  }

 private:
  StringView whole() const {
    return StringView::make(bytes_.data(), static_cast<uint32_t>(bytes_.size()));
  }

  ErrorCode parse(const StringView& input, void* out) {
    using namespace ops;  // NOLINT: the casts' names
    const auto into = [&]<class T>(T*) -> T& { return *static_cast<T*>(out); };
    switch (type_.type) {
      case Type::Bool:
        return Cast<StringView>::To<types::u8>::apply(context_, input, into((types::u8*)nullptr));
      case Type::I16:
        return Cast<StringView>::To<types::i16>::apply(context_, input, into((types::i16*)nullptr));
      case Type::I32:
        return Cast<StringView>::To<types::i32>::apply(context_, input, into((types::i32*)nullptr));
      case Type::I64:
        return Cast<StringView>::To<types::i64>::apply(context_, input, into((types::i64*)nullptr));
      case Type::F32:
        return Cast<StringView>::To<types::f32>::apply(context_, input, into((types::f32*)nullptr));
      case Type::F64:
        return Cast<StringView>::To<types::f64>::apply(context_, input, into((types::f64*)nullptr));
      case Type::Numeric:
        return Cast<StringView>::To<Numeric>::apply(context_, input, into((Numeric*)nullptr));
      case Type::D64:
        return Cast<StringView>::To<Decimal64>::apply(context_, input, type_.precision, type_.scale,
                                                      into((types::i64*)nullptr));
      case Type::D128:
        return Cast<StringView>::To<Decimal128>::apply(context_, input, type_.precision,
                                                       type_.scale, into((i128*)nullptr));
      case Type::Date:
        return parse_date(context_, input, into((types::i32*)nullptr));
      case Type::Time:
        return parse_time(context_, input, into((types::i64*)nullptr));
      case Type::Timestamp:
        return parse_timestamp(context_, input, into((types::i64*)nullptr));
      case Type::TimestampTz:
        return parse_timestamptz(context_, input, into((types::i64*)nullptr));
      case Type::Interval:
        return parse_interval(context_, input, IntervalRange::kFull, into((Interval*)nullptr));
      case Type::Uuid:
        if (parse_uuid(input, into((Uuid*)nullptr))) return ErrorCode::Ok;
        return context_.fail(ErrorCode::InvalidTextRepresentation, literal("uuid"), input);
      case Type::Bytea:
        return parse_bytea(context_, input, into((StringView*)nullptr));
      case Type::Text:
        into((StringView*)nullptr) = input;
        return ErrorCode::Ok;
    }
    return ErrorCode::Internal;
  }

  Status finish(ErrorCode code) {
    if (code == ErrorCode::Ok) return {};
    Status status =
        Status::error(code, view_of(context_.error_first), view_of(context_.error_second));
    if (const std::string_view hint = ops::hint_of(code); !hint.empty()) {
      status.with_hint(std::string(hint));
    }
    return status;
  }

  Status check_size(size_t expected) const {
    if (bytes_.size() < expected) {
      return Status::error(ErrorCode::ProtocolViolation, "insufficient data left in message");
    }
    if (bytes_.size() > expected) return wrong_format();
    return {};
  }
  Status wrong_format() const {
    return Status::error(
        ErrorCode::InvalidBinaryRepresentation,
        "incorrect binary data format in bind parameter " + std::to_string(index_));
  }

  template <class T>
  void store(void* out) const {
    const T value = get_big_endian<T>(bytes_.data());
    std::memcpy(out, &value, sizeof value);
  }

  Status binary_fixed(void* out) {
    if (type_.type == Type::Interval || type_.type == Type::Uuid) {
      MR_RETURN_IF_ERROR(check_size(16));
      if (type_.type == Type::Uuid) {
        std::memcpy(out, bytes_.data(), 16);
        return {};
      }
      Interval value;
      value.microseconds = get_big_endian<int64_t>(bytes_.data());
      value.days = get_big_endian<int32_t>(bytes_.data() + 8);
      value.months = get_big_endian<int32_t>(bytes_.data() + 12);
      std::memcpy(out, &value, sizeof value);
      return {};
    }
    const size_t size = types::size_of(type_.type);
    MR_RETURN_IF_ERROR(check_size(size));
    if (size == 1) *static_cast<uint8_t*>(out) = bytes_[0] != 0 ? 1 : 0;
    if (size == 2) store<int16_t>(out);
    if (size == 4) store<int32_t>(out);
    if (size == 8) store<int64_t>(out);
    return check_range(out);
  }

  Status check_range(const void* out) const {
    if (type_.type == Type::Date) {
      const int32_t days = *static_cast<const int32_t*>(out);
      if (!ops::is_infinite_date(days) && !ops::is_valid_date(days)) {
        return Status::error(ErrorCode::DateOutOfRange);
      }
    } else if (type_.type == Type::Timestamp || type_.type == Type::TimestampTz) {
      const int64_t micros = *static_cast<const int64_t*>(out);
      if (!ops::is_infinite_timestamp(micros) && !ops::is_valid_timestamp(micros)) {
        return Status::error(ErrorCode::TimestampOutOfRange);
      }
    } else if (type_.type == Type::Time) {
      const int64_t micros = *static_cast<const int64_t*>(out);
      if (micros < 0 || micros > ops::kMicrosPerDay) {
        return Status::error(ErrorCode::TimeOutOfRange);
      }
    }
    return {};
  }

  Status binary_numeric(void* out) {
    Numeric value;
    size_t used = 0;
    const auto refuse = [](std::string_view what) {
      return Status::error(ErrorCode::InvalidBinaryRepresentation,
                           "invalid " + std::string(what) + " in external \"numeric\" value");
    };
    switch (get_numeric_binary(bytes_.data(), bytes_.size(), value, used)) {
      case NumericBinaryOutcome::Ok:
        break;
      case NumericBinaryOutcome::Short:
        return Status::error(ErrorCode::ProtocolViolation, "insufficient data left in message");
      case NumericBinaryOutcome::InvalidSign:
        return refuse("sign");
      case NumericBinaryOutcome::InvalidScale:
        return refuse("scale");
      case NumericBinaryOutcome::InvalidDigit:
        return refuse("digit");
      case NumericBinaryOutcome::TooManyDigits:
        return Status::error(ErrorCode::NumericDigitsExceeded);
    }
    if (used != bytes_.size()) return wrong_format();
    if (type_.type == Type::Numeric) {
      std::memcpy(out, &value, sizeof value);
      return {};
    }
    if (type_.type == Type::D64) {
      return finish(ops::Cast<Numeric>::To<ops::Decimal64>::apply(
          context_, value, type_.precision, type_.scale, *static_cast<types::i64*>(out)));
    }
    return finish(ops::Cast<Numeric>::To<ops::Decimal128>::apply(
        context_, value, type_.precision, type_.scale, *static_cast<i128*>(out)));
  }

  const TypeParameters type_;
  const std::string_view bytes_;
  const int index_;
  OpContext context_;
};

}  // namespace

Status decode_parameter(const TypeParameters& type, bool is_binary, std::string_view bytes,
                        int index, const ops::Settings& settings, ops::Arena& arena, void* out) {
  ParameterReader reader(type, bytes, index, settings, arena);
  return is_binary ? reader.binary(out) : reader.text(out);
}

}  // namespace millrace::wire
