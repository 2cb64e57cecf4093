// The structs behind aggregate.def.
#pragma once

#include "ops/aggregate/average.h"
#include "ops/aggregate/extreme.h"
#include "ops/aggregate/regression.h"
#include "ops/aggregate/sum.h"
#include "ops/aggregate/variance.h"
