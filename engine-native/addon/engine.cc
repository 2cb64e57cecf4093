#include "addon/engine.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "addon/json.h"
#include "addon/values.h"
#include "exec/analyze.h"
#include "exec/evaluate.h"
#include "exec/literal.h"
#include "types/names.h"
#include "wire/parameter.h"

namespace millrace::addon {

using base::ErrorCode;
using base::Result;
using base::Status;
using exec::Query;
using exec::ResultPages;

namespace {

constexpr uint32_t kMostPages = 1024;

}  // namespace

/// A query with what JavaScript waits for. Event loop only.
struct Engine::OpenQuery {
  std::shared_ptr<Query> query;
  uint32_t id = 0;
  uint32_t running_tasks = 0;
  std::set<uint32_t> open_pages;  // lent to JavaScript
  std::shared_ptr<ResultPages> pages;
  std::unique_ptr<Napi::Promise::Deferred> closing;
};

struct Engine::PageRequest {
  std::shared_ptr<OpenQuery> query;
  Napi::Promise::Deferred deferred;
};

Napi::Function Engine::define(Napi::Env env) {
  return DefineClass(env, "Engine",
                     {
                         InstanceMethod("openQuery", &Engine::open_query),
                         InstanceMethod("answer", &Engine::answer),
                         InstanceMethod("runFragment", &Engine::run_fragment),
                         InstanceMethod("nextPage", &Engine::next_page),
                         InstanceMethod("pageBuffer", &Engine::page_buffer),
                         InstanceMethod("releasePage", &Engine::release_page),
                         InstanceMethod("cancelQuery", &Engine::cancel_query),
                         InstanceMethod("closeQuery", &Engine::close_query),
                         InstanceMethod("queryProfile", &Engine::query_profile),
                         InstanceMethod("evaluate", &Engine::evaluate),
                         InstanceMethod("decodeParameter", &Engine::decode_parameter),
                         InstanceMethod("inspectFile", &Engine::inspect_file),
                         InstanceMethod("analyzeFiles", &Engine::analyze_files),
                         InstanceMethod("openTable", &Engine::open_table),
                         InstanceMethod("finishTable", &Engine::finish_table),
                         InstanceMethod("mergeTables", &Engine::merge_tables),
                         InstanceMethod("dropTable", &Engine::drop_table),
                         InstanceMethod("openCopy", &Engine::open_copy),
                         InstanceMethod("feedCopy", &Engine::feed_copy),
                         InstanceMethod("finishCopy", &Engine::finish_copy),
                         InstanceMethod("closeCopy", &Engine::close_copy),
                         InstanceMethod("memory", &Engine::memory),
                         InstanceMethod("close", &Engine::close),
                     });
}

Engine::Engine(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Engine>(info) {
  const Napi::Env env = info.Env();
  if (info.Length() < 1 || !info[0].IsObject()) {
    misuse(env, "Engine({ threads, hostMemoryBytes, temporaryDirectory })");
    return;
  }
  const Napi::Object options = info[0].As<Napi::Object>();
  const uint32_t threads = options.Get("threads").ToNumber().Uint32Value();
  const int64_t bytes = options.Get("hostMemoryBytes").ToNumber().Int64Value();
  if (threads == 0 || threads > 1024 || bytes <= 0) {
    misuse(env, "threads must be 1 to 1024 and hostMemoryBytes positive");
    return;
  }
  const Napi::Value directory = options.Get("temporaryDirectory");
  services_ = std::make_unique<exec::Services>(
      threads, bytes, kMostPages,
      directory.IsString() ? directory.ToString().Utf8Value() : std::string());
  completions_ = std::make_unique<CompletionQueue>(env);
}

/// Jobs post to the completions and give back to the services: they end before either goes.
Engine::~Engine() {
  if (services_ == nullptr) return;
  for (const auto& [id, query] : queries_) query->query->cancel();
  services_->pool.stop();
  queries_.clear();
}

std::shared_ptr<Engine::OpenQuery> Engine::find_query(Info info) {
  if (info.Length() < 1 || !info[0].IsNumber()) return nullptr;
  const auto found = queries_.find(info[0].ToNumber().Uint32Value());
  return found == queries_.end() ? nullptr : found->second;
}

Napi::Value Engine::open_query(Info info) {
  const Napi::Env env = info.Env();
  if (!are(info, {napi_object})) return misuse(env, "openQuery(message)");
  auto opened = Query::open(bytes_of(info[0]), services_.get());
  if (!opened.ok()) return raise(env, opened.status());
  auto query = std::make_shared<OpenQuery>();
  query->query = std::move(opened).value();
  query->id = next_query_++;
  queries_[query->id] = query;
  return Napi::Number::New(env, query->id);
}

/// All rows of a small query, on the spot; null where it is not one.
Napi::Value Engine::answer(Info info) {
  const Napi::Env env = info.Env();
  if (!are(info, {napi_object})) return misuse(env, "answer(message)");
  auto opened = Query::open(bytes_of(info[0]), services_.get());
  if (!opened.ok()) return raise(env, opened.status());
  auto answered = opened.value()->run_here();
  if (!answered.ok()) return raise(env, answered.status());
  if (!answered.value().has_value()) return env.Null();
  const exec::WholeResult& whole = *answered.value();
  const Napi::Object answer = Napi::Object::New(env);
  answer.Set("rowCount", Napi::Number::New(env, whole.row_count));
  answer.Set("bytes", Napi::Buffer<char>::Copy(env, whole.bytes.data(), whole.bytes.size()));
  return answer;
}

Napi::Value Engine::run_fragment(Info info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<OpenQuery> query = find_query(info);
  if (query == nullptr || !are(info, {napi_number, napi_number, napi_number})) {
    return misuse(env, "runFragment(query, fragment, partition) of an open query");
  }
  const uint32_t fragment = info[1].ToNumber().Uint32Value();
  const uint32_t partition = info[2].ToNumber().Uint32Value();
  const Napi::Promise::Deferred deferred = Napi::Promise::Deferred::New(env);
  query->running_tasks++;
  completions_->expect(env);
  query->query->run(fragment, partition, [this, query, deferred](Status status) {
    completions_->post([this, query, deferred, status = std::move(status)](Napi::Env loop) {
      completions_->settle(loop);
      query->running_tasks--;
      if (status.ok()) {
        deferred.Resolve(loop.Undefined());
      } else {
        deferred.Reject(error_value(loop, status));
      }
      settle_closing(loop, *query);
    });
  });
  return deferred.Promise();
}

Napi::Value Engine::next_page(Info info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<OpenQuery> query = find_query(info);
  if (query == nullptr) return misuse(env, "nextPage(query) of an open query");
  auto request =
      std::make_shared<PageRequest>(PageRequest{query, Napi::Promise::Deferred::New(env)});
  const Napi::Promise promise = request->deferred.Promise();
  take_page(env, request);
  return promise;
}

/// Settles the request, or waits for the page that will.
void Engine::take_page(Napi::Env env, const std::shared_ptr<PageRequest>& request) {
  OpenQuery& query = *request->query;
  // It was closed while the call was on its way here.
  if (query.query == nullptr) {
    request->deferred.Resolve(env.Null());
    return;
  }
  if (query.pages == nullptr) query.pages = query.query->result();
  const auto later = [this, request] {
    completions_->post([this, request](Napi::Env loop) {
      completions_->settle(loop);
      take_page(loop, request);
    });
  };
  if (query.pages == nullptr) {
    // The task that opens the result has been started but has not come so far.
    if (query.running_tasks == 0) {
      request->deferred.Resolve(env.Null());
      return;
    }
    completions_->expect(env);
    query.query->when_result_opens(later);
    return;
  }
  ResultPages::Page page;
  completions_->expect(env);
  switch (query.pages->take(&page, later)) {
    case ResultPages::Take::Later:
      return;
    case ResultPages::Take::End:
    case ResultPages::Take::Failed:
      completions_->settle(env);
      request->deferred.Resolve(env.Null());
      return;
    case ResultPages::Take::Page:
      break;
  }
  completions_->settle(env);
  const Napi::Object answer = Napi::Object::New(env);
  answer.Set("rowCount", Napi::Number::New(env, page.row_count));
  if (!page.bytes.empty()) {
    answer.Set("bytes", Napi::Buffer<char>::Copy(env, page.bytes.data(), page.size_bytes));
    query.pages->release(page.buffer);
  } else {
    answer.Set("page", Napi::Number::New(env, *page.buffer));
    answer.Set("sizeBytes", Napi::Number::New(env, static_cast<double>(page.size_bytes)));
    query.open_pages.insert(*page.buffer);
  }
  request->deferred.Resolve(answer);
}

Napi::Value Engine::page_buffer(Info info) {
  const Napi::Env env = info.Env();
  if (!are(info, {napi_number})) return misuse(env, "pageBuffer(page)");
  char* address = services_->pages.address(info[0].ToNumber().Uint32Value());
  if (address == nullptr) return misuse(env, "no such page");
  return Napi::Buffer<char>::New(env, address, exec::PagePool::kPageBytes, [](Napi::Env, char*) {});
}

Napi::Value Engine::release_page(Info info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<OpenQuery> query = find_query(info);
  if (query == nullptr || query->pages == nullptr || !are(info, {napi_number, napi_number})) {
    return misuse(env, "releasePage(query, page) of an open query");
  }
  // Given back twice it would be lent to two queries at once.
  const uint32_t page = info[1].ToNumber().Uint32Value();
  if (query->open_pages.erase(page) == 0) return misuse(env, "the query holds no such page");
  query->pages->release(page);
  settle_closing(env, *query);
  return env.Undefined();
}

Napi::Value Engine::cancel_query(Info info) {
  const std::shared_ptr<OpenQuery> query = find_query(info);
  if (query != nullptr) query->query->cancel();
  return info.Env().Undefined();
}

/// Resolves once no task runs and no page is held outside.
void Engine::settle_closing(Napi::Env env, OpenQuery& query) {
  if (query.closing == nullptr || query.running_tasks > 0 || !query.open_pages.empty()) return;
  const std::unique_ptr<Napi::Promise::Deferred> closing = std::move(query.closing);
  query.pages.reset();
  query.query.reset();
  queries_.erase(query.id);
  closing->Resolve(env.Undefined());
}

Napi::Value Engine::close_query(Info info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<OpenQuery> query = find_query(info);
  if (query == nullptr || query->closing != nullptr) {
    return misuse(env, "closeQuery(query) of an open query");
  }
  query->closing = std::make_unique<Napi::Promise::Deferred>(Napi::Promise::Deferred::New(env));
  const Napi::Promise promise = query->closing->Promise();
  if (query->running_tasks > 0) query->query->cancel();
  settle_closing(env, *query);
  return promise;
}

Napi::Value Engine::query_profile(Info info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<OpenQuery> query = find_query(info);
  if (query == nullptr) return misuse(env, "queryProfile(query) of an open query");
  JsonWriter json;
  int64_t peak = 0;
  json.open('{').key("operators").open('[');
  for (const auto& [id, profile] : query->query->profile()) {
    peak += profile.peak_bytes;
    json.open('{').key("id").integer(id);
    json.key("rows").integer(static_cast<long long>(profile.rows));
    json.key("timeNs").integer(static_cast<long long>(profile.time_ns));
    json.key("bytesRead").integer(profile.bytes_read);
    json.key("rowGroups").integer(profile.row_groups);
    json.key("rowGroupsPruned").integer(profile.row_groups_pruned);
    json.key("peakBytes").integer(profile.peak_bytes).close('}');
  }
  json.close(']').key("peakBytes").integer(peak).close('}');
  return Napi::String::New(env, json.finished());
}

Napi::Value Engine::evaluate(Info info) {
  const Napi::Env env = info.Env();
  if (!are(info, {napi_object, napi_object})) return misuse(env, "evaluate(expression, settings)");
  plan::Expression expression;
  plan::Settings message;
  const std::string_view bytes = bytes_of(info[0]);
  const std::string_view setting_bytes = bytes_of(info[1]);
  if (!expression.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !message.ParseFromArray(setting_bytes.data(), static_cast<int>(setting_bytes.size()))) {
    return misuse(env, "evaluate: not a message");
  }
  const Result<ops::Settings> settings = exec::settings_of(message);
  if (!settings.ok()) return raise(env, settings.status());
  auto text = exec::evaluate(expression, settings.value(), &services_->budget);
  if (!text.ok()) return raise(env, text.status());
  if (!text.value().has_value()) return env.Null();
  return Napi::String::New(env, *text.value());
}

Napi::Value Engine::decode_parameter(Info info) {
  const Napi::Env env = info.Env();
  if (!are(info, {napi_object, napi_boolean, napi_object, napi_number, napi_object})) {
    return misuse(env, "decodeParameter(type, isBinary, bytes, index, settings)");
  }
  plan::Type type_message;
  plan::Settings message;
  const std::string_view type_bytes = bytes_of(info[0]);
  const std::string_view setting_bytes = bytes_of(info[4]);
  if (!type_message.ParseFromArray(type_bytes.data(), static_cast<int>(type_bytes.size())) ||
      !message.ParseFromArray(setting_bytes.data(), static_cast<int>(setting_bytes.size()))) {
    return misuse(env, "decodeParameter: not a message");
  }
  const Result<ops::Settings> settings = exec::settings_of(message);
  if (!settings.ok()) return raise(env, settings.status());
  const types::TypeParameters type{static_cast<types::Type>(type_message.kind()),
                                   static_cast<types::u8>(type_message.precision()),
                                   static_cast<types::i16>(type_message.scale())};
  exec::ValueText value;
  const Status status = wire::decode_parameter(type, info[1].ToBoolean().Value(), bytes_of(info[2]),
                                               info[3].ToNumber().Int32Value(), settings.value(),
                                               value.arena(), value.bytes());
  if (!status.ok()) return raise(env, status);
  auto text = exec::print_literal({type, value.bytes(), nullptr, 0}, &services_->budget);
  if (!text.ok()) return raise(env, text.status());
  return Napi::String::New(env, text.value());
}

Napi::Value Engine::in_background(Napi::Env env, std::function<Result<std::string>()> work) {
  const Napi::Promise::Deferred deferred = Napi::Promise::Deferred::New(env);
  completions_->expect(env);
  services_->pool.submit([this, deferred, work = std::move(work)] {
    Result<std::string> outcome = work();
    completions_->post([this, deferred, outcome = std::move(outcome)](Napi::Env loop) {
      completions_->settle(loop);
      if (outcome.ok()) {
        deferred.Resolve(Napi::String::New(loop, outcome.value()));
      } else {
        deferred.Reject(error_value(loop, outcome.status()));
      }
    });
  });
  return deferred.Promise();
}

Napi::Value Engine::inspect_file(Info info) {
  const Napi::Env env = info.Env();
  if (!are(info, {napi_string, napi_string})) return misuse(env, "inspectFile(format, path)");
  const std::string format = info[0].ToString();
  const std::string path = info[1].ToString();
  return in_background(env, [this, format, path]() -> Result<std::string> {
    MR_ASSIGN_OR_RETURN(const auto reader, services_->files.open(format, path, {}));
    JsonWriter json;
    json.open('{').key("rowCount").text(std::to_string(reader->row_count()));
    json.key("columns").open('[');
    const auto optional = [&json](const char* name, const std::optional<std::string>& value) {
      json.key(name);
      if (value.has_value()) {
        json.text(*value);
      } else {
        json.null();
      }
    };
    for (const exec::InspectedColumn& column : exec::inspect(*reader)) {
      json.open('{').key("name").text(column.column.name);
      json.key("sqlType").text(column.column.sql_type);
      json.key("nullable").boolean(column.column.nullable);
      json.key("unsupported").text(column.column.unsupported);
      optional("minimum", column.minimum);
      optional("maximum", column.maximum);
      const auto count = [](const std::optional<int64_t>& value) -> std::optional<std::string> {
        if (!value.has_value()) return std::nullopt;
        return std::to_string(*value);
      };
      optional("nullCount", count(column.null_count));
      optional("distinctCount", count(column.distinct_count));
      json.close('}');
    }
    json.close(']').close('}');
    return json.finished();
  });
}

Napi::Value Engine::analyze_files(Info info) {
  const Napi::Env env = info.Env();
  if (!are(info, {napi_string, napi_object, napi_object}) || !info[1].IsArray() ||
      !info[2].IsArray()) {
    return misuse(env, "analyzeFiles(format, paths, columns)");
  }
  const auto strings = [](const Napi::Value& value) {
    const Napi::Array array = value.As<Napi::Array>();
    std::vector<std::string> all;
    for (uint32_t i = 0; i < array.Length(); i++) all.push_back(array.Get(i).ToString());
    return all;
  };
  const std::string format = info[0].ToString();
  return in_background(env,
                       [this, format, paths = strings(info[1]),
                        columns = strings(info[2])]() -> Result<std::string> {
                         std::vector<std::shared_ptr<const formats::FileReader>> files;
                         for (const std::string& path : paths) {
                           MR_ASSIGN_OR_RETURN(auto reader, open_reader(format, path));
                           files.push_back(std::move(reader));
                         }
                         JsonWriter json;
                         json.open('[');
                         for (const std::string& name : columns) {
                           MR_ASSIGN_OR_RETURN(const exec::AnalyzedColumn column,
                                               exec::analyze(files, name, &services_->budget));
                           json.open('{').key("name").text(column.name);
                           json.key("distinctCount").number(column.distinct_count);
                           json.key("nullFraction").number(column.null_fraction);
                           json.key("unique").boolean(column.unique);
                           json.key("sorted").boolean(column.sorted);
                           json.key("averageWidth").number(column.average_width).close('}');
                         }
                         json.close(']');
                         return json.finished();
                       });
}

Result<std::shared_ptr<const formats::FileReader>> Engine::open_reader(const std::string& format,
                                                                       const std::string& path) {
  if (format != exec::kSessionFormat) return services_->files.open(format, path, {});
  MR_ASSIGN_OR_RETURN(const auto segment, services_->tables.segment(path));
  return std::shared_ptr<const formats::FileReader>(segment);
}

Napi::Value Engine::memory(Info info) {
  const Napi::Env env = info.Env();
  const Napi::Object answer = Napi::Object::New(env);
  const auto set = [&](const char* name, int64_t bytes) {
    answer.Set(name, Napi::Number::New(env, static_cast<double>(bytes)));
  };
  set("limitBytes", services_->budget.limit_bytes());
  set("heldBytes", services_->budget.held_bytes());
  set("cachedBytes", services_->cache.held_bytes());
  return answer;
}

Napi::Value Engine::close(Info info) {
  const Napi::Env env = info.Env();
  const Napi::Promise::Deferred deferred = Napi::Promise::Deferred::New(env);
  for (const auto& [id, query] : queries_) query->query->cancel();
  deferred.Resolve(env.Undefined());
  return deferred.Promise();
}

}  // namespace millrace::addon
