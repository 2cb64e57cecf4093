// The random streams: skipping equals drawing, and draws are those of the published generator.
#include <vector>

#include "tests/tools/check.h"
#include "tools/tpch/distributions.h"
#include "tools/tpch/random.h"
#include "tools/tpch/scale.h"

namespace millrace::tpch {
namespace {

void multiply_is_exact() {
  const uint64_t largest = lehmer::kModulus - 1;
  for (uint64_t a :
       {uint64_t{1}, uint64_t{2}, uint64_t{16807}, uint64_t{46341}, largest - 1, largest}) {
    for (uint64_t b : {uint64_t{1}, uint64_t{3}, uint64_t{65536}, uint64_t{1} << 30, largest}) {
      EXPECT_EQUAL(lehmer::multiply(a, b), a * b % lehmer::kModulus);
    }
  }
}

// Park and Miller's check of their generator: from 1, the 10,000th value is 1043618065.
void step_factor_equals_steps() {
  uint64_t seed = 1;
  for (uint64_t count = 1; count <= 10'000; ++count) {
    seed = seed * lehmer::kMultiplier % lehmer::kModulus;
    if (count % 97 == 0 || count == 1 || count == 10'000) {
      EXPECT_EQUAL(lehmer::step_factor(count), seed);
    }
  }
  EXPECT_EQUAL(seed, uint64_t{1043618065});
  EXPECT_EQUAL(lehmer::step_factor(0), uint64_t{1});
}

void seeking_equals_walking() {
  constexpr int kDrawsPerRow = 7;
  RandomStream walked(1489529863, kDrawsPerRow);
  for (int64_t row = 0; row < 3000; ++row) {
    if (row % 113 == 0 || row == 1 || row == 2999) {
      RandomStream sought(1489529863, kDrawsPerRow);
      sought.uniform(0, 9);  // what was drawn before must not matter
      sought.seek_row(row);
      RandomStream here = walked;
      for (int i = 0; i < kDrawsPerRow; ++i) {
        EXPECT_EQUAL(sought.uniform(1, 1'000'000), here.uniform(1, 1'000'000));
      }
    }
    for (int64_t i = 0; i < row % kDrawsPerRow; ++i) walked.uniform(0, 1);  // rows use some draws
    walked.next_row();
  }
}

// Row 1 begins exactly where kDrawsPerRow draws of row 0 end.
void rows_are_adjacent() {
  RandomStream by_draws(202794285, 3);
  for (int i = 0; i < 3; ++i) by_draws.uniform(0, 1);
  RandomStream by_rows(202794285, 3);
  by_rows.next_row();
  EXPECT_EQUAL(by_draws.uniform(1, 10'000), by_rows.uniform(1, 10'000));
}

void draws_stay_in_range() {
  RandomStream stream(1, 1);
  std::vector<int> seen(11);
  for (int i = 0; i < 20'000; ++i) {
    const int32_t value = stream.uniform(-5, 5);
    EXPECT(value >= -5 && value <= 5);
    ++seen[static_cast<size_t>(value + 5)];
  }
  for (int count : seen) EXPECT(count > 1500 && count < 2150);
}

void weights_bias_words() {
  constexpr WeightedWord kWords[] = {{"rare", 1}, {"common", 9}};
  const Distribution words{std::span<const WeightedWord>(kWords)};
  RandomStream stream(933588178, 1);
  int rare_count = 0;
  for (int i = 0; i < 10'000; ++i) rare_count += words.draw(stream) == "rare";
  EXPECT(rare_count > 900 && rare_count < 1100);
}

void word_lists_are_whole() {
  EXPECT_EQUAL(part_types().word_count(), size_t{150});
  EXPECT_EQUAL(part_types().word(0), "STANDARD ANODIZED TIN");
  EXPECT_EQUAL(part_types().word(149), "PROMO BRUSHED COPPER");
  EXPECT_EQUAL(part_containers().word_count(), size_t{40});
  EXPECT_EQUAL(part_containers().word(17), "MED BOX");
  EXPECT_EQUAL(part_colors().size(), size_t{92});
  EXPECT_EQUAL(text_grammar().nouns.word_count(), size_t{45});
  EXPECT_EQUAL(text_grammar().prepositions.word_count(), size_t{47});
}

void scales_parse() {
  EXPECT_EQUAL(Scale::parse("1")->order_count(), 1'500'000);
  EXPECT_EQUAL(Scale::parse("1.0")->order_count(), 1'500'000);
  EXPECT_EQUAL(Scale::parse("0.01")->supplier_count(), 100);
  EXPECT_EQUAL(Scale::parse(".010")->text(), "0.01");
  EXPECT_EQUAL(Scale::parse("0.015000")->part_count(), 3'000);
  EXPECT_EQUAL(Scale::parse("0.01")->clerk_count(), 1'000);
  EXPECT_EQUAL(Scale::parse("100")->clerk_count(), 100'000);
  EXPECT_EQUAL(Scale::parse("10000")->text(), "10000");
  for (const char* wrong : {"", ".", "0", "0.0", "-1", "1.5", "0.0001", "10001", "10000.5", "1e3",
                            "abc", "1 ", "0.-1", "99999999999999999999"}) {
    EXPECT(!Scale::parse(wrong));
  }
}

}  // namespace
}  // namespace millrace::tpch

int main() {
  using namespace millrace::tpch;
  multiply_is_exact();
  step_factor_equals_steps();
  seeking_equals_walking();
  rows_are_adjacent();
  draws_stay_in_range();
  weights_bias_words();
  word_lists_are_whole();
  scales_parse();
  return millrace::test::report("tpch_random_test");
}
