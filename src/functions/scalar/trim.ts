import { op, overload, scalarFunction, type ScalarFunction } from "../overload.js";

/** btrim, ltrim, rtrim: of blanks, or of the characters given. */
export const trims: readonly ScalarFunction[] = ["btrim", "ltrim", "rtrim"].map((name) => {
  const lower = op(name, { fallible: false });
  return scalarFunction(name, [
    overload(["text"], "text", lower),
    overload(["text", "text"], "text", lower),
    overload(["bytea", "bytea"], "bytea", lower),
  ]);
});
