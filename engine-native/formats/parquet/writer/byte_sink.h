// Where the bytes of a file go.
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "formats/parquet/writer/write_status.h"

namespace millrace::formats::parquet_writer {

/// Takes bytes in order. After an error the file is worthless.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual WriteStatus write(std::span<const uint8_t> bytes) = 0;
};

/// A new file on a local disk; an existing one is emptied. The descriptor is closed with the
/// object, but only close() tells whether all arrived.
class LocalFileSink final : public ByteSink {
 public:
  LocalFileSink() = default;
  ~LocalFileSink() override;
  LocalFileSink(const LocalFileSink&) = delete;
  LocalFileSink& operator=(const LocalFileSink&) = delete;

  WriteStatus open(const std::string& path);
  WriteStatus write(std::span<const uint8_t> bytes) override;
  WriteStatus close();

 private:
  WriteStatus failure(const char* action) const;

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace millrace::formats::parquet_writer
