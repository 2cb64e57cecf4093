// Columns of a table in device memory.
#pragma once
#include <string>
#include <vector>

#include "column/chunk.h"
#include "device/device.h"
#include "exec/query.h"
#include "plan/fragment.pb.h"

namespace millrace::tests {

struct DeviceTable {
  struct Column {
    column::Encoding encoding = column::Encoding::Flat;
    device::Memory values;
    device::Memory validity;
    device::Memory dictionary;
    device::Memory heap;
  };
  uint64_t row_count = 0;
  std::vector<Column> columns;
};

/// Bytes on the device.
base::Result<device::Memory> upload(device::Device* device, const void* bytes, size_t size_bytes);

/// Reads all rows of the scan, without its conditions. Columns of few strings stay codes.
base::Result<DeviceTable> read_table(device::Device* device, exec::Services& services,
                                     const plan::TableScan& scan);

}  // namespace millrace::tests
