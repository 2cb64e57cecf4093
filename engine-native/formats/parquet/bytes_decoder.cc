#include "formats/parquet/bytes_decoder.h"

#include <algorithm>
#include <cstring>

#include "formats/parquet/allocation.h"
#include "formats/parquet/bit_unpack.h"
#include "formats/parquet/delta_decoder.h"

namespace millrace::formats::parquet {

namespace {

using base::Status;
using types::StringView;

constexpr Fault kPastEnd = corrupted("a page holds fewer values than it says");

/// Byte streams to fixed-size values, a cache-sized piece at a time.
void join_streams(const uint8_t* in, uint64_t value_count, uint32_t size, uint8_t* out) {
  constexpr uint64_t kPiece = 256;
  for (uint64_t from = 0; from < value_count; from += kPiece) {
    const uint64_t to = std::min(from + kPiece, value_count);
    for (uint32_t k = 0; k < size; k++) {
      const uint8_t* stream = in + k * value_count;
      for (uint64_t i = from; i < to; i++) out[i * size + k] = stream[i];
    }
  }
}

}  // namespace

StringView view_of(const uint8_t* bytes, uint32_t size_bytes) {
  StringView view;
  view.size = size_bytes;
  if (size_bytes <= StringView::kInlineSize) {
    const uint64_t low = size_bytes >= 8 ? load64(bytes) : load64(bytes) & low_bits(8 * size_bytes);
    const uint32_t high =
        size_bytes <= 8 ? 0
                        : load32(bytes + 8) & static_cast<uint32_t>(low_bits(8 * size_bytes - 64));
    std::memcpy(view.inlined, &low, 8);
    std::memcpy(view.inlined + 8, &high, 4);
  } else {
    std::memcpy(view.pointed.prefix, bytes, 4);
    view.pointed.data = reinterpret_cast<const char*>(bytes);
  }
  return view;
}

Status BytesDecoder::open(const LeafColumn& column, PageEncoding encoding,
                          std::span<const uint8_t> bytes, uint32_t value_count, const Place& place,
                          memory::Reservation* reservation) {
  place_ = place;
  reservation_ = reservation;
  at_ = bytes.data();
  end_ = at_ + bytes.size();
  index_ = 0;
  transient_bytes_ = 0;
  fixed_size_ = column.type_length;
  const bool fixed = column.physical == PhysicalType::FixedLenByteArray;
  switch (encoding) {
    case PageEncoding::Plain:
      kind_ = fixed ? Kind::Fixed : Kind::LengthPrefixed;
      if (uint64_t{value_count} * (fixed ? fixed_size_ : 4) > bytes.size()) {
        return place.fault(kPastEnd);
      }
      return {};
    case PageEncoding::DeltaLengthByteArray:
      if (fixed) break;
      return open_delta_lengths(bytes, value_count);
    case PageEncoding::DeltaByteArray:
      return open_delta_bytes(bytes, value_count);
    case PageEncoding::ByteStreamSplit:
      if (!fixed) break;
      return open_split(bytes, value_count);
    default:
      break;
  }
  return place.unsupported("this encoding of its type");
}

base::Result<column::Buffer> BytesDecoder::allocate(uint64_t size_bytes) {
  return parquet::allocate(reservation_, size_bytes);
}

base::Result<BytesDecoder::Lengths> BytesDecoder::decode_lengths(std::span<const uint8_t> bytes,
                                                                 uint32_t value_count) {
  DeltaDecoder deltas;
  if (const Fault fault = deltas.open(bytes); !fault.ok()) return place_.fault(fault);
  if (deltas.value_count() != value_count) return place_.fault(kPastEnd);
  Lengths lengths;
  MR_ASSIGN_OR_RETURN(lengths.sizes, allocate(uint64_t{value_count} * sizeof(uint32_t)));
  transient_bytes_ += cost_bytes(lengths.sizes.size_bytes());
  const Fault fault = deltas.decode(lengths.sizes.as<uint32_t>(), value_count);
  if (!fault.ok()) return place_.fault(fault);
  lengths.end = deltas.end_of_run();
  return lengths;
}

Status BytesDecoder::open_delta_lengths(std::span<const uint8_t> bytes, uint32_t value_count) {
  MR_ASSIGN_OR_RETURN(Lengths lengths, decode_lengths(bytes, value_count));
  kind_ = Kind::Lengths;
  sizes_ = std::move(lengths.sizes);
  at_ = lengths.end;
  return {};
}

Status BytesDecoder::open_delta_bytes(std::span<const uint8_t> bytes, uint32_t value_count) {
  MR_ASSIGN_OR_RETURN(Lengths prefixes, decode_lengths(bytes, value_count));
  const std::span<const uint8_t> rest(prefixes.end, bytes.data() + bytes.size());
  MR_ASSIGN_OR_RETURN(Lengths suffixes, decode_lengths(rest, value_count));
  uint64_t total_bytes = 0;
  const uint32_t* prefix = prefixes.sizes.as<uint32_t>();
  uint32_t* suffix = suffixes.sizes.as<uint32_t>();
  for (uint32_t i = 0; i < value_count; i++) total_bytes += uint64_t{prefix[i]} + suffix[i];
  MR_ASSIGN_OR_RETURN(heap_, allocate(std::max<uint64_t>(total_bytes, 1)));
  const Fault fault = join_prefixes(prefix, suffix, suffixes.end, value_count);
  if (!fault.ok()) return place_.fault(fault);
  for (uint32_t i = 0; i < value_count; i++) suffix[i] += prefix[i];
  kind_ = Kind::Lengths;
  sizes_ = std::move(suffixes.sizes);
  at_ = heap_.as<uint8_t>();
  end_ = at_ + total_bytes;
  return {};
}

Fault BytesDecoder::join_prefixes(const uint32_t* prefixes, const uint32_t* suffixes,
                                  const uint8_t* suffix, uint32_t value_count) {
  uint8_t* out = heap_.as<uint8_t>();
  const uint8_t* previous = out;
  uint64_t previous_size = 0;
  for (uint32_t i = 0; i < value_count; i++) {
    const uint64_t size = uint64_t{prefixes[i]} + suffixes[i];
    if (prefixes[i] > previous_size) return corrupted("a prefix is longer than the value before");
    if (suffixes[i] > static_cast<uint64_t>(end_ - suffix) || size > INT32_MAX) return kPastEnd;
    if (fixed_size_ != 0 && size != fixed_size_) {
      return corrupted("a value is not as long as its type");
    }
    std::memcpy(out, previous, prefixes[i]);
    std::memcpy(out + prefixes[i], suffix, suffixes[i]);
    suffix += suffixes[i];
    previous = out;
    previous_size = size;
    out += size;
  }
  return {};
}

Status BytesDecoder::open_split(std::span<const uint8_t> bytes, uint32_t value_count) {
  const uint64_t stream_size = bytes.size() / fixed_size_;
  if (stream_size < value_count || bytes.size() % fixed_size_ != 0) return place_.fault(kPastEnd);
  MR_ASSIGN_OR_RETURN(heap_, allocate(std::max<uint64_t>(bytes.size(), 1)));
  join_streams(bytes.data(), stream_size, fixed_size_, heap_.as<uint8_t>());
  kind_ = Kind::Fixed;
  at_ = heap_.as<uint8_t>();
  end_ = at_ + bytes.size();
  return {};
}

Fault BytesDecoder::decode(StringView* out, uint32_t count) {
  const uint8_t* at = at_;
  switch (kind_) {
    case Kind::LengthPrefixed:
      for (uint32_t i = 0; i < count; i++) {
        if (end_ - at < 4) return kPastEnd;
        const uint32_t size = load32(at);
        at += 4;
        if (size > static_cast<uint64_t>(end_ - at)) return kPastEnd;
        out[i] = view_of(at, size);
        at += size;
      }
      break;
    case Kind::Fixed:
      for (uint32_t i = 0; i < count; i++, at += fixed_size_) out[i] = view_of(at, fixed_size_);
      break;
    case Kind::Lengths: {
      const uint32_t* sizes = sizes_.as<uint32_t>() + index_;
      for (uint32_t i = 0; i < count; i++) {
        if (sizes[i] > static_cast<uint64_t>(end_ - at)) return kPastEnd;
        out[i] = view_of(at, sizes[i]);
        at += sizes[i];
      }
      index_ += count;
      break;
    }
  }
  at_ = at;
  return {};
}

}  // namespace millrace::formats::parquet
