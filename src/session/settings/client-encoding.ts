import { encodingNotSupported, invalidParameterValue } from "../../errors/index.js";
import { hasCharset } from "../encoding/charset.js";

/** Encodings PostgreSQL knows by these names, folded to letters and digits; the text is UTF8. */
const ENCODINGS: ReadonlyMap<string, string> = new Map(
  [
    "UTF8 utf8 unicode",
    "SQL_ASCII sqlascii",
    "MULE_INTERNAL muleinternal",
    "LATIN1 latin1 iso88591",
    "LATIN2 latin2 iso88592",
    "LATIN3 latin3 iso88593",
    "LATIN4 latin4 iso88594",
    "LATIN5 latin5 iso88599",
    "LATIN6 latin6 iso885910",
    "LATIN7 latin7 iso885913",
    "LATIN8 latin8 iso885914",
    "LATIN9 latin9 iso885915",
    "LATIN10 latin10 iso885916",
    "ISO_8859_5 iso88595",
    "ISO_8859_6 iso88596",
    "ISO_8859_7 iso88597",
    "ISO_8859_8 iso88598",
    "WIN1250 win1250 windows1250",
    "WIN1251 win1251 windows1251 win",
    "WIN1252 win1252 windows1252",
    "WIN1253 win1253 windows1253",
    "WIN1254 win1254 windows1254",
    "WIN1255 win1255 windows1255",
    "WIN1256 win1256 windows1256 tcvn tcvn5712",
    "WIN1257 win1257 windows1257",
    "WIN1258 win1258 windows1258 abc vscii",
    "WIN866 win866 windows866 alt",
    "WIN874 win874 windows874",
    "KOI8R koi8r koi8",
    "KOI8U koi8u",
    "EUC_JP eucjp",
    "EUC_CN euccn",
    "EUC_KR euckr",
    "EUC_TW euctw",
    "EUC_JIS_2004 eucjis2004",
    "SJIS sjis mskanji shiftjis win932 windows932",
    "SHIFT_JIS_2004 shiftjis2004",
    "BIG5 big5 win950 windows950",
    "GBK gbk win936 windows936",
    "GB18030 gb18030",
    "UHC uhc win949 windows949",
    "JOHAB johab",
  ].flatMap((line) => {
    const [name = "", ...aliases] = line.split(" ");
    return aliases.map((alias): [string, string] => [alias, name]);
  }),
);

/**
 * Text is UTF8 on the wire, or in one of the encodings of one byte a character. SQL_ASCII means "do
 * not convert", which is the same bytes as UTF8; clients in the C locale ask for it. Any other
 * encoding is refused rather than answered in the wrong one.
 */
export function checkClientEncoding(value: string): string {
  const name = knownEncoding(value);
  // An old name that PostgreSQL keeps as it was said.
  if (value === "UNICODE") return value;
  if (!isUnconverted(name) && !hasCharset(name)) throw encodingNotSupported(value, name);
  return name;
}

/** COPY's option: only what needs no conversion. */
export function checkCopyEncoding(value: string): string {
  const name = knownEncoding(value);
  if (!isUnconverted(name)) throw encodingNotSupported(value, name);
  return name;
}

function isUnconverted(name: string): boolean {
  return name === "UTF8" || name === "SQL_ASCII";
}

function knownEncoding(value: string): string {
  // asyncpg sends the name inside quotes.
  const folded = value.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const name = ENCODINGS.get(folded);
  if (name === undefined) throw invalidParameterValue("client_encoding", value);
  return name;
}
