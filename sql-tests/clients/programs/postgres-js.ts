/** postgres.js: array types fetched at connect, pipelining, cursors, COPY, cancel. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { COLUMNS, fetched, say, step, tour } from "../tour.js";

const sql = postgres({ ssl: { ca: readFileSync(tour("PGSSLROOTCERT")) }, max: 1 });

async function cancelled(): Promise<void> {
  const endless = sql.unsafe(tour("TOUR_ENDLESS"));
  const outcome = endless.then(
    () => "answered",
    (error: unknown) => (error as postgres.PostgresError).code,
  );
  await sleep(300);
  endless.cancel();
  say("cancelled", await outcome);
}

step("connect");
say("connected", await sql`SELECT current_user`);
say("pipelined", await Promise.all([1, 2, 3].map((n) => sql`SELECT ${n}::int8 * 2 AS twice`)));
step("text");
for (const name of ["TOUR_TYPES", "TOUR_ROWS"]) {
  const rows = await sql.unsafe(tour(name));
  say(rows.columns.map((column) => [column.name, column.type]));
  for (const row of rows) say(row);
}
step("binary", "postgres.js asks for text alone");
step("cursor");
await sql.begin(async (transaction) => {
  await transaction.unsafe(`DECLARE walk CURSOR FOR ${tour("TOUR_STREAM")}`);
  await fetched(() => transaction.unsafe("FETCH 50000 FROM walk"));
});
step("fetch size");
for (const size of [1000, 7000]) {
  let count = 0;
  for await (const rows of sql.unsafe(tour("TOUR_STREAM")).cursor(size)) count += rows.length;
  say("by portal", size, count);
}
step("copy");
for (const options of ["", "(FORMAT csv, HEADER)", "(FORMAT binary)"]) {
  const digest = createHash("md5");
  const copy = await sql.unsafe(`COPY (${tour("TOUR_COPY")}) TO STDOUT ${options}`).readable();
  for await (const block of copy) digest.update(block as Buffer);
  say("copied", digest.digest("hex"));
}
step("cancel");
await cancelled();
step("metadata");
for (const row of await sql.unsafe(COLUMNS)) say(row);
await sql.end();
