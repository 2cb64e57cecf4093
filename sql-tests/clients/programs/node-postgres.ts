/** node-postgres with pg-cursor, pg-query-stream and pg-copy-streams. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import copyStreams from "pg-copy-streams";
import Cursor from "pg-cursor";
import QueryStream from "pg-query-stream";
import { say, tour } from "../tour.js";

const ssl = { ca: readFileSync(tour("PGSSLROOTCERT")) };

async function streamedByCursor(client: pg.Client, size: number): Promise<void> {
  const cursor = client.query(new Cursor<{ n: number; t: string }>(tour("TOUR_STREAM")));
  let count = 0;
  let total = 0;
  for (;;) {
    const rows = await cursor.read(size);
    if (rows.length === 0) break;
    for (const { n, t } of rows) {
      count += 1;
      total += n + t.length;
    }
  }
  await cursor.close();
  say("by cursor", count, total);
}

async function streamedAsStream(client: pg.Client, batchSize: number): Promise<void> {
  let count = 0;
  for await (const row of client.query(new QueryStream(tour("TOUR_STREAM"), [], { batchSize }))) {
    count += (row as { readonly n: number }).n > 0 ? 1 : 0;
  }
  say("by stream", count);
}

async function copied(client: pg.Client, options: string): Promise<void> {
  const digest = createHash("md5");
  const stream = client.query(copyStreams.to(`COPY (${tour("TOUR_COPY")}) TO STDOUT ${options}`));
  for await (const block of stream) digest.update(block as Buffer);
  say("copied", digest.digest("hex"));
}

async function cancelled(client: pg.Client): Promise<void> {
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  say("keys", processID > 0, typeof secretKey);
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
}

async function main(): Promise<void> {
  const client = new pg.Client({ ssl });
  await client.connect();
  say("connected", (await client.query("SELECT current_user")).rows);
  for (const name of ["TOUR_TYPES", "TOUR_ROWS"]) {
    for (const values of [undefined, []]) {
      const config = { text: tour(name), rowMode: "array", ...(values ? { values } : {}) };
      const result = await client.query(config as pg.QueryArrayConfig);
      say(result.fields.map((f) => [f.name, f.dataTypeID, f.dataTypeModifier, f.format]));
      for (const row of result.rows) say(row);
    }
  }
  const binary = { text: tour("TOUR_ROWS"), binary: true, rowMode: "array" };
  say((await client.query(binary as unknown as pg.QueryArrayConfig)).rows.slice(0, 3));
  for (let times = 0; times < 3; times++) {
    const named = {
      name: "sum",
      text: "SELECT $1::int8 + 1 AS sum, $2::text",
      values: [times, "é"],
    };
    say((await client.query(named)).rows);
  }
  for (const size of [1000, 7000]) await streamedByCursor(client, size);
  await streamedAsStream(client, 5000);
  for (const options of ["", "(FORMAT csv, HEADER)", "(FORMAT binary)"]) {
    await copied(client, options);
  }
  await cancelled(client);
  try {
    await client.query("SELECT * FROM data.no_such_table");
  } catch (error) {
    const { code, message, position, severity } = error as pg.DatabaseError;
    say(code, message, position, severity);
  }
  say("usable", (await client.query("SELECT 1 AS one")).rows);
  await client.end();
}

await main();
