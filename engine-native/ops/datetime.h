// The structs behind datetime.def.
#pragma once

#include "ops/scalar/date_arithmetic.h"
#include "ops/scalar/date_trunc.h"
#include "ops/scalar/datetime_make.h"
#include "ops/scalar/datetime_now.h"
#include "ops/scalar/extract.h"
#include "ops/scalar/format.h"
#include "ops/scalar/interval_arithmetic.h"
