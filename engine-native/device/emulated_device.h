// A device without a GPU: kernels compiled by the host's compiler, run over host memory.
#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "device/device.h"
#include "device/emulated_grid.h"

namespace millrace::device {

class EmulatedDevice : public Device {
 public:
  struct Options {
    LaneOrder order = LaneOrder::Rising;
    uint64_t seed = 1;
    /// Where compiled kernels are kept; empty: a folder that dies with the device.
    std::string cache_dir;
  };
  /// 58030 where the folder cannot be made.
  static Result<std::unique_ptr<EmulatedDevice>> open(Options options);
  ~EmulatedDevice() override;

  void set_order(LaneOrder order, uint64_t seed) {
    options_.order = order;
    options_.seed = seed;
  }
  /// Kernels compiled, not found in the cache.
  uint32_t compile_count() const { return compile_count_; }

  std::string_view name() const override { return "emulated"; }
  Result<void*> allocate(size_t size_bytes) override;
  void release(void* memory) override;
  Status copy_to_device(void* to, const void* from, size_t size_bytes) override;
  Status copy_to_host(void* to, const void* from, size_t size_bytes) override;
  Status fill(void* to, uint8_t byte, size_t size_bytes) override;
  Result<std::shared_ptr<Kernel>> compile(std::string_view text, std::string_view name) override;
  Status launch(const Kernel& kernel, LaunchShape shape, const void* parameters,
                size_t parameter_bytes) override;

 private:
  EmulatedDevice(Options options, bool owns_cache)
      : options_(std::move(options)), owns_cache_(owns_cache) {}
  Status build(const std::string& source, const std::string& library);

  Options options_;
  const bool owns_cache_;
  uint32_t compile_count_ = 0;
  std::map<std::string, std::shared_ptr<Kernel>> kernels_;  // by key of their text
};

}  // namespace millrace::device
