import assert from "node:assert/strict";
import { test } from "node:test";
import { SourceMap } from "./source-map.js";

test("in ASCII a character is a byte", () => {
  const map = new SourceMap("select 1");
  assert.equal(map.position(7), 8);
  assert.equal(map.index(7), 7);
});

test("an absent offset is the start, a negative one is nowhere", () => {
  const map = new SourceMap("select 1");
  assert.equal(map.position(undefined), 1);
  assert.equal(map.position(-1), undefined);
});

test("two, three and four bytes are one character; four are two UTF-16 units", () => {
  const map = new SourceMap("é日😀x");
  const bytes = [0, 2, 5, 9, 10];
  assert.deepEqual(
    bytes.map((byte) => map.position(byte)),
    [1, 2, 3, 4, 5],
  );
  assert.deepEqual(
    bytes.map((byte) => map.index(byte)),
    [0, 1, 2, 4, 5],
  );
});

test("a hidden prefix does not count, and has no positions", () => {
  const map = new SourceMap("hide é x", 5);
  assert.equal(map.position(0), undefined);
  assert.equal(map.position(5), 1);
  assert.equal(map.position(8), 3);
});
