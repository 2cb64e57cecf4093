// The fields of a kernel's one parameter: what each is, and where it lies.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "backend/cuda/prelude/views.h"

namespace millrace::backend::cuda {

struct Parameter {
  enum class Kind : uint8_t {
    Control,     // Control*
    RowEnd,      // u64: rows of the source to go through
    SourceRows,  // char*: the source's rows
    Values,      // of source column `index`; dictionary codes where it is coded
    Validity,    // one byte a row
    Dictionary,  // values by code
    Constant,    // `index` of the bindings, in its storage
    Set,         // SetView
    Table,       // JoinTableView of row state `index`
    Filter,      // JoinTableView of runtime filter `index`
    Groups,      // GroupTableView of group sink `index`
    Rows,        // RowListView of row sink `index`; the result's index is the row sinks' count
    Limit,       // LimitView
    Settings,    // ops::Settings*
  };
  Kind kind;
  uint32_t index;
  uint32_t offset;
  uint32_t size;
};

/// Lays fields out as C does.
class ParameterLayout {
 public:
  /// Answers the field's name; a field that is there already is not added again.
  std::string add(Parameter::Kind kind, uint32_t index, const std::string& type,
                  const std::string& name, uint32_t size, uint32_t alignment);
  const std::vector<Parameter>& parameters() const { return parameters_; }
  uint32_t size_bytes() const;
  /// `struct Parameters { … };`
  std::string render() const;

 private:
  std::vector<Parameter> parameters_;
  std::vector<std::string> names_;
  std::vector<std::string> types_;
  uint32_t end_ = 0;
  uint32_t alignment_ = 8;
};

}  // namespace millrace::backend::cuda
