// Truth values and NULL tests.
#pragma once

#include "ops/context.h"

namespace millrace::ops {

struct BoolNot {
  MR_HD static u8 apply(u8 a) { return a == 0; }
};
struct IsTrue {
  MR_HD static u8 apply(Nullable<u8> a) { return !a.is_null && a.value != 0; }
};
struct IsFalse {
  MR_HD static u8 apply(Nullable<u8> a) { return !a.is_null && a.value == 0; }
};
struct IsUnknown {
  MR_HD static u8 apply(Nullable<u8> a) { return a.is_null; }
};
struct IsNotTrue {
  MR_HD static u8 apply(Nullable<u8> a) { return a.is_null || a.value == 0; }
};
struct IsNotFalse {
  MR_HD static u8 apply(Nullable<u8> a) { return a.is_null || a.value != 0; }
};
struct IsNotUnknown {
  MR_HD static u8 apply(Nullable<u8> a) { return !a.is_null; }
};
template <class T>
struct IsNull {
  MR_HD static u8 apply(Nullable<T> a) { return a.is_null; }
};
template <class T>
struct IsNotNull {
  MR_HD static u8 apply(Nullable<T> a) { return !a.is_null; }
};

}  // namespace millrace::ops
