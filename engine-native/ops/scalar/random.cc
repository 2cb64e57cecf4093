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

namespace {

/// A thread's own stream (SplitMix64) from a seed of the system's.
struct RandomStream {
  u64 state = 0;
  bool seeded = false;
};

}  // namespace

ErrorCode Random::apply(OpContext& c, f64& out) {
  thread_local RandomStream stream;
  if (!stream.seeded) {
    if (getrandom(&stream.state, sizeof stream.state, 0) != sizeof stream.state) {
      return c.fail(ErrorCode::Internal, literal("could not generate random values"));
    }
    stream.seeded = true;
  }
  u64 bits = stream.state += 0x9E3779B97F4A7C15;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
  bits ^= bits >> 31;
  out = static_cast<f64>(bits >> 11) * 0x1p-53;
  return ErrorCode::Ok;
}

}  // namespace millrace::ops
