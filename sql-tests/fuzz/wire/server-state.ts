import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { residentBytes } from "../../bench/process-memory.js";
import type { SqlConnection } from "../../runner/sql-connection.js";

const SETTLE_ROUNDS = 20;
const SETTLE_MS = 250;
const MIB = 2 ** 20;

/** What a server holds of its machine. */
export interface ServerState {
  readonly residentBytes: number;
  readonly openFiles: number;
  readonly threads: number;
}

export function serverState(pid: number): ServerState {
  return {
    residentBytes: residentBytes(pid),
    openFiles: readdirSync(`/proc/${String(pid)}/fd`).length,
    threads: readdirSync(`/proc/${String(pid)}/task`).length,
  };
}

export function printState({ residentBytes: bytes, openFiles, threads }: ServerState): string {
  const held = `${(bytes / MIB).toFixed(0)} MiB`;
  return `${held}, ${String(openFiles)} open files, ${String(threads)} threads`;
}

/** The least of each over some seconds: garbage comes and goes, and so do ends of connections. */
export async function settledState(pid: number): Promise<ServerState> {
  let least = serverState(pid);
  for (let round = 0; round < SETTLE_ROUNDS; round += 1) {
    await sleep(SETTLE_MS);
    least = leastOf(least, serverState(pid));
  }
  return least;
}

export function leastOf(a: ServerState, b: ServerState): ServerState {
  return {
    residentBytes: Math.min(a.residentBytes, b.residentBytes),
    openFiles: Math.min(a.openFiles, b.openFiles),
    threads: Math.min(a.threads, b.threads),
  };
}

/** Waits until the sessions are gone that are nobody's who asks; answers those that stay. */
export async function sessionsLeft(
  connection: SqlConnection,
  user: string,
  patienceMs: number,
): Promise<number> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const [row] = await connection.mustRun(
      `SELECT count(*) FROM pg_stat_activity WHERE usename = '${user}'`,
    );
    const count = Number(row?.[0] ?? Number.NaN);
    if (count === 0 || performance.now() > until) return count;
    await sleep(SETTLE_MS);
  }
}

/**
 * Statements that take nearly all there is of what sessions reserve: memory for queries, room for
 * cursors' rows, advisory locks. They fail where something was not given back.
 */
export const NEEDS_ALL_MEMORY = [
  "SELECT count(*) FROM (SELECT DISTINCT g, g::text FROM generate_series(1, 1200000) g) q",
  "BEGIN",
  "DECLARE all_rows SCROLL CURSOR FOR " +
    "SELECT repeat('x', 1000) FROM generate_series(1, 14500) g",
  "MOVE LAST IN all_rows",
  "ROLLBACK",
  "SELECT pg_advisory_lock(g) FROM generate_series(1, 65000) g",
  "SELECT pg_advisory_unlock_all()",
] as const;
