// The structs behind casts_number.def.
#pragma once

#include "ops/cast/number.h"
#include "ops/cast/number_text.h"
