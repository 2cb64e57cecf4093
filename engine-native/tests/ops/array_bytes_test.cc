// Elements as bytes: they come back as they were, and their bytes order as their values do. Texts
// and binary forms that were spoilt are refused, never read past their end.
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "ops/array.h"
#include "ops/array/value.h"
#include "ops/compare/compare.h"
#include "tests/check.h"

namespace millrace::tests {
namespace {

using namespace millrace::ops;  // NOLINT: tests of ops/
using array::Body;
using array::Datum;
using array::Form;
using array::Shape;

constexpr uint32_t kSeed = 20240229;

struct Context {
  OpContext& op() {
    arena.refill = [](Arena* of, u32 size) -> char* {
      auto* owner = reinterpret_cast<Context*>(of);
      owner->blocks.push_back(std::make_unique<char[]>(size + 4096));
      char* const at = owner->blocks.back().get();
      of->next = at + size;
      of->end = at + size + 4096;
      return at;
    };
    context.settings = &array::plain_settings();
    context.arena = &arena;
    return context;
  }
  Arena arena{};
  OpContext context{};
  std::vector<std::unique_ptr<char[]>> blocks;
  std::vector<std::unique_ptr<Body>> bodies;
};

template <class T>
Datum datum(Form form, const T& value) {
  Datum made;
  made.form = form;
  made.set(value);
  return made;
}

std::string bytes_of(const Datum& value) {
  Body body;
  array::append(body, value);
  return body.key;
}

/// The value read from its bytes, which live as long as the context.
Datum back(Context& c, const Datum& value) {
  Body& body = *c.bodies.emplace_back(std::make_unique<Body>());
  array::append(body, value);
  array::Elements elements(value.form, body.key, body.rest);
  Datum out;
  CHECK(elements.next(c.op(), out) == ErrorCode::Ok);
  CHECK(elements.done());
  return out;
}

int sign(int order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

/// All pairs of these values: bytes order as values, and come back.
template <class T>
void check_order(Form form, const std::vector<T>& values) {
  Context c;
  for (const T& a : values) {
    const std::string left = bytes_of(datum(form, a));
    const Datum again = back(c, datum(form, a));
    CHECK(three_way(again.as<T>(), a) == 0);
    for (const T& b : values) {
      CHECK_EQUAL(sign(left.compare(bytes_of(datum(form, b)))), sign(three_way(a, b)));
    }
  }
}

void test_whole_numbers() {
  check_order<i16>(Form::I16, {-32768, -256, -1, 0, 1, 127, 128, 255, 32767});
  check_order<i32>(Form::I32, {-2147483647 - 1, -65536, -1, 0, 1, 255, 256, 2147483647});
  check_order<i64>(Form::I64, {std::numeric_limits<i64>::min(), -(1L << 40), -1, 0, 1, 1L << 40,
                               std::numeric_limits<i64>::max()});
}

void test_floats() {
  const f64 infinity = std::numeric_limits<f64>::infinity();
  const f64 nan = std::numeric_limits<f64>::quiet_NaN();
  check_order<f64>(Form::F64, {-infinity, -1e300, -1.5, -5e-324, -0.0, 0.0, 5e-324, 1.0, 1.5, 1e300,
                               infinity, nan, -nan});
  check_order<f32>(Form::F32, {-1e30f, -1.5f, -0.0f, 0.0f, 1e-40f, 2.5f, 1e30f});
  Context c;
  CHECK(std::signbit(back(c, datum<f64>(Form::F64, -0.0)).as<f64>()));
  CHECK_EQUAL(bytes_of(datum<f64>(Form::F64, -0.0)), bytes_of(datum<f64>(Form::F64, 0.0)));
}

void test_numerics() {
  std::vector<types::Numeric> values = {make_infinity(-1), make_infinity(1),
                                        make_special(types::Numeric::kNaN), make_numeric(0, 5)};
  std::mt19937 random(kSeed);
  for (int i = 0; i < 120; i++) {
    i128 coefficient = 0;
    const int digits = static_cast<int>(random() % 38);
    for (int d = 0; d < digits; d++) coefficient = coefficient * 10 + random() % 10;
    if (random() % 3 == 0) coefficient = coefficient / 1000 * 1000;
    values.push_back(make_numeric(random() % 2 == 0 ? coefficient : -coefficient,
                                  static_cast<i32>(random() % 45)));
  }
  check_order<types::Numeric>(Form::Numeric, values);
  Context c;
  for (const types::Numeric& value : values) {
    const Datum again = back(c, datum(Form::Numeric, value));
    CHECK(again.as<types::Numeric>().coefficient == value.coefficient);
    if (value.kind == types::Numeric::kFinite) {
      CHECK_EQUAL(again.as<types::Numeric>().display_scale, value.display_scale);
    }
  }
}

void test_strings_and_spans() {
  const auto view = [](const char* text, u32 size) { return StringView::make(text, size); };
  check_order<StringView>(
      Form::Bytea, {view("", 0), view("\0", 1), view("\0\0", 2), view("a", 1), view("a\0b", 3),
                    view("a\xff", 2), view("ab", 2), view("longer than what is inline", 26)});
  check_order<StringView>(Form::Text, {view("", 0), view(" ", 1), view("Z", 1), view("a", 1),
                                       view("a longer text of letters", 24), view("ab", 2)});
  check_order<Interval>(Form::Interval, {{0, 0, 0},
                                         {1, 0, 0},
                                         {-1, 0, 0},
                                         {0, 30, 0},
                                         {0, 0, 1},
                                         {86400000000L, -1, 0},
                                         {0, 0, -1200},
                                         {5, 7, 2000000000}});
  Context c;
  CHECK_EQUAL(back(c, datum(Form::Interval, Interval{0, 30, 0})).as<Interval>().days, 30);
}

StringView read(Context& c, const std::string& text, Form form, ErrorCode expected) {
  StringView out = StringView::make("", 0);
  const auto view = StringView::make(text.data(), static_cast<u32>(text.size()));
  CHECK(ArrayIn::apply(c.op(), view, static_cast<i32>(form), out) == expected);
  return out;
}

void test_shapes() {
  Context c;
  const char* const text = "[0:1][2:4]={{1,2,NULL},{4,5,6}}";
  const StringView array = read(c, text, Form::I32, ErrorCode::Ok);
  const Shape shape = array::view_of(array).shape;
  CHECK_EQUAL(shape.dimensions, 2);
  CHECK_EQUAL(shape.lowers[1], 2);
  CHECK_EQUAL(shape.count(), 6);
  StringView shown;
  CHECK(ArrayOut::apply(c.op(), array, shown) == ErrorCode::Ok);
  CHECK_EQUAL(std::string(shown.bytes(), shown.size), std::string(text));
}

/// A text with bytes changed, cut or doubled is read or refused; what was read shows as it is read.
void test_spoilt_texts() {
  std::mt19937 random(kSeed);
  const std::string texts[] = {"{1,2,NULL}", "{{1,2},{3,4}}", "[2:3]={1,2}", "{\"a\\\"b\",c d}",
                               "{}"};
  const char bytes[] = "{}[]:=,\"\\ 19aN\t";
  for (int i = 0; i < 4000; i++) {
    std::string text = texts[random() % 5];
    for (size_t changes = 1 + random() % 3; changes > 0; changes--) {
      const size_t at = random() % (text.size() + 1);
      const char byte = bytes[random() % (sizeof bytes - 1)];
      if (random() % 3 == 0) {
        text.resize(at);
      } else if (at < text.size() && random() % 2 == 0) {
        text[at] = byte;
      } else {
        text.insert(at, 1, byte);
      }
    }
    Context c;
    StringView out;
    const auto view = StringView::make(text.data(), static_cast<u32>(text.size()));
    if (ArrayIn::apply(c.op(), view, static_cast<i32>(Form::Text), out) != ErrorCode::Ok) continue;
    StringView shown;
    CHECK(ArrayOut::apply(c.op(), out, shown) == ErrorCode::Ok);
    const StringView again = read(c, {shown.bytes(), shown.size}, Form::Text, ErrorCode::Ok);
    CHECK(three_way(out, again) == 0);
  }
}

/// Binary forms likewise; the bytes lie at the very end of a block, for a sanitizer to watch.
void test_spoilt_binaries() {
  std::mt19937 random(kSeed);
  for (const auto& [text, form] :
       {std::pair("{{1,2},{3,NULL}}", Form::I32), std::pair("{1.5,NaN,-0.001}", Form::Numeric),
        std::pair("{abc,\"\",NULL}", Form::Text), std::pair("{2020-01-01}", Form::Date)}) {
    Context made;
    StringView sent;
    const StringView array = read(made, text, form, ErrorCode::Ok);
    CHECK(ArraySend::apply(made.op(), array, 0, sent) == ErrorCode::Ok);
    for (int i = 0; i < 2000; i++) {
      const size_t size = i % 2 == 0 ? random() % (sent.size + 1) : sent.size;
      const auto block = std::make_unique<char[]>(size);
      if (size > 0) std::memcpy(block.get(), sent.bytes(), size);
      for (int changes = 0; size > 0 && changes < i % 3; changes++) {
        block[random() % size] = static_cast<char>(random());
      }
      Context c;
      StringView out;
      const auto view = StringView::make(block.get(), static_cast<u32>(size));
      if (ArrayReceive::apply(c.op(), view, static_cast<i32>(form), out) != ErrorCode::Ok) continue;
      StringView shown;
      CHECK(ArrayOut::apply(c.op(), out, shown) == ErrorCode::Ok);
    }
  }
}

}  // namespace
}  // namespace millrace::tests

int main() {
  millrace::tests::test_whole_numbers();
  millrace::tests::test_floats();
  millrace::tests::test_numerics();
  millrace::tests::test_strings_and_spans();
  millrace::tests::test_shapes();
  millrace::tests::test_spoilt_texts();
  millrace::tests::test_spoilt_binaries();
  return millrace::tests::check_result();
}
