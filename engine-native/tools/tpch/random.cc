#include "tools/tpch/random.h"

namespace millrace::tpch {

void RandomStream::seek_row(int64_t row) {
  uint64_t factor = 1;
  uint64_t square = row_factor_;
  for (uint64_t left = static_cast<uint64_t>(row); left != 0; left >>= 1) {
    if (left & 1) factor = lehmer::multiply(factor, square);
    square = lehmer::multiply(square, square);
  }
  row_seed_ = lehmer::multiply(first_seed_, factor);
  seed_ = row_seed_;
}

}  // namespace millrace::tpch
