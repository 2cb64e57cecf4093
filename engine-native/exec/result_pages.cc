#include "exec/result_pages.h"

#include "backend/cpu/registers.h"

namespace millrace::exec {

using runtime::LanesView;
using runtime::VectorView;

std::optional<uint32_t> PagePool::acquire() {
  const std::lock_guard lock(mutex_);
  if (!free_.empty()) {
    const uint32_t page = free_.back();
    free_.pop_back();
    return page;
  }
  if (pages_.size() == most_pages_) return std::nullopt;
  pages_.push_back(std::make_unique<char[]>(kPageBytes));
  return static_cast<uint32_t>(pages_.size() - 1);
}

void PagePool::release(uint32_t page) {
  const std::lock_guard lock(mutex_);
  free_.push_back(page);
}

bool PagePool::has_free() const {
  const std::lock_guard lock(mutex_);
  return !free_.empty() || pages_.size() < most_pages_;
}

bool PagePool::is_scarce() const {
  const std::lock_guard lock(mutex_);
  return pages_.size() - free_.size() > most_pages_ / 2;
}

char* PagePool::address(uint32_t page) const {
  const std::lock_guard lock(mutex_);
  return page < pages_.size() ? pages_[page].get() : nullptr;
}

ResultPages::ResultPages(PagePool* pool, const ops::Settings* settings,
                         std::vector<uint32_t> formats, std::optional<wire::CopyFormat> copy,
                         uint32_t worker_count)
    : pool_(pool),
      settings_(settings),
      formats_(std::move(formats)),
      copy_(std::move(copy)),
      page_limit_(worker_count * 2 + 2),
      workers_(worker_count) {}

ResultPages::~ResultPages() {
  for (Worker& worker : workers_) {
    if (worker.page.buffer.has_value()) pool_->release(*worker.page.buffer);
  }
  for (Page& page : ready_) {
    if (page.buffer.has_value()) pool_->release(*page.buffer);
  }
}

/// Opens a page for the worker; false where it has to wait until the reader gives one back.
bool ResultPages::open_page(Worker& worker) {
  if (has_page(worker) && !worker.rests) return true;
  std::function<void()> reader;
  {
    const std::lock_guard lock(mutex_);
    worker.rests = false;
    if (has_page(worker)) return true;
    if (!may_hold_another()) return false;
    worker.page.buffer = pool_->acquire();
    if (!worker.page.buffer.has_value() && held_pages_ == 0) {
      worker.page.bytes.resize(PagePool::kPageBytes);
    }
    if (has_page(worker)) {
      held_pages_++;
      return true;
    }
    starved_ = true;
    for (Worker& other : workers_) {
      if (!other.rests || other.page.row_count == 0) continue;
      ready_.push_back(std::exchange(other.page, {}));
      reader = std::exchange(reader_, nullptr);
    }
  }
  if (reader) reader();
  return false;
}

void ResultPages::rest(uint32_t worker_index) {
  Worker& worker = workers_[worker_index];
  bool hands_over = false;
  {
    const std::lock_guard lock(mutex_);
    worker.rests = true;
    hands_over = starved_ && worker.page.row_count > 0;
  }
  if (hands_over) hand_over(worker);
}

void ResultPages::hand_over(Worker& worker) {
  std::function<void()> reader;
  {
    const std::lock_guard lock(mutex_);
    if (worker.page.row_count == 0) return;  // another worker did, for one that rests
    ready_.push_back(std::exchange(worker.page, {}));
    reader = std::exchange(reader_, nullptr);
  }
  if (reader) reader();
}

void ResultPages::compact_columns(Worker& worker, std::span<const VectorView> columns,
                                  LanesView lanes, std::vector<wire::EncodedColumn>& encoded) {
  worker.compact.resize(columns.size() * 2);
  for (size_t c = 0; c < columns.size(); c++) {
    const VectorView& from = columns[c];
    const uint32_t size = types::size_of(from.type.type);
    column::Buffer& values = worker.compact[c * 2];
    column::Buffer& validity = worker.compact[c * 2 + 1];
    if (values.size_bytes() == 0) {
      values = column::Buffer(size_t{column::kVectorSize} * 32);
      validity = column::Buffer(column::kVectorSize);
    }
    backend::cpu::copy_elements(size, from.values, values.as<char>(), {nullptr, lanes.count},
                                [&](uint32_t i) { return lanes[i] * from.stride; });
    if (from.validity != nullptr) {
      for (uint32_t i = 0; i < lanes.count; i++) {
        validity.as<uint8_t>()[i] = from.is_null(lanes[i]) ? 0 : 1;
      }
    }
    wire::EncodedColumn column;
    column.type = from.type;
    column.values = values.as<char>();
    column.validity = from.validity == nullptr ? nullptr : validity.as<uint8_t>();
    column.is_binary = formats_[c] != 0;
    column.is_oid = formats_[c] == 2;
    encoded.push_back(column);
  }
}

wire::EncodedRows ResultPages::encode(std::span<const wire::EncodedColumn> columns, uint32_t from,
                                      uint32_t to, char* buffer, size_t capacity) const {
  if (copy_.has_value()) {
    return wire::encode_copy_rows(columns, *copy_, from, to, *settings_, buffer, capacity);
  }
  return wire::encode_data_rows(columns, from, to, *settings_, buffer, capacity);
}

Status ResultPages::emit(uint32_t worker_index, std::span<const VectorView> columns,
                         LanesView lanes, uint32_t* taken) {
  Worker& worker = workers_[worker_index];
  std::vector<wire::EncodedColumn> encoded;
  compact_columns(worker, columns, lanes, encoded);
  *taken = 0;
  while (*taken < lanes.count) {
    if (!open_page(worker)) return {};
    Page& page = worker.page;
    char* buffer = page.buffer.has_value() ? pool_->address(*page.buffer) : page.bytes.data();
    const wire::EncodedRows rows = encode(encoded, *taken, lanes.count, buffer + page.size_bytes,
                                          PagePool::kPageBytes - page.size_bytes);
    *taken += rows.row_count;
    page.row_count += rows.row_count;
    page.size_bytes += rows.size_bytes;
    if (*taken == lanes.count) break;
    const bool too_large = page.row_count == 0;
    if (too_large) {
      page.bytes.resize(rows.needed_bytes);
      const wire::EncodedRows one =
          encode(encoded, *taken, *taken + 1, page.bytes.data(), page.bytes.size());
      if (one.row_count == 0) {
        return Status::error(base::ErrorCode::Internal, "a row did not fit where it must");
      }
      page.size_bytes = one.size_bytes;
      page.row_count = 1;
      *taken += 1;
    }
    hand_over(worker);
  }
  return {};
}

void ResultPages::finish() {
  for (Worker& worker : workers_) {
    if (worker.page.row_count > 0) hand_over(worker);
  }
  std::function<void()> reader;
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    reader = std::move(reader_);
    reader_ = nullptr;
  }
  if (reader) reader();
}

/// Every worker may have a page open and one more be on its way: with fewer all could wait for each
/// other. Beyond that a page comes back, and wakes the workers, before another is taken.
bool ResultPages::may_hold_another() const {
  const uint32_t fewest = static_cast<uint32_t>(workers_.size()) + 1;
  return held_pages_ < fewest || (held_pages_ < page_limit_ && !pool_->is_scarce());
}

bool ResultPages::has_room() {
  const std::lock_guard lock(mutex_);
  return may_hold_another() && (held_pages_ == 0 || pool_->has_free());
}

void ResultPages::set_wake(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

ResultPages::Take ResultPages::take(Page* page, std::function<void()> ready) {
  const std::lock_guard lock(mutex_);
  if (failed_) return Take::Failed;
  if (!ready_.empty()) {
    *page = std::move(ready_.front());
    ready_.pop_front();
    return Take::Page;
  }
  if (finished_) return Take::End;
  reader_ = std::move(ready);
  return Take::Later;
}

void ResultPages::release(std::optional<uint32_t> buffer) {
  if (buffer.has_value()) pool_->release(*buffer);
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    held_pages_--;
    wake = wake_;
  }
  if (wake) wake();
}

void ResultPages::wake_writers() {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    wake = wake_;
  }
  if (wake) wake();
}

void ResultPages::fail() {
  std::function<void()> reader;
  {
    const std::lock_guard lock(mutex_);
    failed_ = true;
    reader = std::move(reader_);
    reader_ = nullptr;
  }
  if (reader) reader();
}

}  // namespace millrace::exec
