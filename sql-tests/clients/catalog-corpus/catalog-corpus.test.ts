/** What clients ask of the catalogs is answered as by PostgreSQL 18 with the same definitions. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { WireClient } from "../../../src/testing/wire-client.js";
import { MillraceServer } from "../../runner/millrace-server.js";
import { isInstalled, POSTGRES_18 } from "../../runner/postgres-release.js";
import { PostgresServer } from "../../runner/postgres-server.js";
import { SqlConnection } from "../../runner/sql-connection.js";
import { compareSession, type Difference, type Side } from "./compared.js";
import { READING, REASONS } from "./differences.js";
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

/** The bootstrap superuser of both. */
const USER = "millrace";
const skip = isInstalled(POSTGRES_18)
  ? false
  : `PostgreSQL 18 from npm is not installed in ${POSTGRES_18.binaries}`;

let folder = "";
let postgres: PostgresServer;
let millrace: MillraceServer;
let differences: readonly Difference[] = [];
let statementCount = 0;

before(async () => {
  if (skip !== false) return;
  folder = await mkdtemp(join(tmpdir(), "millrace-corpus-"));
  await writeFiles(folder);
  [postgres, millrace] = await Promise.all([
    PostgresServer.start({ release: POSTGRES_18, superuser: USER }),
    MillraceServer.start({ arguments: ["--server-version", "18.4"] }),
  ]);
  const admin = await SqlConnection.open(postgres.url);
  for (const name of ["shop", "tables"]) await admin.mustRun(`CREATE DATABASE ${name}`);
  await admin.close();
  const same = definitions(folder);
  const our = await side(millrace.url, "shop", [...same, ...OUR_STATISTICS]);
  const plain = await side(postgres.url, "tables", PLAIN_TABLES);
  // What is compared has no other database either.
  const others = ["DROP DATABASE postgres", "DROP DATABASE tables"];
  const found: Difference[] = [];
  const sessions = [...capturedSessions().values()].sort(byTemporaryTables);
  for (const statement of sessions.flat().filter(({ file }) => READING.has(file))) {
    found.push(...(await compareSession([statement], our, plain)));
  }
  const first = [...FOREIGN_SERVER, ...others];
  const their = await side(postgres.url, "shop", [...first, ...same, ...THEIR_STATISTICS]);
  for (const session of sessions) {
    const answered = await compareSession(session, our, their);
    found.push(...answered.filter(({ file }) => !READING.has(file)));
  }
  statementCount = sessions.flat().length;
  differences = found;
});

after(async () => {
  if (skip !== false) return;
  await millrace.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

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

test("every statement is answered as by PostgreSQL, but for a reason", { skip }, (context) => {
  assert.ok(statementCount > 340, String(statementCount));
  const unexplained = differences.filter((difference) => {
    const reason = REASONS.find(({ files }) => files.includes(difference.file));
    return reason?.explains(difference) !== true;
  });
  assert.deepEqual(unexplained.map(shown), []);
  const differing = new Set(differences.map(({ file }) => file)).size;
  context.diagnostic(
    `${String(statementCount)} statements, ${String(differing)} answered otherwise`,
  );
});

test("what is listed as different is", { skip }, () => {
  const differing = new Set(differences.map(({ file }) => file));
  const listed = REASONS.flatMap(({ files }) => files);
  assert.deepEqual(
    listed.filter((file) => !differing.has(file)),
    [],
  );
  assert.equal(new Set(listed).size, listed.length, "a statement has one reason");
});
