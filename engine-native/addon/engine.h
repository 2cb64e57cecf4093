// The Engine class of the addon. Its TypeScript face is src/engine.
#pragma once
#include <map>
#include <memory>

#include "addon/completion_queue.h"
#include "exec/copy_rows.h"
#include "exec/query.h"

namespace millrace::addon {

class Engine : public Napi::ObjectWrap<Engine> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Engine(const Napi::CallbackInfo& info);
  ~Engine() override;

 private:
  using Info = const Napi::CallbackInfo&;
  Napi::Value open_query(Info info);
  Napi::Value answer(Info info);
  Napi::Value run_fragment(Info info);
  Napi::Value next_page(Info info);
  Napi::Value page_buffer(Info info);
  Napi::Value release_page(Info info);
  Napi::Value cancel_query(Info info);
  Napi::Value close_query(Info info);
  Napi::Value query_profile(Info info);
  Napi::Value evaluate(Info info);
  Napi::Value decode_parameter(Info info);
  Napi::Value inspect_file(Info info);
  Napi::Value analyze_files(Info info);
  Napi::Value memory(Info info);
  // Tables of sessions.
  Napi::Value open_table(Info info);
  Napi::Value finish_table(Info info);
  Napi::Value merge_tables(Info info);
  Napi::Value drop_table(Info info);
  Napi::Value open_copy(Info info);
  Napi::Value feed_copy(Info info);
  Napi::Value finish_copy(Info info);
  Napi::Value close_copy(Info info);
  Napi::Value close(Info info);

  struct OpenQuery;
  struct PageRequest;
  std::shared_ptr<OpenQuery> find_query(Info info);
  void take_page(Napi::Env env, const std::shared_ptr<PageRequest>& request);
  void settle_closing(Napi::Env env, OpenQuery& query);
  /// Runs `work` on the pool; its text, or its error, settles the promise.
  Napi::Value in_background(Napi::Env env, std::function<base::Result<std::string>()> work);

  base::Result<std::shared_ptr<const formats::FileReader>> open_reader(const std::string& format,
                                                                       const std::string& path);
  std::shared_ptr<exec::CopyRows> find_copy(Info info);
  /// Runs `work` on the pool; the rows so far, or its error with its context, settles the promise.
  Napi::Value copying(Napi::Env env, std::shared_ptr<exec::CopyRows> rows,
                      std::function<base::Status(exec::CopyRows&)> work);

  std::unique_ptr<exec::Services> services_;
  std::unique_ptr<CompletionQueue> completions_;
  std::map<uint32_t, std::shared_ptr<OpenQuery>> queries_;
  std::map<uint32_t, std::shared_ptr<exec::CopyRows>> copies_;
  uint32_t next_query_ = 1;
  uint32_t next_copy_ = 1;
};

}  // namespace millrace::addon
