// addon: the N-API boundary: checks, promises, buffers; no engine logic. May include every room.
// Invariant: native threads reach JavaScript through one queue a process, and nothing throws across.
// Start reading at engine.cc.
#pragma once
#include <functional>

#include "addon/napi.h"

namespace millrace::addon {

/// Calls back on the event loop. Keeps the loop alive only while something is expected.
class CompletionQueue {
 public:
  explicit CompletionQueue(Napi::Env env);
  /// From any thread.
  void post(std::function<void(Napi::Env)> call);
  /// From the event loop: a call is (no longer) expected.
  void expect(Napi::Env env);
  void settle(Napi::Env env);
  void close();

 private:
  Napi::ThreadSafeFunction function_;
  uint32_t expected_ = 0;
};

}  // namespace millrace::addon
