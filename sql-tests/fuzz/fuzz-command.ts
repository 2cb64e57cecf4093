/**
 * npm run fuzz -- [--seed N] [--count N] [--keep-going]
 * npm run fuzz -- wire [--seconds N] [--seed N] [--sanitize] [--keep-going]
 *
 * The first runs random queries over the fixtures on Millrace and on a private PostgreSQL 15, and
 * compares rows and SQLSTATEs. Prints the seed, the statement and both answers where they differ, and
 * ends there unless told to go on. The same seed gives the same query.
 *
 * The second lets hostile clients at a server while others behave (wire/wire-fuzz.ts); with --sanitize
 * the engine is one built with address and undefined behaviour checked.
 */
import { progress, runMain, UsageError } from "../runner/command-line.js";
import { startMillrace, startPostgres } from "../runner/environment.js";
import { openSession } from "../runner/run-file.js";
import { compareSeed, describeDifference } from "./compare.js";
import { sanitizedEnvironment } from "./wire/sanitized-engine.js";
import { printState } from "./wire/server-state.js";
import { fuzzWire } from "./wire/wire-fuzz.js";

const USAGE =
  "usage: npm run fuzz -- [--seed N] [--count N] [--keep-going] | " +
  "wire [--seconds N] [--seed N] [--sanitize] [--keep-going]";
const PATIENCE_MS = 20_000;
/** Checked code runs at a fraction of its speed. */
const SANITIZED_PATIENCE_MS = 120_000;

function numberAfter(args: readonly string[], flag: string, otherwise: number): number {
  const at = args.indexOf(flag);
  const value = at < 0 ? otherwise : Number(args[at + 1]);
  if (!Number.isSafeInteger(value) || value < 0) throw new UsageError(USAGE);
  return value;
}

async function fuzzQueries(args: readonly string[]): Promise<number> {
  const seed = numberAfter(args, "--seed", 1);
  const count = numberAfter(args, "--count", 1000);
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
      if (!args.includes("--keep-going")) break;
    }
    console.log([...tally].map(([kind, n]) => `${String(n)} ${kind}`).join(", "));
    await Promise.all([ours.close(), theirs.close()]);
    return tally.has("different") ? 1 : 0;
  } finally {
    await millrace.stop();
    await postgres.stop();
  }
}

async function fuzzWireCommand(args: readonly string[]): Promise<number> {
  const isSanitized = args.includes("--sanitize");
  const environment = isSanitized ? await sanitizedEnvironment() : {};
  const seed = numberAfter(args, "--seed", Math.floor(Date.now() / 1000));
  const seconds = numberAfter(args, "--seconds", 60);
  const patienceMs = isSanitized ? SANITIZED_PATIENCE_MS : PATIENCE_MS;
  const keepGoing = args.includes("--keep-going");
  const options = { environment, seconds, seed, patienceMs, keepGoing, weigh: !isSanitized };
  const result = await fuzzWire({ ...options, progress });
  progress("");
  const lives = [...result.lives].map(([name, n]) => `${String(n)} ${name}`);
  console.log(`${String(seconds)} s from seed ${String(seed)}: ${lives.join(", ")}`);
  console.log(
    `${String(result.steadyRounds)} rounds of those who behave; their slowest answer: ` +
      `${result.slowestMs.toFixed(0)} ms (${result.slowestStep.slice(0, 60)})`,
  );
  console.log(`the catalog was made anew before ${String(result.catalogRestarts)} of them`);
  console.log(`before: ${printState(result.before)}; after: ${printState(result.after)}`);
  for (const problem of result.problems) console.error(problem);
  return result.problems.length === 0 ? 0 : 1;
}

await runMain(() => {
  const [what, ...rest] = process.argv.slice(2);
  return what === "wire" ? fuzzWireCommand(rest) : fuzzQueries(process.argv.slice(2));
});
