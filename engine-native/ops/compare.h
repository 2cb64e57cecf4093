// The structs behind compare.def.
#pragma once

#include "ops/compare/compare.h"
#include "ops/hash/hash.h"
#include "ops/scalar/boolean.h"
