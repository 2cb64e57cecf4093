/** kysely over node-postgres: queries as it builds them, streams, introspection. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import Cursor from "pg-cursor";
import { COLUMNS, fetched, refused, say, step, tour } from "../tour.js";

interface Tables {
  readonly "data.many": { readonly id: number; readonly grp: number; readonly price: string };
}

const ssl = { ca: readFileSync(tour("PGSSLROOTCERT")) };
const dialect = new PostgresDialect({ pool: new pg.Pool({ ssl, max: 2 }), cursor: Cursor });
const db = new Kysely<Tables>({ dialect });

/** Asked for by another connection of the pool. */
async function cancelled(): Promise<void> {
  await db.connection().execute(async (connection) => {
    const { rows } = await sql<{ readonly pid: number }>`SELECT pg_backend_pid() AS pid`.execute(
      connection,
    );
    const outcome = refused(sql.raw(tour("TOUR_ENDLESS")).execute(connection));
    await sleep(300);
    say((await sql`SELECT pg_cancel_backend(${rows[0]?.pid}) AS sent`.execute(db)).rows);
    await outcome;
  });
}

step("connect");
say((await sql`SELECT current_user`.execute(db)).rows);
step("text");
for (const name of ["TOUR_TYPES", "TOUR_ROWS"]) {
  for (const row of (await sql.raw(tour(name)).execute(db)).rows) say(row);
}
const query = db
  .selectFrom("data.many")
  .select(({ fn }) => ["grp", fn.countAll().as("rows"), fn.sum("price").as("price")])
  .where("id", ">", 100)
  .groupBy("grp")
  .orderBy("grp");
say("kysely", await query.execute());
step("binary", "kysely has node-postgres ask for text alone");
step("cursor");
await db.transaction().execute(async (transaction) => {
  await sql.raw(`DECLARE walk CURSOR FOR ${tour("TOUR_STREAM")}`).execute(transaction);
  await fetched(async () => (await sql`FETCH 50000 FROM walk`.execute(transaction)).rows);
});
step("fetch size");
for (const size of [1000, 7000]) {
  let count = 0;
  let total = 0;
  const numbers = sql<{ readonly n: number }>`${sql.raw(`(${tour("TOUR_STREAM")})`)}`.as("s");
  for await (const { n } of db.selectFrom(numbers).select("s.n").stream(size)) {
    count += 1;
    total += n;
  }
  say("streamed", size, count, total);
}
step("copy", "kysely has no COPY");
step("cancel");
await cancelled();
step("metadata");
// Its own reading passes over foreign tables.
const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
say(tables.filter(({ schema }) => schema === "data"));
for (const row of (await sql.raw(COLUMNS).execute(db)).rows) say(row);
await db.destroy();
