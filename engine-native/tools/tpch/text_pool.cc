#include "tools/tpch/text_pool.h"

#include <cstring>

#include "tools/tpch/distributions.h"

namespace millrace::tpch {
namespace {

constexpr int64_t kPoolSeed = 933588178;
// No sentence of the grammar is longer: the buffer has this much room past the pool's end.
constexpr size_t kLongestSentence = 1024;

/// Writes sentences into a buffer that is known to be large enough.
class SentenceWriter {
 public:
  SentenceWriter(char* begin, const TextGrammar& grammar)
      : begin_(begin), end_(begin), grammar_(grammar), stream_(kPoolSeed, 1) {}

  size_t size_bytes() const { return static_cast<size_t>(end_ - begin_); }

  void sentence() {
    for (char part : grammar_.sentences.draw(stream_)) {
      switch (part) {
        case 'N':
          noun_phrase();
          break;
        case 'V':
          verb_phrase();
          break;
        case 'P':
          append(grammar_.prepositions.draw(stream_));
          append(" the ");
          noun_phrase();
          break;
        default:  // 'T': the end of a sentence follows its last word without a space
          --end_;
          append(grammar_.terminators.draw(stream_));
          append(" ");
      }
    }
  }

 private:
  void noun_phrase() {
    for (char part : grammar_.noun_phrases.draw(stream_)) {
      switch (part) {
        case 'N':
          word(grammar_.nouns);
          break;
        case 'J':
          word(grammar_.adjectives);
          break;
        case 'D':
          word(grammar_.adverbs);
          break;
        default:  // ','
          --end_;
          append(", ");
      }
    }
  }

  void verb_phrase() {
    for (char part : grammar_.verb_phrases.draw(stream_)) {
      switch (part) {
        case 'V':
          word(grammar_.verbs);
          break;
        case 'X':
          word(grammar_.auxiliaries);
          break;
        default:  // 'D'
          word(grammar_.adverbs);
      }
    }
  }

  void word(const Distribution& words) {
    append(words.draw(stream_));
    append(" ");
  }

  void append(std::string_view text) {
    std::memcpy(end_, text.data(), text.size());
    end_ += text.size();
  }

  char* begin_;
  char* end_;
  const TextGrammar& grammar_;
  RandomStream stream_;
};

}  // namespace

TextPool::TextPool()
    : text_(std::make_unique_for_overwrite<char[]>(kSizeBytes + kLongestSentence)) {
  SentenceWriter writer(text_.get(), text_grammar());
  while (writer.size_bytes() < static_cast<size_t>(kSizeBytes)) writer.sentence();
}

}  // namespace millrace::tpch
