/** node-postgres with pg-cursor, pg-query-stream and pg-copy-streams. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import copyStreams from "pg-copy-streams";
import Cursor from "pg-cursor";
import QueryStream from "pg-query-stream";
import { COLUMNS, fetched, say, step, tour, type Numbered } from "../tour.js";

const ssl = { ca: readFileSync(tour("PGSSLROOTCERT")) };

async function rowsOf(client: pg.Client, config: Partial<pg.QueryArrayConfig>): Promise<void> {
  const wanted = { rowMode: "array" as const, text: "", ...config };
  const result = await client.query<unknown[]>(wanted);
  say(result.fields.map((f) => [f.name, f.dataTypeID, f.dataTypeModifier, f.format]));
  for (const row of result.rows) say(row);
}

async function texts(client: pg.Client): Promise<void> {
  for (const name of ["TOUR_TYPES", "TOUR_ROWS"]) {
    await rowsOf(client, { text: tour(name) });
    await rowsOf(client, { text: tour(name), values: [] });
  }
  for (let times = 0; times < 3; times++) {
    const text = "SELECT $1::int8 + 1 AS sum, $2::text";
    say((await client.query({ name: "sum", text, values: [times, "é"] })).rows);
  }
}

/** Raw bytes of every type; then the values of the types whose binary form it reads. */
async function binaries(client: pg.Client): Promise<void> {
  const raw = { getTypeParser: () => (bytes: unknown) => Buffer.from(bytes as Buffer) };
  for (const name of ["TOUR_TYPES", "TOUR_ROWS"]) {
    const config = { text: tour(name), binary: true, types: raw };
    await rowsOf(client, config);
  }
  const parsed = { text: "SELECT 1::int4, 2.5::float8, 'x'::text, true", binary: true };
  await rowsOf(client, parsed);
}

async function fetchedBySql(client: pg.Client): Promise<void> {
  await client.query("BEGIN");
  await client.query(`DECLARE walk CURSOR FOR ${tour("TOUR_STREAM")}`);
  await fetched(async () => (await client.query("FETCH 50000 FROM walk")).rows as unknown[]);
  await client.query("COMMIT");
}

async function streamedByCursor(client: pg.Client, size: number): Promise<void> {
  const cursor = client.query(new Cursor<Numbered>(tour("TOUR_STREAM")));
  await fetched(() => cursor.read(size));
  await cursor.close();
}

async function streamedAsStream(client: pg.Client, batchSize: number): Promise<void> {
  let count = 0;
  let total = 0;
  for await (const row of client.query(new QueryStream(tour("TOUR_STREAM"), [], { batchSize }))) {
    const { n, t } = row as Numbered;
    count += 1;
    total += n + t.length;
  }
  say("by stream", count, total);
}

async function copied(client: pg.Client, options: string): Promise<void> {
  const digest = createHash("md5");
  const stream = client.query(copyStreams.to(`COPY (${tour("TOUR_COPY")}) TO STDOUT ${options}`));
  for await (const block of stream) digest.update(block as Buffer);
  say("copied", stream.rowCount, digest.digest("hex"));
}

async function cancelled(client: pg.Client): Promise<void> {
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  say("keys", processID !== 0, typeof secretKey);
  const outcome = client.query(tour("TOUR_ENDLESS")).then(
    () => "answered",
    (error: unknown) => (error as pg.DatabaseError).code,
  );
  await sleep(300);
  const other = new pg.Client({ ssl });
  // node-postgres asks for it by a connection of its own.
  (other as unknown as { cancel(of: pg.Client, query: unknown): void }).cancel(
    client,
    (client as unknown as { activeQuery?: unknown; _activeQuery?: unknown })._activeQuery ??
      (client as unknown as { activeQuery?: unknown }).activeQuery,
  );
  say("cancelled", await outcome);
  say("usable", (await client.query("SELECT 1 AS one")).rows);
}

async function failed(client: pg.Client): Promise<void> {
  try {
    await client.query("SELECT * FROM data.no_such_table");
  } catch (error) {
    const { code, message, position, severity } = error as pg.DatabaseError;
    say(code, message, position, severity);
  }
}

async function main(): Promise<void> {
  step("connect");
  const client = new pg.Client({ ssl });
  await client.connect();
  say("connected", (await client.query("SELECT current_user")).rows);
  await failed(client);
  step("text");
  await texts(client);
  step("binary");
  await binaries(client);
  step("cursor");
  await fetchedBySql(client);
  step("fetch size");
  for (const size of [1000, 7000]) await streamedByCursor(client, size);
  await streamedAsStream(client, 5000);
  step("copy");
  for (const options of ["", "(FORMAT csv, HEADER)", "(FORMAT binary)"]) {
    await copied(client, options);
  }
  step("cancel");
  await cancelled(client);
  step("metadata");
  for (const row of (await client.query({ text: COLUMNS, rowMode: "array" })).rows) say(row);
  await client.end();
}

await main();
