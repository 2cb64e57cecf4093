// The texts kernels are put together from: headers of ops/ and the prelude, flattened.
#pragma once
#include <set>
#include <string>
#include <string_view>

#include "base/status.h"

namespace millrace::backend::cuda {

/// Pairs of a path and its text, put into the program when it is built.
extern const std::string_view kKernelTexts[][2];
extern const size_t kKernelTextCount;

/// Appends headers with all they include, each once. XX000 for one that is not there.
class SourceLibrary {
 public:
  base::Status add(std::string_view path);
  /// The header of ops/ that defines the struct; `structure` may have template arguments.
  base::Status add_operation(std::string_view structure);
  const std::string& text() const { return text_; }

 private:
  std::set<std::string, std::less<>> added_;
  std::string text_;
};

}  // namespace millrace::backend::cuda
