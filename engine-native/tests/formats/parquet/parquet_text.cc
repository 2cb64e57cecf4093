// parquet_text FILE: prints a file's rows, or with --schema its columns and statistics.
#include <cstdio>
#include <iostream>
#include <string_view>

#include "formats/registry.h"
#include "tests/formats/parquet/row_text.h"

namespace {

int fail(const millrace::base::Status& status) {
  std::cerr << millrace::base::sqlstate_of(status.code()) << " " << status.message();
  if (!status.detail().empty()) std::cerr << " DETAIL " << status.detail();
  std::cerr << "\n";
  return 1;
}

void print_schema(const millrace::formats::FileReader& reader) {
  for (uint32_t column = 0; column < reader.columns().size(); column++) {
    const millrace::formats::FileColumn& shown = reader.columns()[column];
    std::cout << shown.name << "\t"
              << (shown.unsupported.empty() ? shown.sql_type : "unsupported: " + shown.unsupported)
              << "\t" << (shown.nullable ? "null" : "not null");
    for (uint32_t group = 0; group < reader.row_group_count(); group++) {
      const auto statistics = reader.statistics(group, column);
      std::cout << "\t[" << statistics.minimum.value_or("?") << ","
                << statistics.maximum.value_or("?") << "] nulls "
                << (statistics.null_count ? std::to_string(*statistics.null_count) : "?");
    }
    std::cout << "\n";
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count < 2) {
    std::fprintf(stderr, "usage: parquet_text FILE [--schema]\n");
    return 2;
  }
  millrace::memory::Budget budget(int64_t{8} << 30);
  auto reader = millrace::formats::open_file("parquet", arguments[1], {}, &budget);
  if (!reader.ok()) return fail(reader.status());
  if (argument_count > 2 && std::string_view(arguments[2]) == "--schema") {
    print_schema(*reader.value());
    return 0;
  }
  millrace::base::Status error;
  std::cout << millrace::tests::file_text(*reader.value(), &budget, &error);
  return error.ok() ? 0 : fail(error);
}
