/** What clients ask of the catalogs is answered as by PostgreSQL with the same definitions. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { WireClient } from "../../../src/testing/wire-client.js";
import { MillraceServer } from "../../runner/millrace-server.js";
import {
  isInstalled,
  POSTGRES_15,
  POSTGRES_18,
  type PostgresRelease,
} from "../../runner/postgres-release.js";
import { PostgresServer } from "../../runner/postgres-server.js";
import { SqlConnection } from "../../runner/sql-connection.js";
import { compareSession, type Difference, type Side } from "./compared.js";
import { READING, REASONS, type Setting } from "./differences.js";
import {
  definitions,
  FOREIGN_SERVER,
  OUR_STATISTICS,
  PLAIN_TABLES,
  THEIR_STATISTICS,
  writeFiles,
} from "./fixture.js";
import { KnownObjects } from "./known-objects.js";
import { capturedSessions } from "./statements.js";

/** The bootstrap superuser of all. */
const USER = "millrace";

const SETTINGS: readonly (Setting & {
  readonly title: string;
  readonly release: PostgresRelease;
})[] = [
  { title: "the catalog inside", place: "inside", major: 18, release: POSTGRES_18 },
  { title: "the catalog in a PostgreSQL 18", place: "outside", major: 18, release: POSTGRES_18 },
  { title: "the catalog in a PostgreSQL 15", place: "outside", major: 15, release: POSTGRES_15 },
];

for (const { title, release, ...setting } of SETTINGS) {
  const missing = `PostgreSQL ${String(release.major)} is not installed in ${release.binaries}`;
  const skip = isInstalled(release) ? false : missing;
  test(`every statement is answered as by PostgreSQL, with ${title}`, { skip }, async (context) => {
    const { differences, statementCount } = await compareServers(setting, release);
    assert.ok(statementCount > 340, String(statementCount));
    const reasons = REASONS.filter(({ applies }) => applies?.(setting) ?? true);
    const unexplained = differences.filter((difference) => {
      const reason = reasons.find(({ files }) => files.includes(difference.file));
      return reason?.explains(difference) !== true;
    });
    assert.deepEqual(unexplained.map(shown), []);
    const differing = new Set(differences.map(({ file }) => file));
    const listed = reasons.flatMap(({ files }) => files);
    const equal = listed.filter((file) => !differing.has(file));
    assert.deepEqual(equal, [], "listed as different, but they are not");
    assert.equal(new Set(listed).size, listed.length, "a statement has one reason");
    const counts = `${String(statementCount)} statements, ${String(differing.size)} differ`;
    context.diagnostic(counts);
  });
}

interface Comparison {
  readonly differences: readonly Difference[];
  readonly statementCount: number;
}

/** Starts a Millrace and what it is compared with, and has both answer all statements. */
async function compareServers(setting: Setting, release: PostgresRelease): Promise<Comparison> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-corpus-"));
  const servers: { stop(): Promise<void> }[] = [];
  const started = <T extends { stop(): Promise<void> }>(server: T): T => {
    servers.unshift(server);
    return server;
  };
  try {
    await writeFiles(folder);
    const postgres = started(await PostgresServer.start({ release, superuser: USER }));
    const given = ["--server-version", release.major === 15 ? "15.18" : "18.4"];
    if (setting.place === "outside") {
      const outer = started(await PostgresServer.start({ release, superuser: USER }));
      await useUpNumbers(outer.url);
      given.push("--system-catalog", outer.url.replace(/\w+$/, "shop"));
    }
    const millrace = started(await MillraceServer.start({ arguments: given }));
    return await compareAll(millrace.url, postgres.url, folder, setting);
  } finally {
    for (const server of servers) await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** So that objects of that PostgreSQL have no OIDs that the engine gives to its own. */
async function useUpNumbers(url: string): Promise<void> {
  const connection = await SqlConnection.open(url);
  await connection.mustRun("SELECT count(lo_unlink(lo_create(0))) FROM generate_series(1, 1000)");
  await connection.close();
}

async function compareAll(
  ours: string,
  theirs: string,
  folder: string,
  { place }: Setting,
): Promise<Comparison> {
  const admin = await SqlConnection.open(theirs);
  for (const name of ["shop", "tables"]) await admin.mustRun(`CREATE DATABASE ${name}`);
  await admin.close();
  const same = definitions(folder);
  const our = await side(ours, "shop", [...same, ...OUR_STATISTICS]);
  const plain = await side(theirs, "tables", PLAIN_TABLES);
  const differences: Difference[] = [];
  const sessions = [...capturedSessions().values()].sort(byTemporaryTables);
  for (const statement of sessions.flat().filter(({ file }) => READING.has(file))) {
    differences.push(...(await compareSession([statement], our, plain)));
  }
  // What is compared has no other databases either.
  const others = ["tables", ...(place === "inside" ? ["postgres"] : [])];
  const first = [...FOREIGN_SERVER, ...others.map((name) => `DROP DATABASE ${name}`)];
  const their = await side(theirs, "shop", [...first, ...same, ...THEIR_STATISTICS]);
  for (const session of sessions) {
    const answered = await compareSession(session, our, their);
    differences.push(...answered.filter(({ file }) => !READING.has(file)));
  }
  return { differences, statementCount: sessions.flat().length };
}

type Session = readonly { readonly text: string }[];

/** Sessions that make temporary tables come last: the schemas of those stay behind them. */
function byTemporaryTables(left: Session, right: Session): number {
  const makes = (session: Session): boolean =>
    session.some(({ text }) => /^create (local )?temp/i.test(text));
  return Number(makes(left)) - Number(makes(right));
}

async function side(url: string, database: string, sql: readonly string[]): Promise<Side> {
  const connection = await SqlConnection.open(url.replace(/\w+$/, database));
  for (const statement of sql) await connection.mustRun(statement);
  const objects = await KnownObjects.read(connection);
  await connection.close();
  const port = Number(new URL(url).port);
  return { objects, connect: () => WireClient.start(port, { user: USER, database }) };
}

/** A difference in short, as a failing test shows it. */
function shown({ file, format, ours, theirs }: Difference): string {
  const [mine, other] = [new Set(ours), new Set(theirs)];
  const only = [
    ...ours.filter((line) => !other.has(line)).map((line) => `  Millrace:   ${line}`),
    ...theirs.filter((line) => !mine.has(line)).map((line) => `  PostgreSQL: ${line}`),
  ];
  return [`${file} in ${format}`, ...only.slice(0, 6)].join("\n");
}
