/**
 * npm run fuzz -- [--seed N] [--count N] [--keep-going]
 *
 * Runs random queries over the fixtures on Millrace and on a private PostgreSQL 15, and compares
 * rows and SQLSTATEs. Prints the seed, the statement and both answers where they differ, and ends
 * there unless told to go on. The same seed gives the same query.
 */
import { runMain, UsageError } from "../runner/command-line.js";
import { startMillrace, startPostgres } from "../runner/environment.js";
import { openSession } from "../runner/run-file.js";
import { compareSeed, describeDifference } from "./compare.js";

const USAGE = "usage: npm run fuzz -- [--seed N] [--count N] [--keep-going]";

interface Arguments {
  readonly seed: number;
  readonly count: number;
  readonly keepGoing: boolean;
}

function readArguments(args: readonly string[]): Arguments {
  const numberAfter = (flag: string, otherwise: number): number => {
    const at = args.indexOf(flag);
    const value = at < 0 ? otherwise : Number(args[at + 1]);
    if (!Number.isSafeInteger(value) || value < 0) throw new UsageError(USAGE);
    return value;
  };
  return {
    seed: numberAfter("--seed", 1),
    count: numberAfter("--count", 1000),
    keepGoing: args.includes("--keep-going"),
  };
}

async function main(args: readonly string[]): Promise<number> {
  const { seed, count, keepGoing } = readArguments(args);
  console.error("starting both servers …");
  const [millrace, postgres] = [await startMillrace(), await startPostgres()];
  try {
    const [ours, theirs] = [await openSession(millrace), await openSession(postgres)];
    const tally = new Map<string, number>();
    for (let at = seed; at < seed + count; at += 1) {
      const verdict = await compareSeed(at, ours, theirs);
      tally.set(verdict.kind, (tally.get(verdict.kind) ?? 0) + 1);
      if (verdict.kind !== "different") continue;
      console.log(describeDifference(at, verdict));
      if (!keepGoing) break;
    }
    console.log([...tally].map(([kind, n]) => `${String(n)} ${kind}`).join(", "));
    await Promise.all([ours.close(), theirs.close()]);
    return tally.has("different") ? 1 : 0;
  } finally {
    await millrace.stop();
    await postgres.stop();
  }
}

await runMain(() => main(process.argv.slice(2)));
