// Assertions for the tools' test programs: a failed one prints where and what, and the program's
// exit status says whether any failed.
#pragma once
#include <cstdio>
#include <iostream>

namespace millrace::test {

inline int failure_count = 0;

template <class Actual, class Expected>
void expect_equal(const Actual& actual, const Expected& expected, const char* what,
                  const char* file, int line) {
  if (actual == expected) return;
  ++failure_count;
  std::cerr << file << ":" << line << ": " << what << "\n  is        " << actual << "\n  should be "
            << expected << "\n";
}

inline void expect(bool condition, const char* what, const char* file, int line) {
  if (condition) return;
  ++failure_count;
  std::cerr << file << ":" << line << ": not true: " << what << "\n";
}

inline int report(const char* program) {
  if (failure_count > 0) std::fprintf(stderr, "%s: %d failed\n", program, failure_count);
  return failure_count == 0 ? 0 : 1;
}

}  // namespace millrace::test

#define EXPECT_EQUAL(actual, expected) \
  ::millrace::test::expect_equal((actual), (expected), #actual, __FILE__, __LINE__)
#define EXPECT(condition) \
  ::millrace::test::expect(static_cast<bool>(condition), #condition, __FILE__, __LINE__)
