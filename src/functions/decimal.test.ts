import assert from "node:assert/strict";
import { test } from "node:test";
import { printPhysical } from "../types/index.js";
import { literal } from "./construct.js";
import { commonDecimal, numericLiteral, unifyNumerics } from "./decimal.js";

test("a numeral becomes its narrowest form, in PostgreSQL's text", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["0.05", "0.05", "d64(2,2)"],
    ["1.50", "1.50", "d64(3,2)"],
    ["0", "0", "d64(1,0)"],
    ["-0.0", "0.0", "d64(1,1)"],
    ["007.5", "7.5", "d64(2,1)"],
    [".5", "0.5", "d64(1,1)"],
    ["5.", "5", "d64(1,0)"],
    ["1e3", "1000", "d64(4,0)"],
    ["1.5e-3", "0.0015", "d64(4,4)"],
    ["1.234e2", "123.4", "d64(4,1)"],
    ["-12.5", "-12.5", "d64(3,1)"],
    ["999999999999999999", "999999999999999999", "d64(18,0)"],
    ["1000000000000000000", "1000000000000000000", "d128(19,0)"],
    [`1${"0".repeat(37)}`, `1${"0".repeat(37)}`, "d128(38,0)"],
    [`1${"0".repeat(38)}`, `1${"0".repeat(38)}`, "numeric"],
    ["NaN", "NaN", "numeric"],
    ["Infinity", "Infinity", "numeric"],
    ["1e2000", "1e2000", "numeric"],
  ];
  for (const [text, plain, form] of cases) {
    const constant = numericLiteral(text);
    assert.equal(constant.text, plain, text);
    assert.equal(printPhysical(constant.physical), form, text);
  }
});

test("values to choose from share a decimal form only if their scales are equal", () => {
  const forms = (...texts: readonly string[]): string =>
    printPhysical(commonDecimal(texts.map((t) => numericLiteral(t).physical)));
  assert.equal(forms("1.5", "22.5"), "d64(3,1)");
  assert.equal(forms("1.5", "1.50"), "numeric");
  assert.equal(forms("1.5", "NaN"), "numeric");
  assert.equal(forms("1.5", "12345678901234567890.1"), "d128(21,1)");
});

test("NULL takes the form of the others", () => {
  const nothing = literal(null, numericLiteral("1").type);
  const [first, second] = unifyNumerics([nothing, numericLiteral("1.25")]);
  assert.equal(printPhysical(first?.physical ?? nothing.physical), "d64(3,2)");
  assert.equal(second?.kind === "literal" ? second.text : "", "1.25");
});
