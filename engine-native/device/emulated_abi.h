// What an emulated kernel and the grid that runs it know of each other. Taken by the engine's
// compiler and, as text, ahead of every kernel; no includes.
#pragma once

extern "C" {

/// Indices of the running lane. Blocks and grids have one dimension.
struct MrLane {
  unsigned lane;
  unsigned block;
  unsigned lane_count;
  unsigned block_count;
};

enum MrCollective {
  MrSyncWarp,
  MrBallot,  // value: the predicate
  MrAny,
  MrAll,
  MrShuffle,    // value of lane `argument`
  MrShuffleUp,  // of the lane `argument` below, own value where there is none
  MrShuffleDown,
  MrShuffleXor,
  MrMatchAny,  // mask of the lanes with an equal value
};

/// `line` is the place in the kernel's text; the place in its code is the return address.
struct MrCalls {
  void (*barrier)(unsigned line);
  unsigned long (*collective)(enum MrCollective kind, unsigned mask, unsigned long value,
                              unsigned argument, unsigned line);
  /// Ahead of every atomic: other lanes may go first.
  void (*pause)();
};

/// One a kernel; the grid keeps `lane` pointing to the running lane's.
struct MrState {
  const struct MrLane* lane;
  const struct MrCalls* calls;
};
}
