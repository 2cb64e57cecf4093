// What kind of character a code point is in C.UTF-8; host only.
#pragma once

#include "ops/context.h"

namespace millrace::ops {

enum class CharacterClass : u8 {
  Alnum,
  Alpha,
  Blank,
  Cntrl,
  Digit,
  Graph,
  Lower,
  Print,
  Punct,
  Space,
  Upper,
  Xdigit,
  Word,
};
bool is_in_class(u32 code, CharacterClass kind);

}  // namespace millrace::ops
