import assert from "node:assert/strict";
import { clone, fromBinary, toBinary } from "@bufbuild/protobuf";
import { test } from "node:test";
import { initParser } from "../parser/index.js";
import { bindText, contextFor, snapshotOf } from "../testing/bind-fixture.js";
import { referenceEvaluator } from "../testing/plan-equivalence.js";
import { planBound } from "../testing/plan-fixture.js";
import { buildQuery } from "./build-query.js";
import { fragmentGraph } from "./fragment-graph.js";
import {
  ExchangeSink_Kind,
  QuerySchema,
  TypeKind,
  type Operator,
  type Query,
} from "./generated/fragment_pb.js";
import { verifyQuery } from "./verify-query.js";

await initParser();
const CATALOG = snapshotOf({
  t: "a int not null, b int, c text",
  s: "a int not null, d int not null",
});

function messageOf(sql: string, exchange: "always" | "never" = "never"): Query {
  const { query } = bindText(sql, CATALOG);
  const { plan } = planBound(query, CATALOG, { exchange, partitions: 8 }, referenceEvaluator);
  const columns = query.outputs.map((output) => output.column);
  const settings = { ...contextFor(CATALOG).settings, vectorSize: 7, threads: 3 };
  return buildQuery(plan, settings, { columns, formats: columns.map(() => 1) });
}

function root(query: Query): Operator {
  const operator = query.fragments.at(-1)?.root;
  assert.ok(operator);
  return operator;
}

test("one fragment without exchanges, whose sink names formats and columns", () => {
  const query = messageOf("SELECT b, a, b FROM t WHERE a > 1");
  assert.equal(query.fragments.length, 1);
  const [fragment] = query.fragments;
  assert.equal(fragment?.sink.case, "result");
  assert.deepEqual(fragment.sink.value.formats, [1, 1, 1]);
  const [first, second, third] = fragment.sink.value.columns;
  assert.equal(first, third);
  assert.notEqual(first, second);
  assert.equal(query.settings?.vectorSize, 7);
  assert.equal(query.settings?.threads, 3);
});

test("a grouping is cut at a hash exchange of its keys, one without keys at a gather", () => {
  const grouped = messageOf("SELECT a, sum(b) FROM t GROUP BY a", "always");
  assert.equal(grouped.fragments.length, 2);
  const [producer] = grouped.fragments;
  assert.equal(producer?.sink.case, "exchange");
  assert.equal(producer.sink.value.kind, ExchangeSink_Kind.HASH);
  assert.deepEqual(producer.sink.value.hashColumns, [0]);
  assert.equal(producer.sink.value.partitions, 8);
  const alone = messageOf("SELECT sum(b) FROM t", "always").fragments[0];
  assert.equal(alone?.sink.case, "exchange");
  assert.equal(alone.sink.value.kind, ExchangeSink_Kind.BROADCAST);
});

test("a shared plan is a fragment that several read", () => {
  const sql =
    "WITH q AS (SELECT a, count(*) AS n FROM t GROUP BY a) SELECT x.a FROM q x, q y WHERE x.n = y.a";
  const graph = fragmentGraph(messageOf(sql));
  assert.equal(graph.length, 2);
  assert.deepEqual(graph[1]?.consumes, [0]);
  assert.equal(graph[1]?.isResult, true);
});

test("what an outer join may leave empty can be NULL above it, declared or not", () => {
  const { form } = root(messageOf("SELECT t.a, s.d + 1 AS e FROM t LEFT JOIN s ON t.a = s.a"));
  assert.equal(form.case, "project");
  const [kept, opened] = form.value.expressions;
  assert.equal(kept?.nullable, false);
  assert.equal(opened?.nullable, true);
});

test("messages survive the wire", () => {
  const query = messageOf(
    "SELECT c, count(*) FROM t JOIN s ON t.a = s.a GROUP BY c ORDER BY 2 LIMIT 3",
  );
  assert.deepEqual(fromBinary(QuerySchema, toBinary(QuerySchema, query)), query);
});

/** The message with a change must be refused. */
function refused(query: Query, change: (copy: Query) => void): void {
  const copy = clone(QuerySchema, query);
  change(copy);
  assert.throws(() => verifyQuery(copy), { sqlstate: "XX000" });
}

test("malformed messages are refused", () => {
  const query = messageOf("SELECT t.b, s.d FROM t JOIN s ON t.a = s.a AND t.b < s.d", "always");
  verifyQuery(query);
  refused(query, (copy) => {
    root(copy).form = { case: undefined };
  });
  refused(query, (copy) => {
    const { form } = root(copy);
    if (form.case === "hashJoin") form.value.output.push(99);
  });
  refused(query, (copy) => {
    const { form } = root(copy);
    const key = form.case === "hashJoin" ? form.value.keys[0]?.probe : undefined;
    if (key?.type !== undefined) key.type.kind = TypeKind.TEXT;
  });
  refused(query, (copy) => {
    const { form } = root(copy);
    if (form.case === "hashJoin") form.value.keys = [];
  });
  refused(query, (copy) => {
    const sink = copy.fragments.at(-1)?.sink;
    if (sink?.case === "result") sink.value.columns[0] = 9;
  });
});

test("an exchange is written before it is read", () => {
  const query = messageOf("SELECT a, sum(b) FROM t GROUP BY a", "always");
  refused(query, (copy) => copy.fragments.reverse());
  refused(query, (copy) => {
    const sink = copy.fragments[0]?.sink;
    if (sink?.case === "exchange") sink.value.exchangeId = 77;
  });
});
