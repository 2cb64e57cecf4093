// The part of Engine that holds tables of sessions: rows put in by queries and by COPY.
#include "addon/engine.h"
#include "addon/values.h"

namespace millrace::addon {

using base::ErrorCode;
using base::Result;
using base::Status;

/// openTable(shape): the number under which rows are put in, then read.
Napi::Value Engine::open_table(Info info) {
  const Napi::Env env = info.Env();
  if (!are(info, {napi_object})) return misuse(env, "openTable(shape)");
  plan::TableShape message;
  const std::string_view bytes = bytes_of(info[0]);
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return misuse(env, "openTable: not a message");
  }
  auto shape = std::make_shared<exec::TableShape>();
  shape->relation = message.relation();
  for (const plan::Field& field : message.columns()) {
    shape->columns.push_back(
        {field.name(), "", operators::type_of(field.type()), field.nullable(), ""});
  }
  const uint64_t number = services_->tables.open(std::move(shape));
  return Napi::Number::New(env, static_cast<double>(number));
}

/// finishTable(table): how many rows were put in, which may be read from now on.
Napi::Value Engine::finish_table(Info info) {
  const Napi::Env env = info.Env();
  if (!are(info, {napi_number})) return misuse(env, "finishTable(table)");
  const auto number = static_cast<uint64_t>(info[0].ToNumber().Int64Value());
  const Result<int64_t> rows = services_->tables.finish(number);
  if (!rows.ok()) return raise(env, rows.status());
  return Napi::Number::New(env, static_cast<double>(rows.value()));
}

/// mergeTables(tables): a promise of the number of one that has the rows of all.
Napi::Value Engine::merge_tables(Info info) {
  const Napi::Env env = info.Env();
  if (!are(info, {napi_object}) || !info[0].IsArray()) return misuse(env, "mergeTables(tables)");
  const Napi::Array array = info[0].As<Napi::Array>();
  std::vector<uint64_t> numbers;
  for (uint32_t i = 0; i < array.Length(); i++) {
    numbers.push_back(static_cast<uint64_t>(array.Get(i).ToNumber().Int64Value()));
  }
  return in_background(env, [this, numbers = std::move(numbers)]() -> Result<std::string> {
    MR_ASSIGN_OR_RETURN(const uint64_t merged, services_->tables.merge(numbers));
    return std::to_string(merged);
  });
}

Napi::Value Engine::drop_table(Info info) {
  const Napi::Env env = info.Env();
  if (!are(info, {napi_number})) return misuse(env, "dropTable(table)");
  const auto number = static_cast<uint64_t>(info[0].ToNumber().Int64Value());
  services_->tables.drop(number);
  services_->cache.forget(std::to_string(number));
  return env.Undefined();
}

std::shared_ptr<exec::CopyRows> Engine::find_copy(Info info) {
  if (info.Length() < 1 || !info[0].IsNumber()) return nullptr;
  const auto found = copies_.find(info[0].ToNumber().Uint32Value());
  return found == copies_.end() ? nullptr : found->second;
}

/// openCopy(table, input): reads COPY's bytes into a table that was opened.
Napi::Value Engine::open_copy(Info info) {
  const Napi::Env env = info.Env();
  if (!are(info, {napi_number, napi_object})) return misuse(env, "openCopy(table, input)");
  auto builder = services_->tables.builder(static_cast<uint64_t>(info[0].ToNumber().Int64Value()));
  if (!builder.ok()) return raise(env, builder.status());
  auto rows =
      exec::CopyRows::open(bytes_of(info[1]), std::move(builder).value(), &services_->budget);
  if (!rows.ok()) return raise(env, rows.status());
  const uint32_t id = next_copy_++;
  copies_[id] = std::move(rows).value();
  return Napi::Number::New(env, id);
}

Napi::Value Engine::copying(Napi::Env env, std::shared_ptr<exec::CopyRows> rows,
                            std::function<Status(exec::CopyRows&)> work) {
  const Napi::Promise::Deferred deferred = Napi::Promise::Deferred::New(env);
  completions_->expect(env);
  services_->pool.submit([this, deferred, rows = std::move(rows), work = std::move(work)] {
    Status status;
    try {
      status = work(*rows);
    } catch (const std::bad_alloc&) {
      status = Status::error(ErrorCode::OutOfMemory);
    } catch (const std::length_error&) {
      status = Status::error(ErrorCode::OutOfMemory);
    }
    completions_->post([this, deferred, rows, status = std::move(status)](Napi::Env loop) {
      completions_->settle(loop);
      if (status.ok()) {
        deferred.Resolve(Napi::Number::New(loop, static_cast<double>(rows->row_count())));
        return;
      }
      const Napi::Value error = error_value(loop, status);
      error.As<Napi::Object>().Set("context", Napi::String::New(loop, rows->context()));
      deferred.Reject(error);
    });
  });
  return deferred.Promise();
}

/// feedCopy(copy, bytes): a promise of the rows read so far. One call at a time.
Napi::Value Engine::feed_copy(Info info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<exec::CopyRows> rows = find_copy(info);
  if (rows == nullptr || !are(info, {napi_number, napi_object})) {
    return misuse(env, "feedCopy(copy, bytes) of an open copy");
  }
  return copying(env, rows, [bytes = std::string(bytes_of(info[1]))](exec::CopyRows& copy) {
    return copy.feed(bytes);
  });
}

/// finishCopy(copy): there are no more bytes; a promise of all rows' number.
Napi::Value Engine::finish_copy(Info info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<exec::CopyRows> rows = find_copy(info);
  if (rows == nullptr) return misuse(env, "finishCopy(copy) of an open copy");
  return copying(env, rows, [](exec::CopyRows& copy) { return copy.finish(); });
}

Napi::Value Engine::close_copy(Info info) {
  if (info.Length() > 0 && info[0].IsNumber()) copies_.erase(info[0].ToNumber().Uint32Value());
  return info.Env().Undefined();
}

}  // namespace millrace::addon
