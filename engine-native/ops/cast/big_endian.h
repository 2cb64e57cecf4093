// Integers in network order.
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>

namespace millrace::ops {

template <class T>
inline T byte_swapped(T value) {
  if constexpr (sizeof(T) == 2)
    return static_cast<T>(__builtin_bswap16(static_cast<uint16_t>(value)));
  if constexpr (sizeof(T) == 4)
    return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
  if constexpr (sizeof(T) == 8)
    return static_cast<T>(__builtin_bswap64(static_cast<uint64_t>(value)));
}

template <class T>
inline char* put_big_endian(T value, char* to) {
  if constexpr (std::endian::native == std::endian::little) value = byte_swapped(value);
  std::memcpy(to, &value, sizeof value);
  return to + sizeof value;
}

template <class T>
inline T get_big_endian(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  if constexpr (std::endian::native == std::endian::little) value = byte_swapped(value);
  return value;
}

}  // namespace millrace::ops
