// Records: fields one behind the other, each with its type.
#include "ops/array.h"

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

}  // namespace millrace::ops
