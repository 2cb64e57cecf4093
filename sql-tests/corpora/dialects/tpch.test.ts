/** TPC-H's 22 queries in each dialect's spelling give PostgreSQL's bytes at scale 0.01. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { MillraceServer } from "../../runner/millrace-server.js";
import { SqlConnection } from "../../runner/sql-connection.js";
import { attachTpch, ensureTpch, tpchTestFolder } from "../../runner/tpch-data.js";
import { answerDifference } from "../tpch/answers.js";
import { FOREIGN_DIALECTS, tpchOf } from "./texts.js";

const SCALE = "0.01";
const QUERY_COUNT = 22;

describe("TPC-H in other dialects", () => {
  let server: MillraceServer;

  before(async () => {
    const folder = await ensureTpch(SCALE, tpchTestFolder(SCALE), { current: true });
    server = await MillraceServer.start({ threads: 2 });
    const connection = await SqlConnection.open(server.url);
    await attachTpch(connection, folder);
    await connection.close();
  });

  after(async () => {
    await server.stop();
  });

  for (const dialect of FOREIGN_DIALECTS) {
    test(dialect, async () => {
      const queries = tpchOf(dialect);
      assert.equal(queries.length, QUERY_COUNT);
      const connection = await SqlConnection.open(server.url);
      await connection.mustRun("SET search_path TO tpch");
      await connection.mustRun(`SET millrace.dialect = ${dialect}`);
      const wrong: string[] = [];
      for (const { name, sql } of queries) {
        const outcome = await connection.run(sql);
        const difference =
          outcome.kind === "rows"
            ? answerDifference(name, SCALE, outcome.rows, "exact")
            : JSON.stringify(outcome);
        if (difference !== null) wrong.push(`${name}:\n${difference}`);
      }
      await connection.close();
      assert.equal(wrong.length, 0, wrong.join("\n"));
    });
  }
});
