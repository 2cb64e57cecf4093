// The structs behind arithmetic.def.
#pragma once

#include "ops/scalar/decimal.h"
#include "ops/scalar/float.h"
#include "ops/scalar/integer.h"
