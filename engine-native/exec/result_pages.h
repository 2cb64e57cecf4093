// Result rows on their way to a client: DataRow messages in a fixed ring of buffers.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "column/chunk.h"
#include "runtime/state.h"
#include "wire/copy_row.h"

namespace millrace::exec {

using base::Status;

/// Buffers of one size that all queries share; made when first needed, never given back, so that
/// their addresses may be known to others. Threads: all.
class PagePool {
 public:
  static constexpr size_t kPageBytes = 256 << 10;
  explicit PagePool(uint32_t most_pages) : most_pages_(most_pages) {}
  std::optional<uint32_t> acquire();
  void release(uint32_t page);
  char* address(uint32_t page) const;
  bool has_free() const;
  /// More than half of the pages are held: queries make do with the fewest they can work with.
  bool is_scarce() const;

 private:
  const uint32_t most_pages_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<char[]>> pages_;
  std::vector<uint32_t> free_;
};

/// One query's result. Workers fill pages and hand them over; a reader takes them one by one and
/// gives them back. At most `page_limit` pages are held at once; workers are parked beyond that.
/// Where other queries hold all pages of the pool, one page of the query's own keeps it going: each
/// waits for its own reader only.
class ResultPages : public runtime::ResultSink {
 public:
  struct Page {
    std::optional<uint32_t> buffer;
    std::vector<char> bytes;  // instead: of a row larger than a page, or where the pool has none
    size_t size_bytes = 0;
    uint32_t row_count = 0;
  };
  /// `formats` as in plan::ResultSink. With `copy` rows become CopyData, else DataRow messages.
  ResultPages(PagePool* pool, const ops::Settings* settings, std::vector<uint32_t> formats,
              std::optional<wire::CopyFormat> copy, uint32_t worker_count);
  ~ResultPages() override;

  // Workers.
  Status emit(uint32_t worker, std::span<const runtime::VectorView> columns,
              runtime::LanesView lanes, uint32_t* taken) override;
  /// The worker has no more rows for now, while others may: they must not wait for what it holds.
  void rest(uint32_t worker);
  /// All rows are in: pages still open are handed over.
  void finish();
  bool has_room();
  /// Called, without locks, whenever parked workers may try again.
  void set_wake(std::function<void()> wake);

  // The reader.
  enum class Take : uint8_t { Page, End, Failed, Later };
  /// Later: `ready` will be called once, when a page or the end is there. Failed: the query ended
  /// with an error, which its task reports.
  Take take(Page* page, std::function<void()> ready);
  /// Takes back what `take` gave: a page's buffer, nothing for one of bytes alone.
  void release(std::optional<uint32_t> buffer);
  /// The query failed: the reader gets no more pages.
  void fail();
  /// Wakes parked workers: the query is cancelled.
  void wake_writers();

 private:
  struct Worker {
    Page page;
    bool rests = false;                   // guarded by `mutex_`, as is the page of one that rests
    std::vector<column::Buffer> compact;  // by column: values, then validity
  };
  bool open_page(Worker& worker);
  bool has_page(const Worker& worker) const {
    return worker.page.buffer.has_value() || !worker.page.bytes.empty();
  }
  bool may_hold_another() const;
  void hand_over(Worker& worker);
  void compact_columns(Worker& worker, std::span<const runtime::VectorView> columns,
                       runtime::LanesView lanes, std::vector<wire::EncodedColumn>& encoded);

  wire::EncodedRows encode(std::span<const wire::EncodedColumn> columns, uint32_t from, uint32_t to,
                           char* buffer, size_t capacity) const;

  PagePool* pool_;
  const ops::Settings* settings_;
  const std::vector<uint32_t> formats_;
  const std::optional<wire::CopyFormat> copy_;
  const uint32_t page_limit_;
  std::vector<Worker> workers_;
  std::mutex mutex_;
  std::deque<Page> ready_;
  uint32_t held_pages_ = 0;
  bool starved_ = false;  // the pool had no page at least once
  bool finished_ = false;
  bool failed_ = false;
  std::function<void()> reader_;
  std::function<void()> wake_;
};

}  // namespace millrace::exec
