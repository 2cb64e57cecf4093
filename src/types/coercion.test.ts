import assert from "node:assert/strict";
import { test } from "node:test";
import { canCoerce, coercionPathway, selectCommonType } from "./coercion.js";
import type { TypeName } from "./sql-type.js";

test("casts apply in their context and in wider ones", () => {
  assert.equal(coercionPathway("int4", "int8", "implicit"), "function");
  assert.equal(coercionPathway("int8", "int4", "implicit"), undefined);
  assert.equal(coercionPathway("int8", "int4", "assignment"), "function");
  assert.equal(coercionPathway("int4", "bool", "assignment"), undefined);
  assert.equal(coercionPathway("int4", "bool", "explicit"), "function");
  assert.equal(coercionPathway("varchar", "text", "implicit"), "relabel");
});

test("text is reached by assignment, and left by explicit casts only", () => {
  assert.equal(coercionPathway("date", "text", "implicit"), undefined);
  assert.equal(coercionPathway("date", "text", "assignment"), "text");
  assert.equal(coercionPathway("text", "date", "assignment"), undefined);
  assert.equal(coercionPathway("text", "date", "explicit"), "text");
  assert.equal(coercionPathway("date", "uuid", "explicit"), undefined);
  assert.equal(coercionPathway("record", "text", "explicit"), "text");
  assert.equal(coercionPathway("text", "record", "explicit"), undefined);
  assert.equal(coercionPathway("_int4", "_text", "explicit"), "function");
  assert.equal(coercionPathway("_int4", "_int8", "implicit"), "function");
  assert.equal(coercionPathway("_int4", "text", "assignment"), "text");
  assert.equal(coercionPathway("_int4", "int4", "explicit"), undefined);
});

test("constants of unknown type become anything, absent types too", () => {
  assert.ok(canCoerce("unknown", "uuid", "implicit"));
  assert.ok(canCoerce("unknown", "money", "implicit"));
  assert.ok(!canCoerce("int4", "money", "implicit"));
  assert.ok(canCoerce("int4", "any", "implicit"));
});

function common(...types: readonly TypeName[]): string {
  const found = selectCommonType(types);
  return found.kind === "common" ? found.name : `conflict ${String(found.index)} ${found.chosen}`;
}

test("the common type is the widest of one category", () => {
  assert.equal(common("int2", "int8", "int4"), "int8");
  assert.equal(common("int4", "numeric", "float8"), "float8");
  assert.equal(common("float8", "numeric"), "float8");
  assert.equal(common("int8", "oid"), "oid");
  assert.equal(common("date", "timestamp"), "timestamp");
});

test("types that are cast to each other keep the first", () => {
  assert.equal(common("varchar", "bpchar"), "varchar");
  assert.equal(common("bpchar", "varchar"), "bpchar");
});

test("unknown says nothing, and alone is text", () => {
  assert.equal(common("unknown", "date"), "date");
  assert.equal(common("int4", "unknown"), "int4");
  assert.equal(common("unknown", "unknown"), "text");
});

test("another category is a conflict at its place", () => {
  assert.equal(common("int4", "unknown", "text"), "conflict 2 int4");
  assert.equal(common("unknown", "date", "interval"), "conflict 2 date");
});
