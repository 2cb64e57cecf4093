// The structs behind text.def.
#pragma once

#include "ops/scalar/digest.h"
#include "ops/scalar/like.h"
#include "ops/scalar/regexp.h"
#include "ops/scalar/text_basic.h"
#include "ops/scalar/text_case.h"
#include "ops/scalar/text_pad.h"
#include "ops/scalar/text_quote.h"
#include "ops/scalar/text_search.h"
