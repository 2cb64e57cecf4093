// Runs the operations on text, dates, times and bytes over recorded cases: settings, arguments and
// PostgreSQL 15's answer or error. A file holds lines of
//   @zone=America/New_York datestyle=ISO,MDY intervalstyle=postgres bytea_output=hex
//   #name Result Arguments...
//   argument <tab> … <tab> answer          an error is "!SQLSTATE message | HINT"
// where \N is NULL; \t, \n, \r stand for their characters, \x for x.
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>

#include "ops/bytes.h"
#include "ops/casts_text.h"
#include "ops/datetime.h"
#include "ops/error_hints.h"
#include "ops/signature.h"
#include "ops/text.h"
#include "ops/zone_cache.h"
#include "tests/check.h"
#include "wire/data_row.h"
#include "wire/parameter.h"

namespace millrace::tests {
namespace {

using namespace millrace::ops;  // NOLINT: tests of ops/

struct Cell {
  alignas(16) char bytes[32];
  bool is_null;
  template <class T>
  T get() const {
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
  }
};

/// The operation's context, and a fixed one in which arguments are read.
struct Context {
  Context() : memory(8 << 20) {
    settings.zone = utc_zone();
    settings.extra_float_digits = 1;
    plain = settings;
    op.settings = &settings;
    op.arena = &arena;
  }
  void reset() {
    texts.clear();
    arena.next = memory.data();
    arena.end = memory.data() + memory.size();
    arena.refill = [](Arena*, u32) -> char* { return nullptr; };
  }
  std::vector<char> memory;
  std::deque<std::string> texts;  // behind the arguments' views
  Arena arena{};
  Settings settings{};
  Settings plain{};
  OpContext op{};
};

std::string unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char next = text[++i];
    out += next == 't' ? '\t' : next == 'n' ? '\n' : next == 'r' ? '\r' : next;
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\t') {
      out += "\\t";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else {
      if (c == '\\') out += '\\';
      out += c;
    }
  }
  return out;
}

struct Case {
  std::vector<Type> arguments;
  Type result;
  ErrorCode (*run)(OpContext&, const std::vector<Cell>&, Cell&) = nullptr;
};

template <class S, Type result, Type... arguments>
ErrorCode run(OpContext& context, const std::vector<Cell>& cells, Cell& out) {
  constexpr Form form = form_of<S, result, arguments...>();
  using R = Storage<result>;
  using Answer = std::conditional_t<form.answers_nullable, Nullable<R>, R>;
  ErrorCode code = ErrorCode::Ok;
  Answer answer{};
  const auto call = [&]<size_t... at>(std::index_sequence<at...>) {
    const auto give = [&](auto... values) {
      if constexpr (form.takes_context) {
        code = S::apply(context, values..., answer);
      } else {
        answer = S::apply(values...);
      }
    };
    if constexpr (form.takes_nulls) {
      give(Nullable<Storage<arguments>>{cells[at].template get<Storage<arguments>>(),
                                        cells[at].is_null}...);
    } else {
      give(cells[at].template get<Storage<arguments>>()...);
    }
  };
  call(std::make_index_sequence<sizeof...(arguments)>());
  if constexpr (form.answers_nullable) {
    out.is_null = answer.is_null;
    std::memcpy(out.bytes, &answer.value, sizeof answer.value);
  } else {
    out.is_null = false;
    std::memcpy(out.bytes, &answer, sizeof answer);
  }
  return code;
}

std::map<std::string, Case>& table() {
  static std::map<std::string, Case> cases;
  return cases;
}

template <class S, Type result, Type... arguments>
void add(const std::string& signature) {
  table()[signature] = {{arguments...}, result, run<S, result, arguments...>};
}

#define T0(...)
#define T1(a) , Type::a
#define T2(a, ...) , Type::a T1(__VA_ARGS__)
#define T3(a, ...) , Type::a T2(__VA_ARGS__)
#define T4(a, ...) , Type::a T3(__VA_ARGS__)
#define T5(a, ...) , Type::a T4(__VA_ARGS__)
#define T6(a, ...) , Type::a T5(__VA_ARGS__)
#define T7(a, ...) , Type::a T6(__VA_ARGS__)
#define T8(a, ...) , Type::a T7(__VA_ARGS__)
#define PICK(x, a, b, c, d, e, f, g, h, F, ...) F
#define TYPES(...) \
  PICK(0 __VA_OPT__(, ) __VA_ARGS__, T8, T7, T6, T5, T4, T3, T2, T1, T0)(__VA_ARGS__)
#define OP(name, S, result, ...) \
  add<S, Type::result TYPES(__VA_ARGS__)>(#name " " #result __VA_OPT__(" ") #__VA_ARGS__);

void fill_table(){
#include "ops/bytes.def"
#include "ops/casts_text.def"
#include "ops/datetime.def"
#include "ops/text.def"
}

i16 scale_of(std::string_view signature, Type type) {
  return type == Type::D64 && signature.starts_with("extract_second") ? i16{6} : i16{0};
}

void read_cell(Context& context, Type type, const std::string& text, Cell& cell) {
  types::TypeParameters parameters{type, 38, 0};
  std::string& kept = context.texts.emplace_back(text);
  // A decimal's digits: its scale is an argument of its own.
  if (type == Type::D64 || type == Type::D128) std::erase(kept, '.');
  const base::Status status =
      wire::decode_parameter(parameters, false, kept, 1, context.plain, context.arena, cell.bytes);
  CHECK(status.ok());
}

std::string print_cell(const Context& context, Type type, i16 scale, const Cell& cell) {
  wire::EncodedColumn column;
  column.type = {type, 38, scale};
  column.values = cell.bytes;
  std::vector<char> buffer(2 << 20);
  const wire::EncodedRows rows =
      wire::encode_data_rows({&column, 1}, 0, 1, context.settings, buffer.data(), buffer.size());
  CHECK(rows.row_count == 1);
  return std::string(buffer.data() + 11, rows.size_bytes - 11);
}

std::string print_error(ErrorCode code, const OpContext& context) {
  const auto view = [](const StringView& v) { return std::string_view(v.bytes(), v.size); };
  const base::Status status =
      base::Status::error(code, view(context.error_first), view(context.error_second));
  std::string text = std::string(base::sqlstate_of(code)) + " " + status.message();
  if (const auto hint = hint_of(code); !hint.empty()) text += " | " + std::string(hint);
  return text;
}

std::vector<std::string> split(std::string_view line, char separator) {
  std::vector<std::string> fields;
  for (;;) {
    const size_t at = line.find(separator);
    fields.emplace_back(line.substr(0, at));
    if (at == std::string_view::npos) return fields;
    line.remove_prefix(at + 1);
  }
}

void apply_settings(Context& context, std::string_view line) {
  context.settings = context.plain;
  for (const std::string& pair : split(line, ' ')) {
    const size_t equals = pair.find('=');
    const std::string name = pair.substr(0, equals);
    const std::string value = pair.substr(equals + 1);
    if (name == "zone") context.settings.zone = find_zone(value);
    CHECK(context.settings.zone != nullptr);
    if (name == "datestyle") {
      const std::vector<std::string> parts = split(value, ',');
      context.settings.date_style = parts[0] == "Postgres" ? DateStyle::Postgres
                                    : parts[0] == "SQL"    ? DateStyle::Sql
                                    : parts[0] == "German" ? DateStyle::German
                                                           : DateStyle::Iso;
      context.settings.date_order = parts[1] == "DMY"   ? DateOrder::Dmy
                                    : parts[1] == "YMD" ? DateOrder::Ymd
                                                        : DateOrder::Mdy;
    }
    if (name == "intervalstyle") {
      context.settings.interval_style = value == "postgres_verbose" ? IntervalStyle::PostgresVerbose
                                        : value == "sql_standard"   ? IntervalStyle::SqlStandard
                                        : value == "iso_8601"       ? IntervalStyle::Iso8601
                                                                    : IntervalStyle::Postgres;
    }
    if (name == "bytea_output") {
      context.settings.bytea_output = value == "escape" ? ByteaOutput::Escape : ByteaOutput::Hex;
    }
  }
}

std::string answer_of(Context& context, const Case& found, const std::string& signature,
                      const std::vector<std::string>& fields) {
  context.reset();
  std::vector<Cell> cells(found.arguments.size());
  for (size_t i = 0; i < cells.size(); i++) {
    cells[i].is_null = fields[i] == "\\N";
    if (!cells[i].is_null) read_cell(context, found.arguments[i], unescaped(fields[i]), cells[i]);
  }
  Cell out{};
  const ErrorCode code = found.run(context.op, cells, out);
  if (code != ErrorCode::Ok) return "!" + escaped(print_error(code, context.op));
  if (out.is_null) return "\\N";
  const std::string text =
      escaped(print_cell(context, found.result, scale_of(signature, found.result), out));
  return text.starts_with("!") ? "\\" + text : text;
}

void run_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  const Case* current = nullptr;
  std::string signature;
  Context context;
  size_t count = 0;
  for (int number = 1; std::getline(file, line); number++) {
    if (line.empty()) continue;
    if (line[0] == '@') {
      apply_settings(context, std::string_view(line).substr(1));
      continue;
    }
    if (line[0] == '#') {
      signature = line.substr(1);
      const auto found = table().find(signature);
      current = found == table().end() ? nullptr : &found->second;
      if (current == nullptr) report(path.string(), number, "no operation " + signature);
      continue;
    }
    const std::vector<std::string> fields = split(line, '\t');
    if (current == nullptr || fields.size() != current->arguments.size() + 1) {
      report(path.string(), number, "not a case of " + signature);
      continue;
    }
    check_equal(answer_of(context, *current, signature, fields), fields.back(),
                signature + ": " + line, path.string(), number);
    count++;
  }
  CHECK(count > 0);
}

}  // namespace
}  // namespace millrace::tests

int main(int argument_count, char** arguments) {
  millrace::tests::fill_table();
  for (int i = 1; i < argument_count; i++) millrace::tests::run_file(arguments[i]);
  return millrace::tests::check_result();
}
