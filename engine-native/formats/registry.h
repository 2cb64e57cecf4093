// Formats by name.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "formats/format_reader.h"

namespace millrace::formats {

/// In the order of formats.def.
std::span<const std::string_view> format_names();

/// Opens a file of the named format. `budget` pays for what the reader keeps and must outlive it.
/// InvalidParameterValue where there is no such format.
base::Result<std::unique_ptr<FileReader>> open_file(std::string_view format,
                                                    const std::string& path,
                                                    const FileIdentity& identity,
                                                    memory::Budget* budget);

}  // namespace millrace::formats
