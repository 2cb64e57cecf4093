/**
 * The 22 queries give PostgreSQL's bytes whatever the threads, the vector size and the optimizer
 * rules: at scale 0.01 always, at scale 1 with MILLRACE_TEST_ALL=1 (npm run test:all).
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { disableRules, optionalRules } from "../../runner/configurations.js";
import { MillraceServer } from "../../runner/millrace-server.js";
import { SqlConnection } from "../../runner/sql-connection.js";
import { attachTpch, ensureTpch, tpchTestFolder } from "../../runner/tpch-data.js";
import { answerDifference, TPCH_QUERIES } from "./answers.js";

type Settings = Readonly<Record<string, string | number>>;

const SMALL: readonly Settings[] = [1, 2].flatMap((threads) =>
  [1, 2048].map((size) => ({ "millrace.threads": threads, "millrace.vector_size": size })),
);
const LARGE: readonly Settings[] = [
  { "millrace.threads": 1 },
  { "millrace.threads": 2 },
  { "millrace.vector_size": 1 },
];

describeScale("0.01", SMALL, true);
if (process.env["MILLRACE_TEST_ALL"] === "1") describeScale("1", LARGE, false);

function describeScale(scale: string, all: readonly Settings[], ruleByRule: boolean): void {
  describe(`TPC-H at scale ${scale}`, () => {
    let server: MillraceServer;

    before(async () => {
      const folder = await ensureTpch(scale, tpchTestFolder(scale), { current: true });
      server = await MillraceServer.start({ threads: 2 });
      await session(server, async (connection) => {
        await attachTpch(connection, folder);
      });
    });

    after(async () => {
      await server.stop();
    });

    for (const settings of all) {
      const name = Object.entries(settings).map(([key, value]) => `${key} = ${String(value)}`);
      test(name.join(", "), async () => {
        await session(server, async (connection) => {
          for (const setting of name) await connection.mustRun(`SET ${setting}`);
          await checkAll(connection, scale);
        });
      });
    }

    if (!ruleByRule) return;
    test("every rule off in turn", async (context) => {
      const rules = await session(server, optionalRules);
      assert.ok(rules.length > 0, "the server names its rules");
      for (const rule of rules) {
        await context.test(`without ${rule}`, async () => {
          await session(server, async (connection) => {
            await disableRules(connection, [rule]);
            await checkAll(connection, scale);
          });
        });
      }
    });
  });
}

async function session<T>(
  server: MillraceServer,
  work: (connection: SqlConnection) => Promise<T>,
): Promise<T> {
  const connection = await SqlConnection.open(server.url);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** Runs all 22 and fails with every one that is wrong. */
async function checkAll(connection: SqlConnection, scale: string): Promise<void> {
  await connection.mustRun("SET search_path TO tpch");
  const wrong: string[] = [];
  for (const { name, sql } of TPCH_QUERIES) {
    const outcome = await connection.run(sql);
    const difference =
      outcome.kind === "rows"
        ? answerDifference(name, scale, outcome.rows, "exact")
        : outcome.kind === "error"
          ? `${outcome.sqlstate}: ${outcome.message}`
          : "no rows";
    if (difference !== null) wrong.push(`${name}:\n${difference}`);
  }
  assert.equal(wrong.length, 0, wrong.join("\n"));
}
