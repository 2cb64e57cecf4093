/** COPY … FROM STDIN into a temporary table: rows and refusals are PostgreSQL's, whoever gives up. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, test } from "node:test";
import pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { startMillrace, startPostgres, type Environment } from "../runner/environment.js";

const TABLE = `CREATE TEMP TABLE t (a int NOT NULL, b varchar(5) DEFAULT 'dflt', c numeric(8,2),
  d timestamptz, e char(3), f text)`;

/** Columns and options, then what the client sends. */
const READ: readonly (readonly [string, string])[] = [
  ["", "1\tb\t1.005\t2020-01-01 12:00+02\tx\tf\n2\t\\N\t\\N\t\\N\t\\N\t\\N\n"],
  ["(a)", "1\n2\n\\.\nrubbish"],
  ["(f, a)", "a\\tb\\\\c\\x41\\101\\q\t7\r\nlong enough not to be inline\t8\r\n"],
  ["(a, f) WITH (FORMAT csv)", '1,"a ""quoted"" b"\n2,\n3,""\n4,"two\nlines"\n'],
  ["(a, f) WITH (FORMAT csv, HEADER)", "x,y\n1,z\n"],
  ["(a, f) WITH (FORMAT csv, HEADER match)", "a,f\n1,z\n"],
  ["(a, b, f) WITH (FORMAT csv, FORCE_NULL (f), FORCE_NOT_NULL (b), NULL '-')", '1,-,"-"\n2,x,-\n'],
  ["(a, f) WITH (FORMAT csv, QUOTE '''', ESCAPE '\\', DELIMITER ';')", "1;'a\\'b;c'\n2;x\\y\n"],
  ["(a, f) WITH (DELIMITER '|', NULL 'none')", "1|none\n2|a\\|b\n"],
  ["(a, f) WITH (FREEZE off, ENCODING 'utf8')", "1\té\n"],
  ["(a) WHERE a > 1", "1\n2\n3\n"],
  ["(a, f) WHERE f LIKE 'x%' AND b = 'dflt'", "1\txx\n2\ty\n"],
  ["(a, b, e)", "1\tabcde   \tx   \n2\t\t\n"],
  ["", ""],
];
const REFUSED: readonly (readonly [string, string])[] = [
  ["(a)", "1\nx\n3\n"],
  ["(a)", "1\n99999999999\n"],
  ["(a, b)", "1\tabcdef\n"],
  ["(a, e)", "1\tabcd\n"],
  ["(a, c)", "1\t1234567.8\n"],
  ["(a, d)", "1\t2020-13-01\n"],
  ["(a, f)", "1\n"],
  ["(a)", "1\t2\n"],
  ["(b)", "x\n"],
  ["(a, b)", `\\N\t${"long".repeat(1)}\n`],
  ["(a, f)", `1\t${"é".repeat(60)}\tx\n`],
  ["(a)", "1\n2\r3\n"],
  ["(a)", "1\r\n2\n"],
  ["(a)", "1\n\\.x\n"],
  ["(a, f) WITH (FORMAT csv)", '1,"open\n2,x\n'],
  ["(a, f) WITH (FORMAT csv, HEADER match)", "a,g\n1,z\n"],
  ["(a, f) WITH (FORMAT csv, HEADER match)", "a\n1,z\n"],
  ["(a, f)", "1\tok\n2\tbad\xff\n"],
  ["(a) WITH (FORMAT binary)", "PGCOPY"],
  ["(a) WITH (FORMAT binary)", "PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\0\u0002"],
  ["(a) WITH (FORMAT binary)", "PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\0\u0001\0\0\0\u0002xx"],
  ["(nope)", ""],
  ["(a, a)", ""],
  ["(a) WITH (FORMAT csv, FORCE_NULL (f))", ""],
  ["(a) WITH (FORMAT csv, FORCE_QUOTE (a))", ""],
  ["(a) WHERE nope > 1", ""],
  ["(a) WHERE a", ""],
];

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
  client.on("error", () => undefined);
  await client.connect();
  await client.query("SET TimeZone = 'UTC'");
  await client.query(TABLE);
  return client;
}

/** What came of it, and the table's rows afterwards. */
async function copied(client: pg.Client, rest: string, data: string): Promise<string> {
  await client.query("TRUNCATE t");
  const outcome = await sent(
    client,
    `COPY t ${rest.replace(/(WITH|WHERE)|$/, "FROM STDIN $&")}`,
    data,
  );
  const { rows } = await client.query({ text: "SELECT * FROM t ORDER BY a", rowMode: "array" });
  return `${outcome} ${JSON.stringify(rows)}`;
}

async function sent(client: pg.Client, sql: string, data: string): Promise<string> {
  const stream = client.query(copyFrom(sql));
  try {
    // Most is ASCII; what is not stands for single bytes where it breaks UTF-8.
    stream.end(Buffer.from(data, data.includes("\xff") ? "latin1" : "utf8"));
    await once(stream, "finish");
    return `COPY ${String(stream.rowCount)}`;
  } catch (error) {
    const { code, message, detail, hint, where } = error as pg.DatabaseError;
    return [code, message, detail, hint, where].map((part) => part ?? "").join(" | ");
  }
}

async function compare(cases: readonly (readonly [string, string])[]): Promise<void> {
  for (const [rest, data] of cases) {
    const expected = await copied(theirs, rest, data);
    assert.equal(await copied(ours, rest, data), expected, `${rest} ${JSON.stringify(data)}`);
  }
}

test("text and csv with every option become PostgreSQL's rows", () => compare(READ));

test("what PostgreSQL refuses puts nothing in, in its words and at its line", () =>
  compare(REFUSED));

test("what goes out in a format comes back in it, through many messages", async () => {
  await ours.query(
    "CREATE TEMP TABLE big AS SELECT g AS a, 'text ' || g AS b, g / 7.0 AS c, " +
      "date '2020-01-01' + g % 1000 AS d FROM generate_series(1, 50000) g",
  );
  for (const format of ["text", "csv", "binary"]) {
    const chunks: Buffer[] = [];
    for await (const chunk of ours.query(copyTo(`COPY big TO STDOUT (FORMAT ${format})`))) {
      chunks.push(chunk as Buffer);
    }
    await ours.query("CREATE TEMP TABLE back AS SELECT * FROM big WITH NO DATA");
    const stream = ours.query(copyFrom(`COPY back FROM STDIN (FORMAT ${format})`));
    for (const chunk of chunks) if (!stream.write(chunk)) await once(stream, "drain");
    stream.end();
    await once(stream, "finish");
    assert.equal(stream.rowCount, 50_000);
    const { rows } = await ours.query(
      "SELECT count(*) FROM (SELECT * FROM big EXCEPT SELECT * FROM back) x",
    );
    assert.deepEqual(rows, [{ count: "0" }]);
    await ours.query("DROP TABLE back");
  }
});

test("a client that gives up, is canceled or times out has put nothing in", async () => {
  await ours.query("TRUNCATE t");
  const given = ours.query(copyFrom("COPY t (a) FROM STDIN"));
  given.on("error", () => undefined);
  given.write("1\n");
  given.destroy(new Error("no more"));
  await pause(50);
  await ours.query("SET statement_timeout = 150");
  const stream = ours.query(copyFrom("COPY t (a) FROM STDIN"));
  stream.write("1\n");
  const [error] = (await once(stream, "error")) as [pg.DatabaseError];
  assert.equal(error.code, "57014");
  await pause(50);
  await ours.query("RESET statement_timeout");
  const { rows } = await ours.query("SELECT count(*) FROM t");
  assert.deepEqual(rows, [{ count: "0" }]);
});

test("a transaction takes its COPY back, a client that vanishes is forgotten", async () => {
  await ours.query("TRUNCATE t");
  await ours.query("BEGIN");
  assert.equal(await sent(ours, "COPY t (a) FROM STDIN", "1\n2\n"), "COPY 2");
  await ours.query("ROLLBACK");
  const { rows } = await ours.query("SELECT count(*) FROM t");
  assert.deepEqual(rows, [{ count: "0" }]);
  const gone = await connected(millrace);
  const stream = gone.query(copyFrom("COPY t (a) FROM STDIN"));
  stream.on("error", () => undefined);
  stream.write("1\n");
  await pause(50);
  (gone as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  const other = await connected(millrace);
  assert.equal((await other.query("SELECT count(*) FROM t")).rows.length, 1);
  await other.end();
});
