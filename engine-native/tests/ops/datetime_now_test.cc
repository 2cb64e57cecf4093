// The statement's clock, special input values that depend on it, zones by number, random uuids.
#include <cstring>
#include <string>
#include <vector>

#include "ops/bytes.h"
#include "ops/casts_text.h"
#include "ops/datetime.h"
#include "ops/zone_cache.h"
#include "tests/check.h"

namespace millrace::tests {
namespace {

using namespace millrace::ops;  // NOLINT: tests of ops/

struct Context {
  Context() : memory(1 << 16) {
    settings.zone = find_zone("America/New_York");
    // 2021-03-14 06:30:00.25 UTC is 01:30 in New York, half an hour before clocks change.
    settings.transaction_timestamp = read("2021-03-14 06:30:00.25+00");
    settings.statement_timestamp = settings.transaction_timestamp + 5;
  }
  OpContext& op() {
    arena.next = memory.data();
    arena.end = memory.data() + memory.size();
    arena.refill = [](Arena*, u32) -> char* { return nullptr; };
    context.settings = &settings;
    context.arena = &arena;
    return context;
  }
  i64 read(const char* text) {
    i64 out = 0;
    const auto view = StringView::make(text, static_cast<u32>(std::strlen(text)));
    CHECK(TextToTimestampTz::apply(op(), view, out) == ErrorCode::Ok);
    return out;
  }
  std::string print(i64 timestamp) {
    char text[kDatetimeTextSize];
    return {text, print_timestamptz(timestamp, settings, text)};
  }
  std::vector<char> memory;
  Arena arena{};
  Settings settings{};
  OpContext context{};
};

void test_clock() {
  Context c;
  i64 out = 0;
  i32 date = 0;
  CHECK(Now::apply(c.op(), out) == ErrorCode::Ok);
  CHECK_EQUAL(c.print(out), "2021-03-14 01:30:00.25-05");
  CHECK(StatementTimestamp::apply(c.op(), out) == ErrorCode::Ok);
  CHECK_EQUAL(c.print(out), "2021-03-14 01:30:00.250005-05");
  CHECK(LocalTimestamp::apply(c.op(), out) == ErrorCode::Ok);
  char text[kDatetimeTextSize];
  CHECK_EQUAL(std::string(text, print_timestamp(out, c.settings, text)), "2021-03-14 01:30:00.25");
  CHECK(LocalTime::apply(c.op(), out) == ErrorCode::Ok);
  CHECK_EQUAL(std::string(text, print_time(out, text)), "01:30:00.25");
  CHECK(CurrentDate::apply(c.op(), date) == ErrorCode::Ok);
  CHECK_EQUAL(std::string(text, print_date(date, c.settings, text)), "2021-03-14");
  c.settings.zone = find_zone("America/Los_Angeles");
  CHECK(CurrentDate::apply(c.op(), date) == ErrorCode::Ok);
  CHECK_EQUAL(std::string(text, print_date(date, c.settings, text)), "2021-03-13");
}

void test_special_input() {
  Context c;
  CHECK_EQUAL(c.print(c.read("now")), "2021-03-14 01:30:00.25-05");
  CHECK_EQUAL(c.print(c.read("today")), "2021-03-14 00:00:00-05");
  CHECK_EQUAL(c.print(c.read("tomorrow 12:00")), "2021-03-15 12:00:00-04");
  CHECK_EQUAL(c.print(c.read("yesterday allballs")), "2021-03-12 19:00:00-05");
  CHECK_EQUAL(c.print(c.read("today 02:30")), "2021-03-14 03:30:00-04");
}

void test_age() {
  Context c;
  Interval out{};
  CHECK(AgeTodayTimestampTz::apply(c.op(), c.read("2020-02-29 12:00-05"), out) == ErrorCode::Ok);
  CHECK_EQUAL(out.months, 12);
  CHECK_EQUAL(out.days, 13);
  CHECK_EQUAL(out.microseconds, 12 * kMicrosPerHour);
}

void test_volatile() {
  Context c;
  i64 first = 0, second = 0;
  CHECK(ClockTimestamp::apply(c.op(), first) == ErrorCode::Ok);
  CHECK(ClockTimestamp::apply(c.op(), second) == ErrorCode::Ok);
  CHECK(first > c.read("2024-01-01+00") && second >= first);
  StringView text;
  CHECK(TimeOfDay::apply(c.op(), text) == ErrorCode::Ok);
  i64 read_back = 0;
  CHECK(TextToTimestampTz::apply(c.context, text, read_back) == ErrorCode::Ok);
  CHECK(read_back >= second && read_back < second + 60 * kMicrosPerSecond);
  Uuid a, b;
  CHECK(GenRandomUuid::apply(c.op(), a) == ErrorCode::Ok);
  CHECK(GenRandomUuid::apply(c.op(), b) == ErrorCode::Ok);
  CHECK(std::memcmp(a.bytes, b.bytes, 16) != 0);
  CHECK_EQUAL(a.bytes[6] >> 4, 4);
  CHECK_EQUAL(a.bytes[8] >> 6, 2);
}

void test_fixed_zones() {
  Context c;
  const struct {
    i32 offset;
    const char* name;
    const char* printed;
  } cases[] = {{5 * 3600, "<+05>-05", "2021-03-14 11:30:00.25+05"},
               {-12600, "<-03:30>+03:30", "2021-03-14 03:00:00.25-03:30"},
               {3661, "<+01:01:01>-01:01:01", "2021-03-14 07:31:01.25+01:01:01"},
               {0, "<+00>-00", "2021-03-14 06:30:00.25+00"}};
  for (const auto& expected : cases) {
    c.settings.zone = fixed_zone(expected.offset);
    CHECK(c.settings.zone != nullptr);
    CHECK_EQUAL(std::string(c.settings.zone->name), expected.name);
    CHECK_EQUAL(c.print(c.settings.transaction_timestamp), expected.printed);
  }
  CHECK(find_zone("nowhere") == nullptr);
  CHECK(find_zone("") == nullptr);
  CHECK(find_zone("america/new_york") == find_zone("America/New_York"));
  CHECK_EQUAL(std::string(find_zone("asia/tokyo")->name), "Asia/Tokyo");
  CHECK_EQUAL(std::string(utc_zone()->name), "UTC");
}

}  // namespace
}  // namespace millrace::tests

int main() {
  millrace::tests::test_clock();
  millrace::tests::test_special_input();
  millrace::tests::test_age();
  millrace::tests::test_volatile();
  millrace::tests::test_fixed_zones();
  return millrace::tests::check_result();
}
