import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runCommand } from "../runner/child-process.js";
import { progress } from "../runner/command-line.js";
import { MillraceServer } from "../runner/millrace-server.js";
import { PostgresServer } from "../runner/postgres-server.js";
import { SqlConnection } from "../runner/sql-connection.js";
import { processorSeconds, residentBytes } from "./process-memory.js";
import { median } from "./statistics.js";

export const WIRE_MODES = ["simple", "extended", "prepared"] as const;
export type WireMode = (typeof WIRE_MODES)[number];

const PGBENCH = "/usr/lib/postgresql/15/bin/pgbench";
/** Connections opened and closed first: what code and pools cost once is not a connection's. */
const WARM_UP_CONNECTIONS = 100;
const SETTLE_ROUNDS = 10;
const SETTLE_MS = 300;

export interface WireOptions {
  readonly clients: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly idle: number;
}

/** Statements a second of both servers in one mode, a figure a round. */
export interface ModeRates {
  readonly mode: WireMode;
  readonly millrace: readonly number[];
  readonly postgres: readonly number[];
  /** Processor time of Millrace's process a statement. */
  readonly processorMicros: number;
}

export interface WireResult {
  readonly rates: readonly ModeRates[];
  /** Server memory of an idle connection. */
  readonly idleBytes: number;
}

/** Median of the rounds' ratios: both figures of a round were taken one after the other. */
export function rateRatio({ millrace, postgres }: ModeRates): number {
  return median(millrace.map((rate, round) => rate / (postgres[round] ?? Number.NaN)));
}

/** `select 1` by pgbench against Millrace and a private PostgreSQL 15, in turns. */
export async function benchWire(options: WireOptions): Promise<WireResult> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-wire-"));
  const script = join(folder, "select.sql");
  await writeFile(script, "select 1;\n");
  const postgres = await PostgresServer.start();
  const millrace = await MillraceServer.start();
  try {
    // First: later the heap has room left over from statements, and connections would seem free.
    const idleBytes = await idleConnectionBytes(millrace, options.idle);
    const rates: ModeRates[] = [];
    for (const mode of WIRE_MODES) {
      rates.push(await ratesOf(mode, script, millrace, postgres, options));
    }
    return { rates, idleBytes };
  } finally {
    await millrace.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function ratesOf(
  mode: WireMode,
  script: string,
  millrace: MillraceServer,
  postgres: PostgresServer,
  options: WireOptions,
): Promise<ModeRates> {
  const pid = millrace.child.pid ?? 0;
  const rates = { millrace: [] as number[], postgres: [] as number[] };
  let seconds = 0;
  let statements = 0;
  for (let round = 0; round < options.rounds; round += 1) {
    progress(`${mode}, round ${String(round + 1)} of ${String(options.rounds)} …`);
    rates.postgres.push((await pgbench(postgres.url, mode, script, options)).perSecond);
    const before = processorSeconds(pid);
    const run = await pgbench(millrace.url, mode, script, options);
    seconds += processorSeconds(pid) - before;
    statements += run.statements;
    rates.millrace.push(run.perSecond);
  }
  progress("");
  return { mode, ...rates, processorMicros: (seconds / statements) * 1e6 };
}

interface PgbenchRun {
  readonly perSecond: number;
  readonly statements: number;
}

async function pgbench(
  url: string,
  mode: WireMode,
  script: string,
  { clients, seconds }: WireOptions,
): Promise<PgbenchRun> {
  const { hostname, port, username, pathname } = new URL(url);
  const output = await runCommand(
    PGBENCH,
    [
      "-n",
      "-f",
      script,
      "-M",
      mode,
      "-c",
      String(clients),
      "-j",
      "1",
      "-T",
      String(seconds),
    ].concat(["-h", hostname, "-p", port, "-U", username, pathname.slice(1)]),
  );
  const perSecond = /^tps = ([\d.]+)/m.exec(output)?.[1];
  const statements = /actually processed: (\d+)/.exec(output)?.[1];
  const failed = /^number of failed transactions: (\d+)/m.exec(output)?.[1];
  if (perSecond === undefined || statements === undefined || failed !== "0") {
    throw new Error(`pgbench did not finish all statements\n${output}`);
  }
  return { perSecond: Number(perSecond), statements: Number(statements) };
}

/** What the server's memory grows by for each connection that does nothing. */
async function idleConnectionBytes(server: MillraceServer, count: number): Promise<number> {
  const pid = server.child.pid ?? 0;
  const warmUp = await openMany(server.url, WARM_UP_CONNECTIONS);
  // The system catalog starts beside serving; its memory is no connection's.
  await warmUp[0]?.mustRun("SELECT count(*) FROM pg_catalog.pg_class");
  await closeAll(warmUp);
  const before = await settledBytes(pid);
  const connections = await openMany(server.url, count);
  const after = await settledBytes(pid);
  await closeAll(connections);
  return (after - before) / count;
}

async function openMany(url: string, count: number): Promise<SqlConnection[]> {
  progress(`opening ${String(count)} idle connections …`);
  const connections: SqlConnection[] = [];
  for (let i = 0; i < count; i += 1) connections.push(await SqlConnection.open(url));
  progress("");
  return connections;
}

async function closeAll(connections: readonly SqlConnection[]): Promise<void> {
  await Promise.all(connections.map((connection) => connection.close()));
}

/** The least resident memory over some seconds: garbage comes and goes. */
async function settledBytes(pid: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < SETTLE_ROUNDS; round += 1) {
    await sleep(SETTLE_MS);
    least = Math.min(least, residentBytes(pid));
  }
  return least;
}
