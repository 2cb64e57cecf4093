/** TypeORM over node-postgres: queries, its stream, its reading of tables. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DataSource } from "typeorm";
import { fetched, refused, say, step, tour, type Numbered } from "../tour.js";

const ssl = { ca: readFileSync(tour("PGSSLROOTCERT")) };

async function streamed(source: DataSource): Promise<void> {
  const runner = source.createQueryRunner();
  let count = 0;
  let total = 0;
  for await (const row of await runner.stream(tour("TOUR_STREAM"))) {
    const { n, t } = row as unknown as Numbered;
    count += 1;
    total += n + t.length;
  }
  await runner.release();
  say("streamed", count, total);
}

async function fetchedBySql(source: DataSource): Promise<void> {
  await source.transaction(async (manager) => {
    await manager.query(`DECLARE walk CURSOR FOR ${tour("TOUR_STREAM")}`);
    await fetched(() => manager.query<unknown[]>("FETCH 50000 FROM walk"));
  });
}

/** Asked for by another connection of the pool. */
async function cancelled(source: DataSource): Promise<void> {
  const runner = source.createQueryRunner();
  const [row] = (await runner.query("SELECT pg_backend_pid() AS pid")) as [
    { readonly pid: number },
  ];
  const outcome = refused(runner.query(tour("TOUR_ENDLESS")));
  await sleep(300);
  say(await source.query("SELECT pg_cancel_backend($1) AS sent", [row.pid]));
  await outcome;
  await runner.release();
}

async function metadata(source: DataSource): Promise<void> {
  const runner = source.createQueryRunner();
  for (const name of ["data.employees", "data.many"]) {
    const table = await runner.getTable(name);
    say(table?.columns.map((c) => [c.name, c.type, c.isNullable, c.precision, c.scale]));
  }
  say(await runner.hasTable("data.many"), await runner.getSchemas());
  await runner.release();
}

step("connect");
const source = await new DataSource({
  type: "postgres",
  host: tour("PGHOST"),
  port: Number(tour("PGPORT")),
  username: tour("PGUSER"),
  password: tour("PGPASSWORD"),
  database: tour("PGDATABASE"),
  installExtensions: false,
  ssl,
}).initialize();
say(await source.query("SELECT current_user"));
step("text");
for (const name of ["TOUR_TYPES", "TOUR_ROWS"]) say(await source.query(tour(name)));
say(await source.query("SELECT id, name FROM data.many WHERE id < $1 ORDER BY id", [4]));
step("binary", "TypeORM has node-postgres ask for text alone");
step("cursor");
await fetchedBySql(source);
step("fetch size");
await streamed(source);
step("copy", "TypeORM has no COPY");
step("cancel");
await cancelled(source);
step("metadata");
await metadata(source);
await source.destroy();
