// Texts that are put into the program when it is built (embed_texts.cmake).
#pragma once
#include <cstddef>
#include <string_view>

namespace millrace::device {

/// Pairs of a name and its text.
extern const std::string_view kEmulatedTexts[][2];
extern const size_t kEmulatedTextCount;

}  // namespace millrace::device
