#include "backend/cpu/family.h"
#include "ops/array.h"
#include "ops/type_list.h"

namespace millrace::backend::cpu {

using namespace millrace::ops;  // NOLINT: the list names structs of ops/
#define OP(name, structure, ...) LoopsOf<structure, MR_TYPES(__VA_ARGS__)>::make(),
const Loops kArrayLoops[] = {
#include "ops/array.def"
};
#undef OP

}  // namespace millrace::backend::cpu
