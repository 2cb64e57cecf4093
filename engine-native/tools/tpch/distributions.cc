#include "tools/tpch/distributions.h"

#include <array>

namespace millrace::tpch {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 5> kRegions = {"AFRICA", "AMERICA", "ASIA", "EUROPE",
                                                      "MIDDLE EAST"};

constexpr std::array<Nation, 25> kNations = {{
    {"ALGERIA", 0},       {"ARGENTINA", 1}, {"BRAZIL", 1}, {"CANADA", 1},
    {"EGYPT", 4},         {"ETHIOPIA", 0},  {"FRANCE", 3}, {"GERMANY", 3},
    {"INDIA", 2},         {"INDONESIA", 2}, {"IRAN", 4},   {"IRAQ", 4},
    {"JAPAN", 2},         {"JORDAN", 4},    {"KENYA", 0},  {"MOROCCO", 0},
    {"MOZAMBIQUE", 0},    {"PERU", 1},      {"CHINA", 2},  {"ROMANIA", 3},
    {"SAUDI ARABIA", 4},  {"VIETNAM", 2},   {"RUSSIA", 3}, {"UNITED KINGDOM", 3},
    {"UNITED STATES", 1},
}};

constexpr std::array<std::string_view, 92> kColors = {
    "almond",   "antique",   "aquamarine", "azure",      "beige",     "bisque",    "black",
    "blanched", "blue",      "blush",      "brown",      "burlywood", "burnished", "chartreuse",
    "chiffon",  "chocolate", "coral",      "cornflower", "cornsilk",  "cream",     "cyan",
    "dark",     "deep",      "dim",        "dodger",     "drab",      "firebrick", "floral",
    "forest",   "frosted",   "gainsboro",  "ghost",      "goldenrod", "green",     "grey",
    "honeydew", "hot",       "indian",     "ivory",      "khaki",     "lace",      "lavender",
    "lawn",     "lemon",     "light",      "lime",       "linen",     "magenta",   "maroon",
    "medium",   "metallic",  "midnight",   "mint",       "misty",     "moccasin",  "navajo",
    "navy",     "olive",     "orange",     "orchid",     "pale",      "papaya",    "peach",
    "peru",     "pink",      "plum",       "powder",     "puff",      "purple",    "red",
    "rose",     "rosy",      "royal",      "saddle",     "salmon",    "sandy",     "seashell",
    "sienna",   "sky",       "slate",      "smoke",      "snow",      "spring",    "steel",
    "tan",      "thistle",   "tomato",     "turquoise",  "violet",    "wheat",     "white",
    "yellow"};

constexpr std::array<std::string_view, 6> kTypeSizes = {"STANDARD", "SMALL",   "MEDIUM",
                                                        "LARGE",    "ECONOMY", "PROMO"};
constexpr std::array<std::string_view, 5> kTypeFinishes = {"ANODIZED", "BURNISHED", "PLATED",
                                                           "POLISHED", "BRUSHED"};
constexpr std::array<std::string_view, 5> kTypeMetals = {"TIN", "NICKEL", "BRASS", "STEEL",
                                                         "COPPER"};

constexpr std::array<std::string_view, 5> kContainerSizes = {"SM", "LG", "MED", "JUMBO", "WRAP"};
constexpr std::array<std::string_view, 8> kContainerKinds = {"CASE", "BOX", "BAG", "JAR",
                                                             "PACK", "PKG", "CAN", "DRUM"};

constexpr std::array<std::string_view, 5> kSegments = {"AUTOMOBILE", "BUILDING", "FURNITURE",
                                                       "HOUSEHOLD", "MACHINERY"};
constexpr std::array<std::string_view, 5> kPriorities = {"1-URGENT", "2-HIGH", "3-MEDIUM",
                                                         "4-NOT SPECIFIED", "5-LOW"};
constexpr std::array<std::string_view, 2> kReturnFlags = {"R", "A"};
constexpr std::array<std::string_view, 4> kInstructions = {"DELIVER IN PERSON", "COLLECT COD",
                                                           "TAKE BACK RETURN", "NONE"};
constexpr std::array<std::string_view, 7> kModes = {"REG AIR", "AIR", "RAIL", "TRUCK",
                                                    "MAIL",    "FOB", "SHIP"};

constexpr auto kSentences =
    std::to_array<WeightedWord>({{"NVT", 3}, {"NVPT", 3}, {"NVNT", 3}, {"NPVNT", 1}, {"NPVPT", 1}});

// A comma stands for itself: it follows the word before it.
constexpr auto kNounPhrases =
    std::to_array<WeightedWord>({{"N", 10}, {"JN", 20}, {"J,JN", 10}, {"DJN", 50}});

constexpr auto kVerbPhrases =
    std::to_array<WeightedWord>({{"V", 30}, {"XV", 1}, {"VD", 40}, {"XVD", 1}});

constexpr auto kNouns = std::to_array<WeightedWord>({
    {"packages", 40},      {"requests", 40},     {"accounts", 40},    {"deposits", 40},
    {"foxes", 20},         {"ideas", 20},        {"theodolites", 20}, {"pinto beans", 20},
    {"instructions", 20},  {"dependencies", 10}, {"excuses", 10},     {"platelets", 10},
    {"asymptotes", 10},    {"courts", 5},        {"dolphins", 5},     {"multipliers", 1},
    {"sauternes", 1},      {"warthogs", 1},      {"frets", 1},        {"dinos", 1},
    {"attainments", 1},    {"somas", 1},         {"Tiresias", 1},     {"patterns", 1},
    {"forges", 1},         {"braids", 1},        {"frays", 1},        {"warhorses", 1},
    {"dugouts", 1},        {"notornis", 1},      {"epitaphs", 1},     {"pearls", 1},
    {"tithes", 1},         {"waters", 1},        {"orbits", 1},       {"gifts", 1},
    {"sheaves", 1},        {"depths", 1},        {"sentiments", 1},   {"decoys", 1},
    {"realms", 1},         {"pains", 1},         {"grouches", 1},     {"escapades", 1},
    {"hockey players", 1},
});

constexpr auto kVerbs = std::to_array<WeightedWord>({
    {"sleep", 20},    {"wake", 20},    {"are", 20},   {"cajole", 20}, {"haggle", 20},
    {"nag", 10},      {"use", 10},     {"boost", 10}, {"affix", 5},   {"detect", 5},
    {"integrate", 5}, {"maintain", 1}, {"nod", 1},    {"was", 1},     {"lose", 1},
    {"sublate", 1},   {"solve", 1},    {"thrash", 1}, {"promise", 1}, {"engage", 1},
    {"hinder", 1},    {"print", 1},    {"x-ray", 1},  {"breach", 1},  {"eat", 1},
    {"grow", 1},      {"impress", 1},  {"mold", 1},   {"poach", 1},   {"serve", 1},
    {"run", 1},       {"dazzle", 1},   {"snooze", 1}, {"doze", 1},    {"unwind", 1},
    {"kindle", 1},    {"play", 1},     {"hang", 1},   {"believe", 1}, {"doubt", 1},
});

constexpr auto kAdjectives = std::to_array<WeightedWord>({
    {"special", 20}, {"pending", 20}, {"unusual", 20}, {"express", 20}, {"furious", 1},
    {"sly", 1},      {"careful", 1},  {"blithe", 1},   {"quick", 1},    {"fluffy", 1},
    {"slow", 1},     {"quiet", 1},    {"ruthless", 1}, {"thin", 1},     {"close", 1},
    {"dogged", 1},   {"daring", 1},   {"brave", 1},    {"stealthy", 1}, {"permanent", 1},
    {"enticing", 1}, {"idle", 1},     {"busy", 1},     {"regular", 50}, {"final", 40},
    {"ironic", 40},  {"even", 30},    {"bold", 20},    {"silent", 10},
});

constexpr auto kAdverbs = std::to_array<WeightedWord>({
    {"sometimes", 1},  {"always", 1},     {"never", 1},      {"furiously", 50},  {"slyly", 50},
    {"carefully", 50}, {"blithely", 40},  {"quickly", 30},   {"fluffily", 20},   {"slowly", 1},
    {"quietly", 1},    {"ruthlessly", 1}, {"thinly", 1},     {"closely", 1},     {"doggedly", 1},
    {"daringly", 1},   {"bravely", 1},    {"stealthily", 1}, {"permanently", 1}, {"enticingly", 1},
    {"idly", 1},       {"busily", 1},     {"regularly", 1},  {"finally", 1},     {"ironically", 1},
    {"evenly", 1},     {"boldly", 1},     {"silently", 1},
});

constexpr auto kAuxiliaries = std::to_array<WeightedWord>({
    {"do", 1},
    {"may", 1},
    {"might", 1},
    {"shall", 1},
    {"will", 1},
    {"would", 1},
    {"can", 1},
    {"could", 1},
    {"should", 1},
    {"ought to", 1},
    {"must", 1},
    {"will have to", 1},
    {"shall have to", 1},
    {"could have to", 1},
    {"should have to", 1},
    {"must have to", 1},
    {"need to", 1},
    {"try to", 1},
});

constexpr auto kPrepositions = std::to_array<WeightedWord>({
    {"about", 50},
    {"above", 50},
    {"according to", 50},
    {"across", 50},
    {"after", 50},
    {"against", 40},
    {"along", 40},
    {"alongside of", 30},
    {"among", 30},
    {"around", 20},
    {"at", 10},
    {"atop", 1},
    {"before", 1},
    {"behind", 1},
    {"beneath", 1},
    {"beside", 1},
    {"besides", 1},
    {"between", 1},
    {"beyond", 1},
    {"by", 1},
    {"despite", 1},
    {"during", 1},
    {"except", 1},
    {"for", 1},
    {"from", 1},
    {"in place of", 1},
    {"inside", 1},
    {"instead of", 1},
    {"into", 1},
    {"near", 1},
    {"of", 1},
    {"on", 1},
    {"outside", 1},
    {"over", 1},
    {"past", 1},
    {"since", 1},
    {"through", 1},
    {"throughout", 1},
    {"to", 1},
    {"toward", 1},
    {"under", 1},
    {"until", 1},
    {"up", 1},
    {"upon", 1},
    {"whithout", 1},
    {"with", 1},
    {"within", 1},
});

constexpr auto kTerminators =
    std::to_array<WeightedWord>({{".", 50}, {";", 1}, {":", 1}, {"?", 1}, {"!", 1}, {"--", 1}});

}  // namespace

Distribution::Distribution(std::span<const WeightedWord> words) {
  for (const WeightedWord& word : words) add(word.word, word.weight);
}

Distribution::Distribution(Words words) {
  for (std::string_view word : words) add(word, 1);
}

Distribution Distribution::combinations(std::span<const Words> lists) {
  std::vector<std::string> joined = {""};
  for (Words list : lists) {
    std::vector<std::string> longer;
    for (const std::string& head : joined) {
      for (std::string_view word : list) {
        longer.push_back(head.empty() ? std::string(word) : head + " " + std::string(word));
      }
    }
    joined = std::move(longer);
  }
  Distribution result{Words()};
  result.joined_ = std::make_shared<const std::vector<std::string>>(std::move(joined));
  for (const std::string& text : *result.joined_) result.add(text, 1);
  return result;
}

void Distribution::add(std::string_view word, int32_t weight) {
  words_.push_back(word);
  slots_.insert(slots_.end(), static_cast<size_t>(weight), word);
}

std::span<const std::string_view> region_names() { return kRegions; }
std::span<const Nation> nations() { return kNations; }
std::span<const std::string_view> part_colors() { return kColors; }

const Distribution& part_types() {
  static const std::array<Words, 3> kLists = {kTypeSizes, kTypeFinishes, kTypeMetals};
  static const Distribution distribution = Distribution::combinations(kLists);
  return distribution;
}

const Distribution& part_containers() {
  static const std::array<Words, 2> kLists = {kContainerSizes, kContainerKinds};
  static const Distribution distribution = Distribution::combinations(kLists);
  return distribution;
}

const Distribution& market_segments() {
  static const Distribution distribution{Words(kSegments)};
  return distribution;
}

const Distribution& order_priorities() {
  static const Distribution distribution{Words(kPriorities)};
  return distribution;
}

const Distribution& return_flags() {
  static const Distribution distribution{Words(kReturnFlags)};
  return distribution;
}

const Distribution& ship_instructions() {
  static const Distribution distribution{Words(kInstructions)};
  return distribution;
}

const Distribution& ship_modes() {
  static const Distribution distribution{Words(kModes)};
  return distribution;
}

const TextGrammar& text_grammar() {
  using Weighted = std::span<const WeightedWord>;
  static const TextGrammar grammar = {
      .sentences = Distribution(Weighted(kSentences)),
      .noun_phrases = Distribution(Weighted(kNounPhrases)),
      .verb_phrases = Distribution(Weighted(kVerbPhrases)),
      .nouns = Distribution(Weighted(kNouns)),
      .verbs = Distribution(Weighted(kVerbs)),
      .adjectives = Distribution(Weighted(kAdjectives)),
      .adverbs = Distribution(Weighted(kAdverbs)),
      .auxiliaries = Distribution(Weighted(kAuxiliaries)),
      .prepositions = Distribution(Weighted(kPrepositions)),
      .terminators = Distribution(Weighted(kTerminators)),
  };
  return grammar;
}

}  // namespace millrace::tpch
