import assert from "node:assert/strict";
import { test } from "node:test";
import { SqlError } from "../errors/index.js";
import { initParser } from "../parser/index.js";
import { bindText, snapshotOf } from "../testing/bind-fixture.js";
import { recordedMatrix, type MatrixRow } from "../testing/corpus.js";
import type { TypeName } from "../types/index.js";

await initParser();

const CODES: Partial<Record<TypeName, string>> = {
  bool: "b",
  int2: "2",
  int4: "4",
  int8: "8",
  float4: "f",
  float8: "F",
  numeric: "n",
  text: "t",
  varchar: "v",
  bpchar: "c",
  name: "m",
  date: "d",
  time: "T",
  timestamp: "s",
  timestamptz: "z",
  interval: "i",
  uuid: "u",
  bytea: "y",
  oid: "o",
};

/** The code recorded for a statement's only column. */
function codeOf(sql: string, catalog: ReturnType<typeof snapshotOf>): string {
  try {
    const [output] = bindText(sql, catalog).query.outputs;
    return CODES[output?.column.type.name ?? "void"] ?? "~";
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    if (error.sqlstate === "42883") return ".";
    if (error.sqlstate === "42725") return "?";
    return error.sqlstate === "0A000" ? "~" : "!";
  }
}

/** `!` stands for errors of constants, which the engine reads; a type that is absent is refused. */
function agrees(recorded: string, ours: string): boolean {
  if (recorded === "!") return true;
  if (recorded === "~") return ours === "~" || ours === ".";
  return recorded === ours;
}

type Write = (row: MatrixRow, operand: string) => string;

function compareMatrix(path: string, write: Write): void {
  const { columns, operands, rows } = recordedMatrix(path);
  const catalog = snapshotOf({ x: columns });
  assert.ok(rows.length > 10);
  const differing = rows.flatMap((row) =>
    operands.flatMap((operand, i) => {
      const sql = write(row, operand);
      const recorded = row.codes[i] ?? "";
      const ours = codeOf(sql, catalog);
      return agrees(recorded, ours) ? [] : [`${sql}: ${recorded}, but got ${ours}`];
    }),
  );
  assert.equal(differing.length, 0, `\n${differing.join("\n")}`);
}

test("operators: the overload of each pair of types is PostgreSQL's", () => {
  compareMatrix("binder/operators.txt", ({ name, left }, operand) =>
    left === undefined
      ? `select ${name} ${operand} from x`
      : `select ${left} ${name} ${operand} from x`,
  );
});

test("functions: the overload for one and two arguments is PostgreSQL's", () => {
  compareMatrix("binder/functions.txt", ({ name, left }, operand) => {
    const args = left === undefined ? operand : `${left}, ${operand}`;
    return `select "${name}"(${args}) from x`;
  });
});

test("COALESCE and UNION: the common type of two is PostgreSQL's", () => {
  const { columns, operands, rows } = recordedMatrix("binder/common-types.txt");
  const catalog = snapshotOf({ x: columns });
  for (const { name, left, codes } of rows) {
    operands.forEach((right, i) => {
      const sql =
        name === "union"
          ? `select ${left ?? ""} from x union select ${right} from x`
          : `select coalesce(${left ?? ""}, ${right}) from x`;
      assert.equal(codeOf(sql, catalog), codes[i], sql);
    });
  }
});

test("casts: those that exist are PostgreSQL's", () => {
  const { columns, operands, rows } = recordedMatrix("binder/casts.txt");
  const catalog = snapshotOf({ x: columns });
  for (const { left: target, codes } of rows) {
    operands.forEach((operand, i) => {
      const sql = `select ${operand}::${target ?? ""} from x`;
      let answer = "x";
      try {
        bindText(sql, catalog);
      } catch (error) {
        answer = error instanceof SqlError && error.sqlstate === "42846" ? "." : "!";
      }
      assert.equal(answer, codes[i], sql);
    });
  }
});
