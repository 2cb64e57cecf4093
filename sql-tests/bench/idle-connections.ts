import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { progress } from "../runner/command-line.js";
import { residentBytes } from "./process-memory.js";
import { median } from "./statistics.js";

/** Connections opened and closed first: what code and pools cost once is not a connection's. */
const WARM_UP_CONNECTIONS = 100;
const AT_A_TIME = 20;
/** The heap grows by megabytes at a time, whoever was the last to ask: the median is told. */
const ROUNDS = 3;
const SETTLE_ROUNDS = 5;
const SETTLE_MS = 300;

/**
 * Makes a server collect its garbage when it is told to: an idle process would keep what opening
 * the connections left behind, which is no connection's.
 */
const COLLECTING = `import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
process.on("SIGUSR2", () => collect());`;

/** What a server that is to be weighed is started with. */
export const WEIGHED_ENVIRONMENT: Readonly<Record<string, string>> = {
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(COLLECTING)}`,
};

/** What a connection has done before it idles. */
interface IdleState {
  readonly name: string;
  work(client: pg.Client): Promise<unknown>;
}

const STATES: readonly IdleState[] = [
  { name: "started", work: () => Promise.resolve() },
  { name: "after statements", work: runSome },
  {
    name: "in a transaction",
    work: (client) => client.query("BEGIN; SELECT count(*) FROM data.employees"),
  },
  {
    name: "with settings and a prepared statement",
    work: async (client) => {
      await client.query("SET search_path = data; SET TIME ZONE 'Asia/Tokyo'");
      await client.query({ name: "kept", text: "SELECT name FROM employees WHERE id = $1" }, [1]);
    },
  },
];

/** Statements of all kinds: simple, extended, failing, with some hundred kilobytes of answer. */
async function runSome(client: pg.Client): Promise<void> {
  await client.query("SELECT 1");
  await client.query("SELECT name FROM data.employees WHERE id = $1", [3]);
  await client.query("SELECT 1 / 0").catch(() => undefined);
  await client.query("SELECT * FROM data.many LIMIT 3000");
  await client.query(
    "BEGIN; DECLARE c CURSOR FOR SELECT * FROM data.many; FETCH 10 FROM c; COMMIT",
  );
}

/** Server memory of one idle connection. */
export interface IdleWeight {
  readonly name: string;
  readonly bytes: number;
}

/**
 * What the memory of a server of WEIGHED_ENVIRONMENT grows by for each connection that does nothing
 * any more.
 */
export async function weighIdle(
  pid: number,
  url: string,
  count: number,
): Promise<readonly IdleWeight[]> {
  const weights: IdleWeight[] = [];
  for (const state of STATES) {
    // In each state once before: what statements leave with the server is no connection's.
    await closeAll(await openMany(url, WARM_UP_CONNECTIONS, state));
    const bytes: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = await settledBytes(pid);
      const connections = await openMany(url, count, state);
      bytes.push(((await settledBytes(pid)) - before) / count);
      await closeAll(connections);
    }
    weights.push({ name: state.name, bytes: median(bytes) });
  }
  return weights;
}

async function openMany(
  url: string,
  count: number,
  { name, work }: IdleState,
): Promise<readonly pg.Client[]> {
  progress(`opening ${String(count)} connections: ${name} …`);
  const clients: pg.Client[] = [];
  while (clients.length < count) {
    const some = Array.from({ length: Math.min(AT_A_TIME, count - clients.length) }, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await work(client);
      return client;
    });
    clients.push(...(await Promise.all(some)));
  }
  progress("");
  return clients;
}

async function closeAll(clients: readonly pg.Client[]): Promise<void> {
  await Promise.all(clients.map((client) => client.end()));
}

/** The least resident memory over some collections of garbage. */
async function settledBytes(pid: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < SETTLE_ROUNDS; round += 1) {
    process.kill(pid, "SIGUSR2");
    await sleep(SETTLE_MS);
    least = Math.min(least, residentBytes(pid));
  }
  return least;
}
