import assert from "node:assert/strict";
import { test } from "node:test";
import { parseStartupOptions } from "./startup-options.js";

test("options are words, as a shell without quotes would read them", () => {
  assert.deepEqual(parseStartupOptions(""), []);
  assert.deepEqual(parseStartupOptions("  -c a=b  --work-mem=8MB -cc=d=e "), [
    ["a", "b"],
    ["work_mem", "8MB"],
    ["c", "d=e"],
  ]);
  assert.deepEqual(parseStartupOptions("-c x=a\\ b\\\\c"), [["x", "a b\\c"]]);
  assert.deepEqual(parseStartupOptions("-c x="), [["x", ""]]);
  for (const wrong of ["-z", "word", "-c", "-c x", "--=1", "--flag"]) {
    assert.throws(() => parseStartupOptions(wrong), /invalid command-line argument/, wrong);
  }
});
