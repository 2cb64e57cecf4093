// The structs behind math.def.
#pragma once

#include "ops/scalar/float.h"
#include "ops/scalar/float_math.h"
