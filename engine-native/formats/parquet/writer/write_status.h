// How writing went: fine, or a message fit for the user.
#pragma once
#include <optional>
#include <string>
#include <utility>

namespace millrace::formats::parquet_writer {

class [[nodiscard]] WriteStatus {
 public:
  WriteStatus() = default;
  static WriteStatus error(std::string message) {
    WriteStatus status;
    status.message_ = std::move(message);
    return status;
  }

  bool ok() const { return !message_; }
  const std::string& message() const { return *message_; }  // only of an error

 private:
  std::optional<std::string> message_;
};

}  // namespace millrace::formats::parquet_writer
