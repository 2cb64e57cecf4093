/** Rows of DataRow messages as COPY sends them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CopyFormat } from "../../fragments/index.js";
import { dataRow } from "../data-row.js";
import type { ResultPage, ResultStream } from "../planner.js";
import { copiedRows } from "./copied-rows.js";

const TEXT: CopyFormat = {
  kind: "text",
  delimiter: "\t",
  null: "\\N",
  quote: '"',
  escape: '"',
  forceQuote: [],
};

/** What the messages hold. */
async function bodies(
  rows: readonly (readonly (string | null)[])[],
  format: CopyFormat,
): Promise<readonly Buffer[]> {
  let released = 0;
  let page: ResultPage | null = {
    kind: "encoded",
    bytes: Buffer.concat(
      rows.map((row) => dataRow(row.map((value) => (value === null ? null : Buffer.from(value))))),
    ),
    rowCount: rows.length,
    release: () => (released += 1),
  };
  const source: ResultStream = {
    next: () => {
      const only = page;
      page = null;
      return Promise.resolve(only);
    },
    close: () => Promise.resolve(),
  };
  const copied = await copiedRows(source, format).next();
  assert.ok(copied?.kind === "encoded");
  assert.equal(copied.rowCount, rows.length);
  assert.equal(released, 1);
  const found: Buffer[] = [];
  const bytes = Buffer.from(copied.bytes);
  for (let at = 0; at < bytes.length; at += 1 + bytes.readUInt32BE(at + 1)) {
    assert.equal(bytes.readUInt8(at), "d".charCodeAt(0));
    found.push(bytes.subarray(at + 5, at + 1 + bytes.readUInt32BE(at + 1)));
  }
  return found;
}

async function lines(
  rows: readonly (readonly (string | null)[])[],
  format: CopyFormat,
): Promise<readonly string[]> {
  return (await bodies(rows, format)).map((body) => body.toString("utf8"));
}

test("text marks what would end a value or a line", async () => {
  const rows = [
    ["a\tb\\", null, ""],
    ["\b\f\n\r\v", "\\N", "é|"],
  ];
  assert.deepEqual(await lines(rows, TEXT), ["a\\tb\\\\\t\\N\t\n", "\\b\\f\\n\\r\\v\t\\\\N\té|\n"]);
  const piped = { ...TEXT, delimiter: "|", null: "" };
  assert.deepEqual(await lines([["a|b", null]], piped), ["a\\|b|\n"]);
});

test("csv quotes what needs it, and what it is told to", async () => {
  const csv: CopyFormat = { ...TEXT, kind: "csv", delimiter: ",", null: "" };
  assert.deepEqual(await lines([['a"b', "c,d", null, "", "e\nf", "g"]], csv), [
    '"a""b","c,d",,"","e\nf",g\n',
  ]);
  const forced = { ...csv, escape: "\\", forceQuote: [false, true] };
  assert.deepEqual(await lines([['a"\\', "b"]], forced), ['"a\\"\\\\","b"\n']);
  assert.deepEqual(await lines([["\\."]], csv), ['"\\."\n']);
  assert.deepEqual(await lines([["\\.", null]], forced), ["\\.,\n"]);
});

test("binary has a count, then each value behind its length", async () => {
  const [row] = await bodies([["\0\x01", null]], { ...TEXT, kind: "binary" });
  assert.equal(row?.toString("hex"), "0002" + "000000020001" + "ffffffff");
});
