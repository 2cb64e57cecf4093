// The structs behind numeric.def.
#pragma once

#include "ops/scalar/numeric.h"
#include "ops/scalar/numeric_math.h"
