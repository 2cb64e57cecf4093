/** kysely, drizzle, knex and TypeORM: queries as they build them, streams, introspection. */
import { readFileSync } from "node:fs";
import { sql as drizzleSql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { boolean, date, integer, numeric, pgSchema, text } from "drizzle-orm/pg-core";
import knex from "knex";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import Cursor from "pg-cursor";
import { DataSource } from "typeorm";
import { say, tour } from "../tour.js";

const ssl = { ca: readFileSync(tour("PGSSLROOTCERT")) };

interface Many {
  readonly id: number;
  readonly grp: number;
  readonly name: string;
  readonly price: string;
}

async function withKysely(): Promise<void> {
  const dialect = new PostgresDialect({ pool: new pg.Pool({ ssl, max: 1 }), cursor: Cursor });
  const db = new Kysely<{ "data.many": Many }>({ dialect });
  const query = db
    .selectFrom("data.many")
    .select(({ fn }) => ["grp", fn.countAll().as("rows"), fn.sum("price").as("price")])
    .where("id", ">", 100)
    .groupBy("grp")
    .orderBy("grp");
  say("kysely", await query.execute());
  let count = 0;
  for await (const row of db.selectFrom("data.many").selectAll().stream(500)) {
    count += row.id === null ? 0 : 1;
  }
  say("kysely streamed", count);
  const tables = await db.introspection.getTables();
  for (const { schema, name, columns } of tables.filter((t) => t.schema === "data")) {
    say(schema, name, columns);
  }
  await db.destroy();
}

async function withDrizzle(): Promise<void> {
  const many = pgSchema("data").table("many", {
    id: integer(),
    grp: integer(),
    name: text(),
    price: numeric(),
    day: date(),
    flag: boolean(),
  });
  const pool = new pg.Pool({ ssl, max: 1 });
  const db = drizzle(pool);
  say(
    "drizzle",
    await db
      .select()
      .from(many)
      .where(drizzleSql`${many.id} <= ${9}`)
      .orderBy(many.id),
  );
  say(
    await db
      .select({ rows: drizzleSql<number>`count(*)` })
      .from(many)
      .groupBy(many.flag)
      .orderBy(many.flag),
  );
  await pool.end();
}

async function withKnex(): Promise<void> {
  const db = knex({
    client: "pg",
    connection: { ssl },
    searchPath: ["data"],
    pool: { min: 0, max: 1 },
  });
  say("knex", await db("many").where("id", "<", 5).orderBy("id").select("id", "name", "price"));
  say(
    await db("employees as e").join("departments as d", "d.id", "e.department_id").count("* as n"),
  );
  say("knex columns", await db("employees").columnInfo());
  say(await db.schema.hasTable("employees"), await db.schema.hasColumn("employees", "nope"));
  await db.destroy();
}

async function withTypeOrm(): Promise<void> {
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
  say(
    "typeorm",
    await source.query("SELECT id, name FROM data.many WHERE id < $1 ORDER BY id", [4]),
  );
  const runner = source.createQueryRunner();
  const table = await runner.getTable("data.employees");
  say(table?.columns.map((c) => [c.name, c.type, c.isNullable, c.precision, c.scale]));
  say(await runner.hasTable("data.many"), await runner.getSchemas());
  await runner.release();
  await source.destroy();
}

await withKysely();
await withDrizzle();
await withKnex();
await withTypeOrm();
