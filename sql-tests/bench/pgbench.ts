import { runCommand } from "../runner/child-process.js";

export const WIRE_MODES = ["simple", "extended", "prepared"] as const;
export type WireMode = (typeof WIRE_MODES)[number];

const PGBENCH = "/usr/lib/postgresql/15/bin/pgbench";

export interface PgbenchLoad {
  readonly mode: WireMode;
  /** A file of pgbench's script language. */
  readonly script: string;
  readonly clients: number;
  readonly seconds: number;
}

export interface PgbenchRun {
  readonly perSecond: number;
  readonly statements: number;
}

/** Runs pgbench by one thread; rejects where a statement failed. */
export async function pgbench(
  url: string,
  { mode, script, clients, seconds }: PgbenchLoad,
): Promise<PgbenchRun> {
  const { hostname, port, username, pathname } = new URL(url);
  const output = await runCommand(PGBENCH, [
    ...["-n", "-f", script, "-M", mode, "-c", String(clients), "-j", "1", "-T", String(seconds)],
    ...["-h", hostname, "-p", port, "-U", username, pathname.slice(1)],
  ]);
  const perSecond = /^tps = ([\d.]+)/m.exec(output)?.[1];
  const statements = /actually processed: (\d+)/.exec(output)?.[1];
  const failed = /^number of failed transactions: (\d+)/m.exec(output)?.[1];
  if (perSecond === undefined || statements === undefined || failed !== "0") {
    throw new Error(`pgbench did not finish all statements\n${output}`);
  }
  return { perSecond: Number(perSecond), statements: Number(statements) };
}
