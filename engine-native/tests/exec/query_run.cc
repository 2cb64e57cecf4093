#include "tests/exec/query_run.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/check.h"

namespace millrace::tests {

namespace {

/// What the reading thread waits for.
class Signal {
 public:
  void raise() {
    {
      const std::lock_guard lock(mutex_);
      raised_++;
    }
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return raised_ > seen_; });
    seen_++;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t raised_ = 0;
  uint64_t seen_ = 0;
};

uint32_t big_endian(const char* at, size_t size) {
  uint32_t value = 0;
  for (size_t i = 0; i < size; i++) value = value << 8 | static_cast<uint8_t>(at[i]);
  return value;
}

void read_rows(const char* at, size_t size, std::vector<TextRow>& rows) {
  const char* const end = at + size;
  while (at < end) {
    const uint32_t columns = big_endian(at + 5, 2);
    at += 7;
    TextRow row;
    for (uint32_t c = 0; c < columns; c++) {
      const uint32_t length = big_endian(at, 4);
      at += 4;
      if (length == UINT32_MAX) {
        row.push_back(std::nullopt);
        continue;
      }
      row.push_back(std::string(at, length));
      at += length;
    }
    rows.push_back(std::move(row));
  }
}

struct Tasks {
  std::mutex mutex;
  uint32_t open = 0;
  base::Status status;
};

void read_pages(exec::Services& services, exec::Query& query, Tasks& tasks,
                const std::shared_ptr<Signal>& shared_signal, const RunOptions& options,
                Answer& answer) {
  Signal& signal = *shared_signal;
  const auto tasks_open = [&] {
    const std::lock_guard lock(tasks.mutex);
    return tasks.open > 0;
  };
  query.when_result_opens([shared_signal] { shared_signal->raise(); });
  while (query.result() == nullptr && tasks_open()) signal.wait();
  const std::shared_ptr<exec::ResultPages> pages = query.result();
  while (pages != nullptr) {
    exec::ResultPages::Page page;
    const auto took = pages->take(&page, [&signal] { signal.raise(); });
    if (took == exec::ResultPages::Take::Later) {
      signal.wait();
      continue;
    }
    if (took != exec::ResultPages::Take::Page) break;
    if (!options.drops_rows) {
      const char* bytes =
          page.bytes.empty() ? services.pages.address(*page.buffer) : page.bytes.data();
      read_rows(bytes, page.size_bytes, answer.rows);
    }
    pages->release(page.buffer);
    if (options.on_page) options.on_page(query);
  }
}

}  // namespace

Answer run_bytes(exec::Services& services, const std::string& bytes, RunOptions options) {
  Answer answer;
  auto opened = exec::Query::open(bytes, &services);
  if (!opened.ok()) {
    answer.status = opened.status();
    return answer;
  }
  const std::shared_ptr<exec::Query> query = std::move(opened).value();
  // Kept alive by the callbacks, which may come after the last look.
  const auto signal = std::make_shared<Signal>();
  for (const plan::Fragment& fragment : query->message().fragments()) {
    const uint32_t count = std::max(fragment.partitions(), 1u);
    const auto tasks = std::make_shared<Tasks>();
    tasks->open = count;
    for (uint32_t p = 0; p < count; p++) {
      query->run(fragment.id(), p, [signal, tasks](base::Status status) {
        {
          const std::lock_guard lock(tasks->mutex);
          tasks->open--;
          if (tasks->status.ok()) tasks->status = std::move(status);
        }
        signal->raise();
      });
    }
    if (options.on_start) options.on_start(*query);
    options.on_start = nullptr;
    if (fragment.has_result()) {
      read_pages(services, *query, *tasks, signal, options, answer);
    }
    while (true) {
      {
        const std::lock_guard lock(tasks->mutex);
        if (tasks->open == 0) break;
      }
      signal->wait();
    }
    answer.status = tasks->status;
    if (!answer.status.ok()) break;
  }
  return answer;
}

Answer run_query(exec::Services& services, const plan::Query& query, RunOptions options) {
  return run_bytes(services, query.SerializeAsString(), std::move(options));
}

void check_given_back(exec::Services& services, int64_t file_bytes) {
  const auto held = [&services] {
    return services.budget.held_bytes() - services.cache.held_bytes();
  };
  for (int tries = 0; tries < 1000 && held() > file_bytes; tries++) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  CHECK(held() <= file_bytes);
}

std::string text_of(const std::vector<TextRow>& rows) {
  std::string text;
  for (const TextRow& row : rows) {
    for (const Text& value : row) text += value.value_or("\\N") + "|";
    text += "\n";
  }
  return text;
}

std::string sorted_text_of(std::vector<TextRow> rows) {
  std::sort(rows.begin(), rows.end());
  return text_of(rows);
}

}  // namespace millrace::tests
