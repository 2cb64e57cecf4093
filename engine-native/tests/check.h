// Assertions of native tests: a failed one prints and counts; main returns check_result().
#pragma once
#include <iostream>
#include <string_view>

namespace millrace::tests {

inline int& failure_count() {
  static int count = 0;
  return count;
}

inline void report(std::string_view file, int line, std::string_view text) {
  failure_count()++;
  if (failure_count() <= 50) std::cerr << file << ":" << line << ": " << text << "\n";
}

template <class A, class B>
void check_equal(const A& actual, const B& expected, std::string_view what, std::string_view file,
                 int line) {
  if (actual == expected) return;
  report(file, line, what);
  if (failure_count() <= 50) std::cerr << "  is " << actual << "\n  not " << expected << "\n";
}

inline int check_result() {
  if (failure_count() != 0) std::cerr << failure_count() << " checks failed\n";
  return failure_count() == 0 ? 0 : 1;
}

}  // namespace millrace::tests

#define CHECK(condition) \
  ((condition) ? void(0) : ::millrace::tests::report(__FILE__, __LINE__, #condition))
#define CHECK_EQUAL(actual, expected) \
  ::millrace::tests::check_equal(actual, expected, #actual, __FILE__, __LINE__)
