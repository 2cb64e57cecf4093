// What a running pipeline is bound to: constants, tables, sinks. Built by operators, used by back
// ends, owned by the task.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "ops/registry.h"
#include "runtime/group_table.h"
#include "runtime/join_table.h"

namespace millrace::runtime {

/// One value of any type; strings own their bytes.
struct Constant {
  types::TypeParameters type;
  bool is_null = false;
  alignas(16) char bytes[32] = {};
  std::unique_ptr<char[]> heap;  // of a string; moves with the constant

  /// Makes it the string `text` of the constant's type.
  void set_string(std::string_view text) {
    heap = std::make_unique<char[]>(text.size() + 1);
    text.copy(heap.get(), text.size());
    const auto view = types::StringView::make(heap.get(), static_cast<uint32_t>(text.size()));
    __builtin_memcpy(bytes, &view, sizeof(view));
  }
  VectorView view() const {
    static constexpr uint8_t kAbsent = 0;
    return {type, bytes, is_null ? &kAbsent : nullptr, 0};
  }
};

/// The items of an IN list.
struct ValueSet {
  std::unique_ptr<JoinTable> table;  // one key, no payload
  bool has_null = false;
};

/// The groups of one aggregation: where keys and states lie, and each worker's table.
struct GroupState {
  struct Aggregate {
    const ops::AggregateDescriptor* descriptor;
    uint32_t state_offset;  // in the row
    uint32_t argument_count;
  };
  RowLayout layout;
  uint32_t key_count = 0;
  std::vector<Aggregate> aggregates;
  std::vector<std::unique_ptr<GroupTable>> workers;
};

/// Rows put away by several workers.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual Status append(uint32_t worker, std::span<const VectorView> columns, LanesView lanes) = 0;
  /// The join table the rows make, if they do: a device builds it in its own memory.
  virtual JoinTable* table() { return nullptr; }
};

/// Where result rows go. Never waits: `taken` may be less than lanes.count when the buffers are
/// full; the caller offers the rest again after the sink's wake-up.
class ResultSink {
 public:
  virtual ~ResultSink() = default;
  virtual Status emit(uint32_t worker, std::span<const VectorView> columns, LanesView lanes,
                      uint32_t* taken) = 0;
};

/// LIMIT and OFFSET over all workers of a pipeline.
class LimitState {
 public:
  LimitState(uint64_t skip, uint64_t take) : skip_(skip), take_(take), exhausted_(take == 0) {}
  /// Of `count` rows at hand: how many to skip, then how many to keep.
  void take(uint32_t count, uint32_t* skipped, uint32_t* kept) {
    const std::lock_guard lock(mutex_);
    *skipped = static_cast<uint32_t>(skip_ < count ? skip_ : count);
    skip_ -= *skipped;
    const uint32_t rest = count - *skipped;
    *kept = static_cast<uint32_t>(take_ < rest ? take_ : rest);
    take_ -= *kept;
    if (take_ == 0) exhausted_.store(true, std::memory_order_relaxed);
  }
  uint64_t skip() const { return skip_; }
  uint64_t take() const { return take_; }
  bool exhausted() const { return exhausted_.load(std::memory_order_relaxed); }

 private:
  std::mutex mutex_;
  uint64_t skip_;
  uint64_t take_;
  std::atomic<bool> exhausted_;
};

/// Rows that a pipeline can name: of a join table, a list of rows, or groups.
struct RowState {
  const RowLayout* layout = nullptr;
  JoinTable* table = nullptr;                // ProbeUnique, ProbeLoop
  const std::vector<char*>* rows = nullptr;  // CrossLoop
  const GroupState* groups = nullptr;        // StateBytes, Finalize
};

/// Everything a pipeline's instructions refer to by index.
struct Bindings {
  std::vector<Constant> constants;
  std::vector<std::unique_ptr<ValueSet>> sets;
  std::vector<RowState> row_states;
  std::vector<const JoinTable*> runtime_filters;  // null: publishes nothing
  std::vector<LimitState*> limits;
  std::vector<RowSink*> row_sinks;
  std::vector<GroupState*> group_sinks;
  ResultSink* result = nullptr;
};

}  // namespace millrace::runtime
