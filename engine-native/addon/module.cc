#include "addon/engine.h"
#include "ops/registry.h"

namespace {

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("Engine", millrace::addon::Engine::define(env));
  exports.Set("describe", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                return Napi::String::New(info.Env(), millrace::ops::print_registry());
              }));
  return exports;
}

}  // namespace

NODE_API_MODULE(millrace, init)
