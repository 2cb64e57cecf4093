// The structs behind casts.def.
#pragma once
#include "ops/casts_number.h"
#include "ops/casts_text.h"
