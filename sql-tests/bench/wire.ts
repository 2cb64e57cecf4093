import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { progress } from "../runner/command-line.js";
import { startMillrace, startPostgres, type Environment } from "../runner/environment.js";
import { SqlConnection } from "../runner/sql-connection.js";
import { WEIGHED_ENVIRONMENT, weighIdle, type IdleWeight } from "./idle-connections.js";
import { pgbench, WIRE_MODES, type WireMode } from "./pgbench.js";
import { processorSeconds } from "./process-memory.js";
import { median } from "./statistics.js";

export interface WireOptions {
  readonly clients: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly idle: number;
}

/** Something that many clients ask at once. */
interface Load {
  readonly name: string;
  /** pgbench's script: its `:key` is a random number from 1 to `most`. */
  readonly text: string;
  readonly most: number;
}

const LOADS: readonly Load[] = [
  { name: "select 1", text: "select 1;", most: 1 },
  {
    name: "orders of a customer",
    text: "select count(*), sum(o_totalprice) from tpch.orders where o_custkey = :key;",
    most: 1500,
  },
  {
    name: "items of an order",
    text:
      "select count(*), sum(l_extendedprice * (1 - l_discount)), max(l_shipdate) " +
      "from tpch.lineitem where l_orderkey = :key;",
    most: 60_000,
  },
];
const COMPARED_KEYS = 25;

/** Statements a second of both servers under one load in one mode, a figure a round. */
export interface Rates {
  readonly load: string;
  readonly mode: WireMode;
  readonly millrace: readonly number[];
  readonly postgres: readonly number[];
  /** Processor time of Millrace's process a statement. */
  readonly processorMicros: number;
}

export interface WireResult {
  readonly rates: readonly Rates[];
  readonly idle: readonly IdleWeight[];
}

/** Median of the rounds' ratios: both figures of a round were taken one after the other. */
export function rateRatio({ millrace, postgres }: Rates): number {
  return median(millrace.map((rate, round) => rate / (postgres[round] ?? Number.NaN)));
}

interface Servers {
  readonly millrace: Environment & { readonly pid: number };
  readonly postgres: Environment;
}

/** pgbench against Millrace and a private PostgreSQL 15 over the same rows, in turns. */
export async function benchWire(options: WireOptions): Promise<WireResult> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-wire-"));
  const postgres = await startPostgres();
  const millrace = await startMillrace();
  try {
    await compareAnswers({ millrace, postgres });
    const idle = await weighFresh(postgres.url, options.idle);
    const rates: Rates[] = [];
    for (const load of LOADS) {
      const script = join(folder, "script.sql");
      await writeFile(script, `\\set key random(1, ${String(load.most)})\n${load.text}\n`);
      for (const mode of WIRE_MODES) {
        rates.push(await ratesOf(load, mode, script, { millrace, postgres }, options));
      }
    }
    return { rates, idle };
  } finally {
    await millrace.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Idle connections of a server that has run nothing: a heap with room left over would let them seem
 * free. Its system catalog is the other server's, as PGlite's memory comes and goes by megabytes.
 */
async function weighFresh(postgresUrl: string, count: number): Promise<readonly IdleWeight[]> {
  const catalog = new URL("/millrace_catalog", postgresUrl).href;
  const server = await startMillrace({
    arguments: ["--system-catalog", catalog],
    environment: WEIGHED_ENVIRONMENT,
  });
  try {
    return await weighIdle(server.pid, server.url, count);
  } finally {
    await server.stop();
  }
}

/** What is measured must be the same: each load's statement with some keys, by both servers. */
async function compareAnswers(servers: Servers): Promise<void> {
  const ours = await SqlConnection.open(servers.millrace.url);
  const theirs = await SqlConnection.open(servers.postgres.url);
  await ours.mustRun("SELECT count(*) FROM pg_catalog.pg_class");
  for (const { text, most } of LOADS) {
    for (let i = 0; i < COMPARED_KEYS; i += 1) {
      const key = 1 + Math.floor((i * most) / COMPARED_KEYS);
      const sql = text.replace(":key", String(key));
      const [got, want] = [await ours.mustRun(sql), await theirs.mustRun(sql)];
      if (JSON.stringify(got) === JSON.stringify(want)) continue;
      throw new Error(`${sql}\n  ${JSON.stringify(got)} is not ${JSON.stringify(want)}`);
    }
  }
  await ours.close();
  await theirs.close();
}

async function ratesOf(
  load: Load,
  mode: WireMode,
  script: string,
  { millrace, postgres }: Servers,
  { clients, seconds, rounds }: WireOptions,
): Promise<Rates> {
  const rates = { millrace: [] as number[], postgres: [] as number[] };
  let busySeconds = 0;
  let statements = 0;
  for (let round = 0; round < rounds; round += 1) {
    progress(`${load.name}, ${mode}, round ${String(round + 1)} of ${String(rounds)} …`);
    const all = { mode, script, clients, seconds };
    rates.postgres.push((await pgbench(postgres.url, all)).perSecond);
    const before = processorSeconds(millrace.pid);
    const run = await pgbench(millrace.url, all);
    busySeconds += processorSeconds(millrace.pid) - before;
    statements += run.statements;
    rates.millrace.push(run.perSecond);
  }
  progress("");
  const processorMicros = (busySeconds / statements) * 1e6;
  return { load: load.name, mode, ...rates, processorMicros };
}
