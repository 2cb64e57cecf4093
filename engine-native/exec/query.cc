#include "exec/query.h"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <climits>
#include <utility>

#include "exec/task.h"
#include "ops/zone_cache.h"
#include "plan/verify.h"

namespace millrace::exec {

Result<ops::Settings> settings_of(const plan::Settings& message) {
  ops::Settings settings{};
  settings.zone = ops::find_zone(message.time_zone().empty() ? "UTC" : message.time_zone());
  if (settings.zone == nullptr) {
    return Status::error(ErrorCode::TimeZoneNotRecognized, message.time_zone());
  }
  settings.transaction_timestamp = message.transaction_timestamp();
  settings.statement_timestamp = message.statement_timestamp();
  settings.extra_float_digits = message.extra_float_digits();
  const std::string& style = message.date_style();
  const auto has = [&style](const char* word) { return style.find(word) != std::string::npos; };
  settings.date_style = has("German")     ? ops::DateStyle::German
                        : has("SQL")      ? ops::DateStyle::Sql
                        : has("Postgres") ? ops::DateStyle::Postgres
                                          : ops::DateStyle::Iso;
  settings.date_order = has("YMD")   ? ops::DateOrder::Ymd
                        : has("DMY") ? ops::DateOrder::Dmy
                                     : ops::DateOrder::Mdy;
  const std::string& interval = message.interval_style();
  settings.interval_style = interval == "postgres_verbose" ? ops::IntervalStyle::PostgresVerbose
                            : interval == "sql_standard"   ? ops::IntervalStyle::SqlStandard
                            : interval == "iso_8601"       ? ops::IntervalStyle::Iso8601
                                                           : ops::IntervalStyle::Postgres;
  settings.bytea_output =
      message.bytea_output() == "escape" ? ops::ByteaOutput::Escape : ops::ByteaOutput::Hex;
  return settings;
}

Result<std::shared_ptr<Query>> Query::open(std::string_view bytes, Services* services) {
  std::shared_ptr<Query> query(new Query(services));
  // Levels are counted by the verifier; one takes up to four messages inside each other.
  constexpr int kMostMessageDepth = 10'000;
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  stream.SetRecursionLimit(kMostMessageDepth);
  const bool is_read = bytes.size() <= INT_MAX && query->message_.ParseFromCodedStream(&stream) &&
                       stream.ConsumedEntireMessage();
  if (!is_read) {
    return Status::error(ErrorCode::Internal, "the query message cannot be read");
  }
  MR_RETURN_IF_ERROR(plan::verify(query->message_));
  MR_RETURN_IF_ERROR(query->read_settings());
  return query;
}

Status Query::read_settings() {
  const plan::Settings& message = message_.settings();
  MR_ASSIGN_OR_RETURN(settings_, settings_of(message));
  vector_size_ = message.vector_size() == 0 ? column::kVectorSize
                                            : std::min(message.vector_size(), column::kVectorSize);
  const uint32_t threads = services_->pool.thread_count();
  worker_count_ = message.threads() == 0 ? threads : std::min(message.threads(), threads);
  return {};
}

void Query::run(uint32_t fragment_id, uint32_t partition, std::function<void(Status)> done) {
  for (const plan::Fragment& fragment : message_.fragments()) {
    if (fragment.id() != fragment_id) continue;
    {
      const std::lock_guard lock(mutex_);
      open_tasks_++;
    }
    Task::start(shared_from_this(), fragment, partition, std::move(done));
    return;
  }
  done(Status::error(ErrorCode::Internal, "the query has no such fragment"));
}

namespace {

/// The event loop is held up by no more than this, and a copy of no more than that.
constexpr uint32_t kMostSteps = 16;
constexpr size_t kMostBytesHere = 64 << 10;

}  // namespace

Result<std::optional<WholeResult>> Query::run_here() {
  const bool is_one = message_.fragments_size() == 1 &&
                      message_.fragments(0).sink_case() == plan::Fragment::kResult;
  if (!is_one) return std::optional<WholeResult>();
  worker_count_ = 1;
  here_.store(std::this_thread::get_id());
  auto outcome = std::make_shared<std::optional<Status>>();
  run(message_.fragments(0).id(), 0, [outcome](Status status) { *outcome = std::move(status); });
  for (uint32_t steps = 0; !local_jobs_.empty() && steps < kMostSteps; steps++) {
    const std::function<void()> job = std::move(local_jobs_.front());
    local_jobs_.pop_front();
    job();
  }
  here_.store({});
  if (!outcome->has_value()) {
    // It takes longer, or waits for room: the task ends itself on the pool.
    cancel();
    for (std::function<void()>& job : local_jobs_) services_->pool.submit(std::move(job));
    local_jobs_.clear();
    return std::optional<WholeResult>();
  }
  if (!outcome->value().ok()) return std::move(outcome->value());
  return take_whole();
}

Result<std::optional<WholeResult>> Query::take_whole() {
  WholeResult whole;
  const std::shared_ptr<ResultPages> pages = result();
  bool fits = true;
  ResultPages::Page page;
  while (pages->take(&page, [] {}) == ResultPages::Take::Page) {
    fits = fits && whole.bytes.size() + page.size_bytes <= kMostBytesHere;
    const char* from =
        page.bytes.empty() ? services_->pages.address(*page.buffer) : page.bytes.data();
    if (fits) whole.bytes.append(from, page.size_bytes);
    whole.row_count += page.row_count;
    pages->release(page.buffer);
    page = ResultPages::Page();
  }
  if (!fits) return std::optional<WholeResult>();
  return std::optional<WholeResult>(std::move(whole));
}

void Query::submit(std::function<void()> job) {
  if (here_.load(std::memory_order_relaxed) == std::this_thread::get_id()) {
    local_jobs_.push_back(std::move(job));
  } else {
    services_->pool.submit(std::move(job));
  }
}

void Query::cancel() {
  cancelled_.store(true, std::memory_order_relaxed);
  std::shared_ptr<ResultPages> pages = result();
  if (pages != nullptr) pages->wake_writers();
}

std::shared_ptr<ResultPages> Query::result() {
  const std::lock_guard lock(mutex_);
  return result_;
}

std::map<uint32_t, OperatorProfile> Query::profile() {
  const std::lock_guard lock(mutex_);
  return profile_;
}

std::shared_ptr<exchange::Exchange> Query::exchange_of(const plan::Fragment& fragment,
                                                       std::span<const ir::SourceColumn> schema) {
  const plan::ExchangeSink& sink = fragment.exchange();
  const std::lock_guard lock(mutex_);
  std::shared_ptr<exchange::Exchange>& made = exchanges_[sink.exchange_id()];
  if (made != nullptr) return made;
  std::vector<runtime::RowLayout::FieldType> fields;
  for (const ir::SourceColumn& column : schema) fields.push_back({column.type, column.nullable});
  std::vector<uint32_t> hash_columns;
  if (sink.kind() == plan::ExchangeSink::HASH) {
    hash_columns.assign(sink.hash_columns().begin(), sink.hash_columns().end());
  }
  made = std::make_shared<exchange::Exchange>(std::move(fields), std::move(hash_columns),
                                              std::max(sink.partitions(), 1u), &services_->budget);
  made->expect_producers(std::max(fragment.partitions(), 1u));
  return made;
}

Result<std::shared_ptr<exchange::Exchange>> Query::read_exchange(uint32_t exchange_id) {
  const std::lock_guard lock(mutex_);
  const auto found = exchanges_.find(exchange_id);
  if (found == exchanges_.end() || !found->second->sealed()) {
    return Status::error(ErrorCode::Internal, "an exchange is read before it is complete");
  }
  return found->second;
}

namespace {

std::optional<wire::CopyFormat> copy_format_of(const plan::ResultSink& sink) {
  if (!sink.has_copy()) return std::nullopt;
  const plan::CopyFormat& from = sink.copy();
  wire::CopyFormat format;
  switch (from.kind()) {
    case plan::CopyFormat::CSV:
      format.kind = wire::CopyFormat::Kind::Csv;
      break;
    case plan::CopyFormat::BINARY:
      format.kind = wire::CopyFormat::Kind::Binary;
      break;
    default:
      format.kind = wire::CopyFormat::Kind::Text;
  }
  const auto byte_of = [](const std::string& text, char otherwise) {
    return text.empty() ? otherwise : text.front();
  };
  format.delimiter = byte_of(from.delimiter(), format.delimiter);
  format.quote = byte_of(from.quote(), format.quote);
  format.escape = byte_of(from.escape(), format.escape);
  format.null = from.null();
  format.force_quote.assign(from.force_quote().begin(), from.force_quote().end());
  return format;
}

}  // namespace

std::shared_ptr<ResultPages> Query::open_result(const plan::ResultSink& sink) {
  std::vector<uint32_t> formats(sink.formats().begin(), sink.formats().end());
  auto pages = std::make_shared<ResultPages>(&services_->pages, &settings_, std::move(formats),
                                             copy_format_of(sink), worker_count_);
  std::function<void()> opened;
  {
    const std::lock_guard lock(mutex_);
    result_ = pages;
    opened = std::exchange(result_opened_, nullptr);
  }
  if (opened) opened();
  return pages;
}

void Query::when_result_opens(std::function<void()> opened) {
  {
    const std::lock_guard lock(mutex_);
    if (result_ == nullptr && open_tasks_ > 0) {
      result_opened_ = std::move(opened);
      return;
    }
  }
  opened();
}

void Query::task_ended() {
  std::function<void()> opened;
  {
    const std::lock_guard lock(mutex_);
    // Others may still open it, and nobody would be told then.
    if (--open_tasks_ == 0) opened = std::exchange(result_opened_, nullptr);
  }
  if (opened) opened();
}

void Query::add_profile(uint32_t operator_id, const OperatorProfile& more) {
  const std::lock_guard lock(mutex_);
  OperatorProfile& sum = profile_[operator_id];
  sum.rows += more.rows;
  sum.time_ns += more.time_ns;
  sum.bytes_read += more.bytes_read;
  sum.row_groups += more.row_groups;
  sum.row_groups_pruned += more.row_groups_pruned;
  sum.peak_bytes += more.peak_bytes;
}

}  // namespace millrace::exec
