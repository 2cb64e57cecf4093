/** Arrays in binary: results and parameters are PostgreSQL's byte for byte, hostile bytes too. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { startMillrace, startPostgres, type Environment } from "../runner/environment.js";

const VALUES = [
  ["int2[]", "{1,-2,NULL,32767}"],
  ["int4[]", "{{1,2},{3,4}}"],
  ["int4[]", "{}"],
  ["int8[]", "[2:3]={1,-9223372036854775808}"],
  ["float4[]", "{1.5,NaN,-0,Infinity}"],
  ["float8[]", "{1.5,-0,1e300,NULL}"],
  ["numeric[]", "{1.50,NULL,-3,0.0001,NaN,Infinity,12345678901234567890.5}"],
  ["text[]", '{a,"",NULL,"NULL","ä,\\"}"}'],
  ["varchar[]", "{abc}"],
  ["bpchar[]", '{"ab  "}'],
  ["name[]", "{n}"],
  ["bool[]", "{t,f,NULL}"],
  ["date[]", "{2020-01-01,infinity}"],
  ["time[]", "{12:34:56.789}"],
  ["timestamp[]", "{2020-01-01 01:02:03.000004,-infinity}"],
  ["timestamptz[]", "{2020-01-01 00:00:00+02}"],
  ["interval[]", "{1 mon 2 days 03:04:05,30 days}"],
  ["uuid[]", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"],
  ["bytea[]", '{"\\\\x0001ff","\\\\x"}'],
  ["oid[]", "{1,4294967295}"],
] as const;
/** Signature, flags, header extension; then a row's count of fields. */
const COPY_HEADER_BYTES = 11 + 4 + 4;
const FIELD_COUNT_BYTES = 2;
const MUTATIONS = 60;

let millrace: Environment;
let postgres: Environment;
let ours: pg.Client;
let theirs: pg.Client;

before(async () => {
  millrace = await startMillrace();
  postgres = await startPostgres();
  [ours, theirs] = await Promise.all([connected(millrace), connected(postgres)]);
});

after(async () => {
  await Promise.all([ours.end(), theirs.end()]);
  await Promise.all([millrace.stop(), postgres.stop()]);
});

async function connected({ url }: Environment): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("SET search_path = data; SET TimeZone = 'UTC'");
  return client;
}

/** The only value of a query in its binary form. */
async function binary(client: pg.Client, sql: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const stream = client.query(copyTo(`COPY (${sql}) TO STDOUT (FORMAT binary)`));
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const all = Buffer.concat(chunks);
  const at = COPY_HEADER_BYTES + FIELD_COUNT_BYTES;
  const size = all.readInt32BE(at);
  return all.subarray(at + 4, at + 4 + size);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What the server makes of the bytes as a parameter: the array's text, or the error. */
async function received(client: pg.Client, type: string, bytes: Buffer): Promise<string> {
  try {
    const { rows } = await client.query<{ t: string }>(`SELECT ($1::${type})::text AS t`, [bytes]);
    return rows[0]?.t ?? "NULL";
  } catch (error) {
    const { code, message } = error as pg.DatabaseError;
    // Of types that are not here only the numbers are known.
    return `${code ?? ""} ${message.replaceAll(/ \([^)]*\)/g, "")}`;
  }
}

/** A row of numbers that only the seed decides. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

for (const [type, text] of VALUES) {
  test(`${type} ${text} leaves and comes back in binary`, async () => {
    const select = `SELECT ${quoted(text)}::${type}`;
    const bytes = await binary(ours, select);
    assert.deepEqual(bytes, await binary(theirs, select));
    assert.equal(await received(ours, type, bytes), await received(theirs, type, bytes));
  });

  test(`${type} ${text} in spoilt bytes is refused as PostgreSQL refuses it`, async () => {
    const bytes = await binary(theirs, `SELECT ${quoted(text)}::${type}`);
    const below = numbers(text.length);
    for (let i = 0; i < MUTATIONS; i++) {
      const size = i % 3 === 0 ? below(bytes.length) : bytes.length;
      const spoilt = Buffer.from(bytes.subarray(0, size));
      if (i % 3 !== 0) spoilt[below(size)] = below(256);
      const shown = `${type} ${spoilt.toString("hex")}`;
      const mine = await received(ours, type, spoilt);
      // PostgreSQL's numeric has more digits.
      if (mine.includes("38 significant digits")) continue;
      assert.equal(mine, await received(theirs, type, spoilt), shown);
    }
  });
}

test("arrays made by functions have their elements' types in binary", async () => {
  for (const value of [
    "array_agg(id ORDER BY id)",
    "array_agg(v ORDER BY id)",
    "array_agg(ARRAY[id, 1] ORDER BY id)",
    "ARRAY[min(t), NULL]",
    "string_to_array('a,b', ',')",
    "array_agg(c ORDER BY id)",
  ]) {
    const select = `SELECT ${value} FROM strings`;
    assert.deepEqual(await binary(ours, select), await binary(theirs, select), value);
  }
});

test("drivers' lists decide rows", async () => {
  for (const [sql, value] of [
    ["SELECT id FROM integers WHERE id = ANY ($1) ORDER BY id", [1, 3]],
    ["SELECT id FROM integers WHERE id <> ALL ($1) ORDER BY id", [1, 3]],
    ["SELECT id FROM strings WHERE t = ANY ($1) ORDER BY id", ["abc", "a,b,,c", 'a "quoted" word']],
    ["SELECT id FROM strings WHERE t LIKE ANY ($1) ORDER BY id", ["a%"]],
    ["SELECT * FROM unnest($1::int4[], ARRAY['x']) WITH ORDINALITY AS u (a, b, n)", [7, 8]],
    ["SELECT $1::text[] || 'x'::text AS a, cardinality($1::text[]) AS n", ["NULL", "", null]],
  ] as const) {
    const answers = [ours, theirs].map((client) => client.query(sql, [value]));
    const [mine, other] = await Promise.all(answers);
    assert.deepEqual(mine?.rows, other?.rows, sql);
  }
});
