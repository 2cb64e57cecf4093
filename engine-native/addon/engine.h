// The Engine class of the addon. Its TypeScript face is src/engine.
#pragma once
#include <map>
#include <memory>

#include "addon/completion_queue.h"
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
  Napi::Value close(Info info);

  struct OpenQuery;
  struct PageRequest;
  std::shared_ptr<OpenQuery> find_query(Info info);
  void take_page(Napi::Env env, const std::shared_ptr<PageRequest>& request);
  void settle_closing(Napi::Env env, OpenQuery& query);
  /// Runs `work` on the pool; its text, or its error, settles the promise.
  Napi::Value in_background(Napi::Env env, std::function<base::Result<std::string>()> work);

  std::unique_ptr<exec::Services> services_;
  std::unique_ptr<CompletionQueue> completions_;
  std::map<uint32_t, std::shared_ptr<OpenQuery>> queries_;
  uint32_t next_query_ = 1;
};

}  // namespace millrace::addon
