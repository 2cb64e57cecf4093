// Functions on floats that the C library computes: on the host only, so that every back end and
// every machine of a cluster answers alike. PostgreSQL's domain and range errors.
#pragma once

#include "ops/scalar/float.h"

namespace millrace::ops {

#define MR_FLOAT_FUNCTION(name)                            \
  struct name {                                            \
    static constexpr bool kHostOnly = true;                \
    static ErrorCode apply(OpContext& c, f64 a, f64& out); \
  };
MR_FLOAT_FUNCTION(FloatCbrt)
MR_FLOAT_FUNCTION(FloatExp)
MR_FLOAT_FUNCTION(FloatLn)
MR_FLOAT_FUNCTION(FloatLog10)
MR_FLOAT_FUNCTION(FloatSin)
MR_FLOAT_FUNCTION(FloatCos)
MR_FLOAT_FUNCTION(FloatTan)
MR_FLOAT_FUNCTION(FloatCot)
MR_FLOAT_FUNCTION(FloatAsin)
MR_FLOAT_FUNCTION(FloatAcos)
MR_FLOAT_FUNCTION(FloatAtan)
MR_FLOAT_FUNCTION(FloatSinh)
MR_FLOAT_FUNCTION(FloatCosh)
MR_FLOAT_FUNCTION(FloatTanh)
MR_FLOAT_FUNCTION(FloatAsinh)
MR_FLOAT_FUNCTION(FloatAcosh)
MR_FLOAT_FUNCTION(FloatAtanh)
MR_FLOAT_FUNCTION(FloatSind)
MR_FLOAT_FUNCTION(FloatCosd)
MR_FLOAT_FUNCTION(FloatTand)
MR_FLOAT_FUNCTION(FloatCotd)
MR_FLOAT_FUNCTION(FloatAsind)
MR_FLOAT_FUNCTION(FloatAcosd)
MR_FLOAT_FUNCTION(FloatAtand)
#undef MR_FLOAT_FUNCTION

#define MR_FLOAT_FUNCTION(name)                                   \
  struct name {                                                   \
    static constexpr bool kHostOnly = true;                       \
    static ErrorCode apply(OpContext& c, f64 a, f64 b, f64& out); \
  };
MR_FLOAT_FUNCTION(FloatPower)
MR_FLOAT_FUNCTION(FloatAtan2)
MR_FLOAT_FUNCTION(FloatAtan2d)
#undef MR_FLOAT_FUNCTION

}  // namespace millrace::ops
