#include "formats/parquet/bit_unpack.h"

#include <array>

namespace millrace::formats::parquet {

namespace {

template <class T, size_t... W>
constexpr std::array<UnpackGroup<T>, sizeof...(W)> table(std::index_sequence<W...>) {
  return {&unpack_group<W, T>...};
}

template <class T>
UnpackGroup<T> choose(uint32_t width) {
  static constexpr auto kTable = table<T>(std::make_index_sequence<8 * sizeof(T) + 1>());
  return kTable[width];
}

}  // namespace

UnpackGroup<uint8_t> unpack_group_of(uint8_t*, uint32_t width) { return choose<uint8_t>(width); }
UnpackGroup<uint16_t> unpack_group_of(uint16_t*, uint32_t width) { return choose<uint16_t>(width); }
UnpackGroup<uint32_t> unpack_group_of(uint32_t*, uint32_t width) { return choose<uint32_t>(width); }
UnpackGroup<uint64_t> unpack_group_of(uint64_t*, uint32_t width) { return choose<uint64_t>(width); }

}  // namespace millrace::formats::parquet
