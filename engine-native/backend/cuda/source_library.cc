#include "backend/cuda/source_library.h"

#include <map>

namespace millrace::backend::cuda {

namespace {

using base::ErrorCode;
using base::Status;

std::string_view text_of(std::string_view path) {
  for (size_t i = 0; i < kKernelTextCount; i++) {
    if (kKernelTexts[i][0] == path) return kKernelTexts[i][1];
  }
  return {};
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Header by name of a struct it defines.
const std::map<std::string, std::string_view, std::less<>>& definitions() {
  static const auto made = [] {
    std::map<std::string, std::string_view, std::less<>> found;
    for (size_t i = 0; i < kKernelTextCount; i++) {
      const std::string_view text = kKernelTexts[i][1];
      for (size_t at = text.find("struct "); at != std::string_view::npos;
           at = text.find("struct ", at)) {
        at += 7;
        size_t end = at;
        while (end < text.size() && is_word(text[end])) end++;
        // A declaration alone ends here.
        const bool declared_only = end < text.size() && text[end] == ';';
        if (end > at && !declared_only) {
          found.emplace(text.substr(at, end - at), kKernelTexts[i][0]);
        }
      }
    }
    return found;
  }();
  return made;
}

}  // namespace

Status SourceLibrary::add(std::string_view path) {
  const bool repeats = path.ends_with(".def");
  if (!repeats && !added_.emplace(path).second) return {};
  const std::string_view text = text_of(path);
  if (text.empty()) {
    return Status::error(ErrorCode::Internal, "kernels have no header called " + std::string(path));
  }
  constexpr std::string_view kInclude = "#include \"";
  for (size_t from = 0; from < text.size();) {
    size_t end = text.find('\n', from);
    if (end == std::string_view::npos) end = text.size();
    const std::string_view line = text.substr(from, end - from);
    from = end + 1;
    if (!line.starts_with(kInclude)) {
      text_ += line;
      text_ += '\n';
      continue;
    }
    const size_t quote = line.find('"', kInclude.size());
    MR_RETURN_IF_ERROR(add(line.substr(kInclude.size(), quote - kInclude.size())));
  }
  return {};
}

Status SourceLibrary::add_operation(std::string_view structure) {
  size_t end = 0;
  while (end < structure.size() && is_word(structure[end])) end++;
  const auto found = definitions().find(structure.substr(0, end));
  if (found == definitions().end()) {
    return Status::error(ErrorCode::FeatureNotSupported,
                         "kernels cannot call " + std::string(structure));
  }
  return add(found->second);
}

}  // namespace millrace::backend::cuda
