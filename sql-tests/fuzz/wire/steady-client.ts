import pg from "pg";
import { BadReply } from "./reply-reader.js";
import type { Stage } from "./stage.js";

/** What a client sets, each its own: none may ever see another's. */
interface Manner {
  readonly user: string;
  readonly timeZone: string;
  readonly searchPath: string;
  readonly dateStyle: string;
  readonly digits: number;
}

const MANNERS: readonly Manner[] = [
  {
    user: "steady_a",
    timeZone: "Asia/Kathmandu",
    searchPath: "data",
    dateStyle: "ISO, YMD",
    digits: 1,
  },
  {
    user: "steady_b",
    timeZone: "America/St_Johns",
    searchPath: "tpch, data",
    dateStyle: "SQL, DMY",
    digits: 0,
  },
  {
    user: "steady_c",
    timeZone: "UTC",
    searchPath: "data, tpch",
    dateStyle: "Postgres, MDY",
    digits: -3,
  },
];

interface Step {
  readonly text: string;
  /** Named: prepared once, under a name that others use for other statements. */
  readonly name?: string;
  readonly values?: readonly string[];
}

/** What each client asks again and again; the answer to the first time is that to every time. */
const STEPS: readonly Step[] = [
  {
    text:
      "select current_setting('TimeZone'), current_setting('search_path'), current_user, " +
      "current_setting('DateStyle'), current_setting('application_name')",
  },
  { text: "show extra_float_digits" },
  { text: "select id, i8 from integers where id = $1", name: "s", values: ["3"] },
  { text: "select id, i8 from integers where id = $1", name: "s", values: ["5"] },
  { text: "select id, tz, ts, d from times order by id" },
  { text: "select id, f8 from floats order by id" },
  {
    text: "select l_returnflag, count(*), sum(l_quantity) from tpch.lineitem group by 1 order by 1",
  },
  { text: "select count(*) from data.many where price > $1", name: "a", values: ["100.50"] },
  { text: "select 1 / 0" },
  {
    text:
      "select c.relname, pg_table_is_visible(c.oid), current_setting('TimeZone'), current_user, " +
      "current_schemas(false)::text from pg_class c where c.relname in ('integers', 'orders') " +
      "order by 1",
  },
  { text: "select count(*) from pg_prepared_statements where name not in ('s', 'a')" },
  { text: "select count(*) from pg_cursors" },
  { text: "begin" },
  { text: "declare c cursor for select id, name from data.many order by id" },
  { text: "fetch 3 from c" },
  { text: "select statement from pg_cursors" },
  { text: "rollback" },
  { text: "select g, g * 0.5 from generate_series(1, 300) g" },
];

/** What one client met. */
export interface SteadyFacts {
  readonly rounds: number;
  readonly slowestMs: number;
  readonly slowestStep: string;
  /** Catalog statements that were refused because the catalog was made anew. */
  readonly catalogRestarts: number;
}

/** A client that behaves, and sees to it that its session stays as it made it. */
export class SteadyClient {
  readonly #client: pg.Client;
  readonly #patienceMs: number;
  readonly #expected: string[] = [];
  /** A channel that it was told of, though it listens to none. */
  #heard: string | null = null;
  #rounds = 0;
  #catalogRestarts = 0;
  #slowest = { ms: 0, step: "" };

  private constructor(client: pg.Client, patienceMs: number) {
    this.#client = client;
    this.#patienceMs = patienceMs;
  }

  /** Connects in one of the manners, and asks all once while nobody disturbs. */
  static async start({ port, patienceMs }: Stage, index: number): Promise<SteadyClient> {
    const manner = MANNERS[index % MANNERS.length] ?? MANNERS[0];
    if (manner === undefined) throw new Error("no manners");
    const { user, timeZone, searchPath, dateStyle, digits } = manner;
    const client = new pg.Client({
      ...{ host: "127.0.0.1", port, user, database: "millrace", application_name: user },
      query_timeout: patienceMs,
      types: { getTypeParser: () => (value: string) => value },
    });
    client.on("error", () => undefined);
    const steady = new SteadyClient(client, patienceMs);
    client.on("notification", ({ channel }) => {
      steady.#heard = channel;
    });
    await client.connect();
    await client.query(
      `set time zone '${timeZone}'; set search_path = ${searchPath}; ` +
        `set datestyle = '${dateStyle}'; set extra_float_digits = ${String(digits)}`,
    );
    await steady.#round((answer) => steady.#expected.push(answer));
    return steady;
  }

  get facts(): SteadyFacts {
    const { ms, step } = this.#slowest;
    return {
      rounds: this.#rounds,
      slowestMs: ms,
      slowestStep: step,
      catalogRestarts: this.#catalogRestarts,
    };
  }

  /** Asks all once more. Throws BadReply where an answer is another one, or late. */
  async round(): Promise<void> {
    await this.#round((answer, { text }, i) => {
      if (answer === this.#expected[i]) return;
      const isAnew = text.includes("pg_class") && /^(57P0|08|53)/.test(answer);
      if (isAnew) this.#catalogRestarts += 1;
      else throw new BadReply(`${text}\n  once: ${this.#expected[i] ?? ""}\n  now: ${answer}`);
    });
    if (this.#heard !== null) throw new BadReply(`a notification of ${this.#heard}`);
    this.#rounds += 1;
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  async #round(judge: (answer: string, step: Step, index: number) => void): Promise<void> {
    for (const [index, step] of STEPS.entries()) {
      const startedMs = performance.now();
      const answer = await this.#ask(step);
      const ms = performance.now() - startedMs;
      if (ms > this.#slowest.ms) this.#slowest = { ms, step: step.text };
      if (ms > this.#patienceMs) throw new BadReply(`${step.text} took ${ms.toFixed(0)} ms`);
      judge(answer, step, index);
    }
  }

  async #ask({ text, name, values }: Step): Promise<string> {
    try {
      const named = name === undefined ? {} : { name };
      const given = values === undefined ? {} : { values: [...values] };
      const { rows } = await this.#client.query({ text, rowMode: "array", ...named, ...given });
      return JSON.stringify(rows);
    } catch (error) {
      if (error instanceof pg.DatabaseError) return `${error.code ?? ""}: ${error.message}`;
      throw new BadReply(`${text}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
