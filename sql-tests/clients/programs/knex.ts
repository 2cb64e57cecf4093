/** knex over node-postgres: queries as it builds them, streams, schema questions, timeouts. */
import { readFileSync } from "node:fs";
import knex from "knex";
import { fetched, say, step, tour, type Numbered } from "../tour.js";

interface Answer {
  readonly rows: readonly unknown[];
}

const ssl = { ca: readFileSync(tour("PGSSLROOTCERT")) };
const db = knex({
  client: "pg",
  connection: { ssl },
  searchPath: ["data"],
  pool: { min: 0, max: 2 },
});

async function streamed(batchSize: number): Promise<void> {
  let count = 0;
  let total = 0;
  for await (const row of db.raw(tour("TOUR_STREAM")).stream({ batchSize })) {
    const { n, t } = row as unknown as Numbered;
    count += 1;
    total += n + t.length;
  }
  say("streamed", batchSize, count, total);
}

step("connect");
say((await db.raw<Answer>("SELECT current_user")).rows);
step("text");
for (const name of ["TOUR_TYPES", "TOUR_ROWS"]) {
  for (const row of (await db.raw<Answer>(tour(name))).rows) say(row);
}
say(await db("many").where("id", "<", 5).orderBy("id").select("id", "name", "price"));
say(await db("employees as e").join("departments as d", "d.id", "e.department_id").count("* as n"));
step("binary", "knex has node-postgres ask for text alone");
step("cursor");
await db.transaction(async (transaction) => {
  await transaction.raw(`DECLARE walk CURSOR FOR ${tour("TOUR_STREAM")}`);
  await fetched(async () => (await transaction.raw<Answer>("FETCH 50000 FROM walk")).rows);
});
step("fetch size");
for (const size of [1000, 7000]) await streamed(size);
step("copy", "knex has no COPY");
step("cancel");
// It asks for the cancellation by another connection.
await db
  .raw(tour("TOUR_ENDLESS"))
  .timeout(300, { cancel: true })
  .then(
    () => say("answered"),
    (error: unknown) => say((error as Error).message),
  );
say("usable", (await db.raw<Answer>("SELECT 1 AS one")).rows);
step("metadata");
say(await db("employees").columnInfo());
say(await db("many").columnInfo());
say(await db.schema.hasTable("employees"), await db.schema.hasColumn("employees", "nope"));
await db.destroy();
