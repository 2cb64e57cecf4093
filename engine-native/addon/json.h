// Text for JSON.parse: the few shapes the addon answers with.
#pragma once
#include <string>
#include <string_view>

namespace millrace::addon {

/// Builds objects and arrays in the order of calls; commas are its business.
class JsonWriter {
 public:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& number(double value);
  JsonWriter& integer(long long value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  const std::string& finished() const { return out_; }

 private:
  void separate();
  void quote(std::string_view value);
  std::string out_;
  bool needs_comma_ = false;
};

}  // namespace millrace::addon
