// Runs the operations over recorded cases: arguments and PostgreSQL 15's answer or error.
// A file holds blocks "#name Result Arguments..." followed by lines of tab-separated fields: one an
// argument, then the expected text; an error is "!SQLSTATE message | DETAIL".
#include <filesystem>
#include <fstream>
#include <map>

#include "ops/arithmetic.h"
#include "ops/casts_number.h"
#include "ops/compare.h"
#include "ops/math.h"
#include "ops/numeric.h"
#include "ops/signature.h"
#include "tests/ops/number_value_text.h"

namespace millrace::tests {
namespace {

struct Case {
  using Read = Cell (*)(TestContext&, std::string_view);
  std::vector<Read> read;
  ErrorCode (*run)(OpContext&, const std::vector<Cell>&, Cell&) = nullptr;
  std::string (*print)(const Cell&) = nullptr;
};

template <class S, Type result, Type... arguments>
ErrorCode run(OpContext& context, const std::vector<Cell>& cells, Cell& out) {
  constexpr Form form = form_of<S, result, arguments...>();
  using R = Storage<result>;
  ErrorCode code = ErrorCode::Ok;
  const auto call = [&]<size_t... at>(std::index_sequence<at...>) {
    auto give = [&](auto... values) {
      if constexpr (form.answers_nullable) {
        Nullable<R> answer{};
        if constexpr (form.takes_context) {
          code = S::apply(context, values..., answer);
        } else {
          answer = S::apply(values...);
        }
        out.is_null = answer.is_null;
        out.set(answer.value);
      } else {
        R answer{};
        if constexpr (form.takes_context) {
          code = S::apply(context, values..., answer);
        } else {
          answer = S::apply(values...);
        }
        out.set(answer);
      }
    };
    if constexpr (form.takes_nulls) {
      give(Nullable<Storage<arguments>>{cells[at].get<Storage<arguments>>(), cells[at].is_null}...);
    } else {
      give(cells[at].get<Storage<arguments>>()...);
    }
  };
  call(std::make_index_sequence<sizeof...(arguments)>());
  return code;
}

std::map<std::string, Case>& table() {
  static std::map<std::string, Case> cases;
  return cases;
}

template <class S, Type result, Type... arguments>
void add(const std::string& signature) {
  table()[signature] = {
      {read_cell<arguments>...}, run<S, result, arguments...>, print_cell<result>};
}

#define T0(...)
#define T1(a) , Type::a
#define T2(a, b) , Type::a, Type::b
#define T3(a, b, c) , Type::a, Type::b, Type::c
#define T4(a, b, c, d) , Type::a, Type::b, Type::c, Type::d
#define PICK(x, a, b, c, d, F, ...) F
#define TYPES(...) PICK(0 __VA_OPT__(, ) __VA_ARGS__, T4, T3, T2, T1, T0)(__VA_ARGS__)
#define OP(name, S, result, ...) \
  add<S, Type::result TYPES(__VA_ARGS__)>(#name " " #result __VA_OPT__(" ") #__VA_ARGS__);

void fill_table(){
#include "ops/arithmetic.def"
#include "ops/casts_number.def"
#include "ops/compare.def"
#include "ops/math.def"
#include "ops/numeric.def"
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

void run_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  const Case* current = nullptr;
  std::string signature;
  TestContext test;
  size_t count = 0;
  for (int number = 1; std::getline(file, line); number++) {
    if (line.empty()) continue;
    if (line[0] == '#') {
      signature = line.substr(1);
      const auto found = table().find(signature);
      if (found == table().end()) {
        report(path.string(), number, "no operation " + signature);
        return;
      }
      current = &found->second;
      continue;
    }
    test.reset();
    const std::vector<std::string_view> fields = fields_of(line);
    if (current == nullptr || fields.size() != current->read.size() + 1) {
      report(path.string(), number, "not a case of " + signature);
      continue;
    }
    std::vector<Cell> cells;
    for (size_t i = 0; i < current->read.size(); i++) {
      cells.push_back(current->read[i](test, fields[i]));
    }
    Cell out{};
    const ErrorCode code = current->run(test.context, cells, out);
    const std::string actual =
        code == ErrorCode::Ok ? current->print(out) : print_error(code, test.context);
    check_equal(actual, std::string(fields.back()), signature + ": " + line, path.string(), number);
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
