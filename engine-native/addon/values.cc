#include "addon/values.h"

#include <string>

namespace millrace::addon {

Napi::Value error_value(Napi::Env env, const base::Status& status) {
  Napi::Object error = Napi::Error::New(env, status.message()).Value();
  const std::string_view sqlstate = base::sqlstate_of(status.code());
  error.Set("sqlstate", Napi::String::New(env, sqlstate.data(), sqlstate.size()));
  error.Set("detail", Napi::String::New(env, status.detail()));
  error.Set("hint", Napi::String::New(env, status.hint()));
  return error;
}

Napi::Value raise(Napi::Env env, const base::Status& status) {
  Napi::Error(env, error_value(env, status)).ThrowAsJavaScriptException();
  return env.Undefined();
}

Napi::Value misuse(Napi::Env env, const char* what) {
  Napi::TypeError::New(env, what).ThrowAsJavaScriptException();
  return env.Undefined();
}

std::string_view bytes_of(const Napi::Value& value) {
  const Napi::Uint8Array array = value.As<Napi::Uint8Array>();
  return {reinterpret_cast<const char*>(array.Data()), array.ByteLength()};
}

bool are(const Napi::CallbackInfo& info, std::initializer_list<napi_valuetype> types) {
  if (info.Length() < types.size()) return false;
  size_t i = 0;
  for (napi_valuetype type : types) {
    if (info[i].Type() != type) return false;
    if (type == napi_object && !info[i].IsTypedArray() && !info[i].IsArray()) return false;
    i++;
  }
  return true;
}

}  // namespace millrace::addon
