/** Clients that speak other encodings than UTF-8: bytes in, bytes out, and what cannot be said. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { ObservedSession } from "./observed.js";
import { ServerPair } from "./server-pair.js";

const ENCODINGS = [
  ...["LATIN1", "LATIN2", "LATIN3", "LATIN4", "LATIN5", "LATIN6", "LATIN7", "LATIN8", "LATIN9"],
  ...["LATIN10", "ISO_8859_5", "ISO_8859_6", "ISO_8859_7", "ISO_8859_8", "WIN1250", "WIN1251"],
  ...["WIN1252", "WIN1253", "WIN1254", "WIN1255", "WIN1256", "WIN1257", "WIN1258", "WIN866"],
  ...["WIN874", "KOI8R", "KOI8U", "UTF8"],
] as const;

let pair: ServerPair;

before(async () => {
  pair = await ServerPair.start();
});

after(() => pair.stop());

/** What psql prints, byte by byte, with its input and the server's words in that encoding. */
function psql(url: string, encoding: string, input: Buffer): Promise<string> {
  const options = {
    env: { ...process.env, PGCLIENTENCODING: encoding },
    encoding: "buffer",
  } as const;
  return new Promise((resolve) => {
    const child = execFile("psql", ["-X", "-d", url, "-f", "-"], options, (_, stdout, stderr) => {
      resolve(`${stdout.toString("latin1")}\n${stderr.toString("latin1")}`);
    });
    child.stdin?.end(input);
  });
}

/** Statements with a byte wherever text may be. */
function statementsWith(byte: number): Buffer {
  const name = String.fromCharCode(byte);
  const text = [
    `SELECT '${name}' AS a, length('${name}'), ascii('${name}'), octet_length('x${name}');`,
    `SELECT upper('${name}') AS "${name}";`,
    `PREPARE p AS SELECT $1 || '${name}' AS t; EXECUTE p ('${name}'); DEALLOCATE p;`,
  ];
  return Buffer.from(text.join("\n"), "latin1");
}

test("every byte of every encoding goes in and comes out as with PostgreSQL", async () => {
  const [first, second] = pair.urls;
  for (const encoding of ENCODINGS) {
    const parts: Buffer[] = [];
    for (let byte = 0x80; byte <= 0xff; byte++) parts.push(statementsWith(byte), Buffer.from("\n"));
    const input = Buffer.concat(parts);
    const expected = await psql(first, encoding, input);
    assert.equal(await psql(second, encoding, input), expected, encoding);
  }
});

test("names, errors, COPY and cursors in the client's encoding; what it has not is an error", async () => {
  const [first, second] = pair.urls;
  const script = `
SELECT 'é' AS "ü", E'\\u2603' IS NULL AS "ok";
SELECT E'snow \\u2603';
SELECT E'fine', E'euro \\u20ac', E'\\U0001F600';
SELECT "é";
SELECT 'é'::int;
SELECT é FROM "ß";
\\echo :ERROR
COPY (SELECT 'é' AS "ü", 'plain', NULL) TO STDOUT (FORMAT csv, HEADER);
COPY (SELECT E'\\u2603') TO STDOUT;
COPY (SELECT 'é') TO STDOUT (ENCODING 'UTF8');
CREATE TEMP TABLE copied (t text, n int);
COPY copied FROM STDIN;
é\t1
plain\t2
\\.
COPY copied FROM STDIN (FORMAT csv, ENCODING 'UTF8');
Ã©,3
\\.
SELECT t, n, length(t), ascii(t) FROM copied ORDER BY n;
BEGIN;
DECLARE c CURSOR FOR SELECT 'é' || n FROM generate_series(1, 3) s(n);
FETCH 2 FROM c;
SET client_encoding = 'UTF8';
FETCH 1 FROM c;
COMMIT;
SHOW client_encoding;
SET client_encoding = 'LATIN1'; SELECT 'Ã¤';
\\encoding WIN1252
SELECT E'\\u20ac';
\\encoding
SELECT current_setting('client_encoding'), pg_client_encoding();
RESET client_encoding;
SHOW client_encoding;
EXPLAIN SELECT 'é';
`;
  for (const encoding of ["LATIN1", "WIN1252", "LATIN9"]) {
    const input = Buffer.from(script.replace("EXPLAIN SELECT 'é';\n", ""), "latin1");
    const expected = await psql(first, encoding, input);
    assert.equal(await psql(second, encoding, input), expected, encoding);
    assert.match(expected, /has no equivalent in encoding/);
  }
});

/** node-postgres sends a Buffer as a binary parameter, as it is. */
test("parameters and binary results", async () => {
  const heard: string[] = [];
  for (const url of pair.urls) {
    const session = await ObservedSession.open(url);
    session.heardSince();
    const said = [await session.say("SET client_encoding = 'LATIN1'")];
    const bytes = Buffer.from([0x61, 0xe9]);
    said.push(await session.say("SELECT length($1::text), ascii(right($1::text, 1))", [bytes]));
    said.push(await session.say("SELECT length($1::bytea), $1::bytea", [bytes]));
    said.push(await session.say("SELECT length($1::text)", ["é"]));
    said.push(await session.say("SELECT ascii($1::text), 7", ["plain"]));
    said.push(await session.say("SET client_encoding = 'WIN1252'"));
    said.push(await session.say("SELECT length($1::text)", [Buffer.from([0x81])]));
    said.push(await session.say("SELECT ascii($1::text)", [Buffer.from([0x80])]));
    // Which parameter it was stands in a field that is not told here.
    heard.push(said.join("\n").replace(',"where":"unnamed portal parameter $1"', ""));
    await session.close();
  }
  assert.equal(heard[1], heard[0]);
  assert.match(heard[0] ?? "", /22P05/);
});

test("names of encodings, and their reports", async () => {
  const names = [
    ...ENCODINGS,
    ...["latin1", "Latin-1", "ISO-8859-1", "iso88591", "windows1252", "windows-1252", "win1252"],
    ...["KOI8", "koi8-r", "sql_ascii", "UNICODE", "nosuch", "", "iso_8859_5"],
  ];
  const statements = names.flatMap((name) => [
    `SET client_encoding = '${name}'`,
    "SHOW client_encoding",
  ]);
  const different = await pair.differences([...statements, "SET NAMES 'LATIN1'", "SET NAMES"]);
  assert.equal(different.length, 0, different.join("\n"));
});
