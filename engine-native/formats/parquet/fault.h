// What is wrong with bytes of a file, found where file and column are not known; the caller adds
// them by a Place.
#pragma once
#include <string>
#include <string_view>

#include "base/status.h"

namespace millrace::formats::parquet {

struct [[nodiscard]] Fault {
  base::ErrorCode code = base::ErrorCode::Ok;
  const char* what = "";
  bool ok() const { return code == base::ErrorCode::Ok; }
};

constexpr Fault corrupted(const char* what) { return {base::ErrorCode::DataCorrupted, what}; }
constexpr Fault unsupported(const char* what) {
  return {base::ErrorCode::FeatureNotSupported, what};
}

/// Where in the data an error is. An empty column: the file as a whole.
struct Place {
  std::string_view path;
  std::string_view column;

  base::Status fault(const Fault& fault) const {
    if (fault.code == base::ErrorCode::DataCorrupted) return corrupted(fault.what);
    if (fault.code == base::ErrorCode::FeatureNotSupported) return unsupported(fault.what);
    return base::Status::error(fault.code).with_detail(detail());
  }
  base::Status corrupted(std::string_view what) const {
    return base::Status::error(base::ErrorCode::DataCorrupted,
                               "malformed " + named() + ": " + std::string(what));
  }
  base::Status unsupported(std::string_view what) const {
    return base::Status::error(base::ErrorCode::FeatureNotSupported,
                               "cannot read " + named() + ": " + std::string(what) +
                                   (what.ends_with("s") ? " are" : " is") + " not supported");
  }
  std::string detail() const {
    return "Column \"" + std::string(column) + "\" of file \"" + std::string(path) + "\".";
  }

 private:
  std::string named() const {
    std::string text = "Parquet file \"" + std::string(path) + "\"";
    if (!column.empty()) text += ", column \"" + std::string(column) + "\"";
    return text;
  }
};

}  // namespace millrace::formats::parquet

#define MR_RETURN_IF_FAULT(expression)                                                 \
  do {                                                                                 \
    if (::millrace::formats::parquet::Fault mr_fault = (expression); !mr_fault.ok()) { \
      return mr_fault;                                                                 \
    }                                                                                  \
  } while (false)
