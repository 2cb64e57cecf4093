#include <algorithm>

#include "ops/scalar/regex/syntax.h"
#include "ops/scalar/text_case.h"
#include "ops/scalar/utf8.h"

namespace millrace::ops::regex {

namespace {

constexpr int kMostRepeats = 255;
constexpr int kNoLimit = -1;

constexpr const char* kBadEscape = "invalid escape \\ sequence";
constexpr const char* kBadBrackets = "brackets [] not balanced";
constexpr const char* kBadParentheses = "parentheses () not balanced";
constexpr const char* kBadBraces = "braces {} not balanced";
constexpr const char* kBadCount = "invalid repetition count(s)";
constexpr const char* kBadRange = "invalid character range";
constexpr const char* kBadClass = "invalid character class";
constexpr const char* kBadCollation = "invalid collating element";
constexpr const char* kBadQuantifier = "quantifier operand invalid";
constexpr const char* kBadReference = "invalid backreference number";
constexpr const char* kBadOption = "invalid embedded option";
constexpr const char* kTooComplex = "regular expression is too complex";

u32 preference(u32 flags) { return flags & (kLonger | kShorter); }

/// What a part keeps of what lies within it: not the preference, but the clash of two.
u32 inherited(u32 flags) {
  u32 up = flags & ~(kLonger | kShorter);
  if (flags & kLonger) up |= kSawLonger;
  if (flags & kShorter) up |= kSawShorter;
  if ((up & kSawLonger) && (up & kSawShorter)) up |= kMixed;
  return up;
}
u32 combined(u32 a, u32 b) {
  return inherited(a | b) | (preference(a) != 0 ? preference(a) : preference(b));
}
bool needs_dividing(u32 flags) { return (flags & (kMixed | kCaptures | kRefers)) != 0; }

NodePtr make_node(Node::Kind kind, std::vector<NodePtr> children = {}) {
  auto node = std::make_shared<Node>();
  node->kind = kind;
  node->children = std::move(children);
  return node;
}
NodePtr sequence(std::vector<NodePtr> nodes) {
  if (nodes.size() == 1) return nodes[0];
  const auto kind = nodes.empty() ? Node::kEmpty : Node::kSequence;
  return make_node(kind, std::move(nodes));
}
NodePtr repeated(NodePtr child, int least, int most) {
  if (least == 1 && most == 1) return child;
  auto node = std::make_shared<Node>();
  node->kind = Node::kRepeat;
  node->least = least;
  node->most = most;
  node->children.push_back(std::move(child));
  return node;
}

std::unique_ptr<Part> make_part(Part::Kind kind, u32 flags, NodePtr node) {
  auto part = std::make_unique<Part>();
  part->kind = kind;
  part->flags = flags;
  part->node = std::move(node);
  return part;
}

struct ClassName {
  const char* name;
  CharacterClass kind;
};
constexpr ClassName kClassNames[] = {
    {"alnum", CharacterClass::Alnum}, {"alpha", CharacterClass::Alpha},
    {"blank", CharacterClass::Blank}, {"cntrl", CharacterClass::Cntrl},
    {"digit", CharacterClass::Digit}, {"graph", CharacterClass::Graph},
    {"lower", CharacterClass::Lower}, {"print", CharacterClass::Print},
    {"punct", CharacterClass::Punct}, {"space", CharacterClass::Space},
    {"upper", CharacterClass::Upper}, {"xdigit", CharacterClass::Xdigit},
    {"word", CharacterClass::Word},
};

struct NamedCharacter {
  const char* name;
  u32 code;
};
/// Collating elements that have a name.
constexpr NamedCharacter kNamedCharacters[] = {
    {"NUL", 0},
    {"SOH", 1},
    {"STX", 2},
    {"ETX", 3},
    {"EOT", 4},
    {"ENQ", 5},
    {"ACK", 6},
    {"BEL", 7},
    {"alert", 7},
    {"BS", 8},
    {"backspace", 8},
    {"HT", 9},
    {"tab", 9},
    {"LF", 10},
    {"newline", 10},
    {"VT", 11},
    {"vertical-tab", 11},
    {"FF", 12},
    {"form-feed", 12},
    {"CR", 13},
    {"carriage-return", 13},
    {"SO", 14},
    {"SI", 15},
    {"DLE", 16},
    {"DC1", 17},
    {"DC2", 18},
    {"DC3", 19},
    {"DC4", 20},
    {"NAK", 21},
    {"SYN", 22},
    {"ETB", 23},
    {"CAN", 24},
    {"EM", 25},
    {"SUB", 26},
    {"ESC", 27},
    {"IS4", 28},
    {"FS", 28},
    {"IS3", 29},
    {"GS", 29},
    {"IS2", 30},
    {"RS", 30},
    {"IS1", 31},
    {"US", 31},
    {"space", ' '},
    {"exclamation-mark", '!'},
    {"quotation-mark", '"'},
    {"number-sign", '#'},
    {"dollar-sign", '$'},
    {"percent-sign", '%'},
    {"ampersand", '&'},
    {"apostrophe", '\''},
    {"left-parenthesis", '('},
    {"right-parenthesis", ')'},
    {"asterisk", '*'},
    {"plus-sign", '+'},
    {"comma", ','},
    {"hyphen", '-'},
    {"hyphen-minus", '-'},
    {"period", '.'},
    {"full-stop", '.'},
    {"slash", '/'},
    {"solidus", '/'},
    {"zero", '0'},
    {"one", '1'},
    {"two", '2'},
    {"three", '3'},
    {"four", '4'},
    {"five", '5'},
    {"six", '6'},
    {"seven", '7'},
    {"eight", '8'},
    {"nine", '9'},
    {"colon", ':'},
    {"semicolon", ';'},
    {"less-than-sign", '<'},
    {"equals-sign", '='},
    {"greater-than-sign", '>'},
    {"question-mark", '?'},
    {"commercial-at", '@'},
    {"left-square-bracket", '['},
    {"backslash", '\\'},
    {"reverse-solidus", '\\'},
    {"right-square-bracket", ']'},
    {"circumflex", '^'},
    {"circumflex-accent", '^'},
    {"underscore", '_'},
    {"low-line", '_'},
    {"grave-accent", '`'},
    {"left-brace", '{'},
    {"left-curly-bracket", '{'},
    {"vertical-line", '|'},
    {"right-brace", '}'},
    {"right-curly-bracket", '}'},
    {"tilde", '~'},
    {"DEL", 127},
};

/// One lexical unit.
struct Lexeme {
  enum Kind : u8 {
    kEnd,
    kCode,
    kAny,
    kStar,
    kPlus,
    kQuestion,
    kBrace,
    kBar,
    kOpen,
    kOpenPlain,
    kClose,
    kLook,
    kBracket,
    kCaret,
    kDollar,
    kAssert,
    kClass,
    kReference,
  } kind = kEnd;
  u32 value = 0;         // kCode; kReference: number
  bool negated = false;  // kClass, kLook
  bool ahead = false;    // kLook
  CharacterClass character_class{};
  Assertion assertion{};
};

class Parser {
 public:
  Parser(std::string_view pattern, const Options& options) : expression_(new Expression) {
    expression_->options = options;
    for (u32 i = 0; i < pattern.size();) {
      codes_.push_back(utf8::decode(pattern.data() + i));
      i += utf8::length_of(pattern[i]);
    }
    closed_.push_back(nullptr);
  }

  std::unique_ptr<Expression> run(const char*& error, bool& unsupported) {
    director();
    if (error_ == nullptr) {
      next();
      auto root = alternation(false);
      if (error_ == nullptr && lexeme_.kind != Lexeme::kEnd) fail(kBadParentheses);
      if (error_ == nullptr) {
        expression_->root = std::move(root);
        number_parts(*expression_->root);
        expression_->group_count = group_count_;
      }
    }
    error = error_;
    unsupported = unsupported_;
    if (error_ != nullptr) return nullptr;
    return std::move(expression_);
  }

 private:
  Options& options() { return expression_->options; }

  std::nullptr_t fail(const char* error) {
    if (error_ == nullptr) error_ = error;
    lexeme_ = Lexeme{};
    at_ = codes_.size();
    return nullptr;
  }
  std::nullptr_t fail_unsupported(const char* error) {
    unsupported_ = error_ == nullptr;
    return fail(error);
  }
  bool ahead_is(std::string_view text) const {
    if (at_ + text.size() > codes_.size()) return false;
    for (size_t i = 0; i < text.size(); i++) {
      if (codes_[at_ + i] != static_cast<u8>(text[i])) return false;
    }
    return true;
  }
  u32 peek(size_t offset = 0) const {
    return at_ + offset < codes_.size() ? codes_[at_ + offset] : 0;
  }
  bool at_end() const { return at_ >= codes_.size(); }

  /// "***:", "***=" and "(?flags)" in front.
  void director() {
    if (options().literal) return;
    if (ahead_is("***=")) {
      at_ += 4;
      options().literal = true;
      return;
    }
    if (ahead_is("***:")) {
      at_ += 4;
    } else if (ahead_is("***")) {
      fail(kBadQuantifier);
      return;
    }
    if (!ahead_is("(?") || !is_lowercase(peek(2))) return;
    at_ += 2;
    for (; !at_end() && peek() != ')'; at_++) {
      switch (peek()) {
        case 'c':
          options().ignore_case = false;
          break;
        case 'i':
          options().ignore_case = true;
          break;
        case 'm':
        case 'n':
          options().newline_stops = options().newline_anchors = true;
          break;
        case 'p':
          options().newline_stops = true;
          options().newline_anchors = false;
          break;
        case 'q':
          options().literal = true;
          break;
        case 's':
          options().newline_stops = options().newline_anchors = false;
          break;
        case 't':
          options().expanded = false;
          break;
        case 'w':
          options().newline_stops = false;
          options().newline_anchors = true;
          break;
        case 'x':
          options().expanded = true;
          break;
        case 'b':
        case 'e':
          fail_unsupported("basic and extended regular expressions are not supported");
          return;
        default:
          fail(kBadOption);
          return;
      }
    }
    if (at_end()) {
      fail(kBadOption);
      return;
    }
    at_++;
  }
  static bool is_lowercase(u32 code) { return code >= 'a' && code <= 'z'; }
  static bool is_alphanumeric_ascii(u32 code) {
    return is_lowercase(code) || (code >= 'A' && code <= 'Z') || (code >= '0' && code <= '9');
  }

  /// Comments, and blanks in expanded syntax.
  void skip() {
    for (;;) {
      if (options().expanded) {
        while (!at_end() && is_in_class(peek(), CharacterClass::Space)) at_++;
        if (peek() == '#') {
          while (!at_end() && peek() != '\n') at_++;
          continue;
        }
      }
      if (!ahead_is("(?#")) return;
      while (!at_end() && peek() != ')') at_++;
      if (!at_end()) at_++;
    }
  }

  void next() {
    lexeme_ = Lexeme{};
    if (error_ != nullptr) return;
    if (!options().literal) skip();
    if (at_end()) return;
    const u32 code = codes_[at_++];
    lexeme_.value = code;
    lexeme_.kind = Lexeme::kCode;
    if (options().literal) return;
    switch (code) {
      case '.':
        lexeme_.kind = Lexeme::kAny;
        return;
      case '*':
        lexeme_.kind = Lexeme::kStar;
        return;
      case '+':
        lexeme_.kind = Lexeme::kPlus;
        return;
      case '?':
        lexeme_.kind = Lexeme::kQuestion;
        return;
      case '{':
        if (options().expanded) skip();
        if (at_end() || peek() < '0' || peek() > '9') return;
        lexeme_.kind = Lexeme::kBrace;
        return;
      case '|':
        lexeme_.kind = Lexeme::kBar;
        return;
      case ')':
        lexeme_.kind = Lexeme::kClose;
        return;
      case '(':
        open();
        return;
      case '[':
        if (ahead_is("[:<:]]") || ahead_is("[:>:]]")) {
          lexeme_.kind = Lexeme::kAssert;
          lexeme_.assertion = peek(2) == '<' ? Assertion::WordStart : Assertion::WordEnd;
          at_ += 6;
          return;
        }
        lexeme_.kind = Lexeme::kBracket;
        return;
      case '^':
        lexeme_.kind = Lexeme::kCaret;
        return;
      case '$':
        lexeme_.kind = Lexeme::kDollar;
        return;
      case '\\':
        escape(lexeme_);
        return;
      default:
        return;
    }
  }

  void open() {
    lexeme_.kind = Lexeme::kOpen;
    if (peek() != '?') return;
    const u32 form = peek(1);
    at_ += 2;
    lexeme_.kind = Lexeme::kLook;
    switch (form) {
      case ':':
        lexeme_.kind = Lexeme::kOpenPlain;
        return;
      case '=':
      case '!':
        lexeme_.ahead = true;
        lexeme_.negated = form == '!';
        return;
      case '<':
        if (peek() == '=' || peek() == '!') {
          lexeme_.negated = codes_[at_++] == '!';
          return;
        }
        [[fallthrough]];
      default:
        fail(kBadQuantifier);
    }
  }

  /// Digits of a base, as many as [least, most]; false for fewer or a value past all code points.
  bool digits(u32 base, size_t least, size_t most, u32& out) {
    u64 value = 0;
    size_t count = 0;
    for (; count < most && !at_end(); count++, at_++) {
      const u32 code = peek();
      u32 digit = 99;
      if (code >= '0' && code <= '9') digit = code - '0';
      if (code >= 'a' && code <= 'f') digit = code - 'a' + 10;
      if (code >= 'A' && code <= 'F') digit = code - 'A' + 10;
      if (digit >= base) break;
      value = std::min<u64>(value * base + digit, 0xFFFFFFFF);
    }
    out = static_cast<u32>(value);
    return count >= least && value <= 0x7FFFFFFE;
  }

  void code_of_digits(Lexeme& out, u32 base, size_t least, size_t most) {
    out.kind = Lexeme::kCode;
    if (!digits(base, least, most, out.value)) fail(kBadEscape);
  }

  /// After a backslash.
  void escape(Lexeme& out) {
    if (at_end()) {
      fail(kBadEscape);
      return;
    }
    const u32 code = codes_[at_++];
    out.kind = Lexeme::kCode;
    out.value = code;
    if (!is_alphanumeric_ascii(code)) return;
    const auto assertion = [&](Assertion kind) {
      out.kind = Lexeme::kAssert;
      out.assertion = kind;
    };
    const auto character_class = [&](CharacterClass kind, bool negated) {
      out.kind = Lexeme::kClass;
      out.character_class = kind;
      out.negated = negated;
    };
    switch (code) {
      case 'a':
        out.value = 7;
        return;
      case 'A':
        return assertion(Assertion::TextStart);
      case 'b':
        out.value = 8;
        return;
      case 'B':
        out.value = '\\';
        return;
      case 'c':
        if (at_end()) {
          fail(kBadEscape);
          return;
        }
        out.value = codes_[at_++] & 31;
        return;
      case 'd':
      case 'D':
        return character_class(CharacterClass::Digit, code == 'D');
      case 's':
      case 'S':
        return character_class(CharacterClass::Space, code == 'S');
      case 'w':
      case 'W':
        return character_class(CharacterClass::Word, code == 'W');
      case 'e':
        out.value = 27;
        return;
      case 'f':
        out.value = 12;
        return;
      case 'm':
        return assertion(Assertion::WordStart);
      case 'M':
        return assertion(Assertion::WordEnd);
      case 'n':
        out.value = 10;
        return;
      case 'r':
        out.value = 13;
        return;
      case 't':
        out.value = 9;
        return;
      case 'v':
        out.value = 11;
        return;
      case 'u':
        return code_of_digits(out, 16, 4, 4);
      case 'U':
        return code_of_digits(out, 16, 8, 8);
      case 'x':
        return code_of_digits(out, 16, 1, 255);
      case 'y':
        return assertion(Assertion::WordEdge);
      case 'Y':
        return assertion(Assertion::NoWordEdge);
      case 'Z':
        return assertion(Assertion::TextEnd);
      case '0':
        at_--;
        return code_of_digits(out, 8, 1, 3);
      default:
        break;
    }
    if (code < '1' || code > '9') {
      fail(kBadEscape);
      return;
    }
    // One digit refers back; more do if there are so many groups, else they are octal.
    const size_t start = at_;
    at_--;
    u32 number;
    const bool fits = digits(10, 1, 255, number);
    if (fits && (at_ == start || number <= group_count_)) {
      out.kind = Lexeme::kReference;
      out.value = number;
      return;
    }
    at_ = start - 1;
    code_of_digits(out, 8, 1, 3);
  }

  // Grammar.

  bool at_branch_end(bool in_parentheses) const {
    return lexeme_.kind == Lexeme::kEnd || lexeme_.kind == Lexeme::kBar ||
           (lexeme_.kind == Lexeme::kClose && in_parentheses);
  }

  std::unique_ptr<Part> alternation(bool in_parentheses) {
    if (++depth_ > 1000) return fail(kTooComplex);
    std::vector<std::unique_ptr<Part>> branches;
    u32 flags = kLonger;
    for (;;) {
      auto part = branch(in_parentheses);
      if (error_ != nullptr) return nullptr;
      flags |= inherited(part->flags);
      branches.push_back(std::move(part));
      if (lexeme_.kind != Lexeme::kBar) break;
      next();
    }
    depth_--;
    if (branches.size() == 1) return std::move(branches[0]);
    std::vector<NodePtr> nodes;
    for (const auto& part : branches) nodes.push_back(part->node);
    auto choice = make_part(Part::kChoice, flags, make_node(Node::kChoice, std::move(nodes)));
    if (needs_dividing(flags)) {
      choice->children = std::move(branches);
    } else {
      choice->kind = Part::kLeaf;
    }
    return choice;
  }

  /// A sequence of atoms. What needs no dividing gathers in one leaf; the first atom that does ends
  /// the leaf, and the rest of the branch is the right side of a pair.
  std::unique_ptr<Part> branch(bool in_parentheses) {
    if (++depth_ > 1000) return fail(kTooComplex);
    auto top = make_part(Part::kLeaf, 0, nullptr);
    std::vector<NodePtr> prefix;
    bool is_divided = false;
    while (error_ == nullptr && !is_divided && !at_branch_end(in_parentheses)) {
      is_divided = element(in_parentheses, top, prefix);
    }
    if (error_ != nullptr) return nullptr;
    depth_--;
    if (!is_divided) top->node = sequence(std::move(prefix));
    return top;
  }

  void add_node(std::vector<NodePtr>& prefix, NodePtr node) { prefix.push_back(std::move(node)); }

  NodePtr assert_node(Assertion assertion) {
    auto node = std::make_shared<Node>();
    node->kind = Node::kAssert;
    node->assertion = assertion;
    return node;
  }

  NodePtr set_node(CharacterSet set) {
    set.finish();
    expression_->sets.push_back(std::move(set));
    auto node = std::make_shared<Node>();
    node->kind = Node::kSet;
    node->set = static_cast<u32>(expression_->sets.size() - 1);
    return node;
  }

  NodePtr code_node(u32 code) {
    CharacterSet set;
    set.add(code, code);
    if (options().ignore_case) set.add_cases();
    return set_node(std::move(set));
  }

  NodePtr class_node(CharacterClass kind, bool negated) {
    CharacterSet set;
    set.add_class(kind, negated);
    return set_node(std::move(set));
  }

  /// Parses one atom with its quantifier. True where `top` became a pair that holds the rest of the
  /// branch too.
  bool element(bool in_parentheses, std::unique_ptr<Part>& top, std::vector<NodePtr>& prefix) {
    std::unique_ptr<Part> atom;
    NodePtr node;
    bool is_group = false;
    bool is_reference = false;
    switch (lexeme_.kind) {
      case Lexeme::kCaret:
        add_node(prefix, assert_node(options().newline_anchors ? Assertion::LineStart
                                                               : Assertion::TextStart));
        next();
        return false;
      case Lexeme::kDollar:
        add_node(prefix,
                 assert_node(options().newline_anchors ? Assertion::LineEnd : Assertion::TextEnd));
        next();
        return false;
      case Lexeme::kAssert:
        add_node(prefix, assert_node(lexeme_.assertion));
        next();
        return false;
      case Lexeme::kLook:
        add_node(prefix, look());
        return false;
      case Lexeme::kStar:
      case Lexeme::kPlus:
      case Lexeme::kQuestion:
      case Lexeme::kBrace:
        fail(kBadQuantifier);
        return false;
      case Lexeme::kClose:
        fail(kBadParentheses);
        return false;
      case Lexeme::kOpen:
      case Lexeme::kOpenPlain:
        is_group = lexeme_.kind == Lexeme::kOpen && !in_look_;
        atom = group(is_group);
        if (error_ != nullptr) return false;
        node = atom->node;
        break;
      case Lexeme::kReference:
        is_reference = true;
        atom = reference();
        if (error_ != nullptr) return false;
        node = atom->node;
        break;
      case Lexeme::kBracket:
        node = bracket();
        break;
      case Lexeme::kClass:
        node = class_node(lexeme_.character_class, lexeme_.negated);
        next();
        break;
      case Lexeme::kAny: {
        CharacterSet set;
        set.complement(options().newline_stops);
        node = set_node(std::move(set));
        next();
        break;
      }
      default:
        node = code_node(lexeme_.value);
        next();
    }
    if (error_ != nullptr) return false;
    return quantified(in_parentheses, top, prefix, std::move(atom), node, is_group, is_reference);
  }

  struct Quantifier {
    int least = 1;
    int most = 1;
    u32 likes = 0;
  };

  bool read_count(int& out) {
    int value = 0;
    bool any = false;
    for (; peek() >= '0' && peek() <= '9' && !at_end(); at_++) {
      any = true;
      value = value * 10 + static_cast<int>(peek() - '0');
      if (value > kMostRepeats) {
        fail(kBadCount);
        return false;
      }
    }
    out = value;
    return any;
  }

  Quantifier quantifier() {
    Quantifier q;
    switch (lexeme_.kind) {
      case Lexeme::kStar:
        q = {0, kNoLimit, kLonger};
        break;
      case Lexeme::kPlus:
        q = {1, kNoLimit, kLonger};
        break;
      case Lexeme::kQuestion:
        q = {0, 1, kLonger};
        break;
      case Lexeme::kBrace:
        read_count(q.least);
        q.most = q.least;
        if (error_ == nullptr && peek() == ',' && !at_end()) {
          at_++;
          q.likes = kLonger;
          q.most = kNoLimit;
          int most;
          if (read_count(most)) q.most = most;
          if (error_ == nullptr && q.most >= 0 && q.least > q.most) fail(kBadCount);
        }
        if (error_ != nullptr) return q;
        if (at_end()) {
          fail(kBadBraces);
          return q;
        }
        if (peek() != '}') {
          fail(kBadCount);
          return q;
        }
        at_++;
        break;
      default:
        return q;
    }
    if (peek() == '?' && !at_end()) {
      at_++;
      if (q.likes != 0) q.likes = kShorter;
    }
    next();
    if (lexeme_.kind == Lexeme::kStar || lexeme_.kind == Lexeme::kPlus ||
        lexeme_.kind == Lexeme::kQuestion || lexeme_.kind == Lexeme::kBrace) {
      fail(kBadQuantifier);
    }
    return q;
  }

  bool quantified(bool in_parentheses, std::unique_ptr<Part>& top, std::vector<NodePtr>& prefix,
                  std::unique_ptr<Part> atom, const NodePtr& node, bool is_group,
                  bool is_reference) {
    const Quantifier q = quantifier();
    if (error_ != nullptr) return false;
    if (q.least == 0 && q.most == 0) return false;
    const u32 atom_flags = atom == nullptr ? 0 : atom->flags;
    const u32 flags = top->flags | q.likes | atom_flags;
    if (!is_group && !is_reference && !needs_dividing(inherited(flags))) {
      add_node(prefix, repeated(node, q.least, q.most));
      top->flags = flags;
      return false;
    }
    if (atom == nullptr) atom = make_part(Part::kLeaf, 0, node);
    auto front = make_part(Part::kLeaf, top->flags, sequence(std::move(prefix)));
    auto tail = make_part(Part::kPair, combined(q.likes, atom->flags), nullptr);
    tail->children.push_back(repeat_part(std::move(atom), q, is_reference));
    if (at_branch_end(in_parentheses)) {
      tail->children.push_back(make_part(Part::kLeaf, 0, sequence({})));
    } else {
      auto rest = branch(in_parentheses);
      if (error_ != nullptr) return true;
      tail->flags |= combined(tail->flags, rest->flags);
      tail->children.push_back(std::move(rest));
    }
    tail->node = sequence({tail->children[0]->node, tail->children[1]->node});
    top->kind = Part::kPair;
    top->flags |= combined(top->flags, tail->flags);
    top->node = sequence({front->node, tail->node});
    top->children.push_back(std::move(front));
    top->children.push_back(std::move(tail));
    return true;
  }

  std::unique_ptr<Part> repeat_part(std::unique_ptr<Part> atom, const Quantifier& q,
                                    bool is_reference, bool may_be_skipped = false) {
    NodePtr all = repeated(atom->node, q.least, q.most);
    if (is_reference) {
      atom->least = q.least;
      atom->most = q.most;
      atom->flags |= combined(q.likes, atom->flags);
      atom->node = all;
      return atom;
    }
    if (q.least == 0) {
      // At least one round, or else nothing: an empty round is a round, too.
      const u32 flags = combined(q.likes, atom->flags);
      auto choice = make_part(Part::kChoice, flags, all);
      choice->children.push_back(repeat_part(std::move(atom), {1, q.most, q.likes}, false, true));
      choice->children.push_back(make_part(Part::kLeaf, 0, sequence({})));
      return choice;
    }
    const u32 atom_likes = atom->flags & (kLonger | kShorter | kMixed);
    if (q.least == 1 && q.most == 1 && (q.likes == 0 || atom_likes == 0 || q.likes == atom_likes)) {
      return atom;
    }
    const u32 flags = combined(q.likes, atom->flags);
    if (!(atom->flags & (kCaptures | kRefers))) return make_part(Part::kLeaf, flags, all);
    if (!may_be_skipped && !(atom->flags & kRefers)) {
      // Only the last round's captures count: the rounds before are a leaf of their own.
      auto pair = make_part(Part::kPair, flags, nullptr);
      const int most = q.most < 0 ? kNoLimit : q.most - 1;
      pair->children.push_back(
          make_part(Part::kLeaf, preference(flags), repeated(atom->node, q.least - 1, most)));
      pair->children.push_back(std::move(atom));
      pair->node = sequence({pair->children[0]->node, pair->children[1]->node});
      return pair;
    }
    auto repeat = make_part(Part::kRepeat, flags, all);
    repeat->least = q.least;
    repeat->most = q.most;
    repeat->children.push_back(std::move(atom));
    return repeat;
  }

  std::unique_ptr<Part> group(bool captures) {
    const u32 number = captures ? ++group_count_ : 0;
    if (captures) closed_.push_back(nullptr);
    next();
    auto part = alternation(true);
    if (error_ != nullptr) return nullptr;
    if (lexeme_.kind != Lexeme::kClose) return fail(kBadParentheses);
    next();
    if (!captures) return part;
    closed_[number] = part->node;
    if (part->group == 0 && part->kind != Part::kReference) {
      part->flags |= kCaptures;
      part->group = number;
      return part;
    }
    auto wrapper = make_part(Part::kGroup, part->flags | kCaptures, part->node);
    wrapper->group = number;
    wrapper->children.push_back(std::move(part));
    return wrapper;
  }

  std::unique_ptr<Part> reference() {
    const u32 number = lexeme_.value;
    if (in_look_ || number >= closed_.size() || closed_[number] == nullptr) {
      return fail(kBadReference);
    }
    next();
    auto node = std::make_shared<Node>();
    node->kind = Node::kReference;
    node->group = number;
    node->children.push_back(closed_[number]);
    expression_->refers_back = true;
    auto part = make_part(Part::kReference, kRefers, node);
    part->group = number;
    return part;
  }

  NodePtr look() {
    auto node = std::make_shared<Node>();
    node->kind = Node::kLook;
    node->ahead = lexeme_.ahead;
    node->negated = lexeme_.negated;
    const bool outer = in_look_;
    in_look_ = true;
    next();
    auto part = alternation(true);
    in_look_ = outer;
    if (error_ != nullptr) return nullptr;
    if (lexeme_.kind != Lexeme::kClose) return fail(kBadParentheses);
    next();
    node->children.push_back(part->node);
    return node;
  }

  // Bracket expressions.

  /// A named class, collating element or equivalence class "[:x:]", "[.x.]", "[=x=]": the name.
  bool bracket_name(u32 mark, std::string& name) {
    at_ += 2;
    name.clear();
    while (!at_end() && !(peek() == mark && peek(1) == ']')) {
      char bytes[4];
      name.append(bytes, utf8::encode(codes_[at_++], bytes));
    }
    if (at_end()) {
      fail(kBadBrackets);
      return false;
    }
    at_ += 2;
    return true;
  }

  bool collating_code(const std::string& name, u32& code) {
    if (name.empty()) {
      fail(kBadCollation);
      return false;
    }
    code = utf8::decode(name.data());
    if (utf8::length_of(name[0]) == name.size()) return true;
    for (const NamedCharacter& named : kNamedCharacters) {
      if (name == named.name) {
        code = named.code;
        return true;
      }
    }
    fail(kBadCollation);
    return false;
  }

  void add_named_class(CharacterSet& set, const std::string& name) {
    for (const ClassName& known : kClassNames) {
      if (name != known.name) continue;
      CharacterClass kind = known.kind;
      const bool is_cased = kind == CharacterClass::Lower || kind == CharacterClass::Upper;
      if (options().ignore_case && is_cased) kind = CharacterClass::Alpha;
      set.add_class(kind, false);
      return;
    }
    fail(kBadClass);
  }

  /// One code at the start or end of a range; false where a class was added instead, or on error.
  bool bracket_code(CharacterSet& set, bool may_be_class, u32& code) {
    std::string name;
    if (peek() == '[' && (peek(1) == ':' || peek(1) == '=' || peek(1) == '.')) {
      const u32 mark = peek(1);
      if (mark != '.' && !may_be_class) {
        fail(kBadRange);
        return false;
      }
      if (!bracket_name(mark, name)) return false;
      if (mark == ':') {
        add_named_class(set, name);
        return false;
      }
      if (!collating_code(name, code)) return false;
      if (mark == '.') return true;
      set.add(code, code);
      return false;
    }
    if (peek() != '\\') {
      code = codes_[at_++];
      return true;
    }
    at_++;
    Lexeme lexeme;
    escape(lexeme);
    if (error_ != nullptr) return false;
    if (lexeme.kind == Lexeme::kCode) {
      code = lexeme.value;
      return true;
    }
    if (lexeme.kind != Lexeme::kClass) {
      fail(kBadEscape);
      return false;
    }
    if (!may_be_class) {
      fail(kBadRange);
      return false;
    }
    set.add_class(lexeme.character_class, lexeme.negated);
    return false;
  }

  NodePtr bracket() {
    CharacterSet set;
    const bool complemented = peek() == '^' && !at_end();
    if (complemented) at_++;
    for (bool first = true; error_ == nullptr; first = false) {
      if (at_end()) return fail(kBadBrackets);
      if (peek() == ']' && !first) break;
      if (peek() == '-' && !first && peek(1) != ']') {
        // A hyphen here may only begin a range from itself.
        if (peek(1) != '-') return fail(kBadRange);
      }
      u32 from;
      if (!bracket_code(set, true, from)) {
        if (error_ == nullptr && peek() == '-' && peek(1) != ']') return fail(kBadRange);
        continue;
      }
      u32 to = from;
      if (peek() == '-' && !at_end() && peek(1) != ']') {
        at_++;
        if (at_end()) return fail(kBadBrackets);
        if (!bracket_code(set, false, to)) return nullptr;
      }
      if (from > to) return fail(kBadRange);
      set.add(from, to);
    }
    if (error_ != nullptr) return nullptr;
    at_++;
    if (options().ignore_case) set.add_cases();
    if (complemented) set.complement(options().newline_stops);
    NodePtr node = set_node(std::move(set));
    next();
    return node;
  }

  void number_parts(Part& part) {
    part.index = expression_->part_count++;
    for (auto& child : part.children) number_parts(*child);
  }

  std::unique_ptr<Expression> expression_;
  std::vector<u32> codes_;
  size_t at_ = 0;
  Lexeme lexeme_;
  u32 group_count_ = 0;
  std::vector<NodePtr> closed_;  // by number: what a finished group matches
  bool in_look_ = false;
  int depth_ = 0;
  const char* error_ = nullptr;
  bool unsupported_ = false;
};

}  // namespace

void CharacterSet::add_cases() {
  const size_t count = ranges_.size();
  for (size_t i = 0; i < count; i++) {
    const Range range = ranges_[i];
    for (u32 code = range.from; code <= std::min(range.to, 0x1FFFFu); code++) {
      const u32 lower = lower_of(code);
      const u32 upper = upper_of(code);
      if (lower < range.from || lower > range.to) add(lower, lower);
      if (upper < range.from || upper > range.to) add(upper, upper);
    }
  }
}

void CharacterSet::finish() {
  for (u32 code = 0; code < 128; code++) ascii_[code] = contains_slowly(code) ? 1 : 0;
}

bool CharacterSet::contains_slowly(u32 code) const {
  bool found = false;
  for (const Range& range : ranges_) found = found || (code >= range.from && code <= range.to);
  for (const Class& c : classes_) found = found || is_in_class(code, c.kind) != c.negated;
  if (!complemented_) return found;
  return !found && !(without_newline_ && code == '\n');
}

std::unique_ptr<Expression> parse(std::string_view pattern, const Options& options,
                                  const char*& error, bool& unsupported) {
  return Parser(pattern, options).run(error, unsupported);
}

}  // namespace millrace::ops::regex
