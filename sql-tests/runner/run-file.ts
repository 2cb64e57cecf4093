import type { Configuration } from "./configurations.js";
import type { Outcome } from "./outcome.js";
import { mismatch } from "./outcome.js";
import { blocksOf, type Block, type SltFile } from "./slt-file.js";
import { ConnectionLost, SqlConnection } from "./sql-connection.js";

/** Where statements go, and what names of places in them mean there. */
export interface Target {
  readonly kind: "millrace" | "postgres";
  readonly url: string;
  /** Folder of the fixtures' Parquet files, for `{data}` in statements. */
  readonly dataFolder: string;
}

/** Schemas of the fixtures first, so that tests name tables plainly. */
const PRELUDE = ["SET search_path TO data, tpch, public", "SET TimeZone TO 'UTC'"];
const MAX_SHOWN_FAILURES = 20;

export async function openSession(
  target: Target,
  configuration?: Configuration,
): Promise<SqlConnection> {
  const connection = await SqlConnection.open(target.url, configuration?.protocol);
  for (const sql of PRELUDE) await connection.mustRun(sql);
  await configuration?.prepare(connection);
  return connection;
}

/** Whether this target runs the block: some are for one server only. */
export function runsOn(block: Block, kind: Target["kind"]): boolean {
  if (kind === "postgres")
    return block.directive !== "explain" && !block.options.includes("millrace");
  return !block.options.includes("postgres");
}

/** Runs a block's statement, with this target's places in it and the general ones in the answer. */
export async function runBlock(
  connection: SqlConnection,
  block: Block,
  target: Target,
): Promise<Outcome> {
  const prefix = block.directive === "explain" ? "EXPLAIN (COSTS OFF) " : "";
  const outcome = await connection.run(prefix + block.sql.replaceAll("{data}", target.dataFolder));
  if (outcome.kind !== "error") return outcome;
  return { ...outcome, message: outcome.message.replaceAll(target.dataFolder, "{data}") };
}

/** Runs a file in one session. Resolves to what went wrong, ready to print; empty if nothing. */
export async function runFile(
  file: SltFile,
  target: Target,
  configuration?: Configuration,
): Promise<readonly string[]> {
  const failures: string[] = [];
  let connection: SqlConnection | null = null;
  let block: Block | undefined;
  try {
    connection = await openSession(target, configuration);
    for (block of blocksOf(file)) {
      if (!runsOn(block, target.kind) || skippedHere(block, configuration)) continue;
      const difference = mismatch(block, await runBlock(connection, block, target));
      if (difference !== null) failures.push(describe(file, block, difference));
    }
  } catch (error) {
    const what = error instanceof ConnectionLost ? "connection lost: " : "";
    const lines = [what + (error instanceof Error ? error.message : String(error))];
    failures.push(block ? describe(file, block, lines) : `${file.path}: ${lines.join("\n")}`);
  } finally {
    await connection?.close();
  }
  const more = failures.length - MAX_SHOWN_FAILURES;
  return more > 0
    ? [...failures.slice(0, MAX_SHOWN_FAILURES), `… and ${String(more)} more in ${file.path}`]
    : failures;
}

/** Plans are expected as all rules make them. */
function skippedHere(block: Block, configuration: Configuration | undefined): boolean {
  return block.directive === "explain" && configuration?.name === "rules-off";
}

function describe(file: SltFile, block: Block, lines: readonly string[]): string {
  const indented = lines.map((line) => `    ${line}`).join("\n");
  return `${file.path}:${String(block.line)}\n  ${block.sql.replaceAll("\n", "\n  ")}\n${indented}`;
}
