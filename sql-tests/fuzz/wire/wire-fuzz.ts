import { SeededRandom } from "../../../src/testing/seeded-random.js";
import { SqlConnection } from "../../runner/sql-connection.js";
import { LIVES } from "./hostile-lives.js";
import { oneOf } from "./mutation.js";
import {
  leastOf,
  NEEDS_ALL_MEMORY,
  printState,
  serverState,
  sessionsLeft,
  settledState,
  type ServerState,
} from "./server-state.js";
import { HOSTILE_USER, openStage, STEADY_USERS, type Stage, type StageOptions } from "./stage.js";
import { SteadyClient } from "./steady-client.js";

const HOSTILE_AT_A_TIME = 8;
const WATCH_MS = 1000;
/** Lines of the log, of Node and of sanitizers that tell of the server's own faults. */
const SAID_OF_FAULTS = /"level":(50|60)|Warning|Sanitizer|runtime error/;
/** Those of a second system catalog; of every connection that stayed there would be one more. */
const MOST_NEW_FILES = 24;
const MOST_NEW_THREADS = 3;
/** A second system catalog, and what the heap breathes, once caches are full. */
const MOST_GROWTH_BYTES = 384 * 2 ** 20;
const SHORT_RUN_SECONDS = 120;
/** In a short run they are not. */
const MOST_SHORT_GROWTH_BYTES = 512 * 2 ** 20;

export interface WireFuzzOptions extends StageOptions {
  readonly seconds: number;
  readonly seed: number;
  /** Whether to go on when the server did wrong. */
  readonly keepGoing?: boolean;
  /** Whether the server's memory tells something: sanitizers keep much of their own. */
  readonly weigh?: boolean;
  progress?(line: string): void;
}

export interface WireFuzzResult {
  /** Connections of hostile clients by their kind. */
  readonly lives: ReadonlyMap<string, number>;
  readonly steadyRounds: number;
  readonly slowestMs: number;
  readonly slowestStep: string;
  readonly catalogRestarts: number;
  readonly before: ServerState;
  readonly after: ServerState;
  /** What the server did wrong, each with the seed it can be had from again. */
  readonly problems: readonly string[];
}

/** Lets hostile clients at a server while others behave; then looks at what they left behind. */
export async function fuzzWire(options: WireFuzzOptions): Promise<WireFuzzResult> {
  const stage = await openStage(options);
  const problems: string[] = [];
  let result: WireFuzzResult;
  try {
    result = await fuzzStage(stage, options, problems);
  } catch (error) {
    await stage.close().catch(() => undefined);
    throw new Error(`the server's end:\n${stage.output().slice(-5000)}`, { cause: error });
  }
  await stage.close().catch((error: unknown) => problems.push(String(error)));
  const said = stage.output().split("\n");
  problems.push(...said.filter((line) => SAID_OF_FAULTS.test(line)));
  return result;
}

async function fuzzStage(
  stage: Stage,
  options: WireFuzzOptions,
  problems: string[],
): Promise<WireFuzzResult> {
  const owner = await SqlConnection.open(stage.url);
  await needAll(owner, problems, "before");
  const steady = await Promise.all(STEADY_USERS.map((_, i) => SteadyClient.start(stage, i)));
  const before = await settledState(stage.pid);
  const run = new Run(stage, options, problems);
  const middle = await run.through(steady);
  const left = await sessionsLeft(owner, HOSTILE_USER, stage.patienceMs);
  if (left > 0) problems.push(`${String(left)} sessions are left`);
  for (const client of steady) await client.round();
  await needAll(owner, problems, "after");
  const after = await settledState(stage.pid);
  const isShort = options.seconds < SHORT_RUN_SECONDS;
  const ofRun = isShort ? MOST_SHORT_GROWTH_BYTES : MOST_GROWTH_BYTES;
  const mostGrowth = options.weigh === false ? Number.POSITIVE_INFINITY : ofRun;
  judge([before, middle, after], mostGrowth, problems);
  for (const client of steady) await client.close();
  await owner.close();
  const facts = steady.map((client) => client.facts);
  const [slowest] = [...facts].sort((a, b) => b.slowestMs - a.slowestMs);
  return {
    lives: run.lives,
    steadyRounds: facts.reduce((sum, { rounds }) => sum + rounds, 0),
    slowestMs: slowest?.slowestMs ?? 0,
    slowestStep: slowest?.slowestStep ?? "",
    catalogRestarts: facts.reduce((sum, { catalogRestarts }) => sum + catalogRestarts, 0),
    before,
    after,
    problems,
  };
}

async function needAll(owner: SqlConnection, problems: string[], when: string): Promise<void> {
  for (const text of NEEDS_ALL_MEMORY) {
    const outcome = await owner.run(text).catch((error: unknown) => {
      throw new Error(`${when}: ${text}`, { cause: error });
    });
    if (outcome.kind === "error") problems.push(`${when}: ${text}\n  ${outcome.message}`);
  }
}

function judge(
  states: readonly [before: ServerState, middle: ServerState, after: ServerState],
  mostGrowthBytes: number,
  problems: string[],
): void {
  const [before, middle, after] = states;
  const grew = after.residentBytes - middle.residentBytes > mostGrowthBytes;
  const opened = after.openFiles - before.openFiles > MOST_NEW_FILES;
  const spawned = after.threads - before.threads > MOST_NEW_THREADS;
  if (!grew && !opened && !spawned) return;
  problems.push(`held before, in the middle and after:\n  ${states.map(printState).join("\n  ")}`);
}

/** One run: so many hostile clients at a time, and all steady ones, until the time is over. */
class Run {
  readonly lives = new Map<string, number>();
  #next: number;
  readonly #untilMs: number;

  constructor(
    private readonly stage: Stage,
    private readonly options: WireFuzzOptions,
    private readonly problems: string[],
  ) {
    this.#next = options.seed;
    this.#untilMs = performance.now() + options.seconds * 1000;
  }

  /** The least that the server held in the second quarter of the time. */
  async through(steady: readonly SteadyClient[]): Promise<ServerState> {
    const startedMs = performance.now();
    const quarterMs = (this.options.seconds * 1000) / 4;
    let middle: ServerState | null = null;
    const watch = setInterval(() => {
      const now = serverState(this.stage.pid);
      const quarter = Math.floor((performance.now() - startedMs) / quarterMs);
      if (quarter === 1) middle = middle === null ? now : leastOf(middle, now);
      this.#report(now);
    }, WATCH_MS);
    try {
      await Promise.all([
        ...Array.from({ length: HOSTILE_AT_A_TIME }, () => this.#hostile()),
        ...steady.map((client) => this.#steady(client)),
      ]);
    } finally {
      clearInterval(watch);
    }
    return middle ?? serverState(this.stage.pid);
  }

  get #goesOn(): boolean {
    const isGood = this.problems.length === 0 || this.options.keepGoing === true;
    return isGood && performance.now() < this.#untilMs;
  }

  async #hostile(): Promise<void> {
    while (this.#goesOn) {
      const seed = this.#next;
      this.#next += 1;
      const random = new SeededRandom(seed);
      const [name, life] = oneOf(LIVES, random);
      try {
        await life(this.stage, random);
      } catch (error) {
        this.problems.push(`--seed ${String(seed)} (${name}): ${String(error)}`);
      }
      this.lives.set(name, (this.lives.get(name) ?? 0) + 1);
    }
  }

  async #steady(client: SteadyClient): Promise<void> {
    while (this.#goesOn) {
      try {
        await client.round();
      } catch (error) {
        this.problems.push(`a steady client: ${String(error)}`);
      }
    }
  }

  #report(state: ServerState): void {
    const count = [...this.lives.values()].reduce((sum, n) => sum + n, 0);
    this.options.progress?.(`${String(count)} hostile connections; ${printState(state)}`);
  }
}
