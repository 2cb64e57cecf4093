/** Some seconds of what `npm run fuzz -- wire` does for minutes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BadReply, ReplyReader } from "./reply-reader.js";
import { fuzzWire } from "./wire-fuzz.js";

const SECONDS = 8;
/** Generous: other tests run beside it. */
const PATIENCE_MS = 60_000;
const LEAST_LIVES = 40;

test("hostile clients harm nobody and leave nothing behind", { timeout: 300_000 }, async () => {
  const seed = Number(process.env["MILLRACE_FUZZ_SEED"] ?? Date.now() % 1_000_000_000);
  const result = await fuzzWire({ seconds: SECONDS, seed, patienceMs: PATIENCE_MS });
  assert.deepEqual(result.problems, [], `from --seed ${String(seed)}`);
  const lives = [...result.lives.values()].reduce((sum, count) => sum + count, 0);
  assert.ok(lives >= LEAST_LIVES, `${String(lives)} hostile connections only`);
  assert.ok(result.steadyRounds > 0);
});

function read(...messages: readonly string[]): ReplyReader {
  const reader = new ReplyReader();
  for (const message of messages) reader.take(Buffer.from(message, "latin1"));
  reader.end();
  return reader;
}

const READY = "Z\0\0\0\x05I";

test("replies are read strictly", () => {
  const error = "E\0\0\0\x1bSERROR\0C42601\0Msyntax\0\0";
  const reader = read("1\0\0\0\x04", error, READY.slice(0, 3), READY.slice(3));
  assert.deepEqual(reader.tags, ["1", "E", "Z"]);
  assert.equal(reader.readyCount, 1);
  assert.deepEqual(reader.errors, [{ severity: "ERROR", sqlstate: "42601", message: "syntax" }]);
  const bad: readonly string[] = [
    "?\0\0\0\x04",
    "Z\0\0\0\x05X",
    "1\0\0\0\x05x",
    "Z\0\0\0\x03",
    "D\0\0\0\x0a\0\x01\0\0\0\x05",
    "D\0\0\0\x0a\0\x02\xff\xff\xff\xff",
    "T\0\0\0\x09\0\x01a\0\0",
    error.replace("42601", "XX000"),
    error.replace("42601", "4260\0"),
    READY.slice(0, 4),
  ];
  for (const bytes of bad) assert.throws(() => read(bytes), BadReply, JSON.stringify(bytes));
});
