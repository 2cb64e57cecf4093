// The structs behind casts_text.def.
#pragma once

#include "ops/cast/bytes.h"
#include "ops/cast/datetime.h"
