// What an order and its lines must agree on. Both tables are made independently of each other, each
// by drawing again what it needs of the other: that is cheaper than keeping it.
#pragma once
#include <cstdint>

#include "tools/tpch/random.h"
#include "tools/tpch/scale.h"

namespace millrace::tpch {

inline constexpr int kMaxLinesPerOrder = 7;

// Days since 1970-01-01.
inline constexpr int32_t kFirstOrderDate = 8035;  // 1992-01-01
inline constexpr int32_t kLastOrderDate = 10440;  // 1998-08-02: all can arrive within 1998
inline constexpr int32_t kCurrentDate = 9298;     // 1995-06-17: what is shipped by then is history

/// Only eight in each 32 keys are used; the rest is left for the refresh functions.
constexpr int64_t order_key(int64_t order_number) {
  return (order_number >> 3 << 5) | (order_number & 7);
}

/// Draws that the order and the line tables both make of an order.
struct OrderStreams {
  UniformColumn date{1066728069, kFirstOrderDate, kLastOrderDate};
  UniformColumn line_count{1434868289, 1, kMaxLinesPerOrder};

  void seek_row(int64_t row) { seek_all(row, date, line_count); }
  void next_row() { next_row_all(date, line_count); }
};

/// Draws that both make of each line.
struct LineStreams {
  explicit LineStreams(const Scale& scale)
      : part_key(1808217256, 1, static_cast<int32_t>(scale.part_count()), kMaxLinesPerOrder) {}

  UniformColumn quantity{209208115, 1, 50, kMaxLinesPerOrder};
  UniformColumn discount{554590007, 0, 10, kMaxLinesPerOrder};  // percent
  UniformColumn tax{721958466, 0, 8, kMaxLinesPerOrder};        // percent
  UniformColumn part_key;
  UniformColumn ship_delay{1769349045, 1, 121, kMaxLinesPerOrder};  // days after the order

  void seek_row(int64_t row) { seek_all(row, quantity, discount, tax, part_key, ship_delay); }
  void next_row() { next_row_all(quantity, discount, tax, part_key, ship_delay); }
};

}  // namespace millrace::tpch
