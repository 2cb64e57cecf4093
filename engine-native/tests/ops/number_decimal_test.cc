// Decimals of one scale against numeric, which is held against PostgreSQL elsewhere; hashes of
// equal values; the forms of floats with fewer digits; comparison of the other types.
#include <random>
#include <set>

#include "ops/aggregate.h"
#include "ops/arithmetic.h"
#include "ops/casts_number.h"
#include "ops/compare.h"
#include "ops/numeric.h"
#include "tests/ops/number_value_text.h"

namespace millrace::tests {
namespace {

std::mt19937_64& randomness() {
  static std::mt19937_64 generator(20240229);
  return generator;
}
u64 below(u64 limit) { return randomness()() % limit; }

i128 random_decimal(u32 most_digits) {
  const u128 limit = power_of_ten(1 + static_cast<u32>(below(most_digits)));
  const u128 value = (static_cast<u128>(randomness()()) << 64 | randomness()()) % limit;
  return with_sign(below(8) == 0 ? limit - 1 : value, below(2) == 0);
}
std::string print(i128 value) {
  char text[kMaxDecimalText];
  return {text, print_d128(value, 0, text)};
}
std::string print(const Numeric& value) {
  char text[400];
  return {text, print_numeric(value, text)};
}

/// What a decimal operation says: its coefficient or its error.
template <class T>
std::string outcome(ErrorCode code, T value, const OpContext& context) {
  return code == ErrorCode::Ok ? print(value) : print_error(code, context);
}

template <class T>
void compare_with_numeric(u32 digits) {
  TestContext test;
  OpContext& c = test.context;
  for (int round = 0; round < 20000; round++) {
    test.reset();
    const T a = static_cast<T>(random_decimal(digits));
    const T b = static_cast<T>(random_decimal(digits));
    const i32 scale = static_cast<i32>(below(12));
    const i32 other = static_cast<i32>(below(12));
    const Numeric na = make_numeric(a, scale);
    const Numeric nb = make_numeric(b, scale);
    const auto same = [&](ErrorCode code, T value, ErrorCode wanted_code, const Numeric& wanted) {
      // A narrow decimal gives up where a numeric goes on.
      if (wanted_code == ErrorCode::Ok && magnitude(wanted.coefficient) >= power_of_ten(digits)) {
        wanted_code = DecimalLimits<T>::kExceeded;
      }
      CHECK_EQUAL(static_cast<int>(code), static_cast<int>(wanted_code));
      if (code == ErrorCode::Ok) CHECK_EQUAL(print(value), print(wanted.coefficient));
    };
    T out{};
    Numeric wanted{};
    ErrorCode code = DecimalAdd<T>::apply(c, a, b, out);
    same(code, out, NumericAdd::apply(c, na, nb, wanted), wanted);
    code = DecimalSub<T>::apply(c, a, b, out);
    same(code, out, NumericSub::apply(c, na, nb, wanted), wanted);
    code = DecimalMul<T>::apply(c, a, b, out);
    ErrorCode wanted_code = NumericMul::apply(c, na, nb, wanted);
    if (wanted_code == ErrorCode::NumericDigitsExceeded) wanted_code = DecimalLimits<T>::kExceeded;
    same(code, out, wanted_code, wanted);
    if (b != 0) {
      code = DecimalMod<T>::apply(c, a, b, out);
      same(code, out, NumericMod::apply(c, na, nb, wanted), wanted);
    }
    Numeric quotient{};
    code = DecimalDiv<T>::apply(c, a, b, scale, other, quotient);
    wanted_code = NumericDiv::apply(c, na, make_numeric(b, other), wanted);
    CHECK_EQUAL(static_cast<int>(code), static_cast<int>(wanted_code));
    if (code == ErrorCode::Ok) CHECK_EQUAL(print(quotient), print(wanted));
    CHECK_EQUAL(print(DecimalNeg<T>::apply(a)), print(NumericNeg::apply(na).coefficient));
    CHECK_EQUAL(print(DecimalAbs<T>::apply(a)), print(NumericAbs::apply(na).coefficient));
    CHECK_EQUAL(DecimalSign<T>::apply(a), sign_of(na));

    const i32 drop = static_cast<i32>(below(static_cast<u64>(scale) + 1));
    const auto shrunk = [&](T value, Rounding rounding) {
      CHECK(round_numeric(na, scale - drop, rounding, wanted) == ErrorCode::Ok);
      CHECK_EQUAL(print(value), print(wanted.coefficient));
    };
    shrunk(RescaleDown<T>::apply(a, drop), Rounding::HalfAway);
    shrunk(RescaleTrunc<T>::apply(a, drop), Rounding::Truncate);
    shrunk(RescaleFloor<T>::apply(a, drop), Rounding::Floor);
    shrunk(RescaleCeil<T>::apply(a, drop), Rounding::Ceil);
    code = RescaleUp<T>::apply(c, a, other, out);
    wanted_code = NumericRound::apply(c, na, scale + other, wanted);
    if (wanted_code == ErrorCode::NumericDigitsExceeded) wanted_code = DecimalLimits<T>::kExceeded;
    same(code, out, wanted_code, wanted);
  }
}

template <class Tag, class R>
void compare_casts(u32 digits) {
  using T = typename Tag::Coefficient;
  TestContext test;
  OpContext& c = test.context;
  for (int round = 0; round < 5000; round++) {
    test.reset();
    const T a = static_cast<T>(random_decimal(digits));
    const i32 scale = static_cast<i32>(below(12));
    R out{};
    R wanted{};
    ErrorCode code = ErrorCode::Ok;
    if constexpr (FloatType<R>) {
      out = Cast<Tag>::template To<R>::apply(a, scale);
    } else {
      code = Cast<Tag>::template To<R>::apply(c, a, scale, out);
    }
    const ErrorCode wanted_code = Cast<Numeric>::To<R>::apply(c, make_numeric(a, scale), wanted);
    CHECK_EQUAL(static_cast<int>(code), static_cast<int>(wanted_code));
    if (code == ErrorCode::Ok) CHECK_EQUAL(out, wanted);
  }
}

template <class From, class To>
void compare_rescaling() {
  TestContext test;
  OpContext& c = test.context;
  for (int round = 0; round < 5000; round++) {
    test.reset();
    const auto a = static_cast<typename From::Coefficient>(random_decimal(18));
    const i32 from = static_cast<i32>(below(12));
    const i32 precision = 1 + static_cast<i32>(below(18));
    const i32 scale = static_cast<i32>(below(static_cast<u64>(precision) + 1));
    typename To::Coefficient out{};
    const ErrorCode code = Cast<From>::template To<To>::apply(c, a, from, precision, scale, out);
    const std::string actual = outcome(code, static_cast<i128>(out), c);
    Numeric wanted{};
    const ErrorCode wanted_code =
        ConstrainNumeric::apply(c, make_numeric(a, from), precision, scale, wanted);
    CHECK_EQUAL(actual, outcome(wanted_code, wanted.coefficient, c));
    StringView text;
    CHECK(Cast<From>::template To<StringView>::apply(c, a, from, text) == ErrorCode::Ok);
    CHECK_EQUAL(std::string(text_of(text)), print(make_numeric(a, from)));
    typename To::Coefficient read{};
    const ErrorCode read_code = Cast<StringView>::To<To>::apply(c, text, precision, scale, read);
    CHECK_EQUAL(outcome(read_code, static_cast<i128>(read), c), actual);
  }
}

void check_widths() {
  TestContext test;
  OpContext& c = test.context;
  i64 narrow = 0;
  i128 wide = 0;
  const i64 most = kDecimal64Limit - 1;
  CHECK(DecimalAdd<i64>::apply(c, most, 1, narrow) == ErrorCode::Decimal64Exceeded);
  CHECK(DecimalSub<i64>::apply(c, -most, 1, narrow) == ErrorCode::Decimal64Exceeded);
  CHECK_EQUAL(print(DecimalAddWide::apply(most, most)), "1999999999999999998");
  CHECK_EQUAL(print(DecimalSubWide::apply(-most, most)), "-1999999999999999998");
  CHECK_EQUAL(print(DecimalMulWide::apply(most, -most)), "-999999999999999998000000000000000001");
  CHECK(DecimalMulMixed::apply(c, static_cast<i128>(most) * most, 1000, wide) ==
        ErrorCode::NumericDigitsExceeded);
  CHECK(Narrow::apply(c, static_cast<i128>(most) + 1, narrow) == ErrorCode::Decimal64Exceeded);
  CHECK(Narrow::apply(c, -most, narrow) == ErrorCode::Ok);
  CHECK_EQUAL(narrow, -most);
  CHECK(WidenI64ToD64::apply(c, most + 1, narrow) == ErrorCode::Decimal64Exceeded);
  CHECK(RescaleUpWide::apply(c, most, 20, wide) == ErrorCode::Ok);
  CHECK_EQUAL(print(wide), "99999999999999999900000000000000000000");
  CHECK(RescaleUpWide::apply(c, most, 21, wide) == ErrorCode::NumericDigitsExceeded);
  CHECK(Cast<Numeric>::To<Decimal64>::apply(c, make_special(Numeric::kNaN), 5, 2, narrow) ==
        ErrorCode::FeatureNotSupported);
  CHECK_EQUAL(RescaleDown<i64>::apply(most, 18), 1);
  CHECK_EQUAL(RescaleDown<i64>::apply(most, 19), 0);
  CHECK_EQUAL(RescaleCeil<i64>::apply(1, 38), 1);
  CHECK_EQUAL(RescaleFloor<i64>::apply(-1, 38), -1);
}

Numeric numeric_of(std::string_view text) {
  TestContext test;
  Numeric value{};
  CHECK(Cast<StringView>::To<Numeric>::apply(test.context, view_of(text), value) == ErrorCode::Ok);
  return value;
}

void check_hashes() {
  CHECK_EQUAL(Hash<Numeric>::apply(numeric_of("1.0")), Hash<Numeric>::apply(numeric_of("1.000")));
  CHECK_EQUAL(Hash<Numeric>::apply(numeric_of("0")), Hash<Numeric>::apply(numeric_of("-0.00")));
  CHECK_EQUAL(Hash<Numeric>::apply(numeric_of("12300")),
              Hash<Numeric>::apply(numeric_of("12300.00")));
  CHECK(Hash<Numeric>::apply(numeric_of("1")) != Hash<Numeric>::apply(numeric_of("10")));
  CHECK(Hash<Numeric>::apply(numeric_of("1")) != Hash<Numeric>::apply(numeric_of("-1")));
  CHECK(Hash<Numeric>::apply(numeric_of("NaN")) != Hash<Numeric>::apply(numeric_of("Infinity")));
  CHECK_EQUAL(Hash<f64>::apply(-0.0), Hash<f64>::apply(0.0));
  CHECK_EQUAL(Hash<f64>::apply(float_of_bits(0xfff8000000000001ul)), Hash<f64>::apply(float_nan()));
  CHECK_EQUAL(Hash<f32>::apply(0.1f), Hash<f64>::apply(static_cast<f64>(0.1f)));
  CHECK_EQUAL(Hash<i16>::apply(-7), Hash<i64>::apply(-7));
  CHECK_EQUAL(Hash<i32>::apply(-7), Hash<i128>::apply(-7));
  CHECK_EQUAL(Hash<types::Interval>::apply({0, 30, 0}), Hash<types::Interval>::apply({0, 0, 1}));
  CHECK(HashCombine::apply(1, 2) != HashCombine::apply(2, 1));
  CHECK_EQUAL(BpcharHash::apply(view_of("ab   ")), BpcharHash::apply(view_of("ab")));
  CHECK(Hash<StringView>::apply(view_of("ab ")) != Hash<StringView>::apply(view_of("ab")));
  CHECK_EQUAL(HashNullable<i32>::apply({5, true}), HashNullable<StringView>::apply({{}, true}));
  CHECK_EQUAL(HashNullable<i32>::apply({5, false}), Hash<i32>::apply(5));
  // Low and high bits spread over dense keys and over strings of every length.
  std::set<i64> all;
  u32 low[64] = {};
  u32 high[64] = {};
  for (i32 i = 0; i < 64000; i++) {
    const u64 hash = static_cast<u64>(Hash<i32>::apply(i));
    all.insert(static_cast<i64>(hash));
    low[hash % 64]++;
    high[hash >> 58]++;
  }
  for (u32 i = 0; i < 64; i++) {
    CHECK(low[i] > 800 && low[i] < 1200);
    CHECK(high[i] > 800 && high[i] < 1200);
  }
  const std::string letters(100, 'x');
  for (size_t i = 0; i <= letters.size(); i++) {
    all.insert(Hash<StringView>::apply(view_of(std::string_view(letters).substr(0, i))));
  }
  CHECK_EQUAL(all.size(), 64101u);
}

void check_float_digits() {
  struct Case {
    f64 value;
    i32 extra;
    const char* text;
  };
  // PostgreSQL 15's, with SET extra_float_digits.
  const Case cases[] = {{123456789012345678.0, 0, "1.23456789012346e+17"},
                        {0.1, 0, "0.1"},
                        {0.1, 3, "0.1"},
                        {1.0 / 3, 0, "0.333333333333333"},
                        {1.0 / 3, 1, "0.3333333333333333"},
                        {123.0, -14, "1e+02"},
                        {123.0, -15, "1e+02"},
                        {1e23, 1, "9.999999999999999e+22"},
                        {1e23, 0, "1e+23"},
                        {0.00001, 0, "1e-05"},
                        {100000000000000.0, 1, "100000000000000"},
                        {1000000000000000.0, 1, "1e+15"},
                        {-0.0, 1, "-0"},
                        {5e-324, 1, "5e-324"}};
  for (const Case& one : cases) {
    char text[kMaxFloatText];
    CHECK_EQUAL(std::string_view(text, print_f64(one.value, one.extra, text)), one.text);
  }
  char text[kMaxFloatText];
  CHECK_EQUAL(std::string_view(text, print_f32(1234567.0f, 0, text)), "1.23457e+06");
  CHECK_EQUAL(std::string_view(text, print_f32(16777216.0f, 1, text)), "1.6777216e+07");
}

void check_other_orders() {
  const types::Interval month{0, 0, 1};
  const types::Interval days{0, 30, 0};
  const types::Interval hours{30L * 86400000000L, 0, 0};
  const types::Interval least{-9223372036854775807L - 1, -2147483647 - 1, -2147483647 - 1};
  CHECK(Eq<types::Interval>::apply(month, days) && Eq<types::Interval>::apply(days, hours));
  CHECK(Lt<types::Interval>::apply(least, month) && Gt<types::Interval>::apply(month, least));
  types::Uuid low{};
  types::Uuid high{};
  low.bytes[15] = 255;
  high.bytes[0] = 1;
  CHECK(Lt<types::Uuid>::apply(low, high) && Ne<types::Uuid>::apply(low, high));
  using namespace std::string_view_literals;
  CHECK(Lt<StringView>::apply(view_of("ab"sv), view_of("ab\0"sv)));
  CHECK(Lt<StringView>::apply(view_of("abcdefghijklmnop"sv), view_of("abcdefghijklmnoq"sv)));
  CHECK(Lt<StringView>::apply(view_of("abcdefghijkl"sv), view_of("abcdefghijklm"sv)));
  CHECK(Gt<StringView>::apply(view_of("\xff"sv), view_of("~~~~~~~~~~~~~~~~"sv)));
  CHECK(Eq<StringView>::apply(view_of("abcdefghijklmnop"sv), view_of("abcdefghijklmnop"sv)));
  CHECK(Ne<StringView>::apply(view_of("abcdefghijklmnop"sv), view_of("abcdefghijklmnoq"sv)));
  CHECK_EQUAL(Compare<StringView>::apply(view_of("b"sv), view_of("a"sv)), 1);
  CHECK_EQUAL(Compare<i32>::apply(types::kDateInfinity, types::kDateNegativeInfinity), 1);
  CHECK_EQUAL(BpcharCompare::apply(view_of("a  "sv), view_of("a"sv)), 0);
}

}  // namespace
}  // namespace millrace::tests

int main() {
  using namespace millrace::tests;  // NOLINT
  compare_with_numeric<i64>(18);
  compare_with_numeric<millrace::types::i128>(38);
  compare_casts<Decimal64, i16>(18);
  compare_casts<Decimal64, i32>(18);
  compare_casts<Decimal64, i64>(18);
  compare_casts<Decimal128, i64>(38);
  compare_casts<Decimal64, double>(18);
  compare_casts<Decimal128, double>(38);
  compare_casts<Decimal128, float>(38);
  compare_rescaling<Decimal64, Decimal64>();
  compare_rescaling<Decimal64, Decimal128>();
  compare_rescaling<Decimal128, Decimal64>();
  check_widths();
  check_hashes();
  check_float_digits();
  check_other_orders();
  return check_result();
}
