#include "tests/backend/cuda/device_table.h"

#include <algorithm>
#include <cstring>

#include "exec/scan_source.h"
#include "operators/node.h"

namespace millrace::tests {

using base::Result;
using base::Status;
using column::Encoding;
using device::Memory;
using types::StringView;

Result<Memory> upload(device::Device* device, const void* bytes, size_t size_bytes) {
  MR_ASSIGN_OR_RETURN(Memory memory, Memory::make(device, std::max<size_t>(size_bytes, 1)));
  MR_RETURN_IF_ERROR(device->copy_to_device(memory.address(), bytes, size_bytes));
  return memory;
}

namespace {

/// Columns with fewer distinct strings are kept as codes.
constexpr size_t kMostCodes = 200;

bool is_string(types::Type type) { return type == types::Type::Text || type == types::Type::Bytea; }

/// A column as it comes from the scan, row after row.
struct HostColumn {
  types::Type type;
  std::vector<char> values;
  std::vector<uint8_t> validity;
  std::vector<std::string> texts;  // of strings; NULL: empty
};

Status append(const column::ColumnView& view, HostColumn& into) {
  const uint32_t size = types::size_of(into.type);
  for (uint32_t row = 0; row < view.row_count; row++) {
    const bool present = view.validity == nullptr || view.validity[row] != 0;
    into.validity.push_back(present ? 1 : 0);
    const char* value = static_cast<const char*>(view.values) + size_t{row} * size;
    if (view.encoding != Encoding::Flat) {
      uint32_t code = 0;
      const uint32_t width = column::code_size(view.encoding);
      std::memcpy(&code, static_cast<const char*>(view.values) + size_t{row} * width, width);
      value = view.dictionary->values.as<char>() + size_t{code} * size;
    }
    if (is_string(into.type)) {
      StringView text = StringView::make("", 0);
      if (present) std::memcpy(&text, value, sizeof(text));
      into.texts.emplace_back(text.bytes(), text.size);
    } else {
      into.values.insert(into.values.end(), value, value + size);
    }
  }
  return {};
}

/// Views whose long strings point into `heap`, which has their bytes one after the other.
Status upload_texts(device::Device* device, const std::vector<std::string>& texts, Memory& views,
                    Memory& heap) {
  std::string bytes;
  for (const std::string& text : texts) bytes += text;
  MR_ASSIGN_OR_RETURN(heap, upload(device, bytes.data(), bytes.size()));
  std::vector<StringView> made;
  size_t from = 0;
  for (const std::string& text : texts) {
    StringView view = StringView::make(text.data(), static_cast<uint32_t>(text.size()));
    if (text.size() > StringView::kInlineSize) view.pointed.data = heap.address() + from;
    made.push_back(view);
    from += text.size();
  }
  MR_ASSIGN_OR_RETURN(views, upload(device, made.data(), made.size() * sizeof(StringView)));
  return {};
}

Status upload_column(device::Device* device, const HostColumn& from, DeviceTable::Column& into) {
  MR_ASSIGN_OR_RETURN(into.validity, upload(device, from.validity.data(), from.validity.size()));
  if (!is_string(from.type)) {
    MR_ASSIGN_OR_RETURN(into.values, upload(device, from.values.data(), from.values.size()));
    return {};
  }
  std::vector<std::string> distinct = from.texts;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (distinct.size() > kMostCodes) {
    return upload_texts(device, from.texts, into.values, into.heap);
  }
  into.encoding = Encoding::Dictionary8;
  std::vector<uint8_t> codes;
  for (const std::string& text : from.texts) {
    const auto found = std::lower_bound(distinct.begin(), distinct.end(), text);
    codes.push_back(static_cast<uint8_t>(found - distinct.begin()));
  }
  MR_ASSIGN_OR_RETURN(into.values, upload(device, codes.data(), codes.size()));
  return upload_texts(device, distinct, into.dictionary, into.heap);
}

}  // namespace

Result<DeviceTable> read_table(device::Device* device, exec::Services& services,
                               const plan::TableScan& scan) {
  DeviceTable table;
  std::vector<HostColumn> columns;
  for (const plan::Field& field : scan.columns()) {
    columns.push_back({operators::type_of(field.type()).type, {}, {}, {}});
  }
  exec::ScanCounters counters;
  const exec::ScanServices scanned{&services.files, &services.tables, &services.cache,
                                   &services.budget, column::kVectorSize};
  MR_ASSIGN_OR_RETURN(const auto source, exec::make_scan_source(scan, {}, {}, scanned, &counters));
  const auto cursor = source->open_cursor();
  while (true) {
    MR_ASSIGN_OR_RETURN(exec::Batch * batch, cursor->next());
    if (batch == nullptr) break;
    table.row_count += batch->row_count();
    for (uint32_t c = 0; c < columns.size(); c++) {
      MR_ASSIGN_OR_RETURN(const column::ColumnView view, batch->column(c));
      MR_RETURN_IF_ERROR(append(view, columns[c]));
    }
  }
  for (const HostColumn& host : columns) {
    MR_RETURN_IF_ERROR(upload_column(device, host, table.columns.emplace_back()));
  }
  return table;
}

}  // namespace millrace::tests
