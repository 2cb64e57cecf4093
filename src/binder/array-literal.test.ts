import assert from "node:assert/strict";
import { test } from "node:test";
import { SqlError } from "../errors/index.js";
import { arrayElements } from "./array-literal.js";

test("elements are separated, unquoted and unescaped", () => {
  assert.deepEqual(arrayElements("{1, 2 ,3}", 1), ["1", "2", "3"]);
  assert.deepEqual(arrayElements(" {} ", 1), []);
  assert.deepEqual(arrayElements('{a b,"c,d","e\\"f",null,"null"}', 1), [
    "a b",
    "c,d",
    'e"f',
    null,
    "null",
  ]);
  assert.deepEqual(arrayElements('{""}', 1), [""]);
});

test("what is no array is refused at its place", () => {
  for (const text of ["1", "{1", "{1,}", "{1,,2}", '{"a}', "{a}b"]) {
    assert.throws(
      () => arrayElements(text, 7),
      (e) => e instanceof SqlError && e.sqlstate === "22P02" && e.fields.position === 7,
      text,
    );
  }
  assert.throws(
    () => arrayElements("{{1},{2}}", 1),
    (e) => e instanceof SqlError && e.sqlstate === "0A000",
  );
});
