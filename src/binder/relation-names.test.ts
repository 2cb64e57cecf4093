import assert from "node:assert/strict";
import { test } from "node:test";
import type { Catalog, SnapshotRequest } from "../catalog/index.js";
import { initParser } from "../parser/index.js";
import { queryOf, snapshotOf } from "../testing/bind-fixture.js";
import { loadSnapshot, snapshotRequest } from "./index.js";

await initParser();

const snapshot = snapshotOf({
  t: "a int4",
  v: "view (a int4) select a from w, read_parquet('x/*.parquet')",
  w: "view (a int4) select a from t where exists (select 1 from other.deep)",
});

function named({ relations, fileScans }: SnapshotRequest): readonly string[] {
  return [
    ...relations.map(({ schema, name }) => `${schema}.${name}`),
    ...fileScans.map(({ functionName, path }) => `${functionName} ${path}`),
  ];
}

test("every name is asked for in each schema of the path, once", () => {
  const sql =
    "with c as (select * from t) select (select 1 from s.u), 'x' from t join c on true " +
    "where a in (select a from z)";
  assert.deepEqual(named(snapshotRequest(queryOf(sql), ["public", "app"])), [
    "public.t",
    "app.t",
    "s.u",
    "public.c",
    "app.c",
    "public.z",
    "app.z",
  ]);
});

test("files of table functions are asked for, constants only", () => {
  const sql = "select * from read_parquet('a.parquet') x, read_parquet(lower('b')) y";
  assert.deepEqual(named(snapshotRequest(queryOf(sql), ["public"])), ["read_parquet a.parquet"]);
});

test("a snapshot is asked on until it answers for the views it holds", async () => {
  const asked: (readonly string[])[] = [];
  const catalog: Catalog = {
    snapshot: (request) => {
      asked.push(named(request));
      return Promise.resolve(snapshot);
    },
  };
  await loadSnapshot(queryOf("select * from v"), ["public"], catalog);
  assert.deepEqual(asked, [
    ["public.v"],
    ["public.w", "read_parquet x/*.parquet"],
    ["public.t", "other.deep"],
  ]);
});
