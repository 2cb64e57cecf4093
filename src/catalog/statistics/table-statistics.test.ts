import assert from "node:assert/strict";
import { test } from "node:test";
import { numericType, sqlType, type SqlType } from "../../types/index.js";
import type { InspectedColumn, SampledColumn } from "../files/file-inspector.js";
import type { PinnedFile } from "../files/inspection-cache.js";
import { compareLiterals } from "./literal-order.js";
import { tableStatistics } from "./table-statistics.js";

function inspected(fields: Partial<InspectedColumn>): InspectedColumn {
  return {
    name: "a",
    sqlType: "integer",
    nullable: true,
    unsupported: "",
    minimum: null,
    maximum: null,
    nullCount: null,
    distinctCount: null,
    ...fields,
  };
}

function file(rowCount: bigint, column: Partial<InspectedColumn>): PinnedFile {
  return {
    path: "f",
    sizeBytes: 1n,
    mtimeNs: 1n,
    inspection: { rowCount, columns: [inspected(column)] },
  };
}

function sampled(fields: Partial<SampledColumn>): SampledColumn {
  return {
    name: "a",
    distinctCount: null,
    nullFraction: 0,
    minimum: null,
    maximum: null,
    unique: false,
    sorted: false,
    averageWidth: null,
    ...fields,
  };
}

function statistics(files: readonly PinnedFile[], rowCount?: number, sample?: SampledColumn) {
  const columns = [{ name: "a", type: sqlType("int4"), nullable: true, fileColumn: "a" }];
  const known =
    sample === undefined
      ? undefined
      : { rowCount: rowCount ?? 0, columns: new Map([["a", sample]]) };
  const table = tableStatistics(columns, files, known);
  const column = table.columns.get("a");
  assert.ok(column !== undefined);
  return { rowCount: table.rowCount, ...column };
}

test("literals compare as their values do", () => {
  const cases: readonly (readonly [SqlType, string, string])[] = [
    [sqlType("int8"), "-10", "9"],
    [sqlType("int8"), "9223372036854775806", "9223372036854775807"],
    [numericType(15, 2), "-1.5", "-1.25"],
    [numericType(15, 2), "9.99", "10"],
    [sqlType("float8"), "-1e+300", "2.5"],
    [sqlType("text"), "Z", "a"],
    [sqlType("text"), "\u{ffff}", "\u{10000}"],
    [sqlType("date"), "1998-12-31", "2001-01-01"],
    [sqlType("bool"), "f", "t"],
  ];
  for (const [type, low, high] of cases) {
    assert.ok((compareLiterals(low, high, type) ?? 0) < 0, `${low} < ${high}`);
    assert.ok((compareLiterals(high, low, type) ?? 0) > 0, `${high} > ${low}`);
    assert.equal(compareLiterals(low, low, type), 0);
  }
  assert.equal(compareLiterals("0044-03-15 BC", "2001-01-01", sqlType("date")), undefined);
  assert.equal(compareLiterals("1 day", "2 days", sqlType("interval")), undefined);
  assert.equal(compareLiterals("NaN", "1", sqlType("numeric")), undefined);
});

test("files' bounds and counts are put together", () => {
  const both = statistics([
    file(10n, { minimum: "5", maximum: "30", nullCount: 1n }),
    file(30n, { minimum: "-7", maximum: "9", nullCount: 3n }),
  ]);
  assert.equal(both.rowCount, 40);
  assert.deepEqual([both.minimum, both.maximum], ["-7", "30"]);
  assert.equal(both.nullFraction, 0.1);
  assert.equal(both.distinctCount, undefined);
});

test("one file that says nothing leaves the bound unknown", () => {
  const partial = statistics([file(10n, { minimum: "5", maximum: "30" }), file(10n, {})]);
  assert.equal(partial.minimum, undefined);
  assert.equal(partial.nullFraction, 0);
});

test("a sample fills in what files do not say, and grows with the table", () => {
  const few = sampled({ distinctCount: 7, nullFraction: 0.25, averageWidth: 12 });
  const known = statistics([file(1000n, {})], 1000, few);
  assert.deepEqual([known.distinctCount, known.nullFraction, known.averageWidth], [7, 0.25, 12]);
  assert.equal(statistics([file(2000n, {})], 1000, few).distinctCount, 7);
  const many = sampled({ distinctCount: 500 });
  assert.equal(statistics([file(2000n, {})], 1000, many).distinctCount, 1000);
  const unique = sampled({ distinctCount: 1000, unique: true });
  assert.equal(statistics([file(2500n, {})], 1000, unique).distinctCount, 2500);
});

test("a single file's own count of distinct values is taken", () => {
  assert.equal(statistics([file(10n, { distinctCount: 4n })]).distinctCount, 4);
  const two = [file(10n, { distinctCount: 4n }), file(10n, { distinctCount: 4n })];
  assert.equal(statistics(two).distinctCount, undefined);
});
