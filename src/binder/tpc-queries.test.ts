import assert from "node:assert/strict";
import { test } from "node:test";
import { SqlError } from "../errors/index.js";
import { initParser } from "../parser/index.js";
import { bindText, snapshotOf } from "../testing/bind-fixture.js";
import { assertWellFormed } from "../testing/check-plan.js";
import { readCorpus } from "../testing/corpus.js";
import { formatType } from "../types/index.js";

await initParser();

const tpch = snapshotOf(
  JSON.parse(readCorpus("binder/tpch-tables.json")) as Record<string, string>,
);
const tpcds = snapshotOf(
  JSON.parse(readCorpus("binder/tpcds-tables.json")) as Record<string, string>,
);

/** Queries with window functions. */
const WITH_WINDOWS = new Set([12, 20, 36, 44, 47, 49, 51, 53, 57, 63, 67, 70, 86, 89, 98]);

/** Result columns as PostgreSQL 15 describes them. */
const EXPECTED = JSON.parse(readCorpus("binder/tpc-columns.json")) as Readonly<
  Record<string, string>
>;

function columnsOf(name: string, sql: string, catalog: typeof tpch): void {
  const { query } = bindText(sql, catalog);
  assertWellFormed(query.plan);
  const columns = query.outputs.map((o) => `${o.name}:${formatType(o.column.type)}`);
  assert.equal(columns.join(" | "), EXPECTED[name], name);
}

test("TPC-H: all 22 queries bind to PostgreSQL's columns", () => {
  for (let number = 1; number <= 22; number++) {
    const name = `q${String(number).padStart(2, "0")}`;
    columnsOf(`tpch/${name}`, readCorpus(`tpch/queries/${name}.sql`), tpch);
  }
});

test("TPC-DS: all queries but those with windows bind to PostgreSQL's columns", () => {
  for (let number = 1; number <= 99; number++) {
    const name = String(number).padStart(2, "0");
    const sql = readCorpus(`tpcds/queries/${name}.sql`);
    if (!WITH_WINDOWS.has(number)) {
      columnsOf(`tpcds/${name}`, sql, tpcds);
      continue;
    }
    assert.throws(
      () => bindText(sql, tpcds),
      (e) => e instanceof SqlError && e.message === "window functions are not supported",
    );
  }
});
