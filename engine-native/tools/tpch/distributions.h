// The word lists of the TPC-H specification (clause 4.2.2.13) with dbgen's weights.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/tpch/random.h"

namespace millrace::tpch {

struct WeightedWord {
  std::string_view word;
  int32_t weight;
};

/// Words drawn in proportion to their weights. Views stay valid as long as the program runs.
class Distribution {
 public:
  explicit Distribution(std::span<const WeightedWord> words);
  /// All words equally likely.
  explicit Distribution(std::span<const std::string_view> words);
  /// Every combination of one word of each list, joined by spaces, the last list varying fastest.
  static Distribution combinations(std::span<const std::span<const std::string_view>> lists);

  std::string_view draw(RandomStream& stream) const {
    return slots_[static_cast<size_t>(stream.uniform(0, static_cast<int32_t>(slots_.size()) - 1))];
  }
  size_t word_count() const { return words_.size(); }
  std::string_view word(size_t index) const { return words_[index]; }

 private:
  void add(std::string_view word, int32_t weight);

  std::vector<std::string_view> words_;
  std::vector<std::string_view> slots_;                     // each word as often as its weight says
  std::shared_ptr<const std::vector<std::string>> joined_;  // what the views of combinations show
};

/// A stream of words of one distribution, one draw a word.
class WordColumn {
 public:
  WordColumn(int64_t seed, const Distribution& words, int draws_per_row = 1)
      : stream_(seed, draws_per_row), words_(&words) {}

  std::string_view draw() { return words_->draw(stream_); }
  void seek_row(int64_t row) { stream_.seek_row(row); }
  void next_row() { stream_.next_row(); }

 private:
  RandomStream stream_;
  const Distribution* words_;
};

struct Nation {
  std::string_view name;
  int32_t region_key;
};

std::span<const std::string_view> region_names();
std::span<const Nation> nations();
std::span<const std::string_view> part_colors();

const Distribution& part_types();
const Distribution& part_containers();
const Distribution& market_segments();
const Distribution& order_priorities();
const Distribution& return_flags();
const Distribution& ship_instructions();
const Distribution& ship_modes();

/// The distributions that pseudo text is made of. Phrases and sentences are spelled with one letter
/// a part of speech: N noun, V verb, J adjective, D adverb, X auxiliary, P preposition, T end.
struct TextGrammar {
  Distribution sentences;
  Distribution noun_phrases;
  Distribution verb_phrases;
  Distribution nouns;
  Distribution verbs;
  Distribution adjectives;
  Distribution adverbs;
  Distribution auxiliaries;
  Distribution prepositions;
  Distribution terminators;
};
const TextGrammar& text_grammar();

}  // namespace millrace::tpch
