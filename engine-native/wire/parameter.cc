#include "wire/parameter.h"

#include <string>

#include "ops/cast/binary.h"
#include "ops/cast/parse_bytes.h"
#include "ops/cast/parse_datetime.h"
#include "ops/casts_number.h"
#include "ops/error_hints.h"

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
    const bool is_decimal = type_.type == Type::D64 || type_.type == Type::D128;
    if (!is_decimal) return whole(type_.type, out);
    Numeric value;
    MR_RETURN_IF_ERROR(whole(Type::Numeric, &value));
    if (type_.type == Type::D64) {
      return finish(ops::Cast<Numeric>::To<ops::Decimal64>::apply(
          context_, value, type_.precision, type_.scale, *static_cast<types::i64*>(out)));
    }
    return finish(ops::Cast<Numeric>::To<ops::Decimal128>::apply(
        context_, value, type_.precision, type_.scale, *static_cast<i128*>(out)));
  }

 private:
  /// All bytes as one value.
  Status whole(Type type, void* out) {
    ops::BinarySize fit;
    const ErrorCode code = ops::read_binary(context_, type, bytes_.data(), bytes_.size(), fit, out);
    if (code != ErrorCode::Ok) return finish(code);
    switch (fit) {
      case ops::BinarySize::Exact:
        return {};
      case ops::BinarySize::Short:
        return Status::error(ErrorCode::ProtocolViolation, "insufficient data left in message");
      case ops::BinarySize::Long:
        break;
    }
    return Status::error(
        ErrorCode::InvalidBinaryRepresentation,
        "incorrect binary data format in bind parameter " + std::to_string(index_));
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
