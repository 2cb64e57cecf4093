#include "formats/parquet/writer/bounds.h"

#include <type_traits>

namespace millrace::formats::parquet_writer {
namespace {

bool continues_character(char byte) { return (byte & 0xc0) == 0x80; }

template <class T>
std::string plain_text(T value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

std::string cut_down(const std::string& text, size_t limit) {
  if (text.size() <= limit) return text;
  size_t end = limit;
  while (end > 0 && continues_character(text[end])) --end;
  return text.substr(0, end);
}

std::optional<std::string> cut_up(const std::string& text, size_t limit) {
  std::string cut = cut_down(text, limit);
  if (cut.size() == text.size()) return cut;
  // Counting up an ASCII character below DEL keeps the text well-formed; others are dropped.
  while (!cut.empty() && static_cast<uint8_t>(cut.back()) >= 0x7e) cut.pop_back();
  if (cut.empty()) return {};
  ++cut.back();
  return cut;
}

template <class T>
std::optional<EncodedBounds> Bounds<T>::encode(size_t size_limit_bytes) const {
  if (empty_ || has_unordered_) return {};
  EncodedBounds encoded;
  if constexpr (std::is_same_v<T, std::string_view>) {
    std::optional<std::string> greatest = cut_up(greatest_, size_limit_bytes);
    if (!greatest) return {};
    encoded.least = cut_down(least_, size_limit_bytes);
    encoded.greatest = *std::move(greatest);
    encoded.least_exact = encoded.least == least_;
    encoded.greatest_exact = encoded.greatest == greatest_;
  } else if constexpr (std::is_same_v<T, double>) {
    // Zeros of either sign are equal, so the format wants the bounds to hold both.
    encoded.least = plain_text(least_ == 0 ? -0.0 : least_);
    encoded.greatest = plain_text(greatest_ == 0 ? 0.0 : greatest_);
  } else {
    encoded.least = plain_text(least_);
    encoded.greatest = plain_text(greatest_);
  }
  return encoded;
}

template class Bounds<bool>;
template class Bounds<int32_t>;
template class Bounds<int64_t>;
template class Bounds<double>;
template class Bounds<std::string_view>;

}  // namespace millrace::formats::parquet_writer
