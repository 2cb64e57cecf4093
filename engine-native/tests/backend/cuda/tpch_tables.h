// Generated TPC-H tables in a folder that dies with its owner.
#pragma once
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "base/status.h"
#include "tools/tpch/generator.h"

namespace millrace::tests {

class TpchTables {
 public:
  explicit TpchTables(const std::string& scale) {
    char pattern[] = "/tmp/millrace-kernels-test-XXXXXX";
    MR_CHECK(mkdtemp(pattern) != nullptr);
    root_ = pattern;
    tpch::GenerateRequest request{*tpch::Scale::parse(scale), dir(), {}, 2, false, nullptr};
    request.tables.assign(tpch::kAllTables.begin(), tpch::kAllTables.end());
    tpch::GenerateSummary summary;
    const auto status = tpch::generate(
        request, [](const tpch::Progress&) {}, summary);
    MR_CHECK(status.ok());
  }
  ~TpchTables() { std::filesystem::remove_all(root_); }
  TpchTables(const TpchTables&) = delete;
  TpchTables& operator=(const TpchTables&) = delete;
  /// Has a folder a table.
  std::string dir() const { return root_ + "/tables"; }
  /// A place for other files.
  std::string scratch(const std::string& name) const { return root_ + "/" + name; }

 private:
  std::string root_;
};

}  // namespace millrace::tests
