#include "tools/tpch/contact.h"

#include <cstring>

namespace millrace::tpch {
namespace {

constexpr std::string_view kAlphabet =
    "0123456789abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ,";
static_assert(kAlphabet.size() == 64);

}  // namespace

std::string_view AddressColumn::draw(TextArena& arena) {
  const int32_t length = stream_.uniform(kMinLength, kMaxLength);
  char* text = arena.allocate(static_cast<size_t>(length));
  int32_t packed = 0;
  for (int32_t i = 0; i < length; ++i) {
    if (i % kLettersPerDraw == 0) packed = stream_.packed_letters();
    text[i] = kAlphabet[static_cast<size_t>(packed & 63)];
    packed >>= 6;
  }
  return {text, static_cast<size_t>(length)};
}

std::string_view PhoneColumn::draw(int32_t nation_key, TextArena& arena) {
  constexpr std::string_view kPattern = "00-000-000-0000";
  char* text = arena.allocate(kPattern.size());
  std::memcpy(text, kPattern.data(), kPattern.size());
  write_digits(text, 10 + nation_key, 2);
  write_digits(text + 3, stream_.uniform(100, 999), 3);
  write_digits(text + 7, stream_.uniform(100, 999), 3);
  write_digits(text + 11, stream_.uniform(1000, 9999), 4);
  return {text, kPattern.size()};
}

}  // namespace millrace::tpch
