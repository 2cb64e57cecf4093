// Runs a plan::Query in this process and reads its rows as text.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "exec/query.h"
#include "tests/exec/plan_builder.h"

namespace millrace::tests {

struct Answer {
  base::Status status;
  std::vector<TextRow> rows;
  std::string sqlstate() const { return std::string(base::sqlstate_of(status.code())); }
};

struct RunOptions {
  /// Called between pages, on the reader's thread.
  std::function<void(exec::Query&)> on_page;
  /// Called once, after the first task was started.
  std::function<void(exec::Query&)> on_start;
  bool drops_rows = false;  // pages are counted and given back unread
};

/// Opens and runs all fragments, one after the other, tasks of a fragment at once.
Answer run_query(exec::Services& services, const plan::Query& query, RunOptions options = {});
Answer run_bytes(exec::Services& services, const std::string& bytes, RunOptions options = {});

/// Fails unless all but cached bytes (columns, and at most `file_bytes` of open files) are given back, a
/// moment after the last task told its end.
void check_given_back(exec::Services& services, int64_t file_bytes = 0);

/// "a|b|" with NULL as \N, a row a line; sorted where order is open.
std::string text_of(const std::vector<TextRow>& rows);
std::string sorted_text_of(std::vector<TextRow> rows);

}  // namespace millrace::tests
