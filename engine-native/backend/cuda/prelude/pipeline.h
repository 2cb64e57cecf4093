// How a kernel goes through its source: warps take rows from a common counter until it is used up.
#pragma once

#include "backend/cuda/prelude/rows.h"

namespace millrace::kernel {

constexpr u32 kWarpLanes = 32;
constexpr u32 kAllLanes = 0xffffffff;
/// Rows a warp takes at once.
constexpr u32 kTakenRows = 256;

__device__ inline u32 lane_of_warp() { return threadIdx.x % kWarpLanes; }

/// A warp's rows, one a lane at a time. All lanes call next() together.
class WarpRows {
 public:
  __device__ WarpRows(Control* control, u64 row_end) : control_(control), row_end_(row_end) {}
  __device__ bool next() {
    at_ += kWarpLanes;
    if (at_ >= end_) take();
    return at_ < end_;
  }
  __device__ u64 row() const { return at_ + lane_of_warp(); }
  __device__ bool mine() const { return row() < end_; }

 private:
  __device__ void take() {
    u64 from = row_end_;
    if (lane_of_warp() == 0 && *const_cast<volatile u32*>(&control_->cancelled) == 0) {
      from = add_word(&control_->next_row, kTakenRows);
    }
    at_ = __shfl_sync(kAllLanes, from, 0);
    end_ = at_ + kTakenRows < row_end_ ? at_ + kTakenRows : row_end_;
  }
  Control* control_;
  u64 row_end_;
  u64 at_ = 0;
  u64 end_ = 0;
};

/// A warp's rows that pass a filter, dense again: kept rows wait in a queue until all lanes have
/// one, so that what follows the filter runs with full warps.
class KeptRows {
 public:
  struct Queue {
    u64 rows[2 * kWarpLanes];
  };
  /// `queues` is the block's, in shared memory.
  __device__ KeptRows(Control* control, u64 row_end, Queue* queues)
      : source_(control, row_end), queue_(queues[threadIdx.x / kWarpLanes].rows) {}

  template <class Keep>
  __device__ bool next(Keep keep) {
    while (held_ < kWarpLanes && source_.next()) {
      const bool kept = source_.mine() && keep(source_.row());
      const u32 ballot = __ballot_sync(kAllLanes, kept);
      const u32 below = ballot & ((1u << lane_of_warp()) - 1);
      if (kept) queue_[held_ + __popc(below)] = source_.row();
      held_ += __popc(ballot);
    }
    __syncwarp();
    const u32 taken = held_ < kWarpLanes ? held_ : kWarpLanes;
    held_ -= taken;
    mine_ = lane_of_warp() < taken;
    row_ = mine_ ? queue_[held_ + lane_of_warp()] : 0;
    __syncwarp();
    return taken > 0;
  }
  __device__ u64 row() const { return row_; }
  __device__ bool mine() const { return mine_; }

 private:
  WarpRows source_;
  u64* queue_;
  u64 row_ = 0;
  u32 held_ = 0;
  bool mine_ = false;
};

}  // namespace millrace::kernel
