const UPPER_HALF = Array.from({ length: 128 }, (_, i) => 0x80 + i);

/** ISO 8859-1: each byte is the character of its number. */
function latin1(): readonly number[] {
  return UPPER_HALF;
}

/** ISO 8859-9 is ISO 8859-1 with six Turkish letters. */
function latin5(): readonly number[] {
  const turkish = new Map([
    [0xd0, 0x11e],
    [0xdd, 0x130],
    [0xde, 0x15e],
    [0xf0, 0x11f],
    [0xfd, 0x131],
    [0xfe, 0x15f],
  ]);
  return UPPER_HALF.map((byte) => turkish.get(byte) ?? byte);
}

/** ISO 8859-16, which platforms do not decode, is ISO 8859-1 but for these. */
function latin10(): readonly number[] {
  const others = new Map([
    [0xa1, 0x104],
    [0xa2, 0x105],
    [0xa3, 0x141],
    [0xa4, 0x20ac],
    [0xa5, 0x201e],
    [0xa6, 0x160],
    [0xa8, 0x161],
    [0xaa, 0x218],
    [0xac, 0x179],
    [0xae, 0x17a],
    [0xaf, 0x17b],
    [0xb2, 0x10c],
    [0xb3, 0x142],
    [0xb4, 0x17d],
    [0xb5, 0x201d],
    [0xb8, 0x17e],
    [0xb9, 0x10d],
    [0xba, 0x219],
    [0xbc, 0x152],
    [0xbd, 0x153],
    [0xbe, 0x178],
    [0xbf, 0x17c],
    [0xc3, 0x102],
    [0xc5, 0x106],
    [0xd0, 0x110],
    [0xd1, 0x143],
    [0xd5, 0x150],
    [0xd7, 0x15a],
    [0xd8, 0x170],
    [0xdd, 0x118],
    [0xde, 0x21a],
    [0xe3, 0x103],
    [0xe5, 0x107],
    [0xf0, 0x111],
    [0xf1, 0x144],
    [0xf5, 0x151],
    [0xf7, 0x15b],
    [0xf8, 0x171],
    [0xfd, 0x119],
    [0xfe, 0x21b],
  ]);
  return UPPER_HALF.map((byte) => others.get(byte) ?? byte);
}

/** What Windows 1252 has where ISO 8859-1 has controls; the platform's decoder mixes the two up. */
const WINDOWS_1252_FIRST = [
  0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0,
  0x17d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a,
  0x153, 0, 0x17e, 0x178,
];

function win1252(): readonly number[] {
  return UPPER_HALF.map((byte, i) => WINDOWS_1252_FIRST[i] ?? byte);
}

const UNDEFINED = 0xfffd;
const LAST_CONTROL = 0x9f;

/**
 * As the platform decodes it. `controls`: the bytes up to 9F are controls, of ISO 8859 and KOI8's kind;
 * else those that would be are not in use; nor is `unused`.
 */
function decoded(label: string, controls: boolean, unused?: number): () => readonly number[] {
  return () => {
    const decoder = new TextDecoder(label);
    return UPPER_HALF.map((byte) => {
      const character = decoder.decode(Uint8Array.of(byte)).codePointAt(0) ?? 0;
      const isControl = character >= 0x80 && character <= LAST_CONTROL;
      const isPrivate = character >= 0xe000 && character <= 0xf8ff;
      const isNothing = character === UNDEFINED || isPrivate || byte === unused;
      return isNothing || (isControl && !controls) ? 0 : character;
    });
  };
}

/** PostgreSQL's names of encodings of one byte a character, each with its upper half; 0 is nothing. */
export const SINGLE_BYTE_TABLES: ReadonlyMap<string, () => readonly number[]> = new Map([
  ["LATIN1", latin1],
  ["LATIN2", decoded("iso-8859-2", true)],
  ["LATIN3", decoded("iso-8859-3", true)],
  ["LATIN4", decoded("iso-8859-4", true)],
  ["LATIN5", latin5],
  ["LATIN6", decoded("iso-8859-10", true)],
  ["LATIN7", decoded("iso-8859-13", true)],
  ["LATIN8", decoded("iso-8859-14", true)],
  ["LATIN9", decoded("iso-8859-15", true)],
  ["LATIN10", latin10],
  ["ISO_8859_5", decoded("iso-8859-5", true)],
  ["ISO_8859_6", decoded("iso-8859-6", true)],
  ["ISO_8859_7", decoded("iso-8859-7", true)],
  ["ISO_8859_8", decoded("iso-8859-8", true)],
  ["WIN1250", decoded("windows-1250", false)],
  ["WIN1251", decoded("windows-1251", false)],
  ["WIN1252", win1252],
  ["WIN1253", decoded("windows-1253", false, 0xaa)],
  ["WIN1254", decoded("windows-1254", false)],
  ["WIN1255", decoded("windows-1255", false)],
  ["WIN1256", decoded("windows-1256", false)],
  ["WIN1257", decoded("windows-1257", false)],
  ["WIN1258", decoded("windows-1258", false)],
  ["WIN866", decoded("ibm866", false)],
  ["WIN874", decoded("windows-874", false)],
  ["KOI8R", decoded("koi8-r", true)],
  ["KOI8U", decoded("koi8-u", true)],
]);
