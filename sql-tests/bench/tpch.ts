import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  answerDifference,
  knownExactness,
  TPCH_QUERIES,
  type Exactness,
  type TpchQuery,
} from "../corpora/tpch/answers.js";
import { MillraceServer } from "../runner/millrace-server.js";
import { SqlConnection } from "../runner/sql-connection.js";
import { attachTpch, ensureTpch, tpchFolder } from "../runner/tpch-data.js";
import { progress } from "../runner/command-line.js";
import { startDuckdb, startMillrace, type Contestant } from "./contestant.js";
import { peakBytes, residentBytes, resetPeak } from "./process-memory.js";
import { median } from "./statistics.js";

export interface TpchBench {
  readonly scale: string;
  readonly threads: number;
  readonly runs: number;
  readonly queries: readonly TpchQuery[];
}

/** What one engine did with one query. */
export interface Score {
  readonly coldMs: number;
  readonly hotMs: readonly number[];
  readonly peakBytes: number;
  /** Null where the answer is right or nobody knows it. */
  readonly wrong: string | null;
}

export interface QueryScores {
  readonly query: string;
  readonly millrace: Score;
  readonly duckdb: Score;
}

type Engine = "millrace" | "duckdb";

/**
 * Both engines over the same files. Per query: cold and peak memory in a new process each (the
 * operating system's file cache stays warm), then hot runs in long-lived processes, taking turns.
 */
export async function benchTpch(bench: TpchBench): Promise<readonly QueryScores[]> {
  const folder = await ensureTpch(bench.scale, tpchFolder(bench.scale), { current: false });
  const dataDirectory = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  try {
    await attachOnce(dataDirectory, folder);
    return await compare(bench, {
      millrace: () => startMillrace(bench.threads, dataDirectory),
      duckdb: () => startDuckdb(bench.threads, folder),
    });
  } finally {
    progress("");
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

type Starters = Readonly<Record<Engine, () => Promise<Contestant>>>;

async function compare(bench: TpchBench, start: Starters): Promise<readonly QueryScores[]> {
  const cold = await coldScores(bench, start);
  const millrace = await start.millrace();
  const duckdb = await start.duckdb();
  try {
    const scores: QueryScores[] = [];
    for (const query of bench.queries) {
      progress(`${query.name}: hot`);
      const hot = await takeTurns(query, bench.runs, { millrace, duckdb });
      const of = (engine: Engine): Score => ({
        ...cold[engine].get(query.name)!,
        hotMs: hot[engine].times,
        wrong: check(query, bench.scale, engine, hot[engine].rows),
      });
      scores.push({ query: query.name, millrace: of("millrace"), duckdb: of("duckdb") });
    }
    return scores;
  } finally {
    await millrace.stop();
    await duckdb.stop();
  }
}

type Cold = Pick<Score, "coldMs" | "peakBytes">;

async function coldScores(
  bench: TpchBench,
  start: Starters,
): Promise<Readonly<Record<Engine, ReadonlyMap<string, Cold>>>> {
  const scores = { millrace: new Map<string, Cold>(), duckdb: new Map<string, Cold>() };
  for (const query of bench.queries) {
    for (const engine of ["millrace", "duckdb"] as const) {
      progress(`${query.name}: cold, ${engine}`);
      scores[engine].set(query.name, await coldRun(await start[engine](), query));
    }
  }
  return scores;
}

async function coldRun(contestant: Contestant, query: TpchQuery): Promise<Cold> {
  try {
    const idle = residentBytes(contestant.pid);
    resetPeak(contestant.pid);
    const { milliseconds } = await contestant.run(query.sql);
    return { coldMs: milliseconds, peakBytes: Math.max(0, peakBytes(contestant.pid) - idle) };
  } finally {
    await contestant.stop();
  }
}

interface HotRuns {
  readonly times: number[];
  rows: Awaited<ReturnType<Contestant["run"]>>["rows"];
}

/** One run each to warm up, then `runs` each in turn. */
async function takeTurns(
  query: TpchQuery,
  runs: number,
  contestants: Readonly<Record<Engine, Contestant>>,
): Promise<Readonly<Record<Engine, HotRuns>>> {
  const hot: Record<Engine, HotRuns> = {
    millrace: { times: [], rows: [] },
    duckdb: { times: [], rows: [] },
  };
  for (let run = 0; run <= runs; run += 1) {
    for (const engine of ["millrace", "duckdb"] as const) {
      const { milliseconds, rows } = await contestants[engine].run(query.sql);
      if (run > 0) hot[engine].times.push(milliseconds);
      hot[engine].rows = rows;
    }
  }
  return hot;
}

function check(
  query: TpchQuery,
  scale: string,
  engine: Engine,
  rows: HotRuns["rows"],
): string | null {
  const known = knownExactness(scale);
  if (known === null) return null;
  const exactness: Exactness = engine === "duckdb" ? "close" : known;
  return answerDifference(query.name, scale, rows, exactness);
}

/** Makes a data directory that knows the tables, as a first start would have left it. */
async function attachOnce(dataDirectory: string, folder: string): Promise<void> {
  const server = await MillraceServer.start({ dataDirectory });
  const connection = await SqlConnection.open(server.url);
  await attachTpch(connection, folder);
  await connection.close();
  await server.stop();
}

/** How much longer Millrace takes, hot. */
export function hotRatio({ millrace, duckdb }: QueryScores): number {
  return median(millrace.hotMs) / median(duckdb.hotMs);
}

export function selectQueries(names: string | undefined): readonly TpchQuery[] {
  if (names === undefined) return TPCH_QUERIES;
  const wanted = names.split(",").map((name) => `q${name.replace(/^q0?/, "").padStart(2, "0")}`);
  return TPCH_QUERIES.filter(({ name }) => wanted.includes(name));
}
