import assert from "node:assert/strict";
import { test } from "node:test";
import { likeShape } from "./like-shape.js";

test("patterns are taken apart at their percent signs", () => {
  assert.deepEqual(likeShape("abc"), { kind: "exact", piece: "abc" });
  assert.deepEqual(likeShape(""), { kind: "exact", piece: "" });
  assert.deepEqual(likeShape("abc%"), { kind: "prefix", piece: "abc" });
  assert.deepEqual(likeShape("%abc"), { kind: "suffix", piece: "abc" });
  assert.deepEqual(likeShape("%%abc%"), { kind: "contains", piece: "abc" });
  assert.deepEqual(likeShape("%"), { kind: "anything" });
  assert.deepEqual(likeShape("a%b"), { kind: "parts", pattern: "a%b" });
  assert.deepEqual(likeShape("%a%%b%"), { kind: "parts", pattern: "%a%b%" });
  assert.deepEqual(likeShape("a%b%"), { kind: "parts", pattern: "a%b%" });
  assert.deepEqual(likeShape("%a%b%c"), { kind: "parts", pattern: "%a%b%c" });
});

test("escapes are resolved, and what cannot be said without them is left", () => {
  assert.deepEqual(likeShape("100\\%"), { kind: "exact", piece: "100%" });
  assert.deepEqual(likeShape("a\\_b%"), { kind: "prefix", piece: "a_b" });
  assert.deepEqual(likeShape("a\\\\%"), { kind: "prefix", piece: "a\\" });
  assert.deepEqual(likeShape("a\\%%b%"), { kind: "general" });
  assert.deepEqual(likeShape("a_c"), { kind: "general" });
  assert.deepEqual(likeShape("abc\\"), { kind: "general" });
});
