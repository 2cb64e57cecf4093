#include "backend/cuda/parameters.h"

#include <algorithm>

namespace millrace::backend::cuda {

std::string ParameterLayout::add(Parameter::Kind kind, uint32_t index, const std::string& type,
                                 const std::string& name, uint32_t size, uint32_t alignment) {
  for (size_t i = 0; i < parameters_.size(); i++) {
    if (parameters_[i].kind == kind && parameters_[i].index == index) return names_[i];
  }
  std::string own = name;
  for (uint32_t n = 2; std::find(names_.begin(), names_.end(), own) != names_.end(); n++) {
    own = name + "_" + std::to_string(n);
  }
  const uint32_t offset = (end_ + alignment - 1) / alignment * alignment;
  parameters_.push_back({kind, index, offset, size});
  names_.push_back(own);
  types_.push_back(type);
  end_ = offset + size;
  alignment_ = std::max(alignment_, alignment);
  return own;
}

uint32_t ParameterLayout::size_bytes() const {
  return (end_ + alignment_ - 1) / alignment_ * alignment_;
}

std::string ParameterLayout::render() const {
  std::string out = "struct Parameters {\n";
  for (size_t i = 0; i < names_.size(); i++) {
    out += "  " + types_[i] + " " + names_[i] + ";\n";
  }
  out += "};\nstatic_assert(sizeof(Parameters) == " + std::to_string(size_bytes()) + ");\n";
  return out;
}

}  // namespace millrace::backend::cuda
