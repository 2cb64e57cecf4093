// The structs behind every .def file that registry.cc lists.
#pragma once
#include "ops/arithmetic.h"
#include "ops/array.h"
#include "ops/bytes.h"
#include "ops/casts.h"
#include "ops/compare.h"
#include "ops/datetime.h"
#include "ops/math.h"
#include "ops/numeric.h"
#include "ops/text.h"
