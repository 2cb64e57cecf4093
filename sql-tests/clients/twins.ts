import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { POSTGRES_VERSION } from "../../src/command-line/index.js";
import { runCommand } from "../runner/child-process.js";
import { attachFixtures, writeFixtures } from "../runner/fixtures.js";
import { MillraceServer } from "../runner/millrace-server.js";
import { PostgresServer } from "../runner/postgres-server.js";
import { SqlConnection } from "../runner/sql-connection.js";

/** Made in both. */
export const ROLES = ["CREATE ROLE reader", "CREATE ROLE owner LOGIN", "GRANT reader TO owner"];

const OBJECTS = [
  "COMMENT ON SCHEMA data IS 'tables that the tests read'",
  'CREATE SCHEMA "Odd schema" AUTHORIZATION owner',
  "COMMENT ON FOREIGN TABLE data.many IS 'rows; it''s \\ many'",
  "COMMENT ON COLUMN data.many.price IS 'with tax'",
  'CREATE VIEW data.cheap AS SELECT id, price AS "Price" FROM data.many WHERE price < 10',
  "COMMENT ON VIEW data.cheap IS 'bargains'",
  "COMMENT ON COLUMN data.cheap.id IS 'which'",
  'CREATE VIEW "Odd schema"."odd view" AS SELECT count(*) AS n FROM data.cheap',
  "GRANT USAGE ON SCHEMA data TO reader WITH GRANT OPTION",
  "GRANT SELECT ON data.many TO reader",
  "GRANT SELECT (id) ON data.cheap TO reader",
  "GRANT SELECT (id, name) ON data.departments TO PUBLIC",
  "REVOKE ALL ON data.projects FROM millrace",
];

/** Millrace, and a PostgreSQL with the same roles that is to get the same objects. */
export interface Twins {
  readonly millrace: string;
  /** Its role and database are called as Millrace's. */
  readonly postgres: string;
  readonly folder: string;
  close(): Promise<void>;
}

export async function openTwins(): Promise<Twins> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-twins-"));
  await writeFixtures(folder);
  // The release that it tells of unless told otherwise, which psql of every release browses.
  const usual = ["--server-version", POSTGRES_VERSION];
  const millrace = await MillraceServer.start({ threads: 1, arguments: usual });
  const admin = await SqlConnection.open(millrace.url);
  await attachFixtures(admin, folder);
  for (const statement of [...ROLES, ...OBJECTS]) await admin.mustRun(statement);
  await admin.close();
  const postgres = await PostgresServer.start();
  const oracle = await SqlConnection.open(postgres.url);
  for (const statement of [
    "CREATE ROLE millrace SUPERUSER CREATEDB CREATEROLE REPLICATION BYPASSRLS LOGIN",
    ...ROLES,
  ]) {
    await oracle.mustRun(statement);
  }
  await oracle.mustRun("CREATE DATABASE millrace OWNER millrace");
  await oracle.close();
  return {
    folder,
    millrace: millrace.url,
    postgres: postgres.url.replace("postgres@", "millrace@").replace(/\/[^/]*$/, "/millrace"),
    close: async () => {
      await postgres.stop();
      await millrace.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * What a dump says, but for releases and the key of each dump. PostgreSQL 16 and later name the
 * columns of a view's only table bare.
 */
export async function dumped(program: string, ...args: readonly string[]): Promise<string> {
  const text = await runCommand(program, args);
  const same = text.replaceAll(/^(\\(un)?restrict .*|-- Dumped (from|by) .*)\n/gm, "");
  return same.replaceAll(/(?<=[ (])many\.(?=[a-z])/g, "");
}

/** Answers the errors. */
export async function restored(
  url: string,
  dump: string,
  folder: string,
): Promise<readonly string[]> {
  const path = join(folder, "dump.sql");
  await writeFile(path, dump);
  const output = await runCommand("psql", ["-X", "-q", "-o", "/dev/null", "-f", path, url]);
  const lines = output.split("\n").filter((line) => line !== "");
  return lines.map((line) => line.replace(/^.*?: /, ""));
}
