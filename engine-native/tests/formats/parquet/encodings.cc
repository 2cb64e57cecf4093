#include "tests/formats/parquet/encodings.h"

#include <algorithm>
#include <bit>

namespace millrace::tests {

namespace {

std::string number32(size_t value) {
  const auto number = static_cast<uint32_t>(value);
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

std::string varint(uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}

std::string zigzag(uint64_t value) {
  return varint(value << 1 ^ static_cast<uint64_t>(static_cast<int64_t>(value) >> 63));
}

std::vector<uint32_t> as_numbers(const std::vector<bool>& bits) {
  return {bits.begin(), bits.end()};
}

}  // namespace

std::string plain_strings(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += number32(value.size()) + value;
  return out;
}

std::string plain_booleans(const std::vector<bool>& values) {
  return packed({values.begin(), values.end()}, 1);
}

std::string packed(const std::vector<uint64_t>& values, uint32_t width) {
  std::string out((values.size() * width + 7) / 8, '\0');
  for (size_t i = 0; i < values.size(); i++) {
    for (uint32_t bit = 0; bit < width; bit++) {
      const size_t at = i * width + bit;
      if ((values[i] >> bit & 1) != 0) out[at / 8] |= static_cast<char>(1 << (at % 8));
    }
  }
  return out;
}

std::string packed_highest_first(const std::vector<bool>& bits) {
  std::string out((bits.size() + 7) / 8, '\0');
  for (size_t i = 0; i < bits.size(); i++) {
    if (bits[i]) out[i / 8] |= static_cast<char>(0x80 >> (i % 8));
  }
  return out;
}

std::string hybrid(const std::vector<uint32_t>& values, uint32_t width) {
  std::string out;
  std::vector<uint64_t> pending;
  const auto flush = [&] {
    if (pending.empty()) return;
    pending.resize((pending.size() + 7) / 8 * 8);
    out += varint(pending.size() / 8 << 1 | 1) + packed(pending, width);
    pending.clear();
  };
  for (size_t at = 0; at < values.size();) {
    size_t end = at;
    while (end < values.size() && values[end] == values[at]) end++;
    // A run may begin only where the packed values before it fill a group.
    if (end - at >= 8 && pending.size() % 8 == 0) {
      flush();
      out += varint((end - at) << 1);
      for (uint32_t byte = 0; byte < (width + 7) / 8; byte++) {
        out += static_cast<char>(values[at] >> (8 * byte));
      }
      at = end;
    } else {
      pending.push_back(values[at++]);
    }
  }
  flush();
  return out;
}

std::string levels_without_length(const std::vector<bool>& present) {
  return hybrid(as_numbers(present), 1);
}

std::string levels(const std::vector<bool>& present) {
  const std::string runs = levels_without_length(present);
  return number32(runs.size()) + runs;
}

std::string codes(const std::vector<uint32_t>& values, uint32_t width) {
  return static_cast<char>(width) + hybrid(values, width);
}

std::string delta(const std::vector<int64_t>& values, uint32_t bits, uint32_t block,
                  uint32_t miniblocks) {
  const uint64_t mask = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  const auto sign_extended = [&](uint64_t value) {
    return bits == 64 ? value : static_cast<uint64_t>(static_cast<int64_t>(value << 32) >> 32);
  };
  const uint32_t miniblock = block / miniblocks;
  std::string out = varint(block) + varint(miniblocks) + varint(values.size()) +
                    zigzag(values.empty() ? 0 : static_cast<uint64_t>(values[0]));
  for (size_t from = 1; from < values.size(); from += block) {
    const size_t to = std::min(values.size(), from + block);
    std::vector<int64_t> differences;
    for (size_t i = from; i < to; i++) {
      const uint64_t difference =
          static_cast<uint64_t>(values[i]) - static_cast<uint64_t>(values[i - 1]);
      differences.push_back(static_cast<int64_t>(sign_extended(difference & mask)));
    }
    const int64_t least = *std::min_element(differences.begin(), differences.end());
    out += zigzag(static_cast<uint64_t>(least));
    std::string widths;
    std::string data;
    for (uint32_t mini = 0; mini < miniblocks; mini++) {
      std::vector<uint64_t> offsets;
      for (size_t i = mini * miniblock; i < std::min<size_t>((mini + 1) * miniblock, to - from);
           i++) {
        offsets.push_back((static_cast<uint64_t>(differences[i]) - static_cast<uint64_t>(least)) &
                          mask);
      }
      uint64_t all = 0;
      for (const uint64_t offset : offsets) all |= offset;
      const auto width = static_cast<uint32_t>(std::bit_width(all));
      // Readers must accept any width of miniblocks that hold nothing.
      widths += static_cast<char>(offsets.empty() ? 17 : width);
      if (offsets.empty()) continue;
      offsets.resize(miniblock);
      data += packed(offsets, width);
    }
    out += widths + data;
  }
  return out;
}

std::string delta_lengths(const std::vector<std::string>& values) {
  std::vector<int64_t> sizes;
  std::string bytes;
  for (const std::string& value : values) {
    sizes.push_back(static_cast<int64_t>(value.size()));
    bytes += value;
  }
  return delta(sizes, 32) + bytes;
}

std::string delta_strings(const std::vector<std::string>& values) {
  std::vector<int64_t> prefixes;
  std::vector<std::string> suffixes;
  std::string previous;
  for (const std::string& value : values) {
    const auto [end, unused] =
        std::mismatch(previous.begin(), previous.end(), value.begin(), value.end());
    const auto prefix = end - previous.begin();
    prefixes.push_back(prefix);
    suffixes.push_back(value.substr(static_cast<size_t>(prefix)));
    previous = value;
  }
  return delta(prefixes, 32) + delta_lengths(suffixes);
}

std::string byte_stream_split(const std::string& values, uint32_t width) {
  const size_t count = values.size() / width;
  std::string out;
  for (uint32_t stream = 0; stream < width; stream++) {
    for (size_t i = 0; i < count; i++) out += values[i * width + stream];
  }
  return out;
}

}  // namespace millrace::tests
