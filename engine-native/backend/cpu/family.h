// Loops by family, in the order of the family's .def file. One translation unit a family.
#pragma once
#include "backend/cpu/loop.h"

namespace millrace::backend::cpu {

extern const Loops kArithmeticLoops[];
extern const Loops kCompareLoops[];
extern const Loops kNumericLoops[];
extern const Loops kMathLoops[];
extern const Loops kCastsLoops[];
extern const Loops kTextLoops[];
extern const Loops kDatetimeLoops[];
extern const Loops kBytesLoops[];
extern const Loops kArrayLoops[];

}  // namespace millrace::backend::cpu
