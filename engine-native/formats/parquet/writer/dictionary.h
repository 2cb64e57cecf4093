// The distinct values of a chunk, numbered in the order they come.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

#include "formats/parquet/writer/values.h"

namespace millrace::formats::parquet_writer {

/// Keeps byte arrays at addresses that do not move.
class ByteStore {
 public:
  std::string_view keep(std::string_view text) {
    if (text.size() > left_bytes_) {
      left_bytes_ = text.size() > kBlockBytes ? text.size() : kBlockBytes;
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(left_bytes_));
      next_ = blocks_.back().get();
    }
    char* copy = next_;
    std::memcpy(copy, text.data(), text.size());
    next_ += text.size();
    left_bytes_ -= text.size();
    return {copy, text.size()};
  }
  void clear() {
    blocks_.clear();
    left_bytes_ = 0;
  }

 private:
  static constexpr size_t kBlockBytes = 64 * 1024;

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  size_t left_bytes_ = 0;
};

template <class T>
class Dictionary {
 public:
  Dictionary() : slots_(kFirstSlots, kFree) {}

  /// The code of `value`, which becomes a new entry if it is none yet.
  uint32_t code_of(const ColumnSpec& spec, T value) {
    const size_t mask = slots_.size() - 1;
    for (size_t slot = Values<T>::hash(value) & mask;; slot = (slot + 1) & mask) {
      const uint32_t code = slots_[slot];
      if (code == kFree) return add(spec, value, slot);
      if (Values<T>::same(entries_[code], value)) return code;
    }
  }

  size_t size() const { return entries_.size(); }
  size_t plain_size_bytes() const { return plain_size_bytes_; }
  const std::vector<T>& entries() const { return entries_; }

  void clear() {
    slots_.assign(kFirstSlots, kFree);
    entries_.clear();
    plain_size_bytes_ = 0;
    store_.clear();
  }

 private:
  static constexpr uint32_t kFree = UINT32_MAX;
  static constexpr size_t kFirstSlots = 1024;

  uint32_t add(const ColumnSpec& spec, T value, size_t slot) {
    if constexpr (std::is_same_v<T, std::string_view>) value = store_.keep(value);
    const auto code = static_cast<uint32_t>(entries_.size());
    entries_.push_back(value);
    plain_size_bytes_ += Values<T>::plain_size(spec, value);
    slots_[slot] = code;
    if (entries_.size() * 2 > slots_.size()) grow();
    return code;
  }

  void grow() {
    slots_.assign(slots_.size() * 4, kFree);
    const size_t mask = slots_.size() - 1;
    for (uint32_t code = 0; code < entries_.size(); ++code) {
      size_t slot = Values<T>::hash(entries_[code]) & mask;
      while (slots_[slot] != kFree) slot = (slot + 1) & mask;
      slots_[slot] = code;
    }
  }

  std::vector<uint32_t> slots_;  // open addressing; the count is a power of two
  std::vector<T> entries_;
  size_t plain_size_bytes_ = 0;
  ByteStore store_;
};

}  // namespace millrace::formats::parquet_writer
