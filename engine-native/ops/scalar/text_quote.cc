#include "ops/scalar/text_quote.h"

#include <algorithm>
#include <string_view>

#include "ops/cast/parse_bytes.h"
#include "ops/scalar/utf8.h"

namespace millrace::ops {

namespace {

/// Words that an identifier may not be without quotes, in PostgreSQL 15; sorted.
constexpr std::string_view kReservedWords[] = {"all",
                                               "analyse",
                                               "analyze",
                                               "and",
                                               "any",
                                               "array",
                                               "as",
                                               "asc",
                                               "asymmetric",
                                               "authorization",
                                               "between",
                                               "bigint",
                                               "binary",
                                               "bit",
                                               "boolean",
                                               "both",
                                               "case",
                                               "cast",
                                               "char",
                                               "character",
                                               "check",
                                               "coalesce",
                                               "collate",
                                               "collation",
                                               "column",
                                               "concurrently",
                                               "constraint",
                                               "create",
                                               "cross",
                                               "current_catalog",
                                               "current_date",
                                               "current_role",
                                               "current_schema",
                                               "current_time",
                                               "current_timestamp",
                                               "current_user",
                                               "dec",
                                               "decimal",
                                               "default",
                                               "deferrable",
                                               "desc",
                                               "distinct",
                                               "do",
                                               "else",
                                               "end",
                                               "except",
                                               "exists",
                                               "extract",
                                               "false",
                                               "fetch",
                                               "float",
                                               "for",
                                               "foreign",
                                               "freeze",
                                               "from",
                                               "full",
                                               "grant",
                                               "greatest",
                                               "group",
                                               "grouping",
                                               "having",
                                               "ilike",
                                               "in",
                                               "initially",
                                               "inner",
                                               "inout",
                                               "int",
                                               "integer",
                                               "intersect",
                                               "interval",
                                               "into",
                                               "is",
                                               "isnull",
                                               "join",
                                               "lateral",
                                               "leading",
                                               "least",
                                               "left",
                                               "like",
                                               "limit",
                                               "localtime",
                                               "localtimestamp",
                                               "national",
                                               "natural",
                                               "nchar",
                                               "none",
                                               "normalize",
                                               "not",
                                               "notnull",
                                               "null",
                                               "nullif",
                                               "numeric",
                                               "offset",
                                               "on",
                                               "only",
                                               "or",
                                               "order",
                                               "out",
                                               "outer",
                                               "overlaps",
                                               "overlay",
                                               "placing",
                                               "position",
                                               "precision",
                                               "primary",
                                               "real",
                                               "references",
                                               "returning",
                                               "right",
                                               "row",
                                               "select",
                                               "session_user",
                                               "setof",
                                               "similar",
                                               "smallint",
                                               "some",
                                               "substring",
                                               "symmetric",
                                               "table",
                                               "tablesample",
                                               "then",
                                               "time",
                                               "timestamp",
                                               "to",
                                               "trailing",
                                               "treat",
                                               "trim",
                                               "true",
                                               "union",
                                               "unique",
                                               "user",
                                               "using",
                                               "values",
                                               "varchar",
                                               "variadic",
                                               "verbose",
                                               "when",
                                               "where",
                                               "window",
                                               "with",
                                               "xmlattributes",
                                               "xmlconcat",
                                               "xmlelement",
                                               "xmlexists",
                                               "xmlforest",
                                               "xmlnamespaces",
                                               "xmlparse",
                                               "xmlpi",
                                               "xmlroot",
                                               "xmlserialize",
                                               "xmltable"};

bool needs_quotes(std::string_view name) {
  const auto is_start = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  if (name.empty() || !is_start(name[0])) return true;
  for (const char c : name) {
    if (!is_start(c) && !(c >= '0' && c <= '9')) return true;
  }
  return std::binary_search(std::begin(kReservedWords), std::end(kReservedWords), name);
}

ErrorCode quote(OpContext& c, const StringView& text, char mark, bool double_backslash,
                StringView& out) {
  StringWriter writer;
  if (!writer.reserve(c, 2 * static_cast<u64>(text.size) + 3)) {
    return c.fail(ErrorCode::OutOfMemory);
  }
  const std::string_view bytes(text.bytes(), text.size);
  if (double_backslash && bytes.find('\\') != std::string_view::npos) writer.put('E');
  writer.put(mark);
  for (const char byte : bytes) {
    if (byte == mark || (double_backslash && byte == '\\')) writer.put(byte);
    writer.put(byte);
  }
  writer.put(mark);
  out = writer.finish();
  return ErrorCode::Ok;
}

/// `count` hexadecimal digits at `at`.
bool read_hex(std::string_view text, size_t at, size_t count, u32& out) {
  if (text.size() < at + count) return false;
  out = 0;
  for (size_t i = 0; i < count; i++) {
    const u8 value = hex_value(text[at + i]);
    if (value == 255) return false;
    out = out << 4 | value;
  }
  return true;
}

/// Reads one escape at `at` (the backslash); sets how many bytes it takes.
bool read_escape(std::string_view text, size_t at, u32& code, size_t& size) {
  if (read_hex(text, at + 1, 4, code)) {
    size = 5;
    return true;
  }
  const char form = at + 1 < text.size() ? text[at + 1] : '\0';
  const size_t digits = form == 'u' ? 4 : form == '+' ? 6 : form == 'U' ? 8 : 0;
  size = digits + 2;
  return digits != 0 && read_hex(text, at + 2, digits, code);
}

}  // namespace

ErrorCode QuoteLiteral::apply(OpContext& c, StringView text, StringView& out) {
  return quote(c, text, '\'', true, out);
}

ErrorCode QuoteNullable::apply(OpContext& c, Nullable<StringView> text, StringView& out) {
  if (!text.is_null) return quote(c, text.value, '\'', true, out);
  out = literal("NULL");
  return ErrorCode::Ok;
}

ErrorCode QuoteIdent::apply(OpContext& c, StringView text, StringView& out) {
  out = text;
  if (!needs_quotes({text.bytes(), text.size})) return ErrorCode::Ok;
  return quote(c, text, '"', false, out);
}

ErrorCode Unistr::apply(OpContext& c, StringView text, StringView& out) {
  const std::string_view bytes(text.bytes(), text.size);
  StringWriter writer;
  if (!writer.reserve(c, text.size)) return c.fail(ErrorCode::OutOfMemory);
  u32 first_half = 0;  // of a surrogate pair
  for (size_t i = 0; i < bytes.size();) {
    u32 code;
    size_t size;
    if (bytes[i] != '\\' || (i + 1 < bytes.size() && bytes[i + 1] == '\\')) {
      if (first_half != 0) return c.fail(ErrorCode::InvalidSurrogatePair);
      writer.put(bytes[i]);
      i += bytes[i] == '\\' ? 2 : 1;
      continue;
    }
    if (!read_escape(bytes, i, code, size)) return c.fail(ErrorCode::InvalidUnicodeEscape);
    if (code == 0 || code > 0x10FFFF) {
      char digits[8];
      u32 from = sizeof digits;
      for (u32 rest = code; rest != 0 || from > sizeof digits - 4; rest >>= 4) {
        digits[--from] = "0123456789ABCDEF"[rest & 15];
      }
      return c.fail(ErrorCode::InvalidUnicodeCodePoint,
                    StringView::make(digits + from, static_cast<u32>(sizeof digits) - from));
    }
    const bool is_second = code >= 0xDC00 && code <= 0xDFFF;
    if ((first_half != 0) != is_second) return c.fail(ErrorCode::InvalidSurrogatePair);
    if (is_second) {
      writer.append_code(0x10000 + ((first_half & 0x3FF) << 10) + (code & 0x3FF));
      first_half = 0;
    } else if (code >= 0xD800 && code <= 0xDBFF) {
      first_half = code;
    } else {
      writer.append_code(code);
    }
    i += size;
  }
  if (first_half != 0) return c.fail(ErrorCode::InvalidSurrogatePair);
  out = writer.finish();
  return ErrorCode::Ok;
}

}  // namespace millrace::ops
