// What passes between JavaScript and the engine: arguments and errors.
#pragma once
#include <initializer_list>
#include <string_view>

#include "addon/napi.h"
#include "base/status.h"

namespace millrace::addon {

/// An Error with the fields of src/engine's NativeError.
Napi::Value error_value(Napi::Env env, const base::Status& status);
/// Throws it; answers undefined.
Napi::Value raise(Napi::Env env, const base::Status& status);
/// Throws a TypeError: a call of another form than src/engine's.
Napi::Value misuse(Napi::Env env, const char* what);
/// The bytes of a typed array, as long as it lives.
std::string_view bytes_of(const Napi::Value& value);
/// Whether the first arguments are of these types; an object is an array, typed or not.
bool are(const Napi::CallbackInfo& info, std::initializer_list<napi_valuetype> types);

}  // namespace millrace::addon
