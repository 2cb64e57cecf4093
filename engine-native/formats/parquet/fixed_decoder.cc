#include "formats/parquet/fixed_decoder.h"

#include <cstring>

#include "formats/parquet/column_type.h"

namespace millrace::formats::parquet {

namespace {

constexpr Fault kTooFewValues = corrupted("a page holds fewer values than it says");

/// Puts byte streams of `stride` bytes together to values of W bytes.
template <uint32_t W>
void join_streams(const uint8_t* first, uint64_t stride, uint8_t* out, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    for (uint32_t k = 0; k < W; k++) out[i * W + k] = first[k * stride + i];
  }
}

}  // namespace

Fault FixedDecoder::open_runs(std::span<const uint8_t> bytes) {
  kind_ = Kind::Runs;
  if (bytes.size() < 4) return corrupted("a run-length encoded page ends too early");
  const uint64_t size_bytes = load32(bytes.data());
  if (size_bytes > bytes.size() - 4) {
    return corrupted("a run-length encoded page ends too early");
  }
  runs_ = HybridDecoder(bytes.subspan(4, size_bytes), 1);
  return {};
}

Fault FixedDecoder::open(PhysicalType physical, PageEncoding encoding,
                         std::span<const uint8_t> bytes, uint32_t value_count) {
  const bool is_integer = physical == PhysicalType::Int32 || physical == PhysicalType::Int64;
  width_ = width_of(physical);
  at_ = bytes.data();
  index_ = 0;
  switch (encoding) {
    case PageEncoding::Plain:
      kind_ = physical == PhysicalType::Boolean ? Kind::PlainBits : Kind::Plain;
      if (kind_ == Kind::PlainBits ? (uint64_t{value_count} + 7) / 8 > bytes.size()
                                   : uint64_t{value_count} * width_ > bytes.size()) {
        return kTooFewValues;
      }
      return {};
    case PageEncoding::Rle:
      if (physical == PhysicalType::Boolean) return open_runs(bytes);
      break;
    case PageEncoding::DeltaBinaryPacked:
      if (!is_integer) break;
      kind_ = physical == PhysicalType::Int32 ? Kind::Delta32 : Kind::Delta64;
      delta_ = DeltaDecoder();
      MR_RETURN_IF_FAULT(delta_.open(bytes));
      return delta_.value_count() < value_count ? kTooFewValues : Fault();
    case PageEncoding::ByteStreamSplit:
      if (width_ != 4 && width_ != 8) break;
      kind_ = Kind::Split;
      stream_size_ = bytes.size() / width_;
      return stream_size_ < value_count || bytes.size() % width_ != 0 ? kTooFewValues : Fault();
    default:
      break;
  }
  return unsupported("this encoding of its type");
}

void FixedDecoder::decode_split(uint8_t* out, uint32_t count) {
  if (width_ == 4) join_streams<4>(at_ + index_, stream_size_, out, count);
  if (width_ == 8) join_streams<8>(at_ + index_, stream_size_, out, count);
  index_ += count;
}

Fault FixedDecoder::decode(void* out, uint32_t count) {
  switch (kind_) {
    case Kind::Plain:
      if (count > 0) std::memcpy(out, at_, uint64_t{count} * width_);
      at_ += uint64_t{count} * width_;
      return {};
    case Kind::PlainBits: {
      auto* bytes = static_cast<uint8_t*>(out);
      uint32_t i = 0;
      for (; i < count && index_ % 8 != 0; i++) {
        bytes[i] = static_cast<uint8_t>(unpack_one(at_, index_++, 1));
      }
      for (; count - i >= kGroupValues; i += kGroupValues, index_ += kGroupValues) {
        unpack_group<1>(at_ + index_ / 8, bytes + i);
      }
      for (; i < count; i++) bytes[i] = static_cast<uint8_t>(unpack_one(at_, index_++, 1));
      return {};
    }
    case Kind::Runs:
      return runs_.decode(static_cast<uint8_t*>(out), count);
    case Kind::Delta32:
      return delta_.decode(static_cast<uint32_t*>(out), count);
    case Kind::Delta64:
      return delta_.decode(static_cast<uint64_t*>(out), count);
    case Kind::Split:
      decode_split(static_cast<uint8_t*>(out), count);
      return {};
  }
  return {};
}

Fault FixedDecoder::skip(uint32_t count, void* scratch) {
  switch (kind_) {
    case Kind::Plain:
      at_ += uint64_t{count} * width_;
      return {};
    case Kind::PlainBits:
    case Kind::Split:
      index_ += count;
      return {};
    default:
      return decode(scratch, count);
  }
}

}  // namespace millrace::formats::parquet
