#include "formats/parquet/utf8.h"

#include <algorithm>
#include <cstdio>

#include "formats/parquet/bit_unpack.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace millrace::formats::parquet {

namespace {

using types::StringView;

/// Length of the well-formed character at the front, 0 where there is none.
uint32_t character_size(const uint8_t* at, uint32_t left) {
  const uint8_t lead = at[0];
  if (lead == 0) return 0;
  if (lead < 0x80) return 1;
  const uint32_t size = lead >= 0xc2 && lead <= 0xdf   ? 2
                        : lead >= 0xe0 && lead <= 0xef ? 3
                        : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                       : 0;
  if (size == 0 || size > left) return 0;
  // No overlong forms, no surrogates, nothing past U+10FFFF.
  const uint8_t lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const uint8_t greatest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (at[1] < lowest || at[1] > greatest) return 0;
  for (uint32_t i = 2; i < size; i++) {
    if ((at[i] & 0xc0) != 0x80) return 0;
  }
  return size;
}

uint32_t well_formed_prefix(const uint8_t* bytes, uint32_t size_bytes) {
  uint32_t at = 0;
  while (at < size_bytes) {
    const uint32_t size = character_size(bytes + at, size_bytes - at);
    if (size == 0) break;
    at += size;
  }
  return at;
}

/// Bit i is set where byte i of 16 is ASCII and not NUL.
inline uint32_t plain_mask(const uint8_t* at) {
#if defined(__SSE2__)
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpgt_epi8(bytes, _mm_setzero_si128())));
#else
  uint32_t mask = 0;
  for (uint32_t i = 0; i < 16; i++) mask |= static_cast<uint32_t>(at[i] - 1u < 127u) << i;
  return mask;
#endif
}

/// Whether all bytes are ASCII and not NUL, 16 at a time.
inline bool is_plain(const uint8_t* at, uint32_t size_bytes) {
  constexpr uint32_t kAll = 0xffff;
  uint32_t mask = kAll;
  for (; size_bytes >= 16; size_bytes -= 16, at += 16) mask &= plain_mask(at);
  if (size_bytes > 0) mask &= plain_mask(at) | kAll << size_bytes;
  return (mask & kAll) == kAll;
}

}  // namespace

bool is_text(const char* bytes, uint32_t size_bytes) {
  const auto* at = reinterpret_cast<const uint8_t*>(bytes);
  return is_plain(at, size_bytes) || well_formed_prefix(at, size_bytes) == size_bytes;
}

uint32_t first_not_text(const StringView* views, uint32_t count) {
  constexpr uint32_t kInlineOffset = 4;
  for (uint32_t i = 0; i < count; i++) {
    const StringView& view = views[i];
    if (view.size <= StringView::kInlineSize) {
      // The whole view is one load; its first bytes are the size.
      const uint32_t wanted = static_cast<uint32_t>(low_bits(view.size)) << kInlineOffset;
      if ((plain_mask(reinterpret_cast<const uint8_t*>(&view)) & wanted) == wanted) continue;
      const auto* bytes = reinterpret_cast<const uint8_t*>(view.inlined);
      if (well_formed_prefix(bytes, view.size) != view.size) return i;
    } else if (!is_text(view.pointed.data, view.size)) {
      return i;
    }
  }
  return count;
}

std::string first_bad_sequence(std::string_view bytes) {
  const auto* at = reinterpret_cast<const uint8_t*>(bytes.data());
  const uint32_t size = static_cast<uint32_t>(bytes.size());
  const uint32_t from = well_formed_prefix(at, size);
  if (from == size) return {};
  const uint8_t lead = at[from];
  const uint32_t stated = lead < 0x80             ? 1
                          : (lead & 0xe0) == 0xc0 ? 2
                          : (lead & 0xf0) == 0xe0 ? 3
                          : (lead & 0xf8) == 0xf0 ? 4
                                                  : 1;
  std::string text;
  for (uint32_t i = from; i < std::min(size, from + stated); i++) {
    char hex[8];
    std::snprintf(hex, sizeof hex, "%s0x%02x", i == from ? "" : " ", at[i]);
    text += hex;
  }
  return text;
}

}  // namespace millrace::formats::parquet
