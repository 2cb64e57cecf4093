/** drizzle over node-postgres: typed tables, raw statements, transactions. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { boolean, date, integer, numeric, pgSchema, text } from "drizzle-orm/pg-core";
import pg from "pg";
import { COLUMNS, fetched, refused, say, step, tour } from "../tour.js";

const ssl = { ca: readFileSync(tour("PGSSLROOTCERT")) };
const pool = new pg.Pool({ ssl, max: 2 });
const db = drizzle(pool);
const many = pgSchema("data").table("many", {
  id: integer(),
  grp: integer(),
  name: text(),
  price: numeric(),
  day: date(),
  flag: boolean(),
});

/** Asked for by another connection of the pool. */
async function cancelled(): Promise<void> {
  await db
    .transaction(async (transaction) => {
      const { rows } = await transaction.execute(sql`SELECT pg_backend_pid() AS pid`);
      const outcome = transaction.execute(sql.raw(tour("TOUR_ENDLESS")));
      void outcome.catch(() => undefined);
      await sleep(300);
      say((await db.execute(sql`SELECT pg_cancel_backend(${rows[0]?.["pid"]}) AS sent`)).rows);
      await outcome;
    })
    .catch((error: unknown) => refused(Promise.reject((error as Error).cause as Error)));
}

step("connect");
say((await db.execute(sql`SELECT current_user`)).rows);
step("text");
for (const name of ["TOUR_TYPES", "TOUR_ROWS"]) {
  for (const row of (await db.execute(sql.raw(tour(name)))).rows) say(row);
}
say(
  await db
    .select()
    .from(many)
    .where(sql`${many.id} <= ${9}`)
    .orderBy(many.id),
);
const counts = db.select({ rows: sql<number>`count(*)` }).from(many);
say(await counts.groupBy(many.flag).orderBy(many.flag));
step("binary", "drizzle has node-postgres ask for text alone");
step("cursor");
await db.transaction(async (transaction) => {
  await transaction.execute(sql.raw(`DECLARE walk CURSOR FOR ${tour("TOUR_STREAM")}`));
  await fetched(async () => (await transaction.execute(sql`FETCH 50000 FROM walk`)).rows);
});
step("fetch size", "drizzle reads an answer whole");
step("copy", "drizzle has no COPY");
step("cancel");
await cancelled();
step("metadata");
for (const row of (await db.execute(sql.raw(COLUMNS))).rows) say(row);
await pool.end();
