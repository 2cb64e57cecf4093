// COPY's input: lines and fields as PostgreSQL 15 cuts them, wherever the stream is cut in pieces, and
// whatever the bytes are.
#include "wire/copy_reader.h"

#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "tests/check.h"

namespace millrace::tests {

using base::Status;
using wire::CopyField;
using wire::CopyFormat;
using wire::CopyReader;
using Kind = CopyFormat::Kind;
using Header = CopyReader::Header;

namespace {

struct Setting {
  CopyFormat format;
  Header header = Header::None;
  std::vector<std::string> names = {"a", "b"};
};

Setting text() { return {}; }
Setting csv() {
  Setting setting;
  setting.format.kind = Kind::Csv;
  setting.format.delimiter = ',';
  setting.format.null = "";
  return setting;
}
Setting binary() {
  Setting setting;
  setting.format.kind = Kind::Binary;
  return setting;
}

/// Rows as "[x][NULL]" one behind the other, then the error with its line, if there is one.
std::string read(const Setting& setting, std::string_view bytes, const std::vector<size_t>& cuts) {
  std::string out;
  CopyReader reader(setting.format, setting.header, setting.names,
                    [&](const std::vector<CopyField>& fields) {
                      for (const CopyField& field : fields) {
                        out += field.is_null ? "[NULL]" : "[" + std::string(field.bytes) + "]";
                      }
                      out += ";";
                      return Status();
                    });
  Status status;
  size_t from = 0;
  for (const size_t cut : cuts) {
    // A copy of its own: what lies behind the piece must not be read.
    const std::string piece(bytes.substr(from, cut - from));
    if (status.ok()) status = reader.feed(piece);
    from = cut;
  }
  const std::string rest(bytes.substr(from));
  if (status.ok()) status = reader.feed(rest);
  if (status.ok()) status = reader.finish();
  if (!status.ok()) {
    out += "!" + std::to_string(reader.line_number()) + " " + status.message();
  }
  return out;
}

std::string read(const Setting& setting, std::string_view bytes) {
  std::vector<size_t> each;
  for (size_t at = 1; at < bytes.size(); at++) each.push_back(at);
  const std::string whole = read(setting, bytes, {});
  CHECK_EQUAL(read(setting, bytes, each), whole);
  return whole;
}

void test_text() {
  CHECK_EQUAL(read(text(), "1\tx\n2\t\\N\n"), "[1][x];[2][NULL];");
  CHECK_EQUAL(read(text(), "1\tx"), "[1][x];");
  CHECK_EQUAL(read(text(), ""), "");
  CHECK_EQUAL(read(text(), "a\\tb\\\\\t\\x41\\101\\q\\\nc\n"), "[a\tb\\][AAq\nc];");
  CHECK_EQUAL(read(text(), "\\x4g\t\\08\\\n"), "[\x04g][" + std::string(1, '\0') + "8\n];");
  CHECK_EQUAL(read(text(), "1\tx\n\\.\nrubbish"), "[1][x];");
  CHECK_EQUAL(read(text(), "1\tx\n\\."), "[1][x];");
  CHECK_EQUAL(read(text(), "1\tx\r\n2\ty\r\n\\.\r\n"), "[1][x];[2][y];");
  CHECK_EQUAL(read(text(), "1\tx\r2\ty\r"), "[1][x];[2][y];");
  CHECK_EQUAL(read(text(), "1\tx\n\\.x\n"), "[1][x];!2 end-of-copy marker corrupt");
  CHECK_EQUAL(read(text(), "1\tx\r\n\\.\n"),
              "[1][x];!2 end-of-copy marker does not match previous newline style");
  CHECK_EQUAL(read(text(), "1\tx\n2\ry\n"), "[1][x];!2 literal carriage return found in data");
  CHECK_EQUAL(read(text(), "1\tx\r\n2\ty\n"), "[1][x];!2 literal newline found in data");
  CHECK_EQUAL(read(text(), "1\n"), "!1 missing data for column \"b\"");
  CHECK_EQUAL(read(text(), "\n"), "!1 missing data for column \"b\"");
  CHECK_EQUAL(read(text(), "1\t2\t3\n"), "!1 extra data after last expected column");
  CHECK_EQUAL(read(text(), "1\t\\\\N\n\\N\tx\\"), "[1][\\N];[NULL][x];");
}

void test_csv() {
  CHECK_EQUAL(read(csv(), "1,x\n,\"\"\n"), "[1][x];[NULL][];");
  CHECK_EQUAL(read(csv(), "\"a\"\"b\",\"c\nd\"\n1,e\"f\"g\n"), "[a\"b][c\nd];[1][efg];");
  CHECK_EQUAL(read(csv(), "\"a,b\",c\\n\n\\.\nx"), "[a,b][c\\n];");
  CHECK_EQUAL(read(csv(), "1,\\.\n\\.x,2\n"), "[1][\\.];[\\.x][2];");
  CHECK_EQUAL(read(csv(), "1,\"x\n\n2,y\n"), "!1 unterminated CSV quoted field");
  CHECK_EQUAL(read(csv(), "0,z\n1,\"x\n\n2,y\n"), "[0][z];!5 unterminated CSV quoted field");
  CHECK_EQUAL(read(csv(), "1,x\n2\r,y\n"), "[1][x];!2 unquoted carriage return found in data");
  Setting escaped = csv();
  escaped.format.escape = '\\';
  CHECK_EQUAL(read(escaped, "\"a\\\"b\",\"\\\\\"\n\"x\\y\",\\\n"), "[a\"b][\\];[x\\y][\\];");
  Setting skipped = csv();
  skipped.header = Header::Skipped;
  CHECK_EQUAL(read(skipped, "rubbish\n1,2\n"), "[1][2];");
  Setting matched = csv();
  matched.header = Header::Matched;
  CHECK_EQUAL(read(matched, "a,b\n1,2\n"), "[1][2];");
  CHECK_EQUAL(read(matched, "a\n"), "!1 wrong number of fields in header line: got 1, expected 2");
  CHECK_EQUAL(read(matched, "a,c\n"),
              "!1 column name mismatch in header line field 2: got \"c\", expected \"b\"");
  CHECK_EQUAL(read(matched, ",b\n"),
              "!1 column name mismatch in header line field 1: got null value (\"\"), expected "
              "\"a\"");
}

const std::string kHead("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);

void test_binary() {
  const std::string row("\0\2\0\0\0\1x\377\377\377\377", 11);
  const std::string end("\377\377", 2);
  CHECK_EQUAL(read(binary(), kHead + row + row + end), "[x][NULL];[x][NULL];");
  CHECK_EQUAL(read(binary(), kHead + row), "[x][NULL];");
  CHECK_EQUAL(read(binary(), kHead + end + "x"), "!1 received copy data after EOF marker");
  CHECK_EQUAL(read(binary(), "PGCOPX"), "!0 COPY file signature not recognized");
  CHECK_EQUAL(read(binary(), ""), "!0 COPY file signature not recognized");
  CHECK_EQUAL(read(binary(), kHead + row.substr(0, 6)), "!1 unexpected EOF in COPY data");
  CHECK_EQUAL(read(binary(), kHead + std::string("\0\1", 2)),
              "!1 row field count is 1, expected 2");
  CHECK_EQUAL(read(binary(), kHead + std::string("\0\2\377\377\377\376", 6)),
              "!1 invalid field size");
}

/// Inputs with bytes changed, put in and left out, cut at random: the answer must not hang on the cuts.
void test_mutations() {
  const std::vector<std::pair<Setting, std::string>> seeds = {
      {text(), "1\tone\n2\t\\N\n\\x41\\t\\101\tlong enough to stand alone\n\\.\n"},
      {text(), "1\tone\r\n2\ttwo\r\n\\.\r\n"},
      {csv(), "1,\"a \"\"quoted\"\" one\"\n2,\"line\nbreak\"\n,\n\\.\n"},
      {csv(), "\"x\",y\r\"z\",\\.\r"},
      {binary(), kHead + std::string("\0\2\0\0\0\3abc\377\377\377\377\0\2\0\0\0\0\0\0\0\1z", 25) +
                     "\377\377"},
  };
  constexpr std::string_view kBytes("\"\\,\t\n\r.N\0x7\377a", 13);
  std::mt19937 random(20240607);
  for (int round = 0; round < 20000; round++) {
    auto [setting, bytes] = seeds[random() % seeds.size()];
    for (uint32_t edits = 1 + random() % 4; edits > 0 && !bytes.empty(); edits--) {
      const size_t at = random() % bytes.size();
      const char byte = kBytes[random() % kBytes.size()];
      switch (random() % 3) {
        case 0:
          bytes[at] = byte;
          break;
        case 1:
          bytes.insert(at, 1, byte);
          break;
        default:
          bytes.erase(at, 1 + random() % 3);
      }
    }
    std::vector<size_t> cuts;
    for (size_t at = 1; at < bytes.size(); at++) {
      if (random() % 3 == 0) cuts.push_back(at);
    }
    CHECK_EQUAL(read(setting, bytes, cuts), read(setting, bytes, {}));
  }
}

}  // namespace
}  // namespace millrace::tests

int main() {
  millrace::tests::test_text();
  millrace::tests::test_csv();
  millrace::tests::test_binary();
  millrace::tests::test_mutations();
  return millrace::tests::check_result();
}
