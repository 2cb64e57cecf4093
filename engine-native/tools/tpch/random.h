// tools/tpch: makes the rows of the TPC-H benchmark exactly as the TPC's own dbgen does, and writes
// them as Parquet. May include formats/parquet/writer and the standard library, no other room.
// Invariant: a row depends on (scale, table, row number) alone, so any range of rows can be made by
// any thread, in any order, and the files are the same for every thread count.
// Start reading here, then part.cc (a table), generator.h (ranges, threads, files), main.cc.
#pragma once
#include <cstdint>

namespace millrace::tpch {

namespace lehmer {

// x -> 16807 x mod (2^31 - 1): dbgen gives every column its own sequence of these.
inline constexpr uint64_t kModulus = 2147483647;
inline constexpr uint64_t kMultiplier = 16807;

/// a * b mod 2^31 - 1 for 0 < a, b < modulus. The modulus is a Mersenne prime, so the high bits are
/// simply added to the low ones; as neither factor is a multiple of the prime the result is not 0.
constexpr uint64_t multiply(uint64_t a, uint64_t b) {
  const uint64_t product = a * b;
  const uint64_t folded = (product & kModulus) + (product >> 31);
  return folded >= kModulus ? folded - kModulus : folded;
}

/// The factor that `count` steps at once multiply a seed by.
constexpr uint64_t step_factor(uint64_t count) {
  uint64_t factor = 1;
  for (uint64_t square = kMultiplier; count != 0; count >>= 1, square = multiply(square, square)) {
    if (count & 1) factor = multiply(factor, square);
  }
  return factor;
}

}  // namespace lehmer

/// The random sequence of one column. Each row owns a fixed number of draws, used or not, which is
/// what lets a stream be set to any row without making the rows before it.
class RandomStream {
 public:
  RandomStream(int64_t seed, int draws_per_row)
      : first_seed_(static_cast<uint64_t>(seed)),
        row_factor_(lehmer::step_factor(static_cast<uint64_t>(draws_per_row))),
        row_seed_(first_seed_),
        seed_(first_seed_) {}

  /// Places the stream before the first draw of row `row`, counted from 0. Costs O(log row).
  void seek_row(int64_t row);

  /// Leaves the current row, whatever was drawn of it, and stands before the next one.
  void next_row() {
    row_seed_ = lehmer::multiply(row_seed_, row_factor_);
    seed_ = row_seed_;
  }

  /// One draw, evenly from low..high, both included; high - low + 1 must fit 31 bits.
  int32_t uniform(int32_t low, int32_t high) {
    return low + scaled(static_cast<double>(high - low + 1));
  }

  /// Six draws of an alphabet of 64 packed in one integer. dbgen asks for 0..INT_MAX, whose size
  /// overflows to -2^31; its texts depend on that, so it is repeated here.
  int32_t packed_letters() { return scaled(-2147483648.0); }

 private:
  // The division is part of the definition: a multiplication by the inverse rounds differently.
  int32_t scaled(double size) {
    seed_ = lehmer::multiply(seed_, lehmer::kMultiplier);
    const double fraction =
        static_cast<double>(static_cast<int64_t>(seed_)) / static_cast<double>(lehmer::kModulus);
    return static_cast<int32_t>(fraction * size);
  }

  uint64_t first_seed_;
  uint64_t row_factor_;
  uint64_t row_seed_;
  uint64_t seed_;
};

/// A stream whose draws all come from one fixed range.
class UniformColumn {
 public:
  UniformColumn(int64_t seed, int32_t low, int32_t high, int draws_per_row = 1)
      : stream_(seed, draws_per_row), low_(low), high_(high) {}

  int32_t draw() { return stream_.uniform(low_, high_); }
  void seek_row(int64_t row) { stream_.seek_row(row); }
  void next_row() { stream_.next_row(); }

 private:
  RandomStream stream_;
  int32_t low_;
  int32_t high_;
};

/// Applies `seek_row` or `next_row` to all streams of a table.
template <class... Streams>
void seek_all(int64_t row, Streams&... streams) {
  (streams.seek_row(row), ...);
}
template <class... Streams>
void next_row_all(Streams&... streams) {
  (streams.next_row(), ...);
}

}  // namespace millrace::tpch
