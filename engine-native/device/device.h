// device: where rendered kernels run, behind one interface: memory, copies, compilation, launches.
// May include base, io, codec. Invariant: whoever holds a Device never looks at device memory but
// by copying it. Start reading at Device.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace millrace::device {

using base::ErrorCode;
using base::Result;
using base::Status;

/// A compiled kernel; lives no longer than its device.
class Kernel {
 public:
  virtual ~Kernel() = default;
};

/// Lanes of a block are a multiple of 32.
struct LaunchShape {
  uint32_t block_count;
  uint32_t lane_count;  // a block
};

/// Threads: one at a time.
class Device {
 public:
  virtual ~Device() = default;
  virtual std::string_view name() const = 0;

  /// Uninitialized bytes at a multiple of 256; 53200 where there are not enough.
  virtual Result<void*> allocate(size_t size_bytes) = 0;
  virtual void release(void* memory) = 0;
  virtual Status copy_to_device(void* to, const void* from, size_t size_bytes) = 0;
  virtual Status copy_to_host(void* to, const void* from, size_t size_bytes) = 0;
  virtual Status fill(void* to, uint8_t byte, size_t size_bytes) = 0;

  /// `text` is CUDA C++ without includes in which `extern "C" __global__ void name(P parameters)`
  /// stands; XX000 with the compiler's words where it does not compile. Compiled texts are cached.
  virtual Result<std::shared_ptr<Kernel>> compile(std::string_view text, std::string_view name) = 0;

  /// Runs the kernel to its end. `parameters` is its one argument, by value.
  virtual Status launch(const Kernel& kernel, LaunchShape shape, const void* parameters,
                        size_t parameter_bytes) = 0;
};

/// Bytes on a device, given back when their owner dies.
class Memory {
 public:
  Memory() = default;
  Memory(Device* device, void* bytes, size_t size_bytes)
      : device_(device), bytes_(bytes), size_bytes_(size_bytes) {}
  Memory(Memory&& other) noexcept { swap(other); }
  Memory& operator=(Memory&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Memory() {
    if (bytes_ != nullptr) device_->release(bytes_);
  }
  static Result<Memory> make(Device* device, size_t size_bytes) {
    MR_ASSIGN_OR_RETURN(void* bytes, device->allocate(size_bytes));
    return Memory(device, bytes, size_bytes);
  }
  /// A device address: for copies and kernel parameters only.
  char* address() const { return static_cast<char*>(bytes_); }
  size_t size_bytes() const { return size_bytes_; }

 private:
  void swap(Memory& other) {
    std::swap(device_, other.device_);
    std::swap(bytes_, other.bytes_);
    std::swap(size_bytes_, other.size_bytes_);
  }
  Device* device_ = nullptr;
  void* bytes_ = nullptr;
  size_t size_bytes_ = 0;
};

}  // namespace millrace::device
