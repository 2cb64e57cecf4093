import type { Protocol, SqlConnection } from "./sql-connection.js";

/** A way to run the same statements that may not change an answer. */
export interface Configuration {
  readonly name: string;
  readonly protocol: Protocol;
  /** Settings of the session. */
  prepare(connection: SqlConnection): Promise<void>;
}

/** The first is the one every statement runs in. */
export const CONFIGURATIONS: readonly Configuration[] = [
  plain("cpu", "SET millrace.threads = 2"),
  plain("threads-1", "SET millrace.threads = 1"),
  plain("vector-size-1", "SET millrace.vector_size = 1"),
  {
    name: "rules-off",
    protocol: "simple",
    prepare: async (connection) => {
      await disableRules(connection, halfOf(await optionalRules(connection), seedOfDay()));
    },
  },
  { name: "extended", protocol: "extended", prepare: () => Promise.resolve() },
];

function plain(name: string, setting: string): Configuration {
  return {
    name,
    protocol: "simple",
    prepare: async (connection) => {
      await connection.mustRun(setting);
    },
  };
}

/** Names of the optimizer rules that may be switched off. */
export async function optionalRules(connection: SqlConnection): Promise<readonly string[]> {
  const [row] = await connection.mustRun("SHOW millrace.rules");
  const names = (row?.[0] ?? "").split(",").map((name) => name.trim());
  return names.filter((name) => name !== "");
}

export async function disableRules(
  connection: SqlConnection,
  rules: readonly string[],
): Promise<void> {
  await connection.mustRun(`SET millrace.disabled_rules = '${rules.join(", ")}'`);
}

/** Another half each time the seed changes; the seed is in MILLRACE_TEST_SEED to run one again. */
function halfOf(rules: readonly string[], seed: number): readonly string[] {
  let state = seed >>> 0;
  return rules.filter(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >= 2 ** 31;
  });
}

/** MILLRACE_TEST_SEED if given, else the date, so that a day's failures repeat. */
export function seedOfDay(): number {
  const given = process.env["MILLRACE_TEST_SEED"];
  return given === undefined ? Math.floor(Date.now() / 86_400_000) : Number(given);
}
