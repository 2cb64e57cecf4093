import assert from "node:assert/strict";
import { test } from "node:test";
import { intervalTypmod, intervalTypmodParts } from "./interval-type.js";
import { formatType, sqlType } from "./sql-type.js";

/** typmods as pg_attribute has them for columns of these types. */
const RECORDED: readonly (readonly [string | undefined, number | undefined, number, string])[] = [
  [undefined, undefined, -1, "interval"],
  [undefined, 3, 2147418115, "interval(3)"],
  ["year", undefined, 327679, "interval year"],
  ["year to month", undefined, 458751, "interval year to month"],
  ["day to second", undefined, 470351871, "interval day to second"],
  ["day to second", 2, 470286338, "interval day to second(2)"],
  ["second", 0, 268435456, "interval second(0)"],
  ["hour to minute", undefined, 201392127, "interval hour to minute"],
];

test("typmods of interval are PostgreSQL's, both ways, and print as there", () => {
  for (const [fields, precision, typmod, display] of RECORDED) {
    assert.equal(intervalTypmod(fields, precision), typmod, display);
    assert.deepEqual(intervalTypmodParts(typmod), { fields, precision }, display);
    assert.equal(formatType(sqlType("interval", typmod)), display);
  }
});
