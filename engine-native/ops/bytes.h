// The structs behind bytes.def.
#pragma once

#include "ops/scalar/bytea.h"
#include "ops/scalar/digest.h"
#include "ops/scalar/like.h"
