// The least and the greatest value of a page or a chunk, as its statistics tell them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "formats/parquet/writer/values.h"

namespace millrace::formats::parquet_writer {

/// Bounds in the plain form of the type, byte arrays without their length. Not exact where a long
/// byte array was cut.
struct EncodedBounds {
  std::string least;
  std::string greatest;
  bool least_exact = true;
  bool greatest_exact = true;
};

/// Cuts `text` to at most `limit` bytes, at a border of UTF-8 characters. A smaller or equal value.
std::string cut_down(const std::string& text, size_t limit);
/// The same, but a greater value; nothing if there is none of that length.
std::optional<std::string> cut_up(const std::string& text, size_t limit);

template <class T>
class Bounds {
 public:
  bool empty() const { return empty_; }

  void add(const ColumnSpec& spec, T value) {
    if (!Values<T>::ordered(value)) {
      has_unordered_ = true;
      return;
    }
    if (empty_ || Values<T>::less(spec, value, least_)) least_ = value;
    if (empty_ || Values<T>::less(spec, greatest_, value)) greatest_ = value;
    empty_ = false;
  }

  void add(const ColumnSpec& spec, const Bounds& other) {
    has_unordered_ |= other.has_unordered_;
    if (other.empty_) return;
    add(spec, other.least_);
    add(spec, other.greatest_);
  }

  /// Nothing when there is no value, or one that no bounds can hold (NaN).
  std::optional<EncodedBounds> encode(size_t size_limit_bytes) const;

  const typename Values<T>::Owned& least() const { return least_; }
  const typename Values<T>::Owned& greatest() const { return greatest_; }

 private:
  bool empty_ = true;
  bool has_unordered_ = false;
  typename Values<T>::Owned least_{};
  typename Values<T>::Owned greatest_{};
};

}  // namespace millrace::formats::parquet_writer
