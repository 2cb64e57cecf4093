// Arrays and records in PostgreSQL's binary format.
#include "ops/cast/binary.h"

#include <vector>

#include "ops/array.h"
#include "ops/array/print.h"
#include "ops/array/value.h"
#include "ops/cast/big_endian.h"
#include "ops/scalar/utf8.h"

namespace millrace::ops::array {

namespace {

void put(std::string& to, i32 value) {
  char bytes[4];
  put_big_endian(value, bytes);
  to.append(bytes, sizeof bytes);
}

/// The value behind its size, which is -1 for NULL.
ErrorCode send_sized(OpContext& c, const Datum& value, std::string& to) {
  const size_t size_at = to.size();
  put(to, -1);
  if (value.is_null) return ErrorCode::Ok;
  const ErrorCode code = send(c, value, to);
  put_big_endian(static_cast<i32>(to.size() - size_at - 4), to.data() + size_at);
  return code;
}

/// array_recv.
class Receiver {
 public:
  Receiver(OpContext& c, const StringView& bytes, Form form)
      : c_(c), at_(bytes.bytes()), end_(at_ + bytes.size), form_(form) {}

  ErrorCode receive(StringView& out) {
    i32 dimensions = 0;
    i32 flags = 0;
    i32 element_oid = 0;
    if (!take(dimensions)) return short_message();
    if (dimensions < 0) {
      const std::string message = "invalid number of dimensions: " + std::to_string(dimensions);
      return fail_text(c_, ErrorCode::InvalidBinaryRepresentation, message);
    }
    if (dimensions > kMostDimensions) {
      return fail_text(c_, ErrorCode::LimitExceeded,
                       "number of array dimensions (" + std::to_string(dimensions) +
                           ") exceeds the maximum allowed (6)");
    }
    if (!take(flags) || !take(element_oid)) return short_message();
    if (flags != 0 && flags != 1) {
      return c_.fail(ErrorCode::InvalidBinaryRepresentation, literal("invalid array flags"));
    }
    Shape shape;
    const ErrorCode code = receive_shape(dimensions, shape);
    if (code != ErrorCode::Ok) return code;
    return receive_elements(shape, out);
  }

 private:
  size_t left() const { return static_cast<size_t>(end_ - at_); }
  bool take(i32& value) {
    if (left() < 4) return false;
    value = get_big_endian<i32>(at_);
    at_ += 4;
    return true;
  }
  ErrorCode short_message() {
    return c_.fail(ErrorCode::ProtocolViolation, literal("insufficient data left in message"));
  }

  ErrorCode receive_shape(i32 dimensions, Shape& shape) {
    i64 count = 1;
    for (i32 i = 0; i < dimensions; i++) {
      if (!take(shape.lengths[i]) || !take(shape.lowers[i])) return short_message();
      if (shape.lengths[i] < 0) return too_large(c_);
      count *= shape.lengths[i];
      if (count > kMostElements) return too_large(c_);
      if (i64{shape.lowers[i]} + shape.lengths[i] > 2147483647L) {
        return fail_text(c_, ErrorCode::LimitExceeded,
                         "array lower bound is too large: " + std::to_string(shape.lowers[i]));
      }
    }
    shape.dimensions = dimensions;
    return ErrorCode::Ok;
  }

  ErrorCode receive_elements(const Shape& shape, StringView& out) {
    const i64 count = shape.count();
    Body& body = scratch();
    for (i64 i = 0; i < count; i++) {
      Datum value;
      value.form = form_;
      const ErrorCode code = receive_element(i, value);
      if (code != ErrorCode::Ok) return code;
      append(body, value);
    }
    if (at_ != end_) {
      return c_.fail(ErrorCode::InvalidBinaryRepresentation,
                     literal("incorrect binary data format"));
    }
    return finish(c_, form_, body, count == 0 ? Shape{} : shape, out);
  }

  ErrorCode receive_element(i64 index, Datum& value) {
    i32 size = 0;
    if (!take(size)) return short_message();
    if (size < -1 || (size > 0 && static_cast<size_t>(size) > left())) {
      return c_.fail(ErrorCode::InvalidBinaryRepresentation,
                     literal("insufficient data left in message"));
    }
    if (size == -1) return ErrorCode::Ok;
    const char* const from = at_;
    at_ += size;
    value.is_null = false;
    BinarySize fit = BinarySize::Exact;
    const size_t bytes = static_cast<size_t>(size);
    if (form_ == Form::Oid) {
      fit = bytes < 4 ? BinarySize::Short : bytes > 4 ? BinarySize::Long : BinarySize::Exact;
      if (bytes == 4) value.set<i64>(get_big_endian<u32>(from));
    } else {
      const ErrorCode code = read_binary(c_, type_of(form_), from, bytes, fit, value.bytes);
      if (code != ErrorCode::Ok) return code;
    }
    if (fit == BinarySize::Exact) return ErrorCode::Ok;
    if (fit == BinarySize::Short) return short_message();
    return fail_text(c_, ErrorCode::InvalidBinaryRepresentation,
                     "improper binary format in array element " + std::to_string(index + 1));
  }

  OpContext& c_;
  const char* at_;
  const char* const end_;
  const Form form_;
};

/// The usual type of elements of that form.
u32 oid_of(Form form) {
  static constexpr u32 kOids[kFormCount] = {0,    16,   21,   23,   20, 700, 701,  1700, 1082, 1083,
                                            1114, 1184, 1186, 2950, 25, 17,  1042, 26,   2249, 0};
  return kOids[static_cast<u8>(form)];
}

}  // namespace

ErrorCode send_array(OpContext& c, const StringView& array, u32 element_oid, std::string& to) {
  const View view = view_of(array);
  put(to, view.shape.dimensions);
  const size_t flags_at = to.size();
  put(to, 0);
  put(to, static_cast<i32>(element_oid != 0 ? element_oid : oid_of(view.form)));
  for (i32 i = 0; i < view.shape.dimensions; i++) {
    put(to, view.shape.lengths[i]);
    put(to, view.shape.lowers[i]);
  }
  Elements elements = view.elements();
  while (!elements.done()) {
    Datum value;
    ErrorCode code = elements.next(c, value);
    if (code == ErrorCode::Ok) code = send_sized(c, value, to);
    if (code != ErrorCode::Ok) return code;
    if (value.is_null) put_big_endian(i32{1}, to.data() + flags_at);
  }
  return ErrorCode::Ok;
}

ErrorCode send_record(OpContext& c, const StringView& record, std::string& to) {
  const size_t count_at = to.size();
  put(to, 0);
  i32 count = 0;
  Fields fields(record);
  while (!fields.done()) {
    Field field;
    ErrorCode code = fields.next(c, field);
    put(to, static_cast<i32>(field.oid));
    if (code == ErrorCode::Ok) code = send_sized(c, field.value, to);
    if (code != ErrorCode::Ok) return code;
    count++;
  }
  put_big_endian(count, to.data() + count_at);
  return ErrorCode::Ok;
}

}  // namespace millrace::ops::array

namespace millrace::ops {

ErrorCode ArrayReceive::apply(OpContext& c, StringView bytes, i32 form, StringView& out) {
  return array::Receiver(c, bytes, static_cast<array::Form>(form)).receive(out);
}

ErrorCode ArraySend::apply(OpContext& c, StringView array, i32 element_oid, StringView& out) {
  std::string bytes;
  const ErrorCode code = array::send_array(c, array, static_cast<u32>(element_oid), bytes);
  return code == ErrorCode::Ok ? array::keep(c, bytes, out) : code;
}

ErrorCode RecordSend::apply(OpContext& c, StringView record, StringView& out) {
  std::string bytes;
  const ErrorCode code = array::send_record(c, record, bytes);
  return code == ErrorCode::Ok ? array::keep(c, bytes, out) : code;
}

}  // namespace millrace::ops
