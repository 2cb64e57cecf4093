import assert from "node:assert/strict";
import { test } from "node:test";
import { dataRow } from "../../testing/fake-planner.js";
import { cutPage, releasePage, rowCountOf } from "./page-cut.js";
import type { EncodedPage } from "../planner.js";

function row(text: string): Buffer {
  return dataRow([{ text, type: "text" }], [0]);
}

function page(texts: readonly string[], release: () => void): EncodedPage {
  const bytes = Buffer.concat(texts.map(row));
  return { kind: "encoded", bytes, rowCount: texts.length, release };
}

test("a borrowed page is given back with its head; its tail is a copy", () => {
  let released = 0;
  const whole = page(["a", "bb", "", "dddd"], () => {
    released += 1;
  });
  const { head, tail } = cutPage(whole, 1);
  assert.equal(rowCountOf(head), 1);
  assert.equal(rowCountOf(tail), 3);
  assert.ok(head.kind === "encoded" && tail.kind === "encoded");
  assert.deepEqual(head.bytes, row("a"));
  releasePage(head);
  whole.bytes.fill(0xee);
  assert.deepEqual(Buffer.from(tail.bytes), Buffer.concat(["bb", "", "dddd"].map(row)));
  const again = cutPage(tail, 2);
  assert.ok(again.head.kind === "encoded" && again.tail.kind === "encoded");
  assert.deepEqual(Buffer.from(again.head.bytes), Buffer.concat(["bb", ""].map(row)));
  assert.deepEqual(Buffer.from(again.tail.bytes), row("dddd"));
  assert.equal(again.tail.bytes.buffer, tail.bytes.buffer, "our own memory is not copied again");
  releasePage(again.head);
  releasePage(again.tail);
  assert.equal(released, 1);
});

test("rows of strings are cut as they are", () => {
  const { head, tail } = cutPage({ kind: "text", rows: [["1"], ["2"], ["3"]] }, 2);
  assert.deepEqual(
    [head, tail],
    [
      { kind: "text", rows: [["1"], ["2"]] },
      { kind: "text", rows: [["3"]] },
    ],
  );
});

test("a page that holds fewer rows than it says is an internal error", () => {
  const short = { ...page(["a"], () => undefined), rowCount: 3 };
  assert.throws(() => cutPage(short, 2), /fewer rows than it says/);
  const torn = page(["abc", "def"], () => undefined);
  const cut = { ...torn, bytes: torn.bytes.subarray(0, 8) };
  assert.throws(() => cutPage(cut, 1), /ends inside a row/);
});
