import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MillraceServer } from "../runner/millrace-server.js";
import { SqlConnection } from "../runner/sql-connection.js";

const WARM_UP_RUNS = 200;

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** From spawning the process to its ready line, on a data directory of an earlier run. */
  readonly startMs: number;
}

/** `select 1` over one connection on loopback, and the time of a second start. */
export async function benchLatency(runs: number): Promise<Latency> {
  const dataDirectory = await mkdtemp(join(tmpdir(), "millrace-latency-"));
  try {
    await (await MillraceServer.start({ dataDirectory })).stop();
    const before = performance.now();
    const server = await MillraceServer.start({ dataDirectory });
    const startMs = performance.now() - before;
    const times = await timeSelects(server.url, runs);
    await server.stop();
    const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0;
    return { p50Ms: at(0.5), p99Ms: at(0.99), startMs };
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

/** Sorted times of single statements. */
async function timeSelects(url: string, runs: number): Promise<readonly number[]> {
  const connection = await SqlConnection.open(url);
  const times: number[] = [];
  for (let run = 0; run < WARM_UP_RUNS + runs; run += 1) {
    const start = performance.now();
    await connection.mustRun("select 1");
    if (run >= WARM_UP_RUNS) times.push(performance.now() - start);
  }
  await connection.close();
  return times.sort((a, b) => a - b);
}
