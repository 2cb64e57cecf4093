// node-addon-api as this addon uses it: no C++ exceptions.
#pragma once
#pragma GCC system_header
#include <napi.h>
