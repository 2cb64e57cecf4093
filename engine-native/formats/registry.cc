#include "formats/registry.h"

#include "formats/parquet/reader.h"

namespace millrace::formats {

namespace {
constexpr std::string_view kNames[] = {
#define FORMAT(name) #name,
#include "formats/formats.def"
#undef FORMAT
};
}  // namespace

std::span<const std::string_view> format_names() { return kNames; }

base::Result<std::unique_ptr<FileReader>> open_file(std::string_view format,
                                                    const std::string& path,
                                                    const FileIdentity& identity,
                                                    memory::Budget* budget) {
#define FORMAT(name) \
  if (format == #name) return name::open_##name(path, identity, budget);
#include "formats/formats.def"
#undef FORMAT
  return base::Status::error(base::ErrorCode::InvalidParameterValue,
                             "file format \"" + std::string(format) + "\" does not exist");
}

}  // namespace millrace::formats
