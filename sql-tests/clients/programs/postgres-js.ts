/** postgres.js: array types fetched at connect, pipelining, cursors, COPY, cancel. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { say, tour } from "../tour.js";

const sql = postgres({ ssl: { ca: readFileSync(tour("PGSSLROOTCERT")) }, max: 1 });

say("connected", await sql`SELECT current_user`);
for (const name of ["TOUR_TYPES", "TOUR_ROWS"]) {
  const rows = await sql.unsafe(tour(name));
  say(rows.columns.map((column) => [column.name, column.type]));
  for (const row of rows) say(row);
}
const answers = await Promise.all([1, 2, 3].map((n) => sql`SELECT ${n}::int8 * 2 AS twice`));
say("pipelined", answers);
let count = 0;
for await (const rows of sql.unsafe(tour("TOUR_STREAM")).cursor(7000)) count += rows.length;
say("by cursor", count);
const digest = createHash("md5");
const copy = await sql.unsafe(`COPY (${tour("TOUR_COPY")}) TO STDOUT`).readable();
for await (const block of copy) digest.update(block as Buffer);
say("copied", digest.digest("hex"));
const endless = sql.unsafe(tour("TOUR_ENDLESS"));
const outcome = endless.then(
  () => "answered",
  (error: unknown) => (error as postgres.PostgresError).code,
);
await sleep(300);
endless.cancel();
say("cancelled", await outcome);
say(
  "columns",
  await sql`SELECT table_name, column_name, data_type FROM information_schema.columns
            WHERE table_schema = 'data' ORDER BY 1, ordinal_position`,
);
await sql.end();
