import assert from "node:assert/strict";
import { test } from "node:test";
import { SqlError } from "../errors/index.js";
import { initParser } from "../parser/index.js";
import { bindText, snapshotOf, type BindOptions } from "../testing/bind-fixture.js";
import { assertWellFormed } from "../testing/check-plan.js";
import { recordedStatements } from "../testing/corpus.js";
import { formatType } from "../types/index.js";
import type { BoundStatement } from "./index.js";

await initParser();

const catalog = snapshotOf({
  t: "a int4, b text, c numeric(10,2), name varchar(10)",
  u: "a int4, bb text, d date",
});

/** What stands in the corpus for a bound statement, or for the error it ends with. */
function answerTo(sql: string, options: BindOptions): string {
  try {
    return describe(bindText(sql, catalog, options), options);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const { position, detail, hint } = error.fields;
    const at = position === undefined ? "" : ` @${String(position)}`;
    const lines = [`! ${error.sqlstate} ${error.message}${at}`];
    if (detail !== undefined) lines.push(`! detail ${detail}`);
    if (hint !== undefined) lines.push(`! hint ${hint}`);
    return lines.join("\n");
  }
}

function describe({ query, parameterTypes }: BoundStatement, options: BindOptions): string {
  assertWellFormed(query.plan);
  const columns = query.outputs.map(({ name, column }) => `${name}:${formatType(column.type)}`);
  const lines = [`= ${columns.join(" | ")}`.trimEnd()];
  if (options.parameters !== undefined) {
    lines.push(`$ ${parameterTypes.map(formatType).join(", ")}`.trimEnd());
  }
  return lines.join("\n");
}

function compareAll(path: string, options: BindOptions): void {
  const recorded = recordedStatements(path);
  assert.ok(recorded.length > 50);
  const differing = recorded.flatMap(({ sql, answer }) => {
    const ours = answerTo(sql, options);
    return ours === answer ? [] : [`${sql}\n${answer}\nbut got\n${ours}`];
  });
  assert.equal(differing.length, 0, `\n${differing.join("\n\n")}`);
}

test("statements: result columns and errors are PostgreSQL's", () => {
  compareAll("binder/statements.txt", {});
});

test("parameters: their deduced types and errors are PostgreSQL's", () => {
  compareAll("binder/parameters.txt", { parameters: [] });
});
