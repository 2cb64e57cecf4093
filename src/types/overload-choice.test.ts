import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArgumentType } from "./coercion.js";
import { chooseOverload } from "./overload-choice.js";
import type { TypeName } from "./sql-type.js";

function choice(inputs: readonly TypeName[], lists: readonly (readonly ArgumentType[])[]): string {
  const chosen = chooseOverload(
    lists.map((args) => ({ args })),
    inputs,
  );
  return chosen.kind === "chosen" ? chosen.candidate.args.join() : chosen.kind;
}

test("none is usable without an implicit cast", () => {
  assert.equal(choice(["int4"], [["text"], ["bool"]]), "none");
  assert.equal(choice(["float8"], [["int4"], ["numeric"]]), "none");
});

test("most exact matches win", () => {
  assert.equal(
    choice(
      ["int4", "int2"],
      [
        ["int4", "int4"],
        ["float8", "float8"],
      ],
    ),
    "int4,int4",
  );
});

test("then preferred types of the input's category", () => {
  assert.equal(choice(["int2"], [["float4"], ["float8"], ["numeric"]]), "float8");
  assert.equal(choice(["date"], [["timestamp"], ["timestamptz"]]), "timestamptz");
  assert.equal(choice(["varchar"], [["text"], ["bpchar"]]), "text");
});

test("known inputs without a best candidate are ambiguous", () => {
  assert.equal(
    choice(
      ["int4", "int4"],
      [
        ["int8", "numeric"],
        ["numeric", "int8"],
      ],
    ),
    "ambiguous",
  );
});

test("an unknown input is a string if any candidate takes one", () => {
  assert.equal(choice(["unknown"], [["int4"], ["text"], ["date"]]), "text");
});

test("candidates that agree on a category keep its preferred type", () => {
  assert.equal(choice(["unknown"], [["int4"], ["float8"]]), "float8");
  assert.equal(choice(["unknown"], [["int2"], ["int4"]]), "ambiguous");
});

test("candidates of several categories stay ambiguous, absent types included", () => {
  assert.equal(choice(["unknown"], [["float8"], ["interval"]]), "ambiguous");
  assert.equal(choice(["unknown"], [["float8"], ["macaddr"]]), "ambiguous");
});

test("at last unknown inputs are taken for the known ones' type", () => {
  const sums = [
    ["date", "interval"],
    ["date", "int4"],
    ["timestamp", "interval"],
  ] as const;
  assert.equal(choice(["date", "unknown"], sums), "ambiguous");
  assert.equal(
    choice(
      ["interval", "unknown"],
      [
        ["interval", "interval"],
        ["interval", "date"],
      ],
    ),
    "interval,interval",
  );
});

test("polymorphic arguments take anything", () => {
  assert.equal(
    choice(
      ["int4", "text"],
      [
        ["anynonarray", "text"],
        ["text", "text"],
      ],
    ),
    "anynonarray,text",
  );
});
