/** What the .slt files and the TPC-H answers expect is what PostgreSQL 15 answers now. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { answerDifference, TPCH_QUERIES } from "../corpora/tpch/answers.js";
import { startPostgres, TEST_SCALE, type Environment } from "./environment.js";
import { ROOT } from "./repository.js";
import { openSession, runFile } from "./run-file.js";
import { parseSlt } from "./slt-file.js";
import { sltFiles } from "./slt-tree.js";

let server: Environment;

before(async () => {
  server = await startPostgres();
});

after(async () => {
  await server.stop();
});

for (const path of sltFiles()) {
  test(`postgres: ${path}`, async () => {
    const file = parseSlt(path, readFileSync(join(ROOT, path), "utf8"));
    const failures = await runFile(file, server);
    assert.equal(failures.length, 0, failures.join("\n"));
  });
}

test("postgres: TPC-H", async () => {
  const connection = await openSession(server);
  for (const { name, sql } of TPCH_QUERIES) {
    const rows = await connection.mustRun(sql);
    assert.equal(answerDifference(name, TEST_SCALE, rows, "exact"), null, name);
  }
  await connection.close();
});
