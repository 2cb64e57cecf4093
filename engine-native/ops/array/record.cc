// Records: fields one behind the other, each with its type.
#include "ops/array.h"
#include "ops/scalar/utf8.h"

namespace millrace::ops {

ErrorCode RecordNew::apply(OpContext& c, StringView& out) {
  return array::finish_record(c, {}, out);
}

ErrorCode RecordAdd::apply(OpContext& c, StringView record, StringView one, i32 oid,
                           StringView& out) {
  const array::Fields fields(record);
  array::Body& body = array::scratch();
  body.key.append(fields.key());
  body.rest.append(fields.rest());
  array::Datum value;
  array::Elements element = array::view_of(one).elements();
  const ErrorCode code = element.next(c, value);
  if (code != ErrorCode::Ok) return code;
  array::append(body, static_cast<u32>(oid), value);
  return array::finish_record(c, body, out);
}

ErrorCode RecordMatched::apply(OpContext& c, StringView record, StringView other, StringView& out) {
  array::Fields left(record);
  array::Fields right(other);
  while (!left.done() && !right.done()) {
    array::Field a;
    array::Field b;
    ErrorCode code = left.next(c, a);
    if (code == ErrorCode::Ok) code = right.next(c, b);
    if (code != ErrorCode::Ok) return code;
    if (a.oid == b.oid) continue;
    return c.fail(ErrorCode::FeatureNotSupported,
                  literal("comparing rows whose columns have different types is not supported"));
  }
  if (!left.done() || !right.done()) {
    return c.fail(ErrorCode::FeatureNotSupported,
                  literal("comparing rows of different numbers of columns is not supported"));
  }
  const std::string_view key = array::key_of({record.bytes(), record.size});
  out = StringView::make(key.data(), static_cast<u32>(key.size()));
  return ErrorCode::Ok;
}

}  // namespace millrace::ops
