#include "addon/completion_queue.h"

#include <memory>
#include <utility>

namespace millrace::addon {

CompletionQueue::CompletionQueue(Napi::Env env)
    : function_(Napi::ThreadSafeFunction::New(
          env, Napi::Function::New(env, [](const Napi::CallbackInfo&) {}), "millrace", 0, 1)) {
  function_.Unref(env);
}

void CompletionQueue::post(std::function<void(Napi::Env)> call) {
  auto* boxed = new std::function<void(Napi::Env)>(std::move(call));
  const napi_status status = function_.NonBlockingCall(
      boxed, [](Napi::Env env, Napi::Function, std::function<void(Napi::Env)>* held) {
        const std::unique_ptr<std::function<void(Napi::Env)>> owned(held);
        const Napi::HandleScope scope(env);
        (*owned)(env);
      });
  // The queue is closed only as the process ends.
  if (status != napi_ok) delete boxed;
}

void CompletionQueue::expect(Napi::Env env) {
  if (expected_++ == 0) function_.Ref(env);
}

void CompletionQueue::settle(Napi::Env env) {
  if (--expected_ == 0) function_.Unref(env);
}

void CompletionQueue::close() { function_.Release(); }

}  // namespace millrace::addon
