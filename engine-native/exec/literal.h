// Literals and constants: text to values and back, by the operations of ops/ themselves.
#pragma once
#include <string>

#include "base/status.h"
#include "plan/fragment.pb.h"
#include "runtime/state.h"

namespace millrace::exec {

/// Settings under which literal text is read and printed: ISO, UTC, shortest floats.
const ops::Settings& literal_settings();

/// Room for one value of any type and the strings it points to.
class ValueText {
 public:
  ValueText();
  ~ValueText();
  ops::Arena& arena();
  void* bytes() { return bytes_; }

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;
  alignas(16) char bytes_[32] = {};
};

/// The literal as a value of `type`; the errors of the type's input where the text is not one.
base::Result<runtime::Constant> read_literal(const plan::Literal& literal,
                                             types::TypeParameters type, memory::Budget* budget);

/// The value's literal text; the constant must not be NULL.
base::Result<std::string> print_literal(const column::VectorView& value, memory::Budget* budget);

}  // namespace millrace::exec
