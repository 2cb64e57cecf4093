// backend/cuda: renders a pipeline of the IR as one CUDA kernel. It only renders: what operations
// mean stands in ops/, how rows and tables lie in memory in runtime/ and prelude/views.h. May
// include what stands left of it in the order of rooms; never another back end.
//
// A kernel is plain text without includes: headers of ops/ and the prelude, flattened, then the
// pipeline's own part, which reads like the query: load, filter, probe, add to groups. One lane has
// one row at a time; where a filter comes first, kept rows are made dense again before the rest.
// Types, operations and nullability shape the text; constants, sizes and addresses are fields of the
// kernel's one parameter, so that a kernel serves every literal.
//
// Start reading at render().
#pragma once
#include <map>
#include <string>
#include <vector>

#include "backend/cuda/parameters.h"
#include "base/status.h"
#include "column/chunk.h"
#include "ir/ir.h"
#include "runtime/state.h"

namespace millrace::backend::cuda {

using base::ErrorCode;
using base::Result;
using base::Status;

/// Names that fields of rows have in kernels: they are what a reader knows them by.
using RowNames = std::map<const runtime::RowLayout*, std::vector<std::string>>;

/// What the IR leaves open: how the source's columns lie in memory, and what statistics suggest.
struct RenderOptions {
  std::string name;  // of the kernel: an identifier
  struct Column {
    std::string name;
    column::Encoding encoding = column::Encoding::Flat;
  };
  std::vector<Column> columns;
  /// Bytes from one source row to the next, where the source is rows.
  uint32_t source_stride = 0;
  /// The source is a join table's rows: those that are marked, or those that are not.
  enum class Marked : uint8_t { Any, Yes, No };
  Marked marked = Marked::Any;
  /// Groups a block keeps in shared memory; a power of two, or 0. More groups are no error.
  uint32_t block_groups = 0;
  /// Known names of rows' fields; rows that the pipeline makes are added.
  RowNames* row_names = nullptr;
};

struct RenderedKernel {
  std::string name;
  std::string text;      // all that the compiler gets
  std::string pipeline;  // the part of it that was rendered
  std::vector<Parameter> parameters;
  uint32_t parameter_bytes = 0;
  /// By row sink; the result's comes last where there is one. Join tables have their own layout.
  std::vector<runtime::RowLayout> sink_layouts;
};

/// 0A000 for what kernels cannot do (yet), naming it.
Result<RenderedKernel> render(const ir::Pipeline& pipeline, const runtime::Bindings& bindings,
                              const RenderOptions& options);

/// The kernels that find the bounds of a join table's integer key (nothing where it has none) and
/// link its rows. They take kernel::BuildParameters.
struct RenderedBuild {
  std::string text;
  std::string pipeline;
  std::string bounds_name;  // empty: not a single integer key
  std::string link_name;
};
Result<RenderedBuild> render_build(const runtime::JoinTable& table, const std::string& name,
                                   const RowNames& names);

/// Bytes from one group to the next in a device's table.
inline uint32_t group_stride(const runtime::RowLayout& layout) {
  return (layout.row_bytes() + 15) / 16 * 16 + kernel::kGroupLockBytes;
}

}  // namespace millrace::backend::cuda
