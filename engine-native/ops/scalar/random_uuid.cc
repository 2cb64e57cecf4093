#include <sys/random.h>

#include "ops/scalar/bytea.h"

namespace millrace::ops {

/// Version 4: random but for the version and variant bits.
ErrorCode GenRandomUuid::apply(OpContext& c, Uuid& out) {
  if (getrandom(out.bytes, sizeof out.bytes, 0) != sizeof out.bytes) {
    return c.fail(ErrorCode::Internal, literal("could not generate random values"));
  }
  out.bytes[6] = static_cast<u8>((out.bytes[6] & 0x0F) | 0x40);
  out.bytes[8] = static_cast<u8>((out.bytes[8] & 0x3F) | 0x80);
  return ErrorCode::Ok;
}

}  // namespace millrace::ops
